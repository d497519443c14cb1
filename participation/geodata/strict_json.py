"""Strict JSON (RFC 8259): what a stranger's file must be before anything else looks at it."""

import json
import math
import re
from collections import Counter
from itertools import accumulate
from typing import Any, NoReturn

from participation.geodata.errors import N_, GeodataError

MAX_BYTES = 32 * 1024 * 1024
MAX_DEPTH = 64

# Python's float ends at 1.8e308, so a longer whole number could not be a coordinate or be compared with one.
MAX_DIGITS = 300

UTF8_BOM = b"\xef\xbb\xbf"

# Takes an unclosed string to the end of the data as well: a second try from every quote would cost quadratic time.
STRINGS = re.compile(rb'"(?:[^"\\]|\\.)*+(?:"|\\?\Z)', re.DOTALL)
NOT_BRACKETS = bytes(byte for byte in range(256) if byte not in b"[]{}")
STEPS = [1 if byte in b"[{" else -1 for byte in range(256)]

ESCAPED_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")


def read_json(data: bytes, *, max_bytes: int = MAX_BYTES, max_depth: int = MAX_DEPTH) -> Any:
    """Return the value of a JSON text in UTF-8; a byte order mark in front of it is skipped.

    Stricter than the standard library: no NaN or Infinity, no number beyond the range of a float, no name twice in an
    object, no half surrogate pair, and size and nesting are bounded before the parser runs.

    Raises:
        GeodataError: with one of the codes too_large, not_utf8, too_deep, not_json, duplicate_name,
            number_too_large, lone_surrogate.
    """
    if len(data) > max_bytes:
        message = N_(
            "The file is too large. At most %(megabytes)s megabytes are possible. Split it into smaller files."
        )
        raise GeodataError("too_large", message, megabytes=f"{max_bytes / 1024 / 1024:.3g}")
    data = data.removeprefix(UTF8_BOM)
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        message = N_("The file is not in UTF-8 (byte %(byte)s). Save it with the encoding UTF-8.")
        raise GeodataError("not_utf8", message, byte=error.start + 1) from None
    if nesting_depth(data) > max_depth:
        message = N_("The brackets are nested more than %(depth)s levels deep. Save the file in a simpler form.")
        raise GeodataError("too_deep", message, depth=max_depth)
    value = _parse(text)
    if ESCAPED_SURROGATE.search(text):
        _refuse_lone_surrogates(value)
    return value


def nesting_depth(data: bytes) -> int:
    """Return how deep brackets nest in a JSON text, outside its strings; needs no recursion."""
    brackets = STRINGS.sub(b"", data).translate(None, NOT_BRACKETS)
    return max(accumulate(map(STEPS.__getitem__, brackets)), default=0)


def _parse(text: str) -> Any:
    try:
        return json.loads(
            text,
            object_pairs_hook=_object_without_duplicates,
            parse_constant=_refuse_constant,
            parse_float=_float,
            parse_int=_int,
        )
    except json.JSONDecodeError as error:
        message = N_("This is not valid JSON (line %(line)s, column %(column)s). Save the file again as GeoJSON.")
        raise GeodataError("not_json", message, line=error.lineno, column=error.colno) from None


def _object_without_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result = dict(pairs)
    if len(result) == len(pairs):
        return result
    [(name, _)] = Counter(name for name, _ in pairs).most_common(1)
    message = N_("“%(name)s” appears more than once in the same object. Keep only one.")
    raise GeodataError("duplicate_name", message, name=_printable(name))


def _refuse_constant(constant: str) -> NoReturn:
    message = N_("%(constant)s is not a number in JSON. Put a number or null there.")
    raise GeodataError("not_json", message, constant=constant)


def _float(text: str) -> float:
    value = float(text)
    if math.isinf(value):
        raise _number_too_large(text)
    return value


def _int(text: str) -> int:
    if len(text) > MAX_DIGITS:
        raise _number_too_large(text)
    return int(text)


def _number_too_large(text: str) -> GeodataError:
    message = N_("The number %(number)s is too large. Correct it.")
    return GeodataError("number_too_large", message, number=_printable(text))


def _printable(text: str) -> str:
    """Shorten what a stranger wrote until it fits into a message; half a character becomes a question mark."""
    text = text.encode("utf-8", "replace").decode("utf-8")
    return text if len(text) <= 40 else text[:40] + "…"


def _refuse_lone_surrogates(value: Any) -> None:
    """Half a surrogate pair is no character: databases and UTF-8 answers would fail on it later."""
    waiting = [value]
    while waiting:
        item = waiting.pop()
        if isinstance(item, dict):
            waiting.extend(item)
            waiting.extend(item.values())
        elif isinstance(item, list):
            waiting.extend(item)
        elif isinstance(item, str) and any("\ud800" <= character <= "\udfff" for character in item):
            message = N_("A text in the file holds half a character (a lone surrogate). Save the file again as UTF-8.")
            raise GeodataError("lone_surrogate", message)
