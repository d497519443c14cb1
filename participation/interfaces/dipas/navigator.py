"""The navigator family: all proceedings of the city on a map, and figures over all of them."""

from collections.abc import Callable, Sequence
from typing import Any

from markupsafe import escape
from sqlalchemy import extract, func, select

from participation.contributions.filters import conditions, listed_in
from participation.contributions.models import Contribution
from participation.contributions.states import PublicationState
from participation.database import db
from participation.discussion.models import Comment
from participation.interfaces.dipas.asked import public_proceedings
from participation.interfaces.dipas.periods import day_words, is_new, is_running, is_started
from participation.interfaces.dipas.rows import EVERYTHING, ROW, head_of_row
from participation.interfaces.dipas.words import centre, icon_address, website, words
from participation.proceedings.models import Proceeding

SHOWN = 3
# Status → the colour of its sign on the map, and its scale.
STATUSES = {"neu": ("orange", 1.8), "aktiv": ("green", 1.7), "inaktiv": ("neutral", 1.8)}
SIGN = "pin"


def cockpit_map() -> dict[str, Any]:
    """Return all proceedings that have begun as points, with their figures and with styles for their signs."""
    proceedings = [one for one in public_proceedings() if is_started(one)]
    counted = _figures(proceedings)
    features = [_feature(one, *counted.get(one.id, (0, 0))) for one in proceedings]
    styles = [{"styleId": "projectAreaStyles", "rules": [_rule(status) for status in STATUSES]}]
    return {"type": "FeatureCollection", "features": features, "styles": styles}


def chart_of_contributions() -> dict[str, Any]:
    """Return how many contributions there are, by year (UTC)."""
    year = extract("year", Contribution.created_at)
    return _chart(
        db.session.execute(select(year, func.count()).where(*_are_listed(public_proceedings())).group_by(year)).all()
    )


def chart_of_comments() -> dict[str, Any]:
    """Return how many comments there are on them, by year (UTC)."""
    year = extract("year", Comment.created_at)
    statement = select(year, func.count()).join(Comment.contribution)
    is_readable = Comment.state == PublicationState.PUBLISHED
    return _chart(
        db.session.execute(statement.where(*_are_listed(public_proceedings()), is_readable).group_by(year)).all()
    )


def recent_contributions() -> dict[str, Any]:
    """Return the newest contributions of all proceedings."""
    proceedings = public_proceedings()
    rows = _first(proceedings, Contribution.created_at)
    return {"contributions": [_row(row, proceedings) for row in rows]}


def most_commented_contributions() -> dict[str, Any]:
    """Return those with most comments in running proceedings; where none runs, in all."""
    proceedings = public_proceedings()
    running = [one for one in proceedings if is_running(one)] or proceedings
    rows = _first(running, Contribution.comment_count)
    return {"contributions": [_row(row, running) | {"commentsCount": str(row.comment_count)} for row in rows]}


def status_of(proceeding: Proceeding) -> str:
    """Return `neu`, `aktiv` or `inaktiv`; the last day still counts."""
    if is_new(proceeding):
        return "neu"
    return "aktiv" if is_running(proceeding) else "inaktiv"


def _feature(proceeding: Proceeding, contributions: int, comments: int) -> dict[str, Any]:
    starts, ends = day_words(proceeding)
    status = status_of(proceeding)
    properties = {
        "id": proceeding.slug,
        "proceeding": words(proceeding.title),
        "description": f"<p>{escape(words(proceeding.summary))}</p>",
        "districts": "",
        "themes": "",
        "status": status,
        "status_icon": icon_address(SIGN, STATUSES[status][0]),
        "dateStart": starts,
        "dateEnd": ends,
        "responsible": proceeding.organiser,
        "numberContributions": contributions,
        "numberComments": comments,
        "documentation": [],
        "link": website(proceeding),
    }
    return {"type": "Feature", "geometry": centre(proceeding.project_area), "properties": properties}


def _rule(status: str) -> dict[str, Any]:
    color, scale = STATUSES[status]
    path, _, name = icon_address(SIGN, color).rpartition("/")
    style = {
        "type": "icon",
        "imagePath": f"{path}/",
        "imageName": name,
        "imageScale": scale,
        "imageWidth": 24,
        "imageHeight": 24,
        "imageOffsetX": 0.5,
        "imageOffsetY": 0.5,
    }
    return {"conditions": {"properties": {"status": status}}, "style": style}


def _are_listed(proceedings: Sequence[Proceeding]) -> list[Any]:
    return list(listed_in(proceeding.id for proceeding in proceedings))


def _figures(proceedings: Sequence[Proceeding]) -> dict[int, tuple[int, int]]:
    """Return for each proceeding how many contributions and comments it shows."""
    statement = select(Contribution.proceeding_id, func.count(), func.sum(Contribution.comment_count))
    rows = db.session.execute(statement.where(*_are_listed(proceedings)).group_by(Contribution.proceeding_id))
    return {id_: (contributions, int(comments)) for id_, contributions, comments in rows}


def _first(proceedings: Sequence[Proceeding], column: Any) -> list[Any]:
    """Return the rows with the largest value: a few of each proceeding, by its index, then the first of them."""
    found: list[Any] = []
    for one in proceedings:
        statement = select(*ROW, Contribution.text, Contribution.proceeding_id).where(*conditions(one, EVERYTHING))
        found += db.session.execute(statement.order_by(column.desc(), Contribution.id.desc()).limit(SHOWN)).all()
    found.sort(key=lambda row: (getattr(row, column.key), row.id), reverse=True)
    return found[:SHOWN]


def _row(row: Any, proceedings: Sequence[Proceeding]) -> dict[str, Any]:
    proceeding = next(one for one in proceedings if one.id == row.proceeding_id)
    return head_of_row(row) | {
        "domainid": proceeding.slug,
        # It is put into pages as it is, so what a resident wrote must not be markup.
        "content": str(escape(row.text)).replace("\n", "<br />\n"),
        "proceedingName": words(proceeding.title),
        "proceedingDistricts": [],
        "proceedingTopics": [],
        "proceedingOwner": [],
    }


def _chart(rows: Sequence[Any]) -> dict[str, Any]:
    by_year = {str(int(year)): count for year, count in sorted(rows)}
    return {
        "chart_data": {
            "total": sum(by_year.values()),
            "max": str(max(by_year.values(), default=0)),
            "by_year": {year: str(count) for year, count in by_year.items()} or [],
        }
    }


READS: dict[str, Callable[[], dict[str, Any]]] = {
    "cockpitdatamap": cockpit_map,
    "appointments": lambda: {"appointments": []},
    "contributions": chart_of_contributions,
    "comments": chart_of_comments,
    "recentcontributions": recent_contributions,
    "mostcommentedcontributions": most_commented_contributions,
    "documentations": lambda: {"files": []},
}
