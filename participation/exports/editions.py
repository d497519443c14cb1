"""What a download holds: the rows of one table that a filter finds, with the columns for one kind of reader."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, func, null, select

from participation import clock
from participation.contributions.filters import ContributionFilter
from participation.contributions.models import Contribution
from participation.database import db
from participation.exports.tables import Audience, Column, Table, Words
from participation.languages import text_in
from participation.proceedings.models import Proceeding

ROWS_AT_A_TIME = 1_000
# Raise it with every change of what a file looks like: whoever holds an old one must get the new one.
FORMAT = 3
# A write notes its time before it is visible to others; after so long, all writes of that time are.
SETTLED_AFTER = timedelta(seconds=10)


class Exported(NamedTuple):
    """One row of a table: id, geometry as WKB (or None without a place), values by column (times in UTC)."""

    id: int
    wkb: bytes | None
    properties: dict[str, Any]


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

    def last_change(self) -> tuple[datetime, int]:
        """Return when the contributions last changed and how many there are, in any state."""
        statement = select(func.max(Contribution.updated_at), func.count()).where(
            Contribution.proceeding_id == self.proceeding.id
        )
        latest, count = db.session.execute(statement).one()
        return latest if count else self.proceeding.created_at, count

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
        basis = (FORMAT, latest, count, is_settled, words, circumstances)
        return hashlib.sha256(repr(basis).encode()).hexdigest()[:32]

    def conditions(self) -> Sequence[ColumnElement[bool]]:
        """Return the WHERE of this edition's rows."""
        return self.table.rows(self.proceeding, self.wanted)

    def batches(self) -> Iterator[list[Exported]]:
        """Yield the rows in the table's order, some at a time, from a server-side cursor."""
        statement = (
            self._rows().order_by(*self.table.order).execution_options(stream_results=True, yield_per=ROWS_AT_A_TIME)
        )
        read = self._reader()
        for rows in db.session.execute(statement).partitions():
            yield read(rows)

    def rows_after(self, id_: int, limit: int, further: Sequence[ColumnElement[bool]] = ()) -> list[Exported]:
        """Return the next rows by id, however many come before them.

        Args:
            id_: the last id that was seen, 0 at the beginning.
            limit: how many at most.
            further: more conditions for the rows.
        """
        statement = self._rows().where(self.table.id > id_, *further).order_by(self.table.id).limit(limit)
        return self._reader()(db.session.execute(statement).all())

    def _rows(self) -> Select[Any]:
        place = null() if self.table.geometry is None else self.table.geometry.wkb()
        sources = [column.source for column in self.columns]
        return select(self.table.id, place, *sources).where(*self.conditions())

    def _reader(self) -> "Reader":
        return Reader(self.columns, Words.of(self.proceeding))


class Reader:
    """Makes shown rows of stored ones."""

    def __init__(self, columns: Sequence[Column], words: Words) -> None:
        self.names = tuple(column.name for column in columns)
        self.words = words
        self.turned = [(column.name, column.shown) for column in columns if column.shown]

    def __call__(self, rows: Sequence[Any]) -> list[Exported]:
        """Return rows (id, WKB, values in the order of the columns) as they are shown."""
        batch = []
        for id_, wkb, *values in rows:
            properties = dict(zip(self.names, values, strict=True))
            for name, shown in self.turned:
                properties[name] = shown(self.words, properties[name])
            batch.append(Exported(id_, wkb, properties))
        return batch


def rfc3339(moment: datetime) -> str:
    """Write an instant in UTC, as RFC 3339 has it."""
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")
