"""Contributions that come in many at once, with the ids they had in the file they came from."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, TypeVar, cast

from sqlalchemy import Table, delete, select

from participation.contributions.cells import fold_if_many
from participation.contributions.models import Contribution
from participation.database import Session, db
from participation.database.bulk_insert import insert_rows
from participation.proceedings.models import Proceeding

CONTRIBUTION = cast("Table", Contribution.__table__)
KEYS_AT_A_TIME = 500
Key = TypeVar("Key", int, str)


def add_contributions(session: Session, rows: Iterable[Mapping[str, Any]]) -> int:
    """Insert what `services.contribution_values` returned, counters at zero unless given; joins a transaction."""
    count = insert_rows(session, CONTRIBUTION, rows)
    fold_if_many(session.connection())
    return count


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
