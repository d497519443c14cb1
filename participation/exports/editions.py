"""What a download holds: the rows of one table that a filter finds, with the columns for one kind of reader."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple
from urllib.parse import urlencode

from flask_babel import gettext
from sqlalchemy import ColumnElement, Select, func, literal, null, select, tuple_

from participation import clock
from participation.audit.queries import last_event_at
from participation.contributions.filters import ContributionFilter
from participation.contributions.queries import last_changes
from participation.database import db, streamed
from participation.database.json_text import JsonObject, Rfc3339
from participation.exports.tables import Audience, Column, Table, Words
from participation.languages import LANGUAGES, page_url, text_in
from participation.proceedings.models import Proceeding

# Raise it with every change of what a file looks like: whoever holds an old one must get the new one.
FORMAT = 4
FORMAT_SINCE = datetime(2026, 11, 24, tzinfo=UTC)
# A write notes its time before it is visible to others; after so long, all writes of that time are.
SETTLED_AFTER = timedelta(seconds=10)


class Exported(NamedTuple):
    """One row of a table: id, geometry as WKB (or None without a place), values by column (times as RFC 3339)."""

    id: int
    wkb: bytes | None
    properties: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Facts:
    """What a file says about itself, whatever its format."""

    title: str
    licence: str
    attribution: str
    as_of: str
    filter: str

    def told(self) -> list[tuple[str, str]]:
        """Return the facts with their names, in the reader's language."""
        return [
            (gettext("Title"), self.title),
            (gettext("Licence"), self.licence),
            (gettext("Attribution"), self.attribution),
            (gettext("As of (UTC)"), self.as_of),
            (gettext("Filter"), self.filter or gettext("None: everything is in this file")),
        ]


@dataclass(frozen=True, slots=True)
class Edition:
    """Some of a table's rows in a proceeding, for one kind of reader."""

    table: Table
    proceeding: Proceeding
    wanted: ContributionFilter
    audience: Audience = Audience.PUBLIC

    @property
    def columns(self) -> tuple[Column, ...]:
        """The columns this reader gets."""
        return self.table.columns_for(self.audience)

    def header(self) -> dict[str, Any]:
        """Return what the file says about itself, and the words that its rows use for categories and types."""
        return {
            "title": text_in(self.proceeding.title),
            "licence": self.proceeding.licence,
            "attribution": f"{self.proceeding.organiser}, {text_in(self.proceeding.title)}",
            "categories": [category.key for category in self.proceeding.categories],
            "types": [type_.key for type_ in self.proceeding.types],
        }

    def facts(self) -> Facts:
        """Return what the file says about itself; its time is the last change of the data."""
        header, (changed_at, _) = self.header(), self.last_change()
        wanted = urlencode(self.wanted.to_arguments(), doseq=True)
        return Facts(header["title"], header["licence"], header["attribution"], rfc3339(changed_at), wanted)

    @property
    def schema_url(self) -> str:
        """The address of the schema of the rows; empty if there is none."""
        return page_url(f"/schemas/{self.table.schema}.json", LANGUAGES[0]) if self.table.schema else ""

    def last_change(self) -> tuple[datetime, int]:
        """Return when the contributions last changed and how many there are, in any state."""
        return last_changes([self.proceeding.id]).get(self.proceeding.id, (self.proceeding.created_at, 0))

    def etag(self, *circumstances: str) -> str:
        """Return a name for the file's content that changes with everything in it.

        Args:
            circumstances: what else the content depends on, such as the format.
        """
        latest, count = self.last_change()
        # What was sent right after a change may lack another one of the same moment: such a name is good for seconds.
        is_settled = clock.now() - latest > SETTLED_AFTER
        columns = tuple(column.name for column in self.columns)
        words = (self.header(), Words.of(self.proceeding), self.table.name, columns)
        versions = tuple(db.session.execute(self.table.versions(self.proceeding)).one()) if self.table.versions else ()
        basis = (FORMAT, latest, count, is_settled, versions, words, circumstances)
        return hashlib.sha256(repr(basis).encode()).hexdigest()[:32]

    def last_modified(self) -> datetime | None:
        """Return when the file may last have changed, for clients that keep no ETag; None while that is too fresh.

        Acts of the team count, too: they change titles, words and comments without a trace in the contributions.
        """
        latest, _ = self.last_change()
        newest_event = last_event_at(self.proceeding.id) or latest
        moment = max(latest, newest_event, FORMAT_SINCE)
        return moment if clock.now() - moment > SETTLED_AFTER else None

    def count(self) -> int:
        """Return how many rows there are."""
        return db.session.scalar(select(func.count(self.table.id)).where(*self.conditions())) or 0

    def conditions(self) -> Sequence[ColumnElement[bool]]:
        """Return the WHERE of this edition's rows."""
        return self.table.rows(self.proceeding, self.wanted)

    def batches(self) -> Iterator[list[Exported]]:
        """Yield the rows in the table's order, some at a time, from a server-side cursor."""
        names = tuple(column.name for column in self.columns)
        for rows in self._partitions(*self._values()):
            yield [_exported(names, row) for row in rows]

    def json_batches(self, moment: Any = None) -> Iterator[Sequence[Any]]:
        """Yield the same rows as (id, WKB, properties as JSON text): the database writes faster than Python reads.

        Args:
            moment: a column with an instant that comes fourth, as RFC 3339.
        """
        further = [] if moment is None else [Rfc3339(moment)]
        yield from self._partitions(JsonObject([column.name for column in self.columns], self._values()), *further)

    def rows_after(self, id_: int, limit: int, further: Sequence[ColumnElement[bool]] = ()) -> list[Exported]:
        """Return the next rows by id, however many come before them.

        Args:
            id_: the last id that was seen, 0 at the beginning.
            limit: how many at most.
            further: more conditions for the rows.
        """
        statement = self._rows(*self._values()).where(self.table.id > id_, *further)
        names = tuple(column.name for column in self.columns)
        rows = db.session.execute(statement.order_by(self.table.id).limit(limit))
        return [_exported(names, row) for row in rows]

    def rows_beyond(
        self, keys: Sequence[Any], limit: int, further: Sequence[ColumnElement[bool]] = ()
    ) -> list[Exported]:
        """Return the next rows in the table's order, however many come before them: an index gives them.

        Args:
            keys: the values of the order in the last row that was seen, none at the beginning.
            limit: how many at most.
            further: more conditions for the rows.
        """
        statement = self._rows(*self._values()).where(*further).order_by(*self.table.order).limit(limit)
        if keys:
            columns = self.table.order
            values = (literal(key, column.type) for key, column in zip(keys, columns, strict=True))
            statement = statement.where(tuple_(*columns) > tuple_(*values))
        names = tuple(column.name for column in self.columns)
        return [_exported(names, row) for row in db.session.execute(statement)]

    def named_values(self) -> list[ColumnElement[Any]]:
        """Return the id and the columns, each under its name, for queries that make something else of the rows."""
        names = ("id", *(column.name for column in self.columns))
        return [value.label(name) for name, value in zip(names, (self.table.id, *self._values()), strict=True)]

    def _partitions(self, *values: ColumnElement[Any]) -> Iterator[Sequence[Any]]:
        return streamed(self._rows(*values).order_by(*self.table.order))

    def _rows(self, *values: ColumnElement[Any]) -> Select[Any]:
        place = null() if self.table.geometry is None else self.table.geometry.wkb()
        return select(self.table.id, place, *values).where(*self.conditions())

    def _values(self) -> list[ColumnElement[Any]]:
        words = Words.of(self.proceeding)
        return [column.value(words) for column in self.columns]


def _exported(names: tuple[str, ...], row: Sequence[Any]) -> Exported:
    id_, wkb, *values = row
    return Exported(id_, wkb, dict(zip(names, values, strict=True)))


def rfc3339(moment: datetime) -> str:
    """Write an instant in UTC, as RFC 3339 has it."""
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")
