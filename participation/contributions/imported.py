"""Contributions that come in many at once, with the ids they had in the file they came from."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from itertools import islice
from typing import Any, TypeVar, cast

from sqlalchemy import Connection, Table, delete, func, select, text

from participation.contributions.cells import fold_if_many
from participation.contributions.models import Contribution
from participation.database import Session, db
from participation.database.bulk_insert import insert_rows
from participation.proceedings.models import Proceeding

CONTRIBUTION = cast("Table", Contribution.__table__)
KEYS_AT_A_TIME = 500
NOTES = (
    """INSERT INTO contribution_pin (proceeding_id, state, code, contribution_id, category_id, type_id, pin_x, pin_y)
    SELECT proceeding_id, state, pin_code(pin_x, pin_y), id, category_id, coalesce(type_id, 0), pin_x, pin_y
    FROM contribution WHERE id > :last AND pin_x IS NOT NULL ORDER BY 1, 2, 3, 4""",
    """INSERT INTO contribution_change
      (proceeding_id, state, code, contribution_id, category_id, type_id, pin_x, pin_y, number)
    SELECT proceeding_id, state, pin_code(pin_x, pin_y), id, category_id, coalesce(type_id, 0), pin_x, pin_y, 1
    FROM contribution WHERE id > :last""",
    "INSERT INTO contribution_search (rowid, words) SELECT id, search_text FROM contribution WHERE id > :last",
)
Key = TypeVar("Key", int, str)


def add_contributions(session: Session, rows: Iterable[Mapping[str, Any]]) -> int:
    """Insert what `services.contribution_values` returned, counters at zero unless given; joins a transaction."""
    connection = session.connection()
    with _noted_afterwards(connection) if connection.dialect.name == "sqlite" else nullcontext():
        count = insert_rows(session, CONTRIBUTION, rows)
    fold_if_many(connection)
    return count


@contextmanager
def _noted_afterwards(connection: Connection) -> Iterator[None]:
    """Do what SQLite's triggers do for each new row in one go: row by row, the index of words is written each time.

    If anything fails, the transaction that this joins takes the triggers back as well.
    """
    last = connection.scalar(select(func.coalesce(func.max(Contribution.id), 0)))
    triggers = text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND name IN (:cells, :words)")
    definitions = connection.execute(triggers, {"cells": "contribution_added", "words": "contribution_search_added"})
    kept = definitions.all()
    for name, _ in kept:
        connection.exec_driver_sql(f'DROP TRIGGER "{name}"')
    yield
    for statement in NOTES:
        connection.execute(text(statement), {"last": last})
    for _, definition in kept:
        connection.exec_driver_sql(definition)


def delete_contributions(session: Session, ids: Sequence[int]) -> None:
    """Delete contributions and all that hangs on them; joins the transaction of whoever made sure that nothing does."""
    for some in _batches(ids):
        session.execute(
            delete(Contribution).where(Contribution.id.in_(some)).execution_options(synchronize_session=False)
        )
    fold_if_many(session.connection())


def contributions_by_import_key(proceeding: Proceeding, keys: Sequence[str]) -> dict[str, Any]:
    """Return by import key what came in before: rows of title, text, category_id, type_id and geometry."""
    found: dict[str, Any] = {}
    for some in _batches(keys):
        statement = select(
            Contribution.import_key,
            Contribution.title,
            Contribution.text,
            Contribution.category_id,
            Contribution.type_id,
            Contribution.geometry,
        ).where(Contribution.proceeding_id == proceeding.id, Contribution.import_key.in_(some))
        for row in db.session.execute(statement):
            found[str(row.import_key)] = row
    return found


def _batches(keys: Sequence[Key]) -> Iterator[list[Key]]:
    waiting = iter(keys)
    while some := list(islice(waiting, KEYS_AT_A_TIME)):
        yield some
