"""Paging by the keys of the last row seen: as fast on page 10,000 as on page 1, and new rows move nothing."""

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Generic, TypeVar

from flask_babel import lazy_gettext
from sqlalchemy import ColumnElement, Select, and_, literal, or_, tuple_

from participation.database.base import db
from participation.database.ids import LARGEST_ID
from participation.errors import InvalidInput

Item = TypeVar("Item")
Order = Sequence[tuple[Any, bool]]
LONGEST_CURSOR = 1_000


@dataclass(frozen=True, slots=True)
class Page(Generic[Item]):
    """Some rows, and where the pages after and before them begin."""

    items: list[Item]
    next_cursor: str | None
    previous_cursor: str | None


def page_after(
    statement: Select[Item], order: Order, *, after: str | None = None, before: str | None = None, limit: int
) -> Page[Item]:
    """Return one page of a statement that selects one entity and has no order of its own.

    Args:
        statement: a select of one entity, with its conditions.
        order: [(column, is_descending), …]; together unique and never NULL: end with the id.
        after: a page's next_cursor.
        before: a page's previous_cursor.
        limit: number of rows at most.

    Raises:
        InvalidInput: the cursor was not made here, or for another order; or both are given.
    """
    if after and before:
        raise no_such_page()
    columns = [column for column, _ in order]
    directions = [is_descending != bool(before) for _, is_descending in order]
    cursor = after or before
    if cursor:
        statement = statement.where(
            _beyond(columns, directions, cursor_keys(cursor, [column.type.python_type for column in columns]))
        )
    ordering = [
        column.desc() if is_descending else column.asc()
        for column, is_descending in zip(columns, directions, strict=True)
    ]
    rows = db.session.execute(statement.add_columns(*columns).order_by(*ordering).limit(limit + 1)).unique().all()
    has_more = len(rows) > limit
    rows = rows[:limit][::-1] if before else rows[:limit]
    has_next, has_previous = (bool(rows), has_more) if before else (has_more, bool(after and rows))
    return Page(
        items=[row[0] for row in rows],
        next_cursor=cursor_of(rows[-1][1:]) if has_next else None,
        previous_cursor=cursor_of(rows[0][1:]) if has_previous else None,
    )


def _beyond(columns: list[Any], directions: list[bool], keys: list[Any]) -> ColumnElement[bool]:
    """Return the condition for rows behind the keys; as one row comparison where it can be, which an index serves."""
    values = [literal(key, column.type) for column, key in zip(columns, keys, strict=True)]
    if len(set(directions)) == 1:
        left, right = tuple_(*columns), tuple_(*values)
        return left < right if directions[0] else left > right
    steps = []
    for depth, (column, is_descending, value) in enumerate(zip(columns, directions, values, strict=True)):
        equal = [a == b for a, b in zip(columns[:depth], values[:depth], strict=True)]
        steps.append(and_(*equal, column < value if is_descending else column > value))
    return or_(*steps)


def cursor_of(keys: Sequence[Any]) -> str:
    """Return the keys of a row as they stand in an address."""
    plain = [key.isoformat() if isinstance(key, datetime) else key for key in keys]
    return base64.urlsafe_b64encode(json.dumps(plain, separators=(",", ":")).encode()).decode().rstrip("=")


def cursor_keys(cursor: str, types: Sequence[type]) -> list[Any]:
    """Return the keys that an address names, each of its type.

    Raises:
        InvalidInput: the cursor was not made here, or for another order.
    """
    try:
        if len(cursor) > LONGEST_CURSOR:
            raise ValueError
        padded = cursor.encode("ascii") + b"=" * (-len(cursor) % 4)
        keys = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
        if not isinstance(keys, list):
            raise ValueError
        return [_key(key, expected) for key, expected in zip(keys, types, strict=True)]
    except (ValueError, OverflowError, RecursionError):
        raise no_such_page() from None


def no_such_page() -> InvalidInput:
    """Return what is told to whoever asks for a page by an address that was not made here."""
    return InvalidInput(lazy_gettext("This page of the list does not exist any more. Please start at its beginning."))


def _key(key: Any, expected: type) -> Any:
    if expected is datetime and isinstance(key, str):
        key = datetime.fromisoformat(key)
        if key.utcoffset() is None:
            raise ValueError
        key = key.astimezone(UTC)
    elif type(key) is not expected:
        raise ValueError
    if isinstance(key, int) and abs(key) > LARGEST_ID:
        raise ValueError
    if isinstance(key, str):
        key.encode()
        if "\0" in key:
            raise ValueError
    return key
