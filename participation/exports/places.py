"""Places in the cells of tables: where the pin stands, and the whole geometry as text."""

from typing import NamedTuple

import shapely

from participation.geodata.checking import DECIMALS
from participation.geodata.relations import representative_position
from participation.geodata.writing import point_position


class Place(NamedTuple):
    """Where the pin stands, in degrees as text, and the geometry as WKT; all empty without a place."""

    lon: str = ""
    lat: str = ""
    wkt: str = ""


def place_in_cells(wkb: bytes | None) -> Place:
    """Return the place of a stored geometry as cells show it."""
    if wkb is None:
        return Place()
    position = point_position(wkb)
    if position:
        lon, lat = map(_degrees, position)
        return Place(lon, lat, f"POINT ({lon} {lat})")
    geometry = shapely.from_wkb(wkb)
    lon, lat = map(_degrees, representative_position(geometry))
    return Place(lon, lat, shapely.to_wkt(geometry, rounding_precision=DECIMALS, trim=True))


def _degrees(number: float) -> str:
    """Write a coordinate without an exponent, which spreadsheets of some languages do not read."""
    return f"{round(number, DECIMALS) + 0.0:.{DECIMALS}f}".rstrip("0").rstrip(".")
