"""The tables there are to take away, with their columns: every format and every interface shows these and no others.

A subject with something to show adds its table to TABLES.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from typing import Any

from sqlalchemy import ColumnElement, String, case, cast, func, literal, null, select, type_coerce

from participation.contributions.filters import ContributionFilter, conditions
from participation.contributions.models import Contribution
from participation.contributions.states import LISTED_STATES, PublicationState
from participation.database.json_text import Rfc3339
from participation.discussion.models import Comment
from participation.discussion.queries import comment_versions, is_shown_to_all
from participation.languages import current_language, page_url
from participation.proceedings.models import Proceeding


class Kind(StrEnum):
    """What the values of a column are; None stands for no value in any of them."""

    TEXT = "text"
    INTEGER = "integer"
    MOMENT = "moment"  # an instant, as RFC 3339 in UTC


class Audience(IntEnum):
    """Who gets a column; each gets those of the one before it, too."""

    PUBLIC = 1
    PLANNERS = 2
    PERSONAL = 3  # planners who ask for names; kept on record


@dataclass(frozen=True, slots=True)
class Words:
    """What a proceeding's rows are told with: keys by id, and where the pages of its contributions lie."""

    categories: dict[int, str]
    types: dict[int, str]
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
    """A column: what it is read from and, if it is not shown as stored, how words make the shown value of it.

    The database makes what is shown: a million rows need no line of Python for each value.
    """

    name: str
    source: Any
    kind: Kind = Kind.TEXT
    audience: Audience = Audience.PUBLIC
    shown: Callable[[Words, Any], ColumnElement[Any]] | None = None

    def value(self, words: Words) -> ColumnElement[Any]:
        """Return the shown value as SQL: text, a whole number, or NULL."""
        if self.shown:
            return self.shown(words, self.source)
        return Rfc3339(self.source) if self.kind is Kind.MOMENT else self.source


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of one kind. `id` names a row; `order` gives the same order each time and ends with the id.

    geometry: the column with the place; None if the rows have none.
    rows: the WHERE for a filter of the proceeding's contributions.
    feature_type: what one row is. moment: the column that says when it was made. schema: name of its JSON schema.
    versions: selects what changes with rows that the contributions' last change does not tell of.
    """

    name: str
    id: Any
    order: tuple[Any, ...]
    columns: tuple[Column, ...]
    geometry: Any
    rows: Callable[[Proceeding, ContributionFilter], Sequence[ColumnElement[bool]]]
    feature_type: str
    moment: Any
    schema: str = ""
    versions: Callable[[Proceeding], Any] | None = None

    def columns_for(self, audience: Audience) -> tuple[Column, ...]:
        """Return the columns this reader gets."""
        return tuple(column for column in self.columns if column.audience <= audience)


def _listed(proceeding: Proceeding, wanted: ContributionFilter) -> Sequence[ColumnElement[bool]]:
    return conditions(proceeding, wanted, LISTED_STATES)


def _key(keys: dict[int, str], id_: ColumnElement[int]) -> ColumnElement[Any]:
    return case(keys, value=id_) if keys else null()


def _page(words: Words, id_: ColumnElement[int]) -> ColumnElement[str]:
    return literal(words.address) + cast(id_, String)


# Enums are read as their stored values: a million of them take seconds.
CONTRIBUTIONS = Table(
    name="contributions",
    id=Contribution.id,
    order=(Contribution.created_at, Contribution.id),
    columns=(
        Column("title", Contribution.title),
        Column("text", Contribution.text),
        Column("category", Contribution.category_id, shown=lambda words, id_: _key(words.categories, id_)),
        Column("type", Contribution.type_id, shown=lambda words, id_: _key(words.types, id_)),
        Column("state", type_coerce(Contribution.state, String)),
        Column("status", type_coerce(Contribution.response_status, String)),
        Column("votes_for", Contribution.votes_for, Kind.INTEGER),
        Column("votes_against", Contribution.votes_against, Kind.INTEGER),
        Column("comments", Contribution.comment_count, Kind.INTEGER),
        Column("created_at", Contribution.created_at, Kind.MOMENT),
        Column("updated_at", Contribution.updated_at, Kind.MOMENT),
        Column("language", Contribution.language),
        Column("url", Contribution.id, shown=_page),
        Column("licence", Contribution.licence),
        Column("response", Contribution.response),
        Column("origin", type_coerce(Contribution.origin, String), audience=Audience.PLANNERS),
        Column("responded_at", Contribution.responded_at, Kind.MOMENT, Audience.PLANNERS),
        Column("published_at", Contribution.published_at, Kind.MOMENT, Audience.PLANNERS),
        Column("public_name", Contribution.public_name, audience=Audience.PERSONAL),
    ),
    geometry=Contribution.geometry,
    rows=_listed,
    feature_type="contribution",
    moment=Contribution.created_at,
    schema="contribution-1",
)


def _comments(proceeding: Proceeding, wanted: ContributionFilter) -> Sequence[ColumnElement[bool]]:
    found = select(Contribution.id).where(*_listed(proceeding, wanted))
    return [Comment.proceeding_id == proceeding.id, Comment.contribution_id.in_(found), is_shown_to_all(proceeding.id)]


def _if_public(value: Any) -> ColumnElement[Any]:
    """Of what is not public, only that it was there is told, as on the page."""
    return case((Comment.state == PublicationState.PUBLISHED, value))


def _comment_page(words: Words, contribution_id: ColumnElement[int]) -> ColumnElement[str]:
    id_ = cast(Comment.id, String)
    return _page(words, contribution_id) + "?comment=" + id_ + "#comment-" + id_


_COMMENT_STATE = case(
    (Comment.state == PublicationState.PUBLISHED, "published"),
    (Comment.state == PublicationState.WITHDRAWN, "withdrawn"),
    else_="not_public",
)

COMMENTS = Table(
    name="comments",
    id=Comment.id,
    order=(Comment.contribution_id, Comment.id),
    columns=(
        Column("contribution", Comment.contribution_id, Kind.INTEGER),
        Column("answer_to", Comment.parent_id, Kind.INTEGER),
        Column("state", _COMMENT_STATE),
        Column("text", func.coalesce(_if_public(Comment.text), "")),
        Column("language", _if_public(Comment.language)),
        Column("created_at", _if_public(Comment.created_at), Kind.MOMENT),
        Column("url", Comment.contribution_id, shown=_comment_page),
        Column("public_name", _if_public(Comment.public_name), audience=Audience.PERSONAL),
    ),
    geometry=None,
    rows=_comments,
    feature_type="comment",
    moment=_if_public(Comment.created_at),
    versions=lambda proceeding: comment_versions([proceeding.id]),
)
VOTES = Table(
    name="votes",
    id=Contribution.id,
    order=(Contribution.created_at, Contribution.id),
    columns=(
        Column("title", Contribution.title),
        Column("votes_for", Contribution.votes_for, Kind.INTEGER),
        Column("votes_against", Contribution.votes_against, Kind.INTEGER),
        Column("votes", Contribution.votes_for + Contribution.votes_against, Kind.INTEGER),
        Column("url", Contribution.id, shown=_page),
    ),
    geometry=None,
    rows=_listed,
    feature_type="votes",
    moment=Contribution.created_at,
)
TABLES = {table.name: table for table in (CONTRIBUTIONS, COMMENTS, VOTES)}
