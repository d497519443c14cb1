"""Writing many rows at once: imports and synthetic loads bring tens of thousands in seconds."""

import struct
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import chain, islice
from typing import Any

import psycopg
from sqlalchemy import Column, Connection, Dialect, Table, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session
from sqlalchemy.sql.schema import ScalarElementColumnDefault

from participation.database.geometry import Geometry, rtree_name, spatial_columns
from participation.database.transactions import is_writing

ROWS_AT_A_TIME = 5_000
MANY_ROWS = 1_000
CACHE_KIBIBYTES = 64 * 1024  # with SQLite's usual 2 MB, pages of indexes are written again and again
# EWKB, PostGIS' own form of WKB: this bit of the type says that the reference system follows.
HAS_SRID = 0x20000000

ToDatabase = Callable[[Any], Any]


def insert_rows(session: Session, table: Table, rows: Iterable[Mapping[str, Any]], *, is_analyzed: bool = True) -> int:
    """Insert rows by the database's fastest way and return their number; joins a transaction.

    Values are checked by their column types; columns that the rows leave out get the model's default.

    Args:
        session: of the transaction.
        table: where to.
        rows: all with the same columns, by name.
        is_analyzed: whether PostgreSQL's planner is told at once about many new rows.
    """
    if not is_writing(session):
        raise RuntimeError("Rows are inserted only inside transaction().")
    rows = iter(rows)
    first = next(rows, None)
    if first is None:
        return 0
    connection = session.connection()
    defaults = _defaults(table, first)
    columns = [table.columns[name] for name in (*first, *defaults)]
    to_database = [_processor(column, connection.dialect) for column in columns]
    fixed = tuple(defaults.values())
    values = (
        tuple(
            value if process is None or value is None else process(value)
            for process, value in zip(to_database, (*row.values(), *fixed), strict=True)
        )
        for row in _with_same_columns(chain([first], rows), list(first))
    )
    if connection.dialect.name != "postgresql":
        return _insert_many(connection, table, columns, values)
    count = _copy(connection, table, columns, values)
    if is_analyzed and count >= MANY_ROWS:
        # Until the server counts them by itself, its planner takes the table for the small one it was.
        connection.exec_driver_sql(f'ANALYZE "{table.name}"')
    return count


def reserved_ids(session: Session, table: Table, count: int) -> Sequence[int]:
    """Return ids in ascending order that no other row will get; joins a transaction.

    For rows that refer to each other and are inserted together.
    """
    if not is_writing(session):
        raise RuntimeError("Ids are reserved only inside transaction().")
    if session.get_bind().dialect.name == "postgresql":
        statement = text(
            "SELECT nextval(pg_get_serial_sequence(quote_ident(:table), 'id')) FROM generate_series(1, :count)"
        )
        return sorted(session.scalars(statement, {"table": table.name, "count": count}))
    # The write lock is held, so nobody else takes them; AUTOINCREMENT also remembers ids of deleted rows.
    used = session.scalar(text(f'SELECT max(id) FROM "{table.name}"')) or 0  # noqa: S608 – a name of ours
    if table.dialect_options["sqlite"]["autoincrement"]:
        remembered = text("SELECT seq FROM sqlite_sequence WHERE name = :table")
        used = max(used, session.scalar(remembered, {"table": table.name}) or 0)
    return range(used + 1, used + 1 + count)


def _defaults(table: Table, row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        column.name: column.default.arg
        for column in table.columns
        if column.name not in row and isinstance(column.default, ScalarElementColumnDefault)
    }


def _with_same_columns(rows: Iterable[Mapping[str, Any]], names: list[str]) -> Iterator[Mapping[str, Any]]:
    for row in rows:
        if list(row) != names:
            raise ValueError(f"All rows have the same columns in the same order, not {sorted(set(row) ^ set(names))}")
        yield row


def _processor(column: Column[Any], dialect: Dialect) -> ToDatabase | None:
    if isinstance(column.type, Geometry) and dialect.name == "postgresql":
        return _hexadecimal_ewkb(column.type)
    processor: ToDatabase | None = column.type.dialect_impl(dialect).bind_processor(dialect)
    return processor


def _hexadecimal_ewkb(type_: Geometry) -> ToDatabase:
    def process(geometry: Any) -> str:
        wkb = type_.to_wkb(geometry) or b""
        (kind,) = struct.unpack_from("<I", wkb, 1)
        return (wkb[:1] + struct.pack("<II", kind | HAS_SRID, type_.srid) + wkb[5:]).hex()

    return process


def _insert_many(
    connection: Connection, table: Table, columns: list[Column[Any]], values: Iterator[tuple[Any, ...]]
) -> int:
    places = ", ".join("?" for _ in columns)
    statement = f'INSERT INTO "{table.name}" ({_names(columns)}) VALUES ({places})'  # noqa: S608 – names of ours
    count = 0
    with _larger_cache(connection), _index_filled_afterwards(connection, table) as is_complete:
        while batch := list(islice(values, ROWS_AT_A_TIME)):
            connection.exec_driver_sql(statement, batch)
            count += len(batch)
        if not is_complete(count):
            raise ValueError(f"New rows of {table.name} need ids higher than those of the rows that are there.")
    return count


@contextmanager
def _larger_cache(connection: Connection) -> Iterator[None]:
    before = connection.exec_driver_sql("PRAGMA cache_size").scalar_one()
    connection.exec_driver_sql(f"PRAGMA cache_size = -{CACHE_KIBIBYTES}")
    try:
        yield
    finally:
        connection.exec_driver_sql(f"PRAGMA cache_size = {before}")


@contextmanager
def _index_filled_afterwards(connection: Connection, table: Table) -> Iterator[Callable[[int], bool]]:
    """Fill the R*Trees of the new rows in one go; yields whether all of so many new rows will be found.

    With their trigger, SQLite journals every page for every row, which takes half of the time. If anything fails, the
    transaction that this joins takes the trigger back as well.
    """
    if not spatial_columns(table):
        yield lambda _count: True
        return
    last = connection.exec_driver_sql(f'SELECT coalesce(max(rowid), 0) FROM "{table.name}"').scalar_one()  # noqa: S608
    new_rows = f'FROM "{table.name}" WHERE rowid > {last:d}'
    find_trigger = text("SELECT sql FROM sqlite_master WHERE type = 'trigger' AND name = :name")
    definitions = {}
    for column in spatial_columns(table):
        trigger = f"{rtree_name(table.name, column.name)}_insert"
        definitions[column.name] = str(connection.scalar(find_trigger, {"name": trigger}))
        connection.exec_driver_sql(f'DROP TRIGGER "{trigger}"')
    yield lambda count: connection.exec_driver_sql(f"SELECT count(*) {new_rows}").scalar_one() == count
    for name, definition in definitions.items():
        sides = ", ".join(f'geometry_{side}("{name}")' for side in ("minx", "maxx", "miny", "maxy"))
        connection.exec_driver_sql(
            f'INSERT INTO "{rtree_name(table.name, name)}" SELECT rowid, {sides} {new_rows} AND "{name}" IS NOT NULL'
        )
        connection.exec_driver_sql(definition)


def _copy(connection: Connection, table: Table, columns: list[Column[Any]], values: Iterator[tuple[Any, ...]]) -> int:
    statement = f'COPY "{table.name}" ({_names(columns)}) FROM STDIN'
    count = 0
    driver: Any = connection.connection
    try:
        with driver.cursor() as cursor, cursor.copy(statement) as copy:
            for row in values:
                copy.write_row(row)
                count += 1
    except psycopg.Error as error:
        # As SQLAlchemy would raise it, so that transaction() knows a lock that was held for too long.
        raise DBAPIError.instance(statement, None, error, psycopg.Error) from error
    return count


def _names(columns: list[Column[Any]]) -> str:
    return ", ".join(f'"{column.name}"' for column in columns)
