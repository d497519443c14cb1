"""The one place that commits, and the lock on a row."""

import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, TypeVar

from flask_babel import lazy_gettext as _
from sqlalchemy import ColumnElement, delete, event, func, inspect, select, update
from sqlalchemy.exc import DBAPIError, InvalidRequestError
from sqlalchemy.exc import TimeoutError as NoFreeConnection
from sqlalchemy.orm import ORMExecuteState, Session
from sqlalchemy.orm.exc import StaleDataError

from participation.database.base import db
from participation.database.engine import WRITING
from participation.errors import Busy, CannotSave, Conflict
from participation.logs import first_line

Row = TypeVar("Row")

# https://www.sqlite.org/rescode.html: SQLITE_BUSY and SQLITE_LOCKED, in the lowest byte
BUSY_SQLITE_CODES = (5, 6)
# https://www.postgresql.org/docs/15/errcodes-appendix.html: serialization failure, deadlock, lock not available
BUSY_SQLSTATES = ("40001", "40P01", "55P03")
# SQLITE_READONLY, SQLITE_IOERR, SQLITE_FULL; disk full, read-only transaction
CLOSED_SQLITE_CODES = (8, 10, 13)
CLOSED_SQLSTATES = ("53100", "25006")
logger = logging.getLogger("participation.database")
# FOR NO KEY UPDATE: rows that refer to the held one may be added meanwhile, so a reply and a decision cannot deadlock.
HELD: Any = {"key_share": True}

PORTION = 1_000


@contextmanager
def transaction() -> Iterator[Session]:
    """Open the one transaction of an act; what the block changes is saved together or not at all.

    Rows loaded before may be out of date by now: `locked` them, or let their `version` tell.
    After a refusal, objects loaded before stay readable as the act left them, apart from the session.

    Raises:
        RuntimeError: one is open already, or something was changed before it.
        Conflict: someone else changed or deleted one of the rows meanwhile.
        Busy: the database was locked for too long; nothing is saved.
        CannotSave: it takes no writes at all, e.g. on a full disk; nothing is saved.
        CannotSave: it takes no writes at all, e.g. on a full disk.
    """
    session: Session = db.session()
    if is_writing(session):
        raise RuntimeError("transaction() does not nest; join the one that is open.")
    if _has_changes(session):
        raise RuntimeError("Objects were changed before transaction(); change them inside.")
    session.commit()  # ends the reading transaction: a writing one must see the newest state
    session.info[WRITING] = True
    try:
        session.connection(execution_options={WRITING: True})
        yield session
        session.commit()
    except BaseException as error:
        session.rollback()
        refusal = _refusal(error)
        if refusal is None:
            raise
        raise refusal from error
    finally:
        session.info.pop(WRITING, None)


def is_writing(session: Session) -> bool:
    """Whether a transaction() is open."""
    return bool(session.info.get(WRITING))


def locked(session: Session, row: Row) -> Row:
    """Read a row's columns again and hold it until the transaction ends; loaded relationships stay.

    On SQLite the transaction itself holds the lock.

    Raises:
        Conflict: someone deleted it meanwhile.
        Busy: someone else held it for too long.
    """
    if not is_writing(session):
        raise RuntimeError("A row is locked only inside transaction().")
    state = inspect(row, raiseerr=True)
    columns = [column.key for column in state.mapper.column_attrs]
    try:
        session.refresh(row, attribute_names=columns, with_for_update=HELD)
    except InvalidRequestError as error:
        raise _conflict() from error
    return row


def purge(model: Any, *conditions: ColumnElement[bool], is_dry: bool, values: Mapping[str, Any] | None = None) -> int:
    """Delete rows, a thousand at a time so that others can write in between; return how many.

    Args:
        model: with a column `id`. conditions: which rows.
        is_dry: count them only.
        values: keep the rows and set these columns; after that the conditions must not hold any more.
    """
    chosen = select(model.id).where(*conditions)
    if is_dry:
        return db.session.scalar(select(func.count()).select_from(chosen.subquery())) or 0
    count = 0
    while True:
        with transaction() as session:
            ids = session.scalars(chosen.order_by(model.id).limit(PORTION)).all()
            act = update(model).values(values) if values else delete(model)
            session.execute(act.where(model.id.in_(ids)).execution_options(synchronize_session=False))
        count += len(ids)
        if len(ids) < PORTION:
            return count


def _has_changes(session: Session) -> bool:
    return bool(session.new or session.deleted or any(session.is_modified(row) for row in session.dirty))


def _refusal(error: BaseException) -> Busy | CannotSave | Conflict | None:
    if isinstance(error, StaleDataError):
        return _conflict()
    if isinstance(error, DBAPIError) and takes_no_writes(error.orig):
        logger.critical("Nothing can be saved: %s", first_line(error.orig))
        return CannotSave()
    is_busy = isinstance(error, DBAPIError) and _is_one_of(error.orig, BUSY_SQLITE_CODES, BUSY_SQLSTATES)
    if is_busy or isinstance(error, NoFreeConnection):
        return Busy(_("The database is busy at the moment. Nothing was saved; please try again in a few seconds."))
    return None


def takes_no_writes(error: Any) -> bool:
    """Whether a driver's error means that nothing can be saved, whoever tries: a full disk, a read-only file."""
    return _is_one_of(error, CLOSED_SQLITE_CODES, CLOSED_SQLSTATES)


def _is_one_of(error: Any, sqlite_codes: tuple[int, ...], states: tuple[str, ...]) -> bool:
    code = getattr(error, "sqlite_errorcode", None)
    return (code is not None and code & 0xFF in sqlite_codes) or getattr(error, "sqlstate", None) in states


def _conflict() -> Conflict:
    return Conflict(_("Someone changed this at the same time. Please look at it again."))


@event.listens_for(db.session, "before_flush")
def _refuse_stray_changes(session: Session, _context: object, _instances: object) -> None:
    if not is_writing(session) and _has_changes(session):
        raise RuntimeError("Changes are written only inside transaction().")


@event.listens_for(db.session, "do_orm_execute")
def _refuse_stray_statements(execution: ORMExecuteState) -> None:
    writes = execution.is_insert or execution.is_update or execution.is_delete
    if writes and not is_writing(execution.session):
        raise RuntimeError("Statements that write run only inside transaction().")


@event.listens_for(db.session, "after_rollback")
def _keep_objects_readable(session: Session) -> None:
    """Let go of the objects before the rollback, also a failed flush's, would expire what the page still shows."""
    if is_writing(session) and not session.in_nested_transaction():
        session.expunge_all()
