"""The structure of GeoJSON (RFC 7946): which members an object has, and one geometry object to one shape.

Only what makes an object GeoJSON is judged here; whether a shape may be somebody's place is up to `checking`.
"""

import math
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

import shapely
from shapely.geometry.base import BaseGeometry

from participation.geodata.errors import N_, GeodataError

Position = tuple[float, float]
Shape = TypeVar("Shape", bound=BaseGeometry)

# RFC 7946, section 7.1: these members would turn the object into another kind of object.
FOREIGN_TO_GEOMETRY = ("geometry", "properties", "features")
FOREIGN_TO_FEATURE = ("coordinates", "geometries", "features")
FOREIGN_TO_COLLECTION = ("coordinates", "geometries", "geometry", "properties")

# "crs" is from GeoJSON 2008; these names mean WGS 84 with the longitude first, which is all RFC 7946 knows.
WGS84 = re.compile(
    r"(urn:(x-)?ogc:def:crs:|https?://www\.opengis\.net/def/crs/)?"
    r"((OGC[:/]+([\d.]+[:/])?)?CRS84|EPSG[:/]+([\d.]+[:/])?4326)",
    re.IGNORECASE,
)


def check_members(item: Mapping[str, Any], foreign: Sequence[str], *, path: str = "") -> None:
    """Refuse members that change the meaning of a GeoJSON object, a "bbox" of the wrong shape, another "crs"."""
    misplaced = next((name for name in foreign if name in item), None)
    if misplaced is not None:
        message = N_("“%(name)s” does not belong in an object of this type. Remove it.")
        raise GeodataError("misplaced_member", message, path=joined(path, misplaced), name=misplaced)
    if "bbox" in item and not _is_bbox(item["bbox"]):
        message = N_("“bbox” must be a list of four or six numbers: west, south, east, north. Correct or remove it.")
        raise GeodataError("bbox", message, path=joined(path, "bbox"))
    if item.get("crs") is not None:
        _check_crs(item["crs"], joined(path, "crs"))


def geometry_from_object(item: object, *, path: str = "") -> BaseGeometry:
    """Return the shape of one GeoJSON geometry object; heights are dropped, empty "coordinates" give an empty shape.

    Raises:
        GeodataError: not a geometry of RFC 7946, section 3.1; `path` names the part that is wrong.
    """
    if not isinstance(item, Mapping):
        message = N_("This is not a geometry. Use an object with “type” and “coordinates”.")
        raise GeodataError("not_a_geometry", message, path=path)
    kind = item.get("type")
    if kind == "GeometryCollection":
        check_members(item, FOREIGN_TO_GEOMETRY, path=path)
        return _collection(item, path)
    build = BUILDERS.get(kind) if isinstance(kind, str) else None
    if build is None:
        message = N_("GeoJSON does not know this “type”. Use Point, LineString, Polygon or one of their Multi forms.")
        raise GeodataError("unknown_type", message, path=joined(path, "type"))
    check_members(item, FOREIGN_TO_GEOMETRY, path=path)
    path = joined(path, "coordinates")
    if "coordinates" not in item:
        raise GeodataError("no_coordinates", N_("The geometry has no “coordinates”. Add them."), path=path)
    return build(item["coordinates"], path)


def joined(path: str, member: str) -> str:
    """Return the path of a member of the object at `path`."""
    return f"{path}.{member}" if path else member


def finite_number(value: object) -> float | None:
    """Return a JSON number as float; None for anything else, also for true, NaN and what no float can hold."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        number = float(value)
    except OverflowError:
        return None
    return number if math.isfinite(number) else None


def _is_bbox(value: object) -> bool:
    return isinstance(value, list | tuple) and len(value) in (4, 6) and all(finite_number(n) is not None for n in value)


def _check_crs(crs: object, path: str) -> None:
    properties = crs.get("properties") if isinstance(crs, Mapping) else None
    name = properties.get("name") if isinstance(properties, Mapping) else None
    if not isinstance(name, str) or not WGS84.fullmatch(name.strip()):
        message = N_(
            "The coordinates are in another reference system (%(crs)s). "
            "Save the file in WGS 84 (EPSG:4326), as GeoJSON requires."
        )
        raise GeodataError("crs", message, path=path, crs=name[:60] if isinstance(name, str) else "?")


def _listed(value: object, path: str) -> Sequence[Any]:
    if isinstance(value, list | tuple):
        return value
    message = N_("There must be a list here. Nest the coordinates as deep as this type of geometry needs it.")
    raise GeodataError("coordinates", message, path=path)


def _position(value: object) -> tuple[float, ...] | None:
    """Return `(lon, lat)` or `(lon, lat, height)`: RFC 7946, section 3.1.1, without the room it leaves for more."""
    if not isinstance(value, list | tuple) or len(value) not in (2, 3):
        return None
    position = []
    for part in value:
        number = finite_number(part)
        if number is None:
            return None
        position.append(number)
    return tuple(position)


def _positions(value: object, path: str) -> list[tuple[float, ...]]:
    positions = []
    for index, part in enumerate(_listed(value, path)):
        position = _position(part)
        if position is None:
            raise _not_a_position(f"{path}[{index}]")
        positions.append(position)
    return positions


def _not_a_position(path: str) -> GeodataError:
    message = N_("A position must be two numbers: longitude, latitude. Check the numbers and the brackets.")
    return GeodataError("position", message, path=path)


def _point(value: object, path: str) -> shapely.Point:
    if not _listed(value, path):
        return shapely.Point()
    position = _position(value)
    if position is None:
        raise _not_a_position(path)
    return shapely.Point(position[:2])


def _line(value: object, path: str) -> shapely.LineString:
    positions = _positions(value, path)
    if len(positions) == 1:
        raise GeodataError("line_too_short", N_("A line needs at least two positions. Add one."), path=path)
    return shapely.LineString([position[:2] for position in positions])


def _ring(value: object, path: str) -> list[Position]:
    positions = _positions(value, path)
    if len(positions) < 4:
        message = N_("The outline needs at least four positions, the last equal to the first. Add the missing ones.")
        raise GeodataError("ring_too_short", message, path=path)
    if positions[0] != positions[-1]:
        message = N_("The outline is not closed. Repeat its first position at the end.")
        raise GeodataError("ring_not_closed", message, path=path, position=(positions[-1][0], positions[-1][1]))
    return [(position[0], position[1]) for position in positions]


def _polygon(value: object, path: str) -> shapely.Polygon:
    rings = [_ring(ring, f"{path}[{index}]") for index, ring in enumerate(_listed(value, path))]
    return shapely.Polygon(rings[0], rings[1:]) if rings else shapely.Polygon()


def _collection(item: Mapping[str, Any], path: str) -> shapely.GeometryCollection:
    path = joined(path, "geometries")
    if not isinstance(item.get("geometries"), list | tuple):
        message = N_("The GeometryCollection has no list of “geometries”. Add it.")
        raise GeodataError("no_geometries", message, path=path)
    parts = item["geometries"]
    if any(isinstance(part, Mapping) and part.get("type") == "GeometryCollection" for part in parts):
        # Legal but advised against (RFC 7946, section 3.1.8), and nobody needs it.
        message = N_("A GeometryCollection holds another one. Put all geometries on one level.")
        raise GeodataError("nested_collection", message, path=path)
    return shapely.GeometryCollection(
        [geometry_from_object(part, path=f"{path}[{index}]") for index, part in enumerate(parts)]
    )


def _points(value: object, path: str) -> shapely.MultiPoint:
    return shapely.MultiPoint([position[:2] for position in _positions(value, path)])


def _lines(value: object, path: str) -> shapely.MultiLineString:
    return shapely.MultiLineString(_parts(value, path, _line))


def _polygons(value: object, path: str) -> shapely.MultiPolygon:
    return shapely.MultiPolygon(_parts(value, path, _polygon))


def _parts(value: object, path: str, build: Callable[[object, str], Shape]) -> list[Shape]:
    shapes = [build(part, f"{path}[{index}]") for index, part in enumerate(_listed(value, path))]
    for index, shape in enumerate(shapes):
        if shape.is_empty:
            raise GeodataError("empty_part", N_("A part of the geometry is empty. Remove it."), path=f"{path}[{index}]")
    return shapes


BUILDERS: dict[str, Callable[[object, str], BaseGeometry]] = {
    "Point": _point,
    "LineString": _line,
    "Polygon": _polygon,
    "MultiPoint": _points,
    "MultiLineString": _lines,
    "MultiPolygon": _polygons,
}
