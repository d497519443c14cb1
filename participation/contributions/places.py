"""Where a contribution is, in words: for those who do not see the map."""

from flask_babel import format_decimal, gettext
from shapely.geometry.base import BaseGeometry

from participation.geodata.relations import is_inside, length_metres, square_metres

EXACT_BELOW = 100  # metres or square metres; larger ones are rounded to two figures


def place_in_words(geometry: BaseGeometry | None, area: BaseGeometry) -> str:
    """Return for example “Line, about 120 metres, inside the planning area”; geometry and area in lon, lat."""
    words: str = gettext("No place")
    if geometry is None:
        return words
    match geometry.geom_type:
        case "LineString":
            kind = gettext("Line, about %(size)s metres", size=_rounded(length_metres(geometry)))
        case "Polygon":
            kind = gettext("Area, about %(size)s square metres", size=_rounded(square_metres(geometry)))
        case _:
            kind = gettext("Point")
    if is_inside(geometry, area):
        words = gettext("%(place)s, inside the planning area", place=kind)
    else:
        words = gettext("%(place)s, outside the planning area", place=kind)
    return words


def _rounded(size: float) -> str:
    whole = max(1, round(size))
    return str(format_decimal(whole if whole < EXACT_BELOW else round(whole, 2 - len(str(whole)))))
