"""Where contributions stand, counted by cells in boxes of the map, at a cost that follows the view and not the table.

First come cells of the size that is looked at. Those that a border of the box cuts are looked at in smaller ones, until
few enough pins are left to read them one by one: so each pin in the box counts once, and none outside.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import text

from participation.contributions.cells import LEVELS, WHOLE
from participation.contributions.states import PublicationState
from participation.database import db
from participation.geodata.cell_codes import Numbers, PixelBox, Range, cover, places_of

MOST_PINS = 4_000  # so many are read one by one rather than as cells
MOST_CUT = 12_000  # so many in cells that a border cuts, rather than in smaller cells
FINER = 2  # levels from cells to those which their border is looked at in
COUNT = 3  # the row of an answer that holds numbers

# Each range is one look into the index, whatever the planner thinks of their number.
_IN_RANGES = {
    "sqlite": "json_each(:ranges) AS r CROSS JOIN {table} AS c WHERE {which}"
    " AND c.code BETWEEN json_extract(r.value, '$[0]') AND json_extract(r.value, '$[1]')",
    "postgresql": "jsonb_array_elements(CAST(:ranges AS jsonb)) AS r(value) CROSS JOIN LATERAL (SELECT * FROM {table}"
    " AS c WHERE {which} AND c.code BETWEEN CAST(r.value ->> 0 AS bigint) AND CAST(r.value ->> 1 AS bigint)"
    " OFFSET 0) AS c WHERE true",
}
_CELLS = """
SELECT code, category_id, told, CAST(sum(number) AS bigint),
  CAST(sum(sum_x) AS bigint), CAST(sum(sum_y) AS bigint), CAST(sum(sum_id) AS bigint)
FROM (
  SELECT c.code, c.category_id, {type} AS told, c.number, c.sum_x, c.sum_y, c.sum_id FROM {in_ranges}
  UNION ALL
  SELECT c.code >> {bits}, c.category_id, {type}, c.number, CAST(c.number AS bigint) * c.pin_x,
    CAST(c.number AS bigint) * c.pin_y, CAST(c.number AS bigint) * c.contribution_id
  FROM contribution_change AS c WHERE {which} AND c.code IS NOT NULL
) AS counted GROUP BY code, category_id, told HAVING sum(number) > 0
"""
_PINS = """
SELECT c.code >> {bits} AS cell, c.category_id, {type} AS told, count(*),
  CAST(sum(c.pin_x) AS bigint), CAST(sum(c.pin_y) AS bigint), CAST(sum(c.contribution_id) AS bigint),
  min(c.pin_x), min(c.pin_y), max(c.pin_x), max(c.pin_y)
FROM {in_ranges} AND c.pin_x BETWEEN :min_x AND :max_x AND c.pin_y BETWEEN :min_y AND :max_y
GROUP BY cell, c.category_id, told
"""
_TOTALS = """
SELECT proceeding_id, category_id, type_id, sum(number) FROM (
  SELECT c.proceeding_id, c.category_id, c.type_id, c.number FROM contribution_cell AS c
  WHERE {which} AND c.shift = {level} AND c.code = 0
  UNION ALL
  SELECT c.proceeding_id, c.category_id, c.type_id, c.number FROM contribution_change AS c WHERE {which}
) AS counted GROUP BY proceeding_id, category_id, type_id HAVING sum(number) > 0
"""


@dataclass(frozen=True, slots=True)
class Selection:
    """Which contributions: those of some proceedings in some states, of some categories and types; None is any."""

    proceeding_ids: tuple[int, ...]
    states: frozenset[PublicationState]
    category_ids: tuple[int, ...] | None = None
    type_ids: tuple[int, ...] | None = None

    @property
    def is_empty(self) -> bool:
        """Whether it can hold nothing at all."""
        return not self.proceeding_ids or self.category_ids == () or self.type_ids == ()

    def condition(self) -> str:
        """Return the WHERE for a table of this subject's cells, named c: numbers and words of ours, nothing typed."""
        parts = [
            f"c.proceeding_id IN ({_listed(self.proceeding_ids)})",
            "c.state IN (" + ", ".join(f"'{state.value}'" for state in sorted(self.states)) + ")",
        ]
        if self.category_ids is not None:
            parts.append(f"c.category_id IN ({_listed(self.category_ids)})")
        if self.type_ids is not None:
            parts.append(f"c.type_id IN ({_listed(self.type_ids)})")
        return " AND ".join(parts)


class Piles(NamedTuple):
    """Contributions of one category (and type, if asked for) in one cell each: a column of numbers for each fact."""

    shift: Numbers  # the cell's side is 2**shift pixels
    code: Numbers
    category_id: Numbers
    type_id: Numbers
    number: Numbers
    sum_x: Numbers
    sum_y: Numbers
    sum_id: Numbers  # of a single one: its id
    min_x: Numbers
    min_y: Numbers
    max_x: Numbers
    max_y: Numbers


def piles_in(selection: Selection, boxes: Sequence[PixelBox], shift: int, *, by_type: bool = False) -> Piles:
    """Return what stands in boxes that do not overlap.

    Args:
        selection: which contributions.
        boxes: in pixels at zoom 20, borders included.
        shift: of the cells that are wanted. They may come in parts; and larger, where smaller ones are not kept.
        by_type: whether to tell types apart.
    """
    parts = [np.empty((len(Piles._fields), 0), dtype=np.int64)]
    if not selection.is_empty:
        parts += [part for box in boxes for part in _Box(selection, box, shift, by_type=by_type).parts()]
    return Piles(*np.concatenate(parts, axis=1))


def around(selection: Selection, box: PixelBox, shift: int) -> int:
    """Return how many contributions stand in the cells that touch a box."""
    return 0 if selection.is_empty else _Box(selection, box, shift, by_type=False).most()


def totals(selection: Selection, *, only_placed: bool = False) -> list[tuple[int, int, int, int]]:
    """Return (proceeding_id, category_id, type_id, number), of those with a place or of all."""
    if selection.is_empty:
        return []
    placed = " AND c.code IS NOT NULL" if only_placed else ""
    level = LEVELS[-1] if only_placed else WHOLE
    statement = _TOTALS.format(which=selection.condition() + placed, level=level)
    return [(int(p), int(c), int(t), int(n)) for p, c, t, n in db.session.execute(text(statement))]


@dataclass(frozen=True, slots=True)
class _Box:
    """One box that is counted; every part is an array whose rows are the columns of Piles."""

    selection: Selection
    box: PixelBox
    shift: int
    by_type: bool

    @property
    def level(self) -> int:
        """Of the cells to begin with."""
        return min(max(self.shift, LEVELS[0]), LEVELS[-1])

    def most(self) -> int:
        """Return the number in all cells that touch the box."""
        rows, _, _ = self._cells(cover(self.box, self.level), self.level)
        return int(rows[COUNT].sum())

    def parts(self) -> Iterator[Numbers]:
        """Return what stands in the box."""
        level = self.level
        ranges = cover(self.box, level)
        rows, sides, is_inside = self._cells(ranges, level)
        if rows[COUNT].sum() <= MOST_PINS:
            yield self._pins(ranges)
            return
        while True:
            yield _cells_as_piles(rows[:, is_inside], sides[:, is_inside], level)
            border = rows[:, ~is_inside]
            codes = np.unique(border[0])
            if not len(codes):
                return
            ranges = _joined(codes, level)
            if level == LEVELS[0] or border[COUNT].sum() <= MOST_CUT:
                yield self._pins(ranges)
                return
            by = min(FINER, level - LEVELS[0])
            level -= by
            rows, sides, is_inside = self._cells(ranges, level)
            is_part = np.isin(rows[0] >> 2 * by, codes)  # changes come from everywhere
            rows, sides, is_inside = rows[:, is_part], sides[:, is_part], is_inside[is_part]

    def _cells(self, ranges: Sequence[Range], level: int) -> tuple[Numbers, Numbers, NDArray[np.bool_]]:
        """Return cells that touch the box, their four sides, and whether they lie in it."""
        which = self.selection.condition()
        statement = _CELLS.format(
            type=self._type,
            bits=2 * level,
            which=which,
            in_ranges=_in_ranges("contribution_cell", f"{which} AND c.shift = {level}"),
        )
        cut = [(first >> 2 * level, last >> 2 * level) for first, last in ranges]
        rows = _array(statement, {"ranges": json.dumps(cut)}, 7)
        columns, lines = places_of(rows[0])
        west, north = columns << level, lines << level
        east, south = west + (1 << level) - 1, north + (1 << level) - 1
        min_x, min_y, max_x, max_y = self.box
        touches = (west <= max_x) & (east >= min_x) & (north <= max_y) & (south >= min_y)
        is_inside = (west >= min_x) & (east <= max_x) & (north >= min_y) & (south <= max_y)
        return rows[:, touches], np.stack([west, north, east, south])[:, touches], is_inside[touches]

    def _pins(self, ranges: Sequence[Range]) -> Numbers:
        statement = _PINS.format(
            type=self._type,
            bits=2 * self.shift,
            in_ranges=_in_ranges("contribution_pin", self.selection.condition()),
        )
        corners = dict(zip(("min_x", "min_y", "max_x", "max_y"), self.box, strict=True))
        rows = _array(statement, {"ranges": json.dumps(ranges), **corners}, len(Piles._fields) - 1)
        return np.concatenate([np.full((1, rows.shape[1]), self.shift), rows])

    @property
    def _type(self) -> str:
        return "c.type_id" if self.by_type else "0"


def _cells_as_piles(rows: Numbers, sides: Numbers, level: int) -> Numbers:
    """A single one stands where its sums say; of several only the cell is known."""
    place = np.stack([rows[COUNT + 1], rows[COUNT + 2]] * 2)
    return np.concatenate([np.full((1, rows.shape[1]), level), rows, np.where(rows[COUNT] == 1, place, sides)])


def _array(statement: str, values: Mapping[str, Any], width: int) -> Numbers:
    """Read numbers as the driver gives them: making objects of rows takes longer than finding them."""
    cursor: Any = db.session.execute(text(statement), values).cursor  # type: ignore[attr-defined]
    return np.array(cursor.fetchall(), dtype=np.int64).reshape(-1, width).T


def _joined(codes: Numbers, level: int) -> list[Range]:
    """Return the pixels of cells, in order, as ranges."""
    ends = np.flatnonzero(np.diff(codes) != 1)
    firsts, lasts = codes[np.concatenate([[0], ends + 1])], codes[np.concatenate([ends, [-1]])]
    return [(int(a) << 2 * level, (int(b) + 1 << 2 * level) - 1) for a, b in zip(firsts, lasts, strict=True)]


def _in_ranges(table: str, which: str) -> str:
    return _IN_RANGES[db.session.get_bind().dialect.name].format(table=table, which=which)


def _listed(numbers: Sequence[int]) -> str:
    return ", ".join(str(int(number)) for number in numbers)
