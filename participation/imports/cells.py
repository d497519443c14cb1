"""Single cells of tables: numbers, days and texts as people and their programs write them."""

import math
import re
import unicodedata
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

# What people and statistics programs write into a cell that has nothing in it.
MISSING = frozenset({"", "na", "n/a", "nan", "null", "none", "-", "–", "—"})

NUMBER = re.compile(r"[+-]?(?:[0-9]{1,20}(?:[.,][0-9]{0,30})?|[.,][0-9]{1,30})(?:[eE][+-]?[0-9]{1,3})?")
GERMAN_DATE = re.compile(
    r"(?P<day>[0-9]{1,2})\.\s?(?P<month>[0-9]{1,2})\.\s?(?P<year>[0-9]{4})"
    r"(?:,?\s+(?P<hour>[0-9]{1,2})[:.](?P<minute>[0-9]{2})(?::(?P<second>[0-9]{2}))?(?:\s*Uhr)?)?"
)
# Shorter forms that Python's parser takes as well, such as 20260401 or 2026-W14, are more often something else.
ISO_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(?:[T ][0-9]{2}:[0-9]{2}.*)?", re.IGNORECASE)

# Spreadsheets run a cell that begins like this, also in full-width form (OWASP, CSV injection).
FORMULA = re.compile("'*[=+\\-@\t\r\n＝＋－＠]")
RISKY = frozenset("'=+-@\t\r\n＝＋－＠")  # with what it begins: sooner told than by the expression


def safe_cell(value: Any) -> Any:
    """Keep spreadsheets from running a text as a formula: an apostrophe goes in front; `plain_cell` takes it away."""
    if isinstance(value, str):
        return "'" + value if value[:1] in RISKY and FORMULA.match(value) else value
    return "" if value is None else value


def plain_cell(text: str) -> str:
    """Return the text of a cell without the apostrophe that only kept a spreadsheet from running it."""
    return text[1:] if text.startswith("'") and FORMULA.match(text) else text


def is_missing(text: str) -> bool:
    """Whether a cell has nothing in it, or one of the words for that."""
    return text.strip().casefold() in MISSING


def number_in(text: str) -> float | None:
    """Return the number in a cell, with a decimal point or a decimal comma; None if there is no clear one."""
    text = unicodedata.normalize("NFKC", text).strip().replace("\N{MINUS SIGN}", "-")
    number = float(text.replace(",", ".")) if NUMBER.fullmatch(text) else math.nan
    return number if math.isfinite(number) else None


def moment_in(text: str, zone: ZoneInfo) -> datetime | None:
    """Return the instant in a cell (ISO 8601, or day.month.year) in UTC; without a zone of its own, it is in `zone`.

    A day without a time begins at its midnight. None if it is neither, or no day of the calendar.
    """
    text = text.strip()
    try:
        moment = datetime.fromisoformat(text) if ISO_DATE.fullmatch(text) else _german_moment(text)
        if moment is None:
            return None
        return (moment if moment.utcoffset() is not None else moment.replace(tzinfo=zone)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _german_moment(text: str) -> datetime | None:
    found = GERMAN_DATE.fullmatch(text)
    if found is None:
        return None
    parts = {name: int(value) for name, value in found.groupdict(default="0").items()}
    return datetime(**parts)  # type: ignore[arg-type]  # noqa: DTZ001 – its zone is added by the caller
