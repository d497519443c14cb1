"""Where a contribution is, in words: for those who do not see the map."""

from math import inf

from flask_babel import format_decimal, gettext
from shapely.geometry.base import BaseGeometry

from participation.contributions.streets import NO_STREETS, Streets
from participation.geodata.relations import is_inside, length_metres, representative_position, square_metres

AT_STREET_METRES, NEAR_METRES, STEP_METRES = 12, 500, 5
EXACT_BELOW = 100  # metres or square metres; larger ones are rounded to two figures


def place_in_words(geometry: BaseGeometry | None, area: BaseGeometry, streets: Streets = NO_STREETS) -> str:
    """Return for example “Line, about 120 metres, Parkweg, inside the planning area”; geometry and area in lon, lat."""
    words: str = gettext("No place")
    if geometry is None:
        return words
    match geometry.geom_type:
        case "LineString":
            kind = gettext("Line, about %(size)s metres", size=_rounded(length_metres(geometry)))
        case "Polygon":
            kind = gettext("Area, about %(size)s square metres", size=_rounded(square_metres(geometry)))
        case _:
            kind = ""
    place = _joined(kind, geometry, streets) or gettext("Point")
    if is_inside(geometry, area):
        words = gettext("%(place)s, inside the planning area", place=place)
    else:
        words = gettext("%(place)s, outside the planning area", place=place)
    return words


def place_in_brief(geometry: BaseGeometry | None, streets: Streets = NO_STREETS) -> str:
    """Return what a card in the list says: “No place”, “Line, Parkweg”, “Near Parkweg, about 20 metres away”."""
    kind: str = "" if geometry else gettext("No place")
    if geometry is None:
        return kind
    if geometry.geom_type == "LineString":
        kind = gettext("Line")
    elif geometry.geom_type == "Polygon":
        kind = gettext("Area")
    return _joined(kind, geometry, streets)


def _joined(kind: str, geometry: BaseGeometry, streets: Streets) -> str:
    return ", ".join(filter(None, (kind, _near_words(geometry, streets, is_first=not kind))))


def _near_words(geometry: BaseGeometry, streets: Streets, *, is_first: bool) -> str:
    """Say which street the pin is near, as static/js/drawing/words.js does while it is drawn; nothing far from all."""
    name, metres = streets.nearest(representative_position(geometry)) or ("", inf)
    if metres > NEAR_METRES:
        return ""
    if metres < AT_STREET_METRES:
        return name
    about = format_decimal(round(metres / STEP_METRES) * STEP_METRES)
    words: str = (
        gettext("Near %(street)s, about %(metres)s metres away", street=name, metres=about)
        if is_first
        else gettext("near %(street)s, about %(metres)s metres away", street=name, metres=about)
    )
    return words


def _rounded(size: float) -> str:
    whole = max(1, round(size))
    return str(format_decimal(whole if whole < EXACT_BELOW else round(whole, 2 - len(str(whole)))))
