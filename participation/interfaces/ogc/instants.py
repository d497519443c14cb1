"""Times in addresses: RFC 3339 instants, days, and intervals open on one side (OGC API – Features Part 1, 7.15.4)."""

import re
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, and_, or_

# RFC 3339, 5.6; a leap second is the second before it, as in most systems.
INSTANT = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)[Tt ]([01]\d|2[0-3]):([0-5]\d):([0-5]\d|60)(\.\d{1,12})?([Zz]|[+-]([01]\d|2[0-3]):[0-5]\d)",
    re.ASCII,
)
DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
OPEN = ("", "..")
LAST_MOMENT = timedelta(microseconds=1)


class Span(NamedTuple):
    """A time from a first to a last instant, both included; None: open on this side."""

    first: datetime | None
    last: datetime | None

    def touches(self, begin: Any, end: Any) -> ColumnElement[bool]:
        """Whether a row's time, between two columns, has something in common; a row without one always has."""
        tests = []
        if self.first is not None:
            tests.append(or_(end.is_(None), end >= self.first))
        if self.last is not None:
            tests.append(or_(begin.is_(None), begin <= self.last))
        return and_(*tests)


def parse_instant(text: str) -> datetime:
    """Return an instant in UTC.

    Raises:
        ValueError: not as RFC 3339 has it, or no such time.
    """
    if not INSTANT.fullmatch(text):
        raise ValueError(text)
    whole, dot, rest = text.upper().replace(" ", "T").partition(".")
    fraction = re.match(r"\d*", rest)[0] if dot else ""  # type: ignore[index]
    zone = rest[len(fraction) :] if dot else whole[19:]
    is_leap = whole[17:19] == "60"
    plain = f"{whole[:17]}{'59' if is_leap else whole[17:19]}.{fraction[:6].ljust(6, '0')}{zone.replace('Z', '+00:00')}"
    try:
        return datetime.fromisoformat(plain).astimezone(UTC)
    except OverflowError:
        raise ValueError(text) from None


def parse_day(text: str) -> Span:
    """Return a calendar day of UTC as a span.

    Raises:
        ValueError: no such day.
    """
    if not DAY.fullmatch(text):
        raise ValueError(text)
    begin = datetime.combine(date.fromisoformat(text), time.min, UTC)
    return Span(begin, begin + (timedelta(days=1) - LAST_MOMENT))


def parse_span(text: str) -> Span:
    """Return what `datetime` asks for: an instant, or an interval that may be open on one side.

    Raises:
        ValueError: neither, or it ends before it begins.
    """
    begin, slash, end = text.partition("/")
    if not slash:
        instant = parse_instant(begin)
        return Span(instant, instant)
    span = Span(*(None if side in OPEN else parse_instant(side) for side in (begin, end)))
    if span == (None, None) or (span.first and span.last and span.first > span.last):
        raise ValueError(text)
    return span
