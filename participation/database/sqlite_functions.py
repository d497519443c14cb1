"""What SQLite lacks: functions on WKB and texts that triggers and queries call, registered on every connection."""

import sqlite3
import struct
from collections.abc import Callable
from functools import lru_cache, partial

import shapely
from shapely import Polygon

from participation.database.distance import metres_between, metres_to
from participation.database.folding import fold
from participation.geodata.cell_codes import pin_code

_POINT_HEADER = b"\x01\x01\x00\x00\x00"
_COORDINATES = struct.Struct("<dd")

Bounds = tuple[float, float, float, float]


def register_functions(connection: sqlite3.Connection) -> None:
    """Make the functions known to a fresh connection."""
    connection.create_function("text_folded", 1, fold, deterministic=True)
    connection.create_function("pin_code", 2, pin_code, deterministic=True)
    for name, number in (("geometry_minx", 0), ("geometry_miny", 1), ("geometry_maxx", 2), ("geometry_maxy", 3)):
        connection.create_function(name, 1, _side(number), deterministic=True)
    # One cache for each connection: a prepared geometry is not made for several threads.
    shapes = lru_cache(maxsize=16)(_Shape)
    connection.create_function("geometry_intersects", 2, partial(_intersects, shapes), deterministic=True)
    connection.create_function("geometry_within", 2, partial(_within, shapes), deterministic=True)
    connection.create_function("geometry_dwithin", 4, _is_near, deterministic=True)


def _position(wkb: bytes) -> tuple[float, float] | None:
    """Return the position of a point, the frequent case, without building an object."""
    if not wkb.startswith(_POINT_HEADER):
        return None
    x, y = _COORDINATES.unpack_from(wkb, len(_POINT_HEADER))
    return x, y


@lru_cache(maxsize=64)
def _bounds(wkb: bytes) -> Bounds:
    position = _position(wkb)
    return (*position, *position) if position else shapely.from_wkb(wkb).bounds


def _side(number: int) -> Callable[[bytes | None], float | None]:
    return lambda wkb: None if wkb is None else _bounds(wkb)[number]


class _Shape:
    """The shape a query asks about, prepared once for many geometries."""

    def __init__(self, wkb: bytes) -> None:
        self.geometry = shapely.from_wkb(wkb)
        shapely.prepare(self.geometry)
        is_box = isinstance(self.geometry, Polygon) and self.geometry.equals(shapely.box(*self.geometry.bounds))
        self.box: Bounds | None = self.geometry.bounds if is_box else None


def _intersects(shapes: Callable[[bytes], _Shape], wkb: bytes | None, shape_wkb: bytes) -> bool | None:
    if wkb is None:
        return None
    shape = shapes(shape_wkb)
    position = _position(wkb)
    if position and shape.box:
        west, south, east, north = shape.box
        return west <= position[0] <= east and south <= position[1] <= north
    if position:
        return bool(shapely.intersects_xy(shape.geometry, *position))
    return bool(shape.geometry.intersects(shapely.from_wkb(wkb)))


def _within(shapes: Callable[[bytes], _Shape], wkb: bytes | None, shape_wkb: bytes) -> bool | None:
    if wkb is None:
        return None
    shape = shapes(shape_wkb)
    position = _position(wkb)
    if position:
        return bool(shapely.contains_xy(shape.geometry, *position))
    return bool(shape.geometry.contains(shapely.from_wkb(wkb)))


def _is_near(wkb: bytes | None, longitude: float, latitude: float, metres: float) -> bool | None:
    if wkb is None:
        return None
    position = _position(wkb)
    if position:
        return metres_between(longitude, latitude, *position) <= metres
    return metres_to(shapely.from_wkb(wkb), longitude, latitude) <= metres
