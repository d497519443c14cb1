"""Coordinates in other systems than WGS 84: converted by EPSG code, and guessed by where they would lie."""

from collections.abc import Callable, Sequence
from functools import lru_cache

import numpy as np
import shapely
from flask_babel import gettext
from pyproj import CRS, Transformer
from pyproj.exceptions import CRSError, ProjError
from shapely.geometry.base import BaseGeometry

from participation.errors import InvalidInput
from participation.geodata.checking import looks_swapped

WGS84 = 4326
LARGEST_CODE = 999_999
# What offices in Germany and around it use: UTM (with and without its zone in front), Gauß-Krüger, Swiss, web maps.
USUAL_CODES = (WGS84, 25832, 25833, 4647, 5650, 31466, 31467, 31468, 31469, 2056, 21781, 31287, 28992, 3035, 3857)

Conversion = Callable[[BaseGeometry], BaseGeometry]


@lru_cache(maxsize=64)
def conversion_from(epsg: int) -> Conversion:
    """Return what makes longitude and latitude (WGS 84) of a shape in this system; x is the one that goes east.

    Raises:
        InvalidInput: no system of places on Earth has this code.
    """
    if epsg == WGS84:
        return lambda shape: shape
    try:
        system = CRS.from_epsg(epsg) if 0 < epsg <= LARGEST_CODE else None
        if system is None or len(system.axis_info) != 2 or not (system.is_projected or system.is_geographic):
            raise _unknown(epsg)
        transformer = Transformer.from_crs(system, WGS84, always_xy=True)
    except (CRSError, ProjError):
        raise _unknown(epsg) from None

    def convert(shape: BaseGeometry) -> BaseGeometry:
        return shapely.transform(shape, lambda positions: np.column_stack(transformer.transform(*positions.T)))

    return convert


def _unknown(epsg: int) -> InvalidInput:
    message = gettext("EPSG:%(code)s is no coordinate system that we know. ETRS89 / UTM 32N is 25832.", code=epsg)
    return InvalidInput(message, field="epsg")


def turned(shape: BaseGeometry) -> BaseGeometry:
    """Return the shape with its two coordinates exchanged."""
    return shapely.transform(shape, lambda positions: positions[:, ::-1])


def is_on_earth(shape: BaseGeometry) -> bool:
    """Whether all of a shape has a place; what a system does not cover becomes infinite."""
    return bool(np.isfinite(shapely.get_coordinates(shape)).all())


def would_fit_turned(shape: BaseGeometry, convert: Conversion, area: BaseGeometry) -> bool:
    """Whether a far-off shape would be in or near the area if its coordinates were exchanged before conversion."""
    here, other = convert(shape), convert(turned(shape))
    if not is_on_earth(other):
        return False
    return area.intersects(other) if not is_on_earth(here) else looks_swapped(here, area, exchanged=other)


def likely_code(shapes: Sequence[BaseGeometry], area: BaseGeometry) -> int:
    """Return the usual system in which most of these shapes lie in or around the area, turned or not; 0 if none."""
    west, south, east, north = area.bounds
    around = shapely.box(west - 0.5, south - 0.5, east + 0.5, north + 0.5)
    for code in USUAL_CODES:
        convert = conversion_from(code)
        for way in (lambda shape: shape, turned):
            places = [convert(way(shape)) for shape in shapes]
            if places and sum(is_on_earth(one) and around.intersects(one) for one in places) * 2 > len(places):
                return code
    return 0
