"""The layers that Masterportal draws: contributions, the project area, all project areas."""

from collections.abc import Iterator, Mapping
from typing import Any

import orjson
import shapely

from participation.contributions.filters import ContributionFilter
from participation.contributions.models import Contribution
from participation.database import id_in
from participation.geodata.writing import geometry_json
from participation.interfaces.dipas.answers import list_chunks
from participation.interfaces.dipas.asked import public_proceedings
from participation.interfaces.dipas.pds import COLLECTION, END, collection, feature
from participation.interfaces.dipas.periods import is_running, period
from participation.interfaces.dipas.rows import EVERYTHING, OLDEST_FIRST, PLACED_ROW, each, listed
from participation.interfaces.dipas.words import (
    area_json,
    centre,
    contribution_address,
    names_by_id,
    raw,
    website,
    words,
)
from participation.proceedings.models import Proceeding

OFF = frozenset({"0", "false"})


def contribution_chunks(proceeding: Proceeding, arguments: Mapping[str, str]) -> Iterator[bytes]:
    """Yield the located contributions, oldest first.

    Args:
        proceeding: whose.
        arguments: the query: `castToPoint`, `node` with `hideOthers`, `category` (a name).
    """
    statement = listed(proceeding, PLACED_ROW, _wanted(proceeding, arguments.get("category")), OLDEST_FIRST)
    statement = statement.where(Contribution.geometry.is_not(None))
    if _is_on(arguments, "hideOthers") and arguments.get("node"):
        statement = statement.where(Contribution.id == id_in(arguments["node"]))
    features = _features(proceeding, statement, are_points=_is_on(arguments, "castToPoint"))
    return list_chunks(COLLECTION, map(orjson.dumps, features), END)


def project_area(proceeding: Proceeding) -> dict[str, Any]:
    """Return the area of a proceeding."""
    return collection([feature({"Thema": words(proceeding.title)}, raw(area_json(proceeding)))])


def all_project_areas() -> dict[str, Any]:
    """Return the areas of all proceedings."""
    return collection([feature(_area_properties(one), raw(area_json(one))) for one in public_proceedings()])


def _features(proceeding: Proceeding, statement: Any, *, are_points: bool) -> Iterator[dict[str, Any]]:
    categories, types = names_by_id(proceeding.categories), names_by_id(proceeding.types)
    address = contribution_address(proceeding)
    for row in each(statement):
        geometry = centre(shapely.from_wkb(row.wkb)) if are_points else raw(geometry_json(row.wkb))
        properties = {
            "nid": str(row.id),
            "name": row.title,
            "description": row.text,
            "link": f"{address}{row.id}",
            "Thema": categories.get(row.category_id, "none"),
            "Rubric": types.get(row.type_id, "none"),
        }
        yield {"type": "Feature", "id": str(row.id), "geometry": geometry, "properties": properties}


def _area_properties(proceeding: Proceeding) -> dict[str, Any]:
    return {
        "id": proceeding.slug,
        "proceeding": words(proceeding.title),
        "themes": "",
        "status": "aktiv" if is_running(proceeding) else "inaktiv",
        "timeperiod": _time_period(proceeding),
        "responsible": proceeding.organiser,
        "link": website(proceeding),
    }


def _time_period(proceeding: Proceeding) -> str:
    """Write the period as DIPAS does, in German; it counts the nights."""
    days = period(proceeding)
    if days is None:
        return ""
    return f"{days[0]:%d.%m.%Y} bis {days[1]:%d.%m.%Y} ({(days[1] - days[0]).days} Tage)"


def _wanted(proceeding: Proceeding, name: str | None) -> ContributionFilter:
    """Return the filter for a category by any of its names; a name that none has finds nothing."""
    if not name:
        return EVERYTHING
    keys = tuple(category.key for category in proceeding.categories if name in category.name.values())
    return ContributionFilter(categories=keys or (f"?{name}",))


def _is_on(arguments: Mapping[str, str], name: str) -> bool:
    return name in arguments and arguments[name].lower() not in OFF
