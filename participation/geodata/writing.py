"""Writing GeoJSON geometries into downloads of any length, byte for byte the same from every database."""

import math
import re
import struct
from collections.abc import Iterable, Sequence
from typing import Any

import orjson
import shapely
from shapely.geometry.base import BaseGeometry

from participation.geodata.checking import DECIMALS

# Little-endian WKB, as both databases give it, starts with byte order and type.
POINT = struct.pack("<BI", 1, 1)
LINE = struct.pack("<BI", 1, 2)
POLYGON = struct.pack("<BI", 1, 3)
POINT_BYTES = 21
POSITION_BYTES = 16

Box = tuple[float, float, float, float]  # west, south, east, north

unpack_position = struct.Struct("<dd").unpack_from
unpack_positions = struct.Struct("<dd").iter_unpack
unpack_points = struct.Struct("<5xdd").iter_unpack
unpack_count = struct.Struct("<I").unpack_from

# An eighth decimal, an exponent, minus zero or a null (from NaN) in a list of coordinates.
NOISE = re.compile(rb"\.\d{8}|e|-0\.0[,\]]|n")


def geometry_json(wkb: bytes) -> bytes:
    """Return a stored geometry as GeoJSON, without heights and with at most seven decimals.

    Points are unpacked by hand: six times as fast as by shapely, which counts with a million of them.

    Raises:
        ValueError: a coordinate is not a number, as in an empty point.
    """
    start = wkb[:5]
    if is_point(wkb):
        return b'{"type":"Point","coordinates":' + _coordinates(unpack_position(wkb, 5)) + b"}"
    if start == LINE and len(wkb) == 9 + POSITION_BYTES * unpack_count(wkb, 5)[0]:
        return b'{"type":"LineString","coordinates":' + _coordinates(list(unpack_positions(wkb[9:]))) + b"}"
    if start == POLYGON:
        return b'{"type":"Polygon","coordinates":' + _coordinates(_rings(wkb)) + b"}"
    return _geometry_object(shapely.force_2d(shapely.from_wkb(wkb)))


def geometries_json(wkbs: Sequence[bytes | None]) -> tuple[list[str], Box | None]:
    """Return stored geometries as GeoJSON ("null" without a place) and the box around them, many at a time.

    The same texts as `geometry_json` gives; points, the frequent case, are read and written together.
    """
    points: list[bytes] = []
    others: list[bytes] = []
    for wkb in wkbs:
        if wkb is not None:
            (points if is_point(wkb) else others).append(wkb)
    positions, box = _points(points)
    if others:
        box = around_both(box, tuple(shapely.total_bounds(shapely.from_wkb(others)).tolist()))
    next_position = iter(positions).__next__
    texts = []
    for wkb in wkbs:
        if wkb is None:
            texts.append("null")
        elif is_point(wkb):
            texts.append(f'{{"type":"Point","coordinates":[{next_position()}]}}')
        else:
            texts.append(geometry_json(wkb).decode())
    return texts, box


def is_point(wkb: bytes) -> bool:
    """Whether a stored geometry is a point."""
    return len(wkb) == POINT_BYTES and wkb.startswith(POINT)


def point_texts(wkbs: Sequence[bytes]) -> list[str]:
    """Return where stored points are, each as "lon,lat" with at most seven decimals, many at a time."""
    return _points(wkbs)[0]


def _points(wkbs: Sequence[bytes]) -> tuple[list[str], Box | None]:
    """Return the coordinates of points as they stand between the brackets, and the box around them."""
    if not wkbs:
        return [], None
    positions = list(unpack_points(b"".join(wkbs)))
    xs, ys = zip(*positions, strict=True)
    return _coordinates(positions)[2:-2].decode().split("],["), (min(xs), min(ys), max(xs), max(ys))


def around_both(one: Box | None, other: Box | None) -> Box | None:
    """Return the box around two boxes, where None is nothing."""
    if one is None or other is None:
        return one or other
    return min(one[0], other[0]), min(one[1], other[1]), max(one[2], other[2]), max(one[3], other[3])


def rounded_box(box: Box) -> Box:
    """Return a box as it is written."""
    west, south, east, north = (round(number, DECIMALS) + 0.0 for number in box)
    return west, south, east, north


def bbox_of(geometries: Iterable[BaseGeometry]) -> tuple[float, float, float, float] | None:
    """Return `(west, south, east, north)` around geometries for a "bbox" member; None if there is nothing in it."""
    shapes = [geometry for geometry in geometries if not geometry.is_empty]
    if not shapes:
        return None
    return rounded_box(shapely.total_bounds(shapes).tolist())


def _rings(wkb: bytes) -> list[list[Any]]:
    rings = []
    start = 9
    for _ in range(unpack_count(wkb, 5)[0]):
        end = start + 4 + POSITION_BYTES * unpack_count(wkb, start)[0]
        rings.append(list(unpack_positions(wkb[start + 4 : end])))
        start = end
    if start != len(wkb):
        raise ValueError("the polygon does not end where its WKB ends")
    return rings


def _coordinates(coordinates: Any) -> bytes:
    """Stored geometries are rounded already, so looking for noise in the text is cheaper than rounding each number."""
    text = orjson.dumps(coordinates)
    return orjson.dumps(_rounded(coordinates)) if NOISE.search(text) else text


def _rounded(coordinates: Any) -> Any:
    if isinstance(coordinates, float):
        if not math.isfinite(coordinates):
            raise ValueError("a coordinate is not a number")
        return round(coordinates, DECIMALS) + 0.0
    return [_rounded(part) for part in coordinates]


def _geometry_object(geometry: BaseGeometry) -> bytes:
    if isinstance(geometry, shapely.GeometryCollection):
        parts = b",".join(_geometry_object(part) for part in geometry.geoms)
        return b'{"type":"GeometryCollection","geometries":[' + parts + b"]}"
    item = geometry.__geo_interface__
    return orjson.dumps({"type": item["type"], "coordinates": orjson.Fragment(_coordinates(item["coordinates"]))})
