"""The open data family (PDS): proceedings, contributions and comments as feature collections."""

import html
import re
from collections.abc import Iterable, Iterator
from typing import Any

import nh3
import orjson
import shapely

from participation.contributions.models import Contribution
from participation.database import streamed
from participation.geodata.writing import geometry_json
from participation.interfaces.dipas.answers import list_chunks
from participation.interfaces.dipas.comments import comments_about, pds_comments
from participation.interfaces.dipas.periods import day_words, is_running, last_phase, moment_words
from participation.interfaces.dipas.rows import OLDEST_FIRST, PLACED_ROW, ROWS_AT_A_TIME, each, listed
from participation.interfaces.dipas.words import (
    area_json,
    contribution_address,
    names_by_id,
    raw,
    terms_by_id,
    website,
    words,
)
from participation.proceedings.markdown import to_html
from participation.proceedings.models import Proceeding

COLLECTION = b'{"type":"FeatureCollection","features":['
END = b"]}\n"
PROJECT_ID = re.compile(r"\w+(-\w+)*")
IDS = b'"\0ids\0"'  # where the ids stand in a project: no text of ours has these characters
NO_SCORES = dict.fromkeys(("content", "relevance", "response", "mutuality", "sentiment"), "-")
NO_PROJECT: dict[str, Any] = {
    **dict.fromkeys(("id", "nameFull", "description", "dateStart", "dateEnd", "dipasPhase", "website", "owner"), ""),
    "projectOwner": [],
    "publisher": "",
    **{name: [] for name in ("standardCategories", "projectContributionType", "dipasMainDistrict", "projectTopics")},
    "referenceSystem": "4326",
    "hasParticipatoryText": [],
    "dipasCategoriesCluster": None,
    "proceedingState": "",
    "isDipasProceeding": False,
}


def project_properties(proceeding: Proceeding) -> dict[str, Any]:
    """Return what is told of a proceeding; the ids of its contributions are put in while it is sent."""
    starts, ends = day_words(proceeding)
    return NO_PROJECT | {
        "id": proceeding.slug,
        "nameFull": words(proceeding.title),
        "description": _plain(words(proceeding.about)),
        "dateStart": starts,
        "dateEnd": ends,
        "dipasPhase": last_phase(proceeding),
        "website": website(proceeding),
        "owner": proceeding.organiser,
        "standardCategories": terms_by_id(proceeding.categories),
        "projectContributionType": terms_by_id(proceeding.types),
        "proceedingState": "active" if is_running(proceeding) else "inactive",
        "isDipasProceeding": True,
    }


def unknown_project(id_: str) -> dict[str, Any]:
    """Return the nearly empty feature that DIPAS answers for an id it does not know; readers drop it."""
    return feature(NO_PROJECT | {"id": id_}, raw(b"{}"))


def feature(properties: dict[str, Any], geometry: Any) -> dict[str, Any]:
    """Return a feature; DIPAS gives it no id of its own."""
    return {"type": "Feature", "geometry": geometry, "properties": properties}


def collection(features: list[dict[str, Any]]) -> dict[str, Any]:
    """Return a small feature collection."""
    return {"type": "FeatureCollection", "features": features}


def project_chunks(projects: Iterable[tuple[Proceeding, dict[str, Any]]]) -> Iterator[bytes]:
    """Yield proceedings with the ids of all their contributions, however many."""
    yield COLLECTION
    separator = b"\n"
    for proceeding, properties in projects:
        text = orjson.dumps(feature(properties | {"hasParticipatoryText": raw(IDS)}, raw(area_json(proceeding))))
        head, _, tail = text.partition(IDS)
        ids = (b'"%d"' % row.id for row in each(listed(proceeding, (Contribution.id,))))
        yield from list_chunks(separator + head + b"[", ids, b"]" + tail)
        separator = b",\n"
    yield END


def contribution_chunks(
    proceeding: Proceeding, *, with_comments: bool = False, id_: int | None = None
) -> Iterator[bytes]:
    """Yield contributions, oldest first; with `id_` only that one."""
    return list_chunks(COLLECTION, map(orjson.dumps, _features(proceeding, with_comments, id_)), END)


def _features(proceeding: Proceeding, with_comments: bool, id_: int | None) -> Iterator[dict[str, Any]]:
    statement = listed(proceeding, PLACED_ROW, order=OLDEST_FIRST)
    if id_ is not None:
        statement = statement.where(Contribution.id == id_)
    area = area_json(proceeding)
    categories, types = names_by_id(proceeding.categories), names_by_id(proceeding.types)
    address = contribution_address(proceeding)
    for batch in streamed(statement, ROWS_AT_A_TIME):
        comments = comments_about([row.id for row in batch]) if with_comments else {}
        for row in batch:
            properties = {
                "id": str(row.id),
                "dateCreated": moment_words(row.created_at),
                "link": f"{address}{row.id}",
                "title": row.title,
                "contributionType": types.get(row.type_id, "none"),
                "contributionContent": row.text,
                "commentsNumber": row.comment_count,
                "category": categories.get(row.category_id, "none"),
                **_votes(row.votes_for, row.votes_against),
                "keywordSuggested": "",
                "keywordPicked": "",
                "belongToProject": proceeding.slug,
                "dipasLocated": row.wkb is not None,
                "customAttribute": {"nlp_scores": NO_SCORES},
                "isDipasProceeding": True,
            }
            if with_comments:
                properties["commentedBy"] = pds_comments(comments[row.id])
            yield feature(properties, raw(area if row.wkb is None else geometry_json(row.wkb)))


def comments_collection(proceeding: Proceeding, contribution: Contribution) -> dict[str, Any]:
    """Return the comments on one contribution; no feature if there are none."""
    said = comments_about([contribution.id])[contribution.id]
    if not said:
        return collection([])
    shape = contribution.geometry
    geometry = area_json(proceeding) if shape is None else geometry_json(shapely.to_wkb(shape, byte_order=1))
    return collection([feature({"comments": pds_comments(said)}, raw(geometry))])


def _votes(votes_for: int, votes_against: int) -> dict[str, Any]:
    """Return both sums: strings, but the number 0 twice where nobody voted."""
    if votes_for + votes_against == 0:
        return {"votingPro": 0, "votingContra": 0}
    return {"votingPro": str(votes_for), "votingContra": str(votes_against)}


def _plain(markdown: str) -> str:
    """Return a text without its marks, for readers who expect none."""
    return html.unescape(nh3.clean(to_html(markdown), tags=set())).strip()
