"""The query parameters of /items: read, checked, and named when they are wrong."""

import re
from collections.abc import Collection as Names
from dataclasses import dataclass
from typing import Any

from flask import request
from flask_babel import gettext, lazy_gettext
from sqlalchemy import ColumnElement, or_

from participation.contributions.filters import LONGEST_QUERY
from participation.contributions.text import clean_line
from participation.database import cursor_keys, cursor_of
from participation.errors import InvalidInput
from participation.exports.tables import Kind
from participation.geodata.bbox import checked_bbox, parse_numbers
from participation.geodata.errors import GeodataError
from participation.interfaces.ogc import cql2
from participation.interfaces.ogc.collections import Collection, Source
from participation.interfaces.ogc.cql2_text import Cql2Error
from participation.interfaces.ogc.crs import CRS84, LATITUDE_FIRST, SYSTEMS, box_in
from participation.interfaces.ogc.instants import parse_span
from participation.interfaces.ogc.problems import InvalidParameter
from participation.interfaces.ogc.queryables import Queryable

DEFAULT_LIMIT, MOST_ITEMS = 100, 10_000
LIMIT = re.compile(r"[0-9]{1,9}")
ALWAYS = ("f",)
OF_ITEMS = ("limit", "cursor", "bbox", "bbox-crs", "datetime", "crs", "filter", "filter-lang", "filter-crs")
UNKNOWN = -1
KINDS = {
    Kind.TEXT: lazy_gettext("a text"),
    Kind.INTEGER: lazy_gettext("a whole number"),
    Kind.MOMENT: lazy_gettext("a time such as 2026-11-24T12:00:00Z"),
}


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which features a client asks for.

    after: keys of the last one that was seen. matched: how many there are, if that was counted before.
    """

    source: Source
    conditions: list[ColumnElement[bool]]
    limit: int
    crs: str
    after: list[Any]
    matched: int | None


def require_known(allowed: Names[str] = ()) -> None:
    """Refuse parameters that do not exist here, and any that is given twice.

    Raises:
        InvalidParameter: naming it.
    """
    for name, values in request.args.lists():
        if name not in (*ALWAYS, *allowed):
            known = ", ".join(sorted((*ALWAYS, *allowed)))
            message = gettext(
                "There is no parameter “%(name)s” here. Possible: %(known)s.", name=name[:80], known=known
            )
            raise InvalidParameter(name[:80], message)
        if len(values) > 1:
            raise InvalidParameter(name, gettext("The parameter “%(name)s” can be given once only.", name=name))
        if len(values[0]) > cql2.LONGEST:
            message = gettext("“%(name)s” is longer than %(count)s characters.", name=name, count=cql2.LONGEST)
            raise InvalidParameter(name, message)


def parameters_of(collection: Collection) -> tuple[str, ...]:
    """Return the names of all parameters of a collection's items."""
    return (*OF_ITEMS, *(["q"] if collection.searched else []), *collection.queryables)


def read_parameters(collection: Collection) -> Wanted:
    """Return what the address asks for.

    Raises:
        InvalidParameter: naming the first one that is wrong.
    """
    require_known(parameters_of(collection))
    source = collection.source
    words = clean_line(request.args.get("q", ""))[:LONGEST_QUERY]
    if words and collection.searched:
        source = collection.searched(words)
    conditions = [*_place(collection), *_time(collection), *_properties(collection), *_filter(collection)]
    after, matched = _cursor(collection)
    return Wanted(source, conditions, _limit(), crs_parameter("crs"), after, matched)


def cursor_after(collection: Collection, row: Any, matched: int | None) -> str:
    """Return what leads to the page after a row."""
    return cursor_of([*collection.keys_of(row), UNKNOWN if matched is None else matched])


def crs_parameter(name: str) -> str:
    """Return the coordinate system that a parameter names.

    Raises:
        InvalidParameter: none of those there are.
    """
    uri = request.args.get(name, CRS84)
    if uri not in SYSTEMS:
        raise InvalidParameter(
            name, gettext("“%(name)s” must be one of: %(known)s.", name=name, known=", ".join(SYSTEMS))
        )
    return uri


def _limit() -> int:
    text = request.args.get("limit", str(DEFAULT_LIMIT))
    if not LIMIT.fullmatch(text) or not int(text):
        raise InvalidParameter("limit", gettext("“limit” must be a whole number from 1 to %(most)s.", most=MOST_ITEMS))
    return min(int(text), MOST_ITEMS)  # more is no error: /req/core/fc-limit-response-1


def _cursor(collection: Collection) -> tuple[list[Any], int | None]:
    text = request.args.get("cursor")
    if text is None:
        return [], None
    try:
        *keys, matched = cursor_keys(text, [*collection.key_types, int])
    except InvalidInput:
        raise InvalidParameter(
            "cursor", gettext("“cursor” must be taken from a “next” link. Start at the first page.")
        ) from None
    return keys, None if matched < 0 else matched


def _place(collection: Collection) -> list[ColumnElement[bool]]:
    text, crs = request.args.get("bbox"), crs_parameter("bbox-crs")
    if text is None:
        return []
    try:
        first, second, third, fourth = parse_numbers(text)
        if crs == CRS84:
            inside = collection.geometry.in_bbox(*checked_bbox(first, second, third, fourth))
        elif crs == LATITUDE_FIRST:
            inside = collection.geometry.in_bbox(*checked_bbox(second, first, fourth, third))
        else:
            inside = collection.geometry.intersects(box_in((first, second), (third, fourth), crs))
    except GeodataError as error:
        raise InvalidParameter("bbox", gettext(error.message, **error.parameters)) from None
    except ValueError:
        message = gettext("“bbox” must lie where the coordinate system is defined, with the lower corner first.")
        raise InvalidParameter("bbox", message) from None
    return [or_(collection.geometry.is_(None), inside)]  # /req/core/fc-bbox-response, C


def _time(collection: Collection) -> list[ColumnElement[bool]]:
    text = request.args.get("datetime")
    if text is None:
        return []
    try:
        return [parse_span(text).touches(collection.begin, collection.end)]
    except ValueError:
        message = gettext(
            "“datetime” must be a time such as 2026-11-24T12:00:00Z, or two with a slash between; .. leaves one open."
        )
        raise InvalidParameter("datetime", message) from None


def _properties(collection: Collection) -> list[ColumnElement[bool]]:
    given = [one for name, one in collection.queryables.items() if name in request.args]
    return [_is(queryable, request.args[queryable.name]) for queryable in given]


def _is(queryable: Queryable, text: str) -> ColumnElement[bool]:
    try:
        return queryable.is_one_of([queryable.read(text)])
    except ValueError:
        message = gettext("“%(name)s” must be %(kind)s.", name=queryable.name, kind=str(KINDS[queryable.kind]))
        raise InvalidParameter(queryable.name, message) from None


def _filter(collection: Collection) -> list[ColumnElement[bool]]:
    language = request.args.get("filter-lang", cql2.TEXT)
    if language not in cql2.LANGUAGES:
        raise InvalidParameter("filter-lang", gettext("“filter-lang” must be cql2-text or cql2-json."))
    crs = crs_parameter("filter-crs")
    text = request.args.get("filter")
    if text is None:
        return []
    try:
        return [cql2.condition_of(text, language, collection.queryables, collection.geometry, crs)]
    except Cql2Error as error:
        message = gettext("“filter” is not understood: %(reason)s.", reason=str(error))
        raise InvalidParameter("filter", message) from None
