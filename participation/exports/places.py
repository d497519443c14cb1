"""Places in the cells of tables: where the pin stands, and the whole geometry as text."""

from collections.abc import Sequence
from typing import NamedTuple

import shapely

from participation.geodata.checking import DECIMALS
from participation.geodata.relations import representative_position
from participation.geodata.writing import is_point, point_texts


class Place(NamedTuple):
    """Where the pin stands, in degrees as text, and the geometry as WKT; all empty without a place."""

    lon: str = ""
    lat: str = ""
    wkt: str = ""


NOWHERE = Place()


def places_in_cells(wkbs: Sequence[bytes | None]) -> list[Place]:
    """Return the places of stored geometries as cells show them, many at a time: most are points."""
    positions = iter(point_texts([wkb for wkb in wkbs if wkb is not None and is_point(wkb)]))
    return [NOWHERE if wkb is None else _of_point(next(positions)) if is_point(wkb) else _of_shape(wkb) for wkb in wkbs]


def _of_point(position: str) -> Place:
    lon, lat = position.split(",")
    lon, lat = _plain(lon), _plain(lat)
    return Place(lon, lat, f"POINT ({lon} {lat})")


def _of_shape(wkb: bytes) -> Place:
    geometry = shapely.from_wkb(wkb)
    lon, lat = (_plain(str(round(number, DECIMALS) + 0.0)) for number in representative_position(geometry))
    return Place(lon, lat, shapely.to_wkt(geometry, rounding_precision=DECIMALS, trim=True))


def _plain(number: str) -> str:
    """Write a coordinate without an exponent, which spreadsheets of some languages do not read."""
    if "e" in number:
        number = f"{float(number):.{DECIMALS}f}".rstrip("0")
    return number.removesuffix(".0").removesuffix(".")
