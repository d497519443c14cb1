"""Filters in CQL2 JSON (OGC 21-065) as SQL, for the classes that /ogc/conformance declares; all else is refused."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, NoReturn

from flask_babel import gettext
from shapely.geometry.base import BaseGeometry
from sqlalchemy import ColumnElement, Float, and_, false, literal, not_, or_, true

from participation.database import LARGEST_ID
from participation.exports.tables import Kind
from participation.geodata.errors import GeodataError
from participation.geodata.strict_json import read_json
from participation.geodata.structure import finite_number, geometry_from_object
from participation.interfaces.ogc.cql2_text import DEEPEST, Cql2Error, parse_text
from participation.interfaces.ogc.crs import box_in, to_crs84
from participation.interfaces.ogc.instants import Span, parse_day, parse_instant
from participation.interfaces.ogc.like import matches
from participation.interfaces.ogc.queryables import Queryable

TEXT, JSON = "cql2-text", "cql2-json"
LANGUAGES = (TEXT, JSON)
LONGEST = 4_000
MOST_PARTS = 100
MOST_WILDCARDS = 8
LONGEST_PATTERN = 200
GEOMETRY = "geometry"
COMPARISONS: dict[str, Callable[[Any, Any], ColumnElement[bool]]] = {
    "=": lambda left, right: left == right,
    "<>": lambda left, right: left != right,
    "<": lambda left, right: left < right,
    ">": lambda left, right: left > right,
    "<=": lambda left, right: left <= right,
    ">=": lambda left, right: left >= right,
}
MIRRORED = {"=": "=", "<>": "<>", "<": ">", ">": "<", "<=": ">=", ">=": "<="}


def condition_of(
    text: str, language: str, queryables: Mapping[str, Queryable], geometry: Any, crs: str
) -> ColumnElement[bool]:
    """Return the SQL of a filter.

    Args:
        text: the filter as the client wrote it.
        language: TEXT or JSON.
        queryables: what may be compared, by name.
        geometry: the column of places.
        crs: the system in which the filter's own places are.

    Raises:
        Cql2Error: it is no filter, or more than is understood here; says what.
    """
    if len(text) > LONGEST:
        raise Cql2Error(gettext("it is longer than %(count)s characters", count=LONGEST))
    if language == TEXT:
        tree = parse_text(text)
    else:
        try:
            tree = read_json(text.encode(), max_depth=3 * DEEPEST)
        except GeodataError as error:
            raise Cql2Error(gettext(error.message, **error.parameters)) from None
    return _Filter(queryables, geometry, crs).condition(tree)


class _Filter:
    """Makes SQL of a tree; whatever is not known in it is refused."""

    def __init__(self, queryables: Mapping[str, Queryable], geometry: Any, crs: str) -> None:
        self.queryables = queryables
        self.geometry = geometry
        self.crs = crs
        self.parts = 0

    def condition(self, node: Any, depth: int = 0) -> ColumnElement[bool]:
        self.parts += 1
        if depth > DEEPEST or self.parts > MOST_PARTS:
            raise Cql2Error(gettext("it has too many parts"))
        if isinstance(node, bool):
            return true() if node else false()
        op, args = _operation(node)
        if op in ("and", "or"):
            parts = [self.condition(arg, depth + 1) for arg in args]
            if len(parts) < 2:
                _refuse(node)
            return (and_ if op == "and" else or_)(*parts)
        if op == "not":
            return not_(self.condition(_only(args), depth + 1))
        return self.predicate(op, args)

    def predicate(self, op: str, args: list[Any]) -> ColumnElement[bool]:
        if op in COMPARISONS and len(args) == 2:
            if _is_property(args[1]) and not _is_property(args[0]):
                op, args = MIRRORED[op], args[::-1]
            return self.compared(op, self.queryable(args[0]), args[1])
        if op == "isNull":
            return self.column(_only(args)).is_(None)  # type: ignore[no-any-return]
        if op == "like" and len(args) == 2:
            return self.like(self.queryable(args[0]), args[1])
        if op == "between" and len(args) == 3:
            queryable = self.queryable(args[0])
            return and_(self.compared(">=", queryable, args[1]), self.compared("<=", queryable, args[2]))
        if op == "in" and len(args) == 2 and isinstance(args[1], list) and args[1]:
            return self.is_in(self.queryable(args[0]), args[1])
        if op == "s_intersects" and len(args) == 2:
            return self.intersects(*args)
        raise Cql2Error(gettext("“%(name)s” is not offered here, or not like this", name=op[:40]))

    def queryable(self, node: Any) -> Queryable:
        name = _property_name(node)
        if name not in self.queryables:
            raise Cql2Error(gettext("there is no property “%(name)s” to filter by", name=name[:40]))
        return self.queryables[name]

    def column(self, node: Any) -> Any:
        return self.geometry if _property_name(node) == GEOMETRY else self.queryable(node).source

    def compared(self, op: str, queryable: Queryable, node: Any) -> ColumnElement[bool]:
        value = _value(node, queryable)
        if isinstance(value, Span):
            return _compared_with_day(op, queryable.value, value)
        if op in ("=", "<>") and isinstance(value, str):
            found = queryable.is_one_of([value])
            return found if op == "=" else not_(found)
        return COMPARISONS[op](queryable.value, value)

    def is_in(self, queryable: Queryable, nodes: list[Any]) -> ColumnElement[bool]:
        self.parts += len(nodes)
        if self.parts > MOST_PARTS:
            raise Cql2Error(gettext("it has too many parts"))
        if queryable.kind is Kind.TEXT:
            return queryable.is_one_of(_value(node, queryable) for node in nodes)
        return or_(*(self.compared("=", queryable, node) for node in nodes))

    def like(self, queryable: Queryable, pattern: Any) -> ColumnElement[bool]:
        if queryable.kind is not Kind.TEXT or not isinstance(pattern, str):
            _refuse(pattern)
        wildcards = pattern.count("%") + pattern.count("_")
        if len(pattern) > LONGEST_PATTERN or wildcards > MOST_WILDCARDS or "\0" in pattern:
            raise Cql2Error(gettext("the pattern after LIKE is too long or has too many wildcards"))
        return matches(queryable.value, pattern)

    def intersects(self, left: Any, right: Any) -> ColumnElement[bool]:
        if _is_property(right):
            left, right = right, left
        if _property_name(left) != GEOMETRY:
            _refuse(left)
        try:
            shape = self.shape(right)
        except GeodataError as error:
            raise Cql2Error(gettext(error.message, **error.parameters)) from None
        except ValueError:
            raise Cql2Error(gettext("a place in it is not within its coordinate system, or crosses itself")) from None
        return self.geometry.intersects(shape)  # type: ignore[no-any-return]

    def shape(self, node: Any) -> BaseGeometry:
        if isinstance(node, Mapping) and set(node) == {"bbox"}:
            return _box(node["bbox"], self.crs)
        shape = geometry_from_object(node)
        if shape.is_empty or not shape.is_valid:
            raise ValueError("empty or crossing itself")
        return to_crs84(shape, self.crs)


def _box(numbers: Any, crs: str) -> BaseGeometry:
    if not isinstance(numbers, list) or len(numbers) not in (4, 6):
        raise ValueError("bbox")
    values = [finite_number(number) for number in numbers]
    if any(value is None for value in values):
        raise ValueError("bbox")
    half = len(values) // 2
    return box_in((values[0], values[1]), (values[half], values[half + 1]), crs)  # type: ignore[arg-type]


def _operation(node: Any) -> tuple[str, list[Any]]:
    if not isinstance(node, Mapping) or not isinstance(node.get("op"), str) or not isinstance(node.get("args"), list):
        _refuse(node)
    return node["op"], node["args"]


def _only(args: list[Any]) -> Any:
    if len(args) != 1:
        _refuse(args)
    return args[0]


def _is_property(node: Any) -> bool:
    return isinstance(node, Mapping) and isinstance(node.get("property"), str)


def _property_name(node: Any) -> str:
    if not _is_property(node):
        _refuse(node)
    return str(node["property"])


def _value(node: Any, queryable: Queryable) -> Any:
    """Return a literal for the database: of the property's kind, or it is refused."""
    kind = queryable.kind
    if kind is Kind.MOMENT and isinstance(node, Mapping):
        return _moment(node)
    if kind is Kind.INTEGER and (number := finite_number(node)) is not None:
        is_whole = isinstance(node, int) and abs(node) <= LARGEST_ID
        return node if is_whole else literal(number, Float)
    if kind is Kind.TEXT and isinstance(node, str) and "\0" not in node:
        return node
    raise Cql2Error(gettext("“%(name)s” cannot be compared with this value", name=queryable.name))


def _moment(node: Mapping[str, Any]) -> datetime | Span:
    try:
        if set(node) == {"timestamp"}:
            return parse_instant(str(node["timestamp"]))
        return parse_day(str(node["date"]))
    except (ValueError, KeyError):
        _refuse(dict(node))


def _compared_with_day(op: str, value: Any, day: Span) -> ColumnElement[bool]:
    """Compare an instant with a day: it is equal to the day when it lies within."""
    if op in ("=", "<>"):
        within = and_(value >= day.first, value <= day.last)
        return within if op == "=" else not_(within)
    return COMPARISONS[op](value, day.last if op in (">", "<=") else day.first)


def _refuse(node: Any) -> NoReturn:
    raise Cql2Error(gettext("“%(part)s” is not understood", part=str(node)[:40]))
