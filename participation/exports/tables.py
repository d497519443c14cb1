"""The tables there are to take away, with their columns: every format and every interface shows these and no others.

A subject with something to show adds its table to TABLES.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from typing import Any

from sqlalchemy import ColumnElement, String, type_coerce

from participation.contributions.filters import ContributionFilter, conditions
from participation.contributions.models import Contribution
from participation.contributions.states import LISTED_STATES
from participation.languages import current_language, page_url
from participation.proceedings.models import Proceeding


class Kind(StrEnum):
    """What the values of a column are; None stands for no value in any of them."""

    TEXT = "text"
    INTEGER = "integer"
    MOMENT = "moment"  # an instant, aware, in UTC


class Audience(IntEnum):
    """Who gets a column; each gets those of the one before it, too."""

    PUBLIC = 1
    PLANNERS = 2
    PERSONAL = 3  # planners who ask for names; kept on record


@dataclass(frozen=True, slots=True)
class Words:
    """What a proceeding's rows are told with: keys by id, and where the pages of its contributions lie."""

    categories: dict[int | None, str]
    types: dict[int | None, str]
    address: str

    @classmethod
    def of(cls, proceeding: Proceeding) -> "Words":
        """Return the words of a proceeding, with addresses in the language of the request."""
        return cls(
            categories={category.id: category.key for category in proceeding.categories},
            types={type_.id: type_.key for type_ in proceeding.types},
            address=page_url(f"/proceedings/{proceeding.slug}/contributions/", current_language()),
        )


@dataclass(frozen=True, slots=True)
class Column:
    """A column: what it is read from and, if it is not shown as stored, how words make the shown value of it."""

    name: str
    source: Any
    kind: Kind = Kind.TEXT
    audience: Audience = Audience.PUBLIC
    shown: Callable[[Words, Any], Any] | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of one kind. `id` names a row; `order` gives the same order each time and ends with the id.

    geometry: the column with the place; None if the rows have none.
    rows: the WHERE for a filter of the proceeding's contributions.
    """

    name: str
    id: Any
    order: tuple[Any, ...]
    columns: tuple[Column, ...]
    geometry: Any
    rows: Callable[[Proceeding, ContributionFilter], Sequence[ColumnElement[bool]]]

    def columns_for(self, audience: Audience) -> tuple[Column, ...]:
        """Return the columns this reader gets."""
        return tuple(column for column in self.columns if column.audience <= audience)


def _listed(proceeding: Proceeding, wanted: ContributionFilter) -> Sequence[ColumnElement[bool]]:
    return conditions(proceeding, wanted, LISTED_STATES)


# Enums are read as their stored values: a million of them take seconds.
CONTRIBUTIONS = Table(
    name="contributions",
    id=Contribution.id,
    order=(Contribution.created_at, Contribution.id),
    columns=(
        Column("title", Contribution.title),
        Column("text", Contribution.text),
        Column("category", Contribution.category_id, shown=lambda words, id_: words.categories[id_]),
        Column("type", Contribution.type_id, shown=lambda words, id_: words.types.get(id_)),
        Column("state", type_coerce(Contribution.state, String)),
        Column("status", type_coerce(Contribution.response_status, String)),
        Column("votes_for", Contribution.votes_for, Kind.INTEGER),
        Column("votes_against", Contribution.votes_against, Kind.INTEGER),
        Column("comments", Contribution.comment_count, Kind.INTEGER),
        Column("created_at", Contribution.created_at, Kind.MOMENT),
        Column("updated_at", Contribution.updated_at, Kind.MOMENT),
        Column("language", Contribution.language),
        Column("url", Contribution.id, shown=lambda words, id_: f"{words.address}{id_}"),
        Column("licence", Contribution.licence),
        Column("response", Contribution.response),
        Column("origin", type_coerce(Contribution.origin, String), audience=Audience.PLANNERS),
        Column("responded_at", Contribution.responded_at, Kind.MOMENT, Audience.PLANNERS),
        Column("published_at", Contribution.published_at, Kind.MOMENT, Audience.PLANNERS),
        Column("public_name", Contribution.public_name, audience=Audience.PERSONAL),
    ),
    geometry=Contribution.geometry,
    rows=_listed,
)
TABLES = {table.name: table for table in (CONTRIBUTIONS,)}
