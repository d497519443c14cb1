"""Metres on the WGS 84 ellipsoid, for places within a city's reach of each other."""

import math

import shapely
from shapely import Point
from shapely.geometry.base import BaseGeometry

from participation.geodata.relations import metres_per_degree

FARTHEST_METRES = 100_000.0
# The index may only offer too much, so its box is a little larger than the circle.
MARGIN = 1.02


def bounds_around(longitude: float, latitude: float, metres: float) -> tuple[float, float, float, float]:
    """Return west, south, east, north of a box that surely holds the circle."""
    _, of_latitude = metres_per_degree(latitude)
    height = metres * MARGIN / of_latitude
    of_longitude, _ = metres_per_degree(min(89.0, abs(latitude) + height))
    width = metres * MARGIN / of_longitude
    return longitude - width, latitude - height, longitude + width, latitude + height


def metres_between(longitude: float, latitude: float, other_longitude: float, other_latitude: float) -> float:
    """Return the distance of two positions; the scale is that of the latitude half way."""
    of_longitude, of_latitude = metres_per_degree((latitude + other_latitude) / 2)
    return math.hypot((other_longitude - longitude) * of_longitude, (other_latitude - latitude) * of_latitude)


def metres_to(geometry: BaseGeometry, longitude: float, latitude: float) -> float:
    """Return the distance from a position to the nearest point of a geometry; 0 inside an area."""
    x_scale, y_scale = metres_per_degree(latitude)
    local = shapely.transform(geometry, lambda lonlat: (lonlat - (longitude, latitude)) * (x_scale, y_scale))
    nearest = shapely.get_point(shapely.shortest_line(local, Point(0, 0)), 0)
    return metres_between(longitude, latitude, longitude + nearest.x / x_scale, latitude + nearest.y / y_scale)
