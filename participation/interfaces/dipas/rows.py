"""Listed contributions read row by row, and the row that DIPAS' lists show."""

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import Row, Select, func, select

from participation.contributions.filters import ContributionFilter, conditions
from participation.contributions.models import Contribution
from participation.database import db, streamed
from participation.interfaces.dipas.periods import moment_words
from participation.proceedings.models import Proceeding

ROWS_AT_A_TIME = 1_000  # their comments are read for so many together
EVERYTHING = ContributionFilter()
NEWEST_FIRST = (Contribution.created_at.desc(), Contribution.id.desc())
OLDEST_FIRST = (Contribution.created_at, Contribution.id)

ROW = (
    Contribution.id,
    Contribution.title,
    Contribution.language,
    Contribution.category_id,
    Contribution.type_id,
    Contribution.comment_count,
    Contribution.votes_for,
    Contribution.votes_against,
    Contribution.created_at,
)
PLACED_ROW = (*ROW, Contribution.text, Contribution.geometry.wkb().label("wkb"))


def listed(
    proceeding: Proceeding,
    columns: Sequence[Any] = ROW,
    wanted: ContributionFilter = EVERYTHING,
    order: Sequence[Any] = NEWEST_FIRST,
) -> Select[Any]:
    """Select what stands in the public list of a proceeding."""
    return select(*columns).where(*conditions(proceeding, wanted)).order_by(*order)


def each(statement: Select[Any]) -> Iterator[Row[Any]]:
    """Yield rows one by one from a server-side cursor."""
    for batch in streamed(statement, ROWS_AT_A_TIME):
        yield from batch


def count_listed(proceeding: Proceeding, wanted: ContributionFilter = EVERYTHING) -> int:
    """Return how many contributions stand in the public list."""
    return db.session.scalar(select(func.count()).where(*conditions(proceeding, wanted))) or 0


def comments_on_listed(proceeding: Proceeding) -> int:
    """Return how many readable comments they have."""
    counted = select(func.sum(Contribution.comment_count)).where(*conditions(proceeding, EVERYTHING))
    return int(db.session.scalar(counted) or 0)


def head_of_row(row: Any) -> dict[str, Any]:
    """Return what every row of every list begins with; `author` is empty, as for all residents in DIPAS."""
    return {
        "nid": str(row.id),
        "type": "contribution",
        "title": row.title,
        "created": moment_words(row.created_at),
        "langcode": row.language,
        "author": "",
    }


def list_row(row: Any) -> dict[str, Any]:
    """Return a row of a list: numbers are strings, since DIPAS takes them from SQL as they come."""
    return head_of_row(row) | {
        "category": str(row.category_id),
        "rubric": None if row.type_id is None else str(row.type_id),
        "comments": str(row.comment_count),
        "upVotes": str(row.votes_for),
        "downVotes": str(row.votes_against),
        "numVotes": str(row.votes_for + row.votes_against),
        "rating": str(row.votes_for - row.votes_against),
    }
