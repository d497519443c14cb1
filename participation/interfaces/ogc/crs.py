"""Coordinate systems (OGC API – Features Part 2): stored is CRS84; the others are computed by PROJ.

Coordinates are in the order of each system's own axes: EPSG:4326 is latitude, longitude.
"""

import math
from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

if TYPE_CHECKING:
    from pyproj import Transformer

CRS84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
LATITUDE_FIRST = "http://www.opengis.net/def/crs/EPSG/0/4326"
# URI: (name in PROJ, decimals: a hundredth of a millimetre or of a micro-degree is beyond what anybody measures).
SYSTEMS = {
    CRS84: ("OGC:CRS84", 7),
    LATITUDE_FIRST: ("EPSG:4326", 7),
    "http://www.opengis.net/def/crs/EPSG/0/25832": ("EPSG:25832", 3),
    "http://www.opengis.net/def/crs/EPSG/0/25833": ("EPSG:25833", 3),
    "http://www.opengis.net/def/crs/EPSG/0/3857": ("EPSG:3857", 3),
}
LARGEST_NUMBER = 1e8  # metres around the Earth, twice
SIDE_POINTS = 20  # a straight side of a box is a curve in another system
WORLD = shapely.box(-180, -90, 180, 90)


def to_system(wkbs: Sequence[bytes | None], crs: str) -> list[bytes | None]:
    """Return stored geometries (WKB, lon, lat) in another coordinate system."""
    if crs == CRS84:
        return list(wkbs)
    name, decimals = SYSTEMS[crs]
    turn = _transformer("OGC:CRS84", name)

    def turned(positions: NDArray[Any]) -> NDArray[Any]:
        return np.round(np.column_stack(turn.transform(positions[:, 0], positions[:, 1])), decimals)

    shapes = shapely.transform(shapely.force_2d(shapely.from_wkb(list(wkbs))), turned)
    return [None if shape is None else shapely.to_wkb(shape, byte_order=1) for shape in shapes]


def to_crs84(shape: BaseGeometry, crs: str) -> BaseGeometry:
    """Return a client's shape in lon, lat.

    Raises:
        ValueError: it is not where the coordinate system is defined.
    """
    if crs != CRS84:
        if max(map(abs, shape.bounds)) > LARGEST_NUMBER:
            raise ValueError("beyond the coordinate system")
        turn = _transformer(SYSTEMS[crs][0], "OGC:CRS84")

        def turned(positions: NDArray[Any]) -> NDArray[Any]:
            return np.column_stack(turn.transform(positions[:, 0], positions[:, 1]))

        shape = shapely.transform(shape, turned)
    bounds = shape.bounds
    if not all(map(math.isfinite, bounds)) or not WORLD.covers(shapely.box(*bounds)):
        raise ValueError("beyond the coordinate system")
    return shape


def box_in(minima: tuple[float, float], maxima: tuple[float, float], crs: str) -> BaseGeometry:
    """Return the box between two corners, in a system's own order of axes, as a shape in lon, lat.

    Raises:
        ValueError: it is not where the coordinate system is defined, or its corners are in the wrong order.
    """
    (first, second), (third, fourth) = minima, maxima
    if max(map(abs, (*minima, *maxima))) > LARGEST_NUMBER:
        raise ValueError("beyond the coordinate system")
    if second > fourth or first > third:
        raise ValueError("the corners are in the wrong order")
    if (first, second) == (third, fourth):
        return to_crs84(shapely.Point(first, second), crs)
    if first == third or second == fourth:
        return to_crs84(shapely.LineString([minima, maxima]), crs)
    box = shapely.box(first, second, third, fourth)
    if crs != CRS84:
        box = shapely.segmentize(box, max(third - first, fourth - second) / SIDE_POINTS)
    shape = to_crs84(box, crs)
    if not shape.is_valid:
        raise ValueError("beyond the coordinate system")
    return shape


@lru_cache(maxsize=16)
def _transformer(source: str, target: str) -> "Transformer":
    # PROJ takes 60 ms to load; who never asks for another system does not wait for it.
    from pyproj import Transformer  # noqa: PLC0415

    return Transformer.from_crs(source, target)
