"""Shapes that several families share: terms, addresses, geometries, titles."""

from collections.abc import Iterable
from typing import Any, cast

import orjson
import shapely
from flask import current_app
from shapely.geometry.base import BaseGeometry

from participation.geodata.checking import DECIMALS
from participation.geodata.relations import representative_position
from participation.geodata.writing import geometry_json
from participation.interfaces.dipas.asked import language_asked
from participation.languages import page_url, text_in
from participation.proceedings.models import Category, ContributionType, Proceeding
from participation.proceedings.palette import HEX_COLORS

NO_PICTURE = {"path": "", "alttext": ""}


def words(texts: dict[str, str]) -> str:
    """Return a translated text in the language of the answer."""
    return text_in(texts, language_asked())


def term(one: Category | ContributionType) -> dict[str, Any]:
    """Return a category or type as a term of a vocabulary."""
    hint = words(one.hint) if isinstance(one, Category) else ""
    return {"id": str(one.id), "name": words(one.name), "description": hint or None, "weight": str(one.position)}


def terms_by_id(terms: Iterable[Category | ContributionType]) -> dict[str, Any] | list[Any]:
    """Return terms as an object by id; none of them is an empty list, as PHP writes it."""
    return {str(one.id): term(one) for one in terms} or []


def names_by_id(terms: Iterable[Category | ContributionType]) -> dict[int | None, str]:
    """Return what categories or types are called."""
    return {one.id: words(one.name) for one in terms}


def website(proceeding: Proceeding) -> str:
    """Return the address of a proceeding. Readers cut the `/#` off and put `/drupal/dipas/init` there."""
    return page_url(f"/proceedings/{proceeding.slug}/#", language_asked())


def contribution_address(proceeding: Proceeding) -> str:
    """Return the beginning of the address of each contribution's page."""
    return page_url(f"/proceedings/{proceeding.slug}/contributions/", language_asked())


def icon_paths() -> dict[str, str]:
    """Return our drawings by name, as parts of an SVG."""
    return cast("dict[str, str]", current_app.jinja_env.globals["icon_paths"])


def icon_address(icon: str, color: str) -> str:
    """Return the address of a drawing, white on a colour of the palette; empty if we have no such drawing."""
    if icon not in icon_paths() or color not in HEX_COLORS:
        return ""
    return page_url(f"/drupal/masterportal/icons/{icon}-{color}.svg", "de")


def without_scheme(address: str) -> str:
    """Return a protocol-relative address, as DIPAS writes those of pictures."""
    return address[address.index("//") :] if address else ""


def area_json(proceeding: Proceeding) -> bytes:
    """Return the project area as GeoJSON: a polygon where it has one part."""
    area = proceeding.project_area
    parts = list(area.geoms)
    return geometry_json(shapely.to_wkb(parts[0] if len(parts) == 1 else area, byte_order=1))


def centre(geometry: BaseGeometry) -> dict[str, Any]:
    """Return the point at which a geometry (lon, lat) is shown."""
    return {"type": "Point", "coordinates": [round(number, DECIMALS) for number in representative_position(geometry)]}


def raw(json: bytes) -> orjson.Fragment:
    """Put finished JSON into an object that is to be written."""
    return orjson.Fragment(json)
