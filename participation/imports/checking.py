"""Turning the rows of a file into contributions, by the same rule as the form; what is wrong is told for each row."""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import orjson
import shapely
from flask_babel import gettext
from shapely.geometry.base import BaseGeometry

from participation import clock
from participation.contributions.checking import NewContribution, check
from participation.contributions.text import clean_line
from participation.errors import InvalidInput
from participation.imports.cells import is_missing, moment_in, number_in
from participation.imports.columns import Columns, folded
from participation.imports.coordinates import WGS84, conversion_from, is_on_earth, turned, would_fit_turned
from participation.imports.source import SourceRow, text_of
from participation.proceedings.models import Proceeding

LONGEST_KEY = 120
EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
# About 60 km or more: nearer than this, no place can be a swapped one.
NEAR_DEGREES = 0.9
LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,4})?")
SIMPLE_WKT = re.compile(r"\s*(POINT|LINESTRING|POLYGON)\s*Z?\s*\([-+0-9.,\s()]*\)\s*", re.IGNORECASE)
# Longer than any coordinate, and than what fits into a number.
ENDLESS_NUMBER = re.compile(r"[0-9]{100}")


@dataclass(frozen=True, slots=True)
class Wishes:
    """How the person who imports wants rows to be read.

    title, text, category, language: for rows that have none; category is a key. categories: the file's word → key.
    source: put in front of the rows' ids, where several files number their rows from 1.
    epsg: of the coordinates; lon is then the one that goes east. swaps_axes: they are exchanged before that.
    """

    title: str = ""
    text: str = ""
    category: str = ""
    language: str = "de"
    categories: Mapping[str, str] = field(default_factory=dict)
    source: str = ""
    epsg: int = WGS84
    swaps_axes: bool = False
    drops_wrong_places: bool = False


@dataclass(frozen=True, slots=True)
class Candidate:
    """A row that can come in. lost_place: its place was wrong and is left out."""

    number: int
    key: str
    new: NewContribution
    created_at: datetime
    lost_place: bool = False


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row that cannot come in: where it is in the file, which of its columns is wrong, why, and what it holds.

    is_swapped: its place would fit with exchanged coordinates.
    """

    number: int
    column: str
    reason: str
    values: Mapping[str, Any]
    is_swapped: bool = False


class SwappedPlace(InvalidInput):
    """A place that would fit with exchanged coordinates."""


class RowChecker:
    """Checks the rows of one file one after the other, since no id may occur twice in it."""

    def __init__(self, proceeding: Proceeding, columns: Columns, wishes: Wishes, zone: ZoneInfo) -> None:
        self.proceeding = proceeding
        self.columns = columns
        self.wishes = wishes
        self.zone = zone
        self.started_at = clock.now()
        self.numbers_by_key: dict[str, int] = {}
        self.copies: dict[str, int] = {}
        self.convert = conversion_from(wishes.epsg)
        self.categories = words_for(proceeding.categories)
        self.types = words_for(proceeding.types)
        west, south, east, north = proceeding.project_area.bounds
        margin = NEAR_DEGREES
        self.near = shapely.box(west - margin, south - margin, east + margin, north + margin)

    def check(self, row: SourceRow) -> Candidate | BadRow:
        """Return the row as a contribution, or what is wrong with it."""
        try:
            if row.problem:
                raise InvalidInput(row.problem)
            return self._candidate(row)
        except InvalidInput as error:
            column = (
                self.columns.wkt or self.columns.lon
                if error.field == "geometry"
                else getattr(self.columns, error.field, "")
            )
            return BadRow(row.number, column, str(error.message), row.values, isinstance(error, SwappedPlace))

    def _candidate(self, row: SourceRow) -> Candidate:
        key = self._key(row)
        new = NewContribution(
            title=self._cell(row, "title") or self.wishes.title,
            text=self._cell(row, "text") or self.wishes.text,
            category=self._category(row),
            type=self._type(row),
            geometry=None,
            language=self._language(row),
            public_name=self._cell(row, "public_name"),
        )
        created_at = self._created_at(row)
        checked, lost_place = self._with_place(row, new)
        self.numbers_by_key[key] = row.number
        return Candidate(row.number, key, checked, created_at, lost_place)

    def _cell(self, row: SourceRow, part: str) -> str:
        column = getattr(self.columns, part)
        value = row.values.get(column) if column else None
        if isinstance(value, list | dict):
            raise InvalidInput(gettext("There must be a text here, not a list or an object."), field=part)
        text = text_of(value)
        return "" if is_missing(text) else text

    def _key(self, row: SourceRow) -> str:
        own = clean_line(self._cell(row, "id") or row.id)
        key = own or self._digest(row)
        key = f"{self.wishes.source}:{key}" if self.wishes.source else key
        if len(key) > LONGEST_KEY:
            key = f"sha256:{hashlib.sha256(key.encode()).hexdigest()}"
        if key in self.numbers_by_key:
            raise InvalidInput(
                gettext("The id “%(id)s” is that of row %(number)s already.", id=own, number=self.numbers_by_key[key]),
                field="id",
            )
        return key

    def _digest(self, row: SourceRow) -> str:
        """Return an id made of the row's content; equal rows of one file are counted, so that each of them comes in."""
        place = None if row.geometry is None else shapely.to_wkb(row.geometry, hex=True)
        content = orjson.dumps([[name, text_of(value)] for name, value in sorted(row.values.items())] + [[place]])
        digest = hashlib.sha256(content).hexdigest()
        self.copies[digest] = self.copies.get(digest, 0) + 1
        return f"row:{digest}:{self.copies[digest]}"

    def _category(self, row: SourceRow) -> str:
        word = clean_line(self._cell(row, "category"))
        key = self.wishes.categories.get(folded(word)) or self.categories.get(folded(word)) or self.wishes.category
        if word and not key:
            raise InvalidInput(gettext("“%(word)s” is none of the topics.", word=word), field="category")
        return key

    def _type(self, row: SourceRow) -> str:
        word = clean_line(self._cell(row, "type"))
        key = self.types.get(folded(word), "")
        if word and not key:
            raise InvalidInput(gettext("“%(word)s” is none of the types.", word=word), field="type")
        return key

    def _language(self, row: SourceRow) -> str:
        language = clean_line(self._cell(row, "language")) or self.wishes.language
        if not LANGUAGE.fullmatch(language):
            raise InvalidInput(gettext("A language must be a short code such as de or en."), field="language")
        return language

    def _created_at(self, row: SourceRow) -> datetime:
        text = self._cell(row, "created_at")
        if not text:
            return self.started_at
        moment = moment_in(text, self.zone)
        if moment is None:
            message = gettext("“%(text)s” is no day as we read it: 2026-03-28, or 28.03.2026 14:30.", text=text[:40])
            raise InvalidInput(message, field="created_at")
        if not EARLIEST <= moment <= self.started_at + timedelta(days=1):
            message = gettext("The day %(day)s cannot be right.", day=moment.date().isoformat())
            raise InvalidInput(message, field="created_at")
        return min(moment, self.started_at)

    def _with_place(self, row: SourceRow, new: NewContribution) -> tuple[NewContribution, bool]:
        """Return the checked contribution; a wrong place is left out only if that is wished, never made up."""
        try:
            return check(self.proceeding, _placed(new, self._place(row))), False
        except InvalidInput as error:
            if error.field != "geometry" or not self.wishes.drops_wrong_places:
                raise
            try:
                return check(self.proceeding, new), True
            except InvalidInput:
                raise error from None  # the proceeding wants a place: what is wrong with this one helps more

    def _place(self, row: SourceRow) -> BaseGeometry | None:
        place = row.geometry
        if place is None:  # an empty geometry is false, but it is not none
            place = self._well_known_text(row) if self._cell(row, "wkt") else self._point(row)
        if place is None:
            return None
        here = self.convert(turned(place) if self.wishes.swaps_axes else place)
        is_far = not self.wishes.swaps_axes and not self.near.intersects(here)
        if is_far and would_fit_turned(place, self.convert, self.proceeding.project_area):
            message = gettext("The place is far away, but with its two coordinates exchanged it would be here.")
            raise SwappedPlace(message, field="geometry")
        if not is_on_earth(here):
            message = gettext("These coordinates are no place in EPSG:%(code)s.", code=self.wishes.epsg)
            raise InvalidInput(message, field="geometry")
        return here

    def _well_known_text(self, row: SourceRow) -> BaseGeometry:
        text = self._cell(row, "wkt")
        try:
            is_simple = SIMPLE_WKT.fullmatch(text) and not ENDLESS_NUMBER.search(text)
            place = shapely.force_2d(shapely.from_wkt(text)) if is_simple else None
        except shapely.GEOSException:
            place = None
        if place is not None:
            return place
        raise InvalidInput(
            gettext("“%(text)s” is no POINT, LINESTRING or POLYGON in WKT.", text=text[:40]), field="geometry"
        )

    def _point(self, row: SourceRow) -> shapely.Point | None:
        cells = {part: self._cell(row, part) for part in ("lon", "lat")}
        if not any(cells.values()):
            return None
        numbers = []
        for part, text in cells.items():
            number = number_in(text)
            if number is None:
                column = getattr(self.columns, part)
                message = (
                    gettext("“%(text)s” in “%(column)s” is no coordinate.", text=text[:40], column=column)
                    if text
                    else gettext("“%(column)s” is empty, but the other coordinate is there.", column=column)
                )
                raise InvalidInput(message, field="geometry")
            numbers.append(number)
        if numbers == [0, 0]:
            # Programs write it for “unknown”; it is a place in the sea off Ghana.
            raise InvalidInput(gettext("0, 0 is no place. Leave both cells empty."), field="geometry")
        return shapely.Point(numbers)


def _placed(new: NewContribution, place: BaseGeometry | None) -> NewContribution:
    return NewContribution(new.title, new.text, new.category, new.type, place, new.language, new.public_name)


def words_for(parts: Any) -> dict[str, str]:
    """Return folded word → key for categories or types: their keys, and their names in every language."""
    words = {folded(name): part.key for part in parts for name in part.name.values() if folded(name)}
    return words | {folded(part.key): part.key for part in parts}
