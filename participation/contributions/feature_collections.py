"""Contributions as GeoJSON for maps inside a page; the map of a whole proceeding asks map_view.py."""

from collections.abc import Iterable
from typing import Any

from flask import url_for
from shapely.geometry import mapping
from shapely.geometry.base import BaseGeometry

from participation.contributions.models import Contribution
from participation.contributions.states import PublicationState
from participation.geodata.relations import representative_position
from participation.geodata.web_mercator import position_at
from participation.proceedings.models import Category, GeometryKind, Proceeding

LONGEST_TITLE = 80


def pins_feature_collection(proceeding: Proceeding, contributions: Iterable[Contribution]) -> dict[str, Any]:
    """Return pins that a map shows in any case, e.g. the author's own waiting ones; those without a place stay out.

    The properties are those of map_view.py; a line or area comes along as `geometry`.
    """
    pins = []
    for contribution in contributions:
        if contribution.pin_x is None or contribution.pin_y is None:
            continue
        properties = pin_properties(proceeding, contribution.category, contribution)
        if contribution.geometry_kind in (GeometryKind.LINE, GeometryKind.AREA) and contribution.geometry:
            properties["geometry"] = mapping(contribution.geometry)
        lon, lat = position_at(contribution.pin_x, contribution.pin_y)
        point = {"type": "Point", "coordinates": [round(lon, 6), round(lat, 6)]}
        pins.append({"type": "Feature", "id": contribution.id, "geometry": point, "properties": properties})
    return {"type": "FeatureCollection", "features": pins}


def pin_properties(proceeding: Proceeding, category: Category, row: Any) -> dict[str, Any]:
    """Return what a map needs of one pin; row: id, title, votes_for, geometry_kind and state of a contribution."""
    return {
        "kind": "contribution",
        "title": row.title if len(row.title) <= LONGEST_TITLE else row.title[: LONGEST_TITLE - 1] + "…",
        "category": category.key,
        "color": category.color,
        "icon": category.icon,
        "votes_for": row.votes_for,
        "shape": row.geometry_kind.value,
        "pending": row.state is PublicationState.SUBMITTED,
        "url": url_for("contribution_page.contribution", slug=proceeding.slug, contribution_id=row.id),
    }


def place_feature(geometry: BaseGeometry, category: Category | None, *, is_pending: bool = False) -> dict[str, Any]:
    """Return one place (lon, lat) with where its pin stands; without a category yet, the pin is neutral."""
    properties = {
        "color": category.color if category else "neutral",
        "icon": category.icon if category else "dots",
        "pending": is_pending,
        "pin": [round(number, 6) for number in representative_position(geometry)],
    }
    return {"type": "Feature", "geometry": mapping(geometry), "properties": properties}
