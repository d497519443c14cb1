"""What a contribution must be to be taken: one rule for the form, the import and every other way in."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from flask_babel import lazy_gettext
from shapely.geometry.base import BaseGeometry

from participation.contributions.text import clean_line, clean_text, visible_length
from participation.errors import InvalidInput
from participation.geodata.checking import check_geometry, looks_swapped
from participation.geodata.errors import GeodataError
from participation.geodata.relations import TOLERANCE_METRES, is_inside
from participation.proceedings.models import (
    TEXT_SHORTEST,
    TITLE_LONGEST,
    TITLE_SHORTEST,
    GeometryKind,
    Placing,
    Proceeding,
)

NAME_LONGEST = 80
KINDS = {"Point": GeometryKind.POINT, "LineString": GeometryKind.LINE, "Polygon": GeometryKind.AREA}
# How far from the planning area a place may lie where it need not lie inside: ways there, not other cities.
FREE_MARGIN_METRES = 20_000


@dataclass(frozen=True, slots=True)
class NewContribution:
    """What someone wants to say; category and type are keys, geometry is lon, lat (WGS 84) or None."""

    title: str
    text: str
    category: str
    type: str = ""
    geometry: BaseGeometry | None = None
    language: str = "de"
    public_name: str = ""


def check(proceeding: Proceeding, new: NewContribution) -> NewContribution:
    """Return the contribution as it will be stored: texts cleaned, geometry normalised (RFC 7946).

    Raises:
        InvalidInput: the first broken rule; `field` is title, text, category, type, geometry or public_name.
    """
    return replace(
        new,
        title=check_title(new.title),
        text=check_text(new.text, proceeding.text_max),
        category=check_category(proceeding, new.category),
        type=check_type(proceeding, new.type),
        geometry=check_place(proceeding, new.geometry),
        public_name=check_public_name(new.public_name),
    )


def check_title(title: str) -> str:
    """Return the title on one line; 5 to 200 characters."""
    title = clean_line(title)
    if not visible_length(title):
        raise InvalidInput(lazy_gettext("Enter a headline."), field="title")
    if visible_length(title) + title.count(" ") < TITLE_SHORTEST:
        raise InvalidInput(
            lazy_gettext("The headline needs at least %(count)s characters.", count=TITLE_SHORTEST), field="title"
        )
    if len(title) > TITLE_LONGEST:
        raise InvalidInput(
            lazy_gettext("The headline may have at most %(count)s characters.", count=TITLE_LONGEST), field="title"
        )
    return title


def check_text(text: str, longest: int, shortest: int = TEXT_SHORTEST) -> str:
    """Return the text as it will be stored, within its limits."""
    text = clean_text(text)
    if len(text) < shortest or not visible_length(text):
        raise InvalidInput(lazy_gettext("Write at least %(count)s characters.", count=shortest), field="text")
    if len(text) > longest:
        raise InvalidInput(lazy_gettext("Write at most %(count)s characters.", count=longest), field="text")
    return text


def check_category(proceeding: Proceeding, key: str) -> str:
    """Return the key of a category of this proceeding."""
    if key not in {category.key for category in proceeding.categories}:
        raise InvalidInput(lazy_gettext("Choose a topic."), field="category")
    return key


def check_type(proceeding: Proceeding, key: str) -> str:
    """Return the key of a type of this proceeding, or nothing."""
    if key and key not in {type_.key for type_ in proceeding.types}:
        raise InvalidInput(lazy_gettext("Choose what it is."), field="type")
    return key


def check_public_name(name: str) -> str:
    """Return the name that will be shown, or nothing."""
    name = clean_line(name)
    if len(name) > NAME_LONGEST:
        raise InvalidInput(
            lazy_gettext("The name may have at most %(count)s characters.", count=NAME_LONGEST), field="public_name"
        )
    return name


def allowed_kinds(proceeding: Proceeding) -> list[GeometryKind]:
    """Return what may be drawn here; “no place” only where a place is not compulsory."""
    return [
        kind
        for kind in GeometryKind
        if kind in proceeding.geometry_kinds and not (kind is GeometryKind.NONE and proceeding.is_place_required)
    ]


def check_place(proceeding: Proceeding, geometry: Mapping[str, Any] | BaseGeometry | None) -> BaseGeometry | None:
    """Return the normalised geometry (lon, lat), or None without a place.

    Args:
        geometry: a shapely geometry or a GeoJSON geometry object.
    """
    if geometry is None:
        if GeometryKind.NONE not in allowed_kinds(proceeding):
            raise InvalidInput(lazy_gettext("Choose a place on the map."), field="geometry")
        return None
    drawn = tuple(kind.value for kind in allowed_kinds(proceeding) if kind is not GeometryKind.NONE)
    try:
        checked = check_geometry(geometry, allowed_kinds=drawn)
    except GeodataError as error:
        raise InvalidInput.of_geodata(error, "geometry") from error
    margin = FREE_MARGIN_METRES if proceeding.placing is Placing.FREE else TOLERANCE_METRES
    if not is_inside(checked, proceeding.project_area, tolerance=margin):
        raise InvalidInput(_why_not_there(proceeding, checked), field="geometry")
    return checked


def _why_not_there(proceeding: Proceeding, place: BaseGeometry) -> Any:
    if looks_swapped(place, proceeding.project_area):
        return lazy_gettext(
            "This place is far away. With longitude and latitude exchanged it would be here. Please check them."
        )
    if proceeding.placing is Placing.INSIDE:
        return lazy_gettext("This place is outside the planning area. Choose a place inside it.")
    return lazy_gettext(
        "This place is more than %(kilometres)s kilometres away from the planning area. Choose one nearer to it.",
        kilometres=FREE_MARGIN_METRES // 1000,
    )
