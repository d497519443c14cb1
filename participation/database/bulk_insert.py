"""Writing many rows at once: imports and synthetic loads bring tens of thousands in seconds."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache, partial
from itertools import chain, islice
from typing import Any

import numpy as np
import psycopg
import shapely
from sqlalchemy import Column, Connection, Dialect, Enum, Table, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session
from sqlalchemy.schema import AddConstraint, DropConstraint
from sqlalchemy.sql.schema import ScalarElementColumnDefault

from participation.database.geometry import Geometry, rtree_name, spatial_columns
from participation.database.spatial_index import drop_spatial_index_sql, spatial_index_sql
from participation.database.transactions import is_writing

ROWS_AT_A_TIME = 5_000
MANY_ROWS = 1_000
CACHE_KIBIBYTES = 64 * 1024  # with SQLite's usual 2 MB, pages of indexes are written again and again

ToDatabase = Callable[[Sequence[Any]], Sequence[Any]]  # all values of a column at a time
Batch = list[tuple[Any, ...]]


def insert_rows(session: Session, table: Table, rows: Iterable[Mapping[str, Any]]) -> int:
    """Insert rows by the database's fastest way and return their number; joins a transaction.

    Values are checked by their column types; columns that the rows leave out get the model's default.

    Args:
        rows: all with the same columns, by name.
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
    values = _batches(chain([first], rows), list(first), tuple(defaults.values()), columns, connection.dialect)
    write = _copy if connection.dialect.name == "postgresql" else _insert_many
    return write(connection, table, columns, values)


def _batches(
    rows: Iterator[Mapping[str, Any]],
    names: list[str],
    fixed: tuple[Any, ...],
    columns: list[Column[Any]],
    dialect: Dialect,
) -> Iterator[Batch]:
    """Yield rows as the database takes them, some at a time: what a column's type does, it does to a whole column."""
    to_database = [_processor(column, dialect) for column in columns]
    while batch := list(islice(rows, ROWS_AT_A_TIME)):
        for row in batch:
            if list(row) != names:
                raise ValueError(
                    f"All rows have the same columns in the same order, not {sorted(set(row) ^ set(names))}"
                )
        given = zip(*(row.values() for row in batch), strict=True)
        both = chain(given, ([value] * len(batch) for value in fixed))
        yield list(
            zip(
                *(
                    values if process is None else process(values)
                    for process, values in zip(to_database, both, strict=True)
                ),
                strict=True,
            )
        )


@contextmanager
def indexes_made_afterwards(session: Session, table: Table) -> Iterator[None]:
    """Make the table's indexes anew after the block, which inserts more rows than there were; joins a transaction.

    Sorting all keys once is several times as fast as putting each into its place, and so is looking up references all
    at once. Others wait meanwhile, on PostgreSQL also those who read: this is for loads that nobody works beside.
    Unique keys, and what triggers keep, stay.
    """
    connection = session.connection()
    for index in table.indexes:
        index.drop(connection)
    is_postgresql = connection.dialect.name == "postgresql"
    spatial = [column.name for column in spatial_columns(table)] if is_postgresql else []
    references = list(table.foreign_key_constraints) if is_postgresql else []
    for name in spatial:
        _run(connection, drop_spatial_index_sql(table.name, name, connection.dialect.name))
    for reference in references:
        connection.execute(DropConstraint(reference))
    yield
    for index in table.indexes:
        index.create(connection)
    for name in spatial:
        _run(connection, spatial_index_sql(table.name, name, connection.dialect.name))
    for reference in references:
        connection.execute(AddConstraint(reference, isolate_from_table=False))


def _run(connection: Connection, statements: Iterable[str]) -> None:
    for statement in statements:
        connection.exec_driver_sql(statement)


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


def _processor(column: Column[Any], dialect: Dialect) -> ToDatabase | None:
    if isinstance(column.type, Geometry):
        return partial(_geometries, column.type, dialect.name == "postgresql")
    process = column.type.dialect_impl(dialect).bind_processor(dialect)
    if process is None:
        return None
    if isinstance(column.type, Enum):
        process = cache(process)  # its few members come again and again
    return lambda values: [None if value is None else process(value) for value in values]


def _geometries(type_: Geometry, is_postgis: bool, values: Sequence[Any]) -> Sequence[Any]:
    """Return WKB, or for PostGIS its own form of it with the reference system, in hexadecimal digits."""
    type_.check(values)
    shapes = np.array([*values, None], dtype=object)[:-1]  # the None keeps numpy from looking into a geometry
    if is_postgis:
        shapes = shapely.set_srid(shapes, type_.srid)
    stored: list[Any] = shapely.to_wkb(shapes, hex=is_postgis, include_srid=is_postgis, byte_order=1).tolist()
    return stored


def _insert_many(connection: Connection, table: Table, columns: list[Column[Any]], batches: Iterator[Batch]) -> int:
    places = ", ".join("?" for _ in columns)
    statement = f'INSERT INTO "{table.name}" ({_names(columns)}) VALUES ({places})'  # noqa: S608 – names of ours
    count = 0
    with _larger_cache(connection), _index_filled_afterwards(connection, table) as is_complete:
        for batch in batches:
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


def _copy(connection: Connection, table: Table, columns: list[Column[Any]], batches: Iterator[Batch]) -> int:
    statement = f'COPY "{table.name}" ({_names(columns)}) FROM STDIN'
    count = 0
    driver: Any = connection.connection
    try:
        with driver.cursor() as cursor, cursor.copy(statement) as copy:
            for batch in batches:
                for row in batch:
                    copy.write_row(row)
                count += len(batch)
    except psycopg.Error as error:
        # As SQLAlchemy would raise it, so that transaction() knows a lock that was held for too long.
        raise DBAPIError.instance(statement, None, error, psycopg.Error) from error
    if count >= MANY_ROWS:
        # Until the server counts them by itself, its planner takes the table for the small one it was.
        connection.exec_driver_sql(f'ANALYZE "{table.name}"')
    return count


def _names(columns: list[Column[Any]]) -> str:
    return ", ".join(f'"{column.name}"' for column in columns)
