"""Where shapes lie: inside an area or how far from it, how long, how large, and where their pin stands."""

import math
from itertools import pairwise
from typing import cast

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from participation.geodata.structure import Position

# About the error of a click on the map; also hides that borders from two sources never agree exactly.
TOLERANCE_METRES = 1.0

# WGS 84: equatorial radius in metres, first eccentricity squared.
RADIUS = 6_378_137.0
E2 = 0.006694379990141317
E = math.sqrt(E2)

# At the poles a degree of longitude has no length; this keeps divisions by it defined.
LEAST_EAST = 0.001


def metres_per_degree(lat: float) -> tuple[float, float]:
    """Return the metres in one degree of longitude and in one of latitude, at a latitude.

    From the two radii of curvature of the ellipsoid: a sphere would be wrong by up to 0.5 %, enough to find other
    contributions "within 500 metres" than PostGIS does.
    """
    phi = math.radians(max(-90.0, min(90.0, lat)))
    flattening = 1 - E2 * math.sin(phi) ** 2
    east = math.radians(RADIUS * math.cos(phi) / math.sqrt(flattening))
    north = math.radians(RADIUS * (1 - E2) / flattening**1.5)
    return max(east, LEAST_EAST), north


def is_inside(geometry: BaseGeometry, area: BaseGeometry, *, tolerance: float = TOLERANCE_METRES) -> bool:
    """Say whether the whole geometry lies in the area; its border and `tolerance` metres beyond still count."""
    if area.covers(geometry):
        return True
    if geometry.is_empty or area.is_empty or distance_metres(geometry, area) > tolerance:
        return False
    east, north = metres_per_degree(_middle_latitude(geometry))
    shape = _scaled(geometry, east, north)
    # Only the part of the area around the geometry is widened: a city's outline has thousands of vertices.
    west, south, right, top = shape.bounds
    margin = 10 * tolerance
    nearby = shapely.box(west - margin, south - margin, right + margin, top + margin)
    return bool(_scaled(area, east, north).intersection(nearby).buffer(tolerance).covers(shape))


def distance_metres(geometry: BaseGeometry, area: BaseGeometry) -> float:
    """Return the shortest way from a geometry to an area in metres; 0 where they touch, infinite if one is empty.

    Good to 0.1 % within a region; over thousands of kilometres only the order of magnitude is right.
    """
    if geometry.is_empty or area.is_empty:
        return math.inf
    if geometry.intersects(area):
        return 0.0
    east, north = metres_per_degree((_middle_latitude(geometry) + _middle_latitude(area)) / 2)
    line = shapely.shortest_line(_scaled(geometry, east, north), _scaled(area, east, north))
    (start_x, start_y), (end_x, end_y) = line.coords
    start, end = (start_x / east, start_y / north), (end_x / east, end_y / north)
    return _way(start, end)


def length_metres(line: BaseGeometry) -> float:
    """Return the length of a line in metres."""
    return math.fsum(_way(start, end) for start, end in pairwise(_positions(line)))


def square_metres(area: BaseGeometry) -> float:
    """Return the size of an area in square metres on the ellipsoid.

    Exact at any size, by the cylindrical equal-area projection (Snyder, Map Projections, USGS 1395, eq. 3-12, 10-16).
    """
    return float(shapely.transform(area, _equal_area).area)


def representative_position(geometry: BaseGeometry) -> Position:
    """Return where the pin of a geometry stands, `(lon, lat)`.

    A point itself; the middle of a line by its length; for an area its centre of gravity if that is inside, else
    another place surely inside; the largest part if there are several.
    """
    if geometry.is_empty:
        raise ValueError("an empty geometry has no place")
    if isinstance(geometry, shapely.Point):
        return geometry.x, geometry.y
    if isinstance(geometry, shapely.LineString):
        return _middle_of_line(geometry)
    if isinstance(geometry, shapely.Polygon):
        return _inside_area(geometry)
    parts = cast("list[BaseGeometry]", list(shapely.get_parts(geometry)))
    return representative_position(max(parts, key=lambda part: (part.area, part.length)))


def _middle_latitude(geometry: BaseGeometry) -> float:
    _, south, _, north = geometry.bounds
    return (south + north) / 2


def _scaled(geometry: BaseGeometry, east: float, north: float) -> BaseGeometry:
    """Turn degrees into metres near one latitude."""
    factors = np.array([east, north])
    return shapely.transform(geometry, lambda positions: positions * factors)


def _way(start: Position, end: Position) -> float:
    east, north = metres_per_degree((start[1] + end[1]) / 2)
    return math.hypot((end[0] - start[0]) * east, (end[1] - start[1]) * north)


def _positions(line: BaseGeometry) -> list[Position]:
    return [(lon, lat) for lon, lat in shapely.get_coordinates(line).tolist()]


def _equal_area(positions: NDArray[np.float64]) -> NDArray[np.float64]:
    lon, lat = np.radians(positions).T
    sine = np.sin(lat)
    q = (1 - E2) * (sine / (1 - E2 * sine**2) + np.arctanh(E * sine) / E)
    return np.column_stack((RADIUS * lon, RADIUS * q / 2))


def _middle_of_line(line: shapely.LineString) -> Position:
    remaining = length_metres(line) / 2
    positions = _positions(line)
    for start, end in pairwise(positions):
        way = _way(start, end)
        if way and remaining <= way:
            share = remaining / way
            return start[0] + (end[0] - start[0]) * share, start[1] + (end[1] - start[1]) * share
        remaining -= way
    return positions[-1]


def _inside_area(area: shapely.Polygon) -> Position:
    centre = area.centroid
    place = centre if area.contains(centre) else area.representative_point()
    return place.x, place.y
