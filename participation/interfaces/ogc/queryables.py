"""What features can be filtered by: a property's name, its kind of values, and the SQL that gives them."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from sqlalchemy import ColumnElement, case

from participation.database import LARGEST_ID
from participation.exports.tables import Kind
from participation.interfaces.ogc.instants import parse_instant

WHOLE_NUMBER = re.compile(r"[+-]?[0-9]{1,10}")


@dataclass(frozen=True, slots=True)
class Queryable:
    """A property for filters.

    words: if the rows hold numbers for words, the words by number; equality then asks an index for the numbers.
    """

    name: str
    kind: Kind
    source: Any
    words: Mapping[Any, str] = field(default_factory=dict)

    @property
    def value(self) -> ColumnElement[Any]:
        """The SQL of the value."""
        if not self.words:
            return self.source  # type: ignore[no-any-return]
        return case({id_: word for id_, word in self.words.items() if id_ is not None}, value=self.source, else_=None)

    def is_one_of(self, values: Iterable[Any]) -> ColumnElement[bool]:
        """Whether the value is among these."""
        values = list(values)
        if not self.words:
            return self.source.in_(values)  # type: ignore[no-any-return]
        ids = [id_ for id_, word in self.words.items() if id_ is not None and word in values]
        return self.source.in_(ids) if ids else self.value.in_(values)

    def read(self, text: str) -> Any:
        """Return the value that stands in an address.

        Raises:
            ValueError: not of this kind.
        """
        if self.kind is Kind.TEXT:
            return text
        if self.kind is Kind.MOMENT:
            return parse_instant(text)
        if not WHOLE_NUMBER.fullmatch(text) or abs(int(text)) > LARGEST_ID:
            raise ValueError(text)
        return int(text)


class Property(Protocol):
    """A column or fact. shown: not None if what is shown is not what is stored."""

    @property
    def name(self) -> str:
        """Its name."""

    @property
    def source(self) -> Any:
        """The SQL of what is stored."""

    @property
    def kind(self) -> Kind:
        """What its values are."""

    @property
    def shown(self) -> Any:
        """How the shown value is made of it."""


def queryables_of(
    columns: Iterable[Property], words: Mapping[str, Mapping[Any, str]] | None = None
) -> dict[str, Queryable]:
    """Return the queryables among columns: all that are shown as stored, and those whose words are known."""
    known = words or {}
    return {
        column.name: Queryable(column.name, column.kind, column.source, known.get(column.name, {}))
        for column in columns
        if column.shown is None or column.name in known
    }
