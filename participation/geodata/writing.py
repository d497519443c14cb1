"""Writing GeoJSON geometries into downloads of any length, byte for byte the same from every database."""

import math
import re
import struct
from collections.abc import Iterable
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

unpack_position = struct.Struct("<dd").unpack_from
unpack_positions = struct.Struct("<dd").iter_unpack
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
    if start == POINT and len(wkb) == POINT_BYTES:
        return b'{"type":"Point","coordinates":' + _coordinates(unpack_position(wkb, 5)) + b"}"
    if start == LINE and len(wkb) == 9 + POSITION_BYTES * unpack_count(wkb, 5)[0]:
        return b'{"type":"LineString","coordinates":' + _coordinates(list(unpack_positions(wkb[9:]))) + b"}"
    if start == POLYGON:
        return b'{"type":"Polygon","coordinates":' + _coordinates(_rings(wkb)) + b"}"
    return _geometry_object(shapely.force_2d(shapely.from_wkb(wkb)))


def bbox_of(geometries: Iterable[BaseGeometry]) -> tuple[float, float, float, float] | None:
    """Return `(west, south, east, north)` around geometries for a "bbox" member; None if there is nothing in it."""
    shapes = [geometry for geometry in geometries if not geometry.is_empty]
    if not shapes:
        return None
    west, south, east, north = (round(number, DECIMALS) + 0.0 for number in shapely.total_bounds(shapes).tolist())
    return west, south, east, north


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
