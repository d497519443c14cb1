"""Counts of contributions by cells of the map: how changes, which the database notes itself, get into them.

Triggers of the table `contribution` write one row into `contribution_change` for each that comes (1) or goes (-1): so
nobody waits for anybody. Once some have gathered, whoever writes next adds them to `contribution_cell`. Whoever reads
adds up both tables in one statement, which sees each change once. See docs/adr/0027.
"""

from itertools import pairwise

from sqlalchemy import Connection, text

LEVELS = range(8, 29)  # sides of cells, as powers of 2, in pixels at zoom 20: 256 (some 24 m in Germany) to the world
WHOLE = 32  # the level of the one cell that counts those without a place, too
MOST_CHANGES = 500
FOLDING_LOCK = 20_261_125

_NAMES = ("number", "sum_x", "sum_y", "sum_id")
_COLUMNS = "proceeding_id, state, shift, code, category_id, type_id, number, sum_x, sum_y, sum_id"
_WHOLE = """whole AS (
  SELECT proceeding_id, state, {whole} AS shift, 0 AS code, category_id, type_id, CAST(sum(number) AS bigint) AS number,
    0 AS sum_x, 0 AS sum_y, 0 AS sum_id
  FROM {changes} GROUP BY proceeding_id, state, category_id, type_id)"""
_SMALLEST = """cells_{shift} AS MATERIALIZED (
  SELECT proceeding_id, state, {shift} AS shift, code >> {bits} AS code, category_id, type_id,
    CAST(sum(number) AS bigint) AS number,
    CAST(sum(CAST(number AS bigint) * pin_x) AS bigint) AS sum_x,
    CAST(sum(CAST(number AS bigint) * pin_y) AS bigint) AS sum_y,
    CAST(sum(CAST(number AS bigint) * contribution_id) AS bigint) AS sum_id
  FROM {changes} WHERE code IS NOT NULL
  GROUP BY proceeding_id, state, code >> {bits}, category_id, type_id)"""
_LARGER = """cells_{shift} AS MATERIALIZED (
  SELECT proceeding_id, state, {shift} AS shift, code >> {bits} AS code, category_id, type_id, {sums}
  FROM cells_{smaller} GROUP BY proceeding_id, state, code >> {bits}, category_id, type_id)"""
_PART = "SELECT {columns} FROM {name}"
_ADDING = """WITH {parts}
INSERT INTO contribution_cell ({columns})
SELECT {columns} FROM ({every}) AS counted WHERE number <> 0 OR sum_x <> 0 OR sum_y <> 0
ON CONFLICT (proceeding_id, state, shift, code, category_id, type_id) DO UPDATE SET {added}"""


def fold_changes(connection: Connection) -> None:
    """Add the gathered changes to the cells; joins a transaction. Where another one is at it, nothing is to be done."""
    if connection.dialect.name == "postgresql":
        is_ours = connection.execute(text("SELECT pg_try_advisory_xact_lock(:number)"), {"number": FOLDING_LOCK})
        if not is_ours.scalar_one():
            return
        # Others may have noted changes with lower numbers in the meantime: exactly those deleted here are added.
        gone = "gone AS (DELETE FROM contribution_change RETURNING *)"
        connection.execute(text(_adding("gone", gone)))
    else:
        connection.execute(text(_adding("contribution_change")))
        connection.execute(text("DELETE FROM contribution_change"))
    connection.execute(text("DELETE FROM contribution_cell WHERE number = 0"))


def fold_if_many(connection: Connection) -> None:
    """Add the gathered changes to the cells if they are many; joins a transaction."""
    many = text("SELECT id FROM contribution_change ORDER BY id LIMIT 1 OFFSET :number")
    if connection.scalar(many, {"number": MOST_CHANGES - 1}) is not None:
        fold_changes(connection)


def _adding(changes: str, *before: str) -> str:
    """Return the one statement that counts changes by the smallest cells, and these by the next larger ones."""
    parts = [*before, _WHOLE.format(whole=WHOLE, changes=changes)]
    parts.append(_SMALLEST.format(shift=LEVELS[0], bits=2 * LEVELS[0], changes=changes))
    sums = ", ".join(f"CAST(sum({name}) AS bigint) AS {name}" for name in _NAMES)
    for smaller, shift in pairwise(LEVELS):
        parts.append(_LARGER.format(shift=shift, bits=2 * (shift - smaller), sums=sums, smaller=smaller))
    names = ("whole", *(f"cells_{shift}" for shift in LEVELS))
    return _ADDING.format(
        parts=", ".join(parts),
        columns=_COLUMNS,
        every=" UNION ALL ".join(_PART.format(columns=_COLUMNS, name=name) for name in names),
        added=", ".join(f"{name} = contribution_cell.{name} + excluded.{name}" for name in _NAMES),
    )
