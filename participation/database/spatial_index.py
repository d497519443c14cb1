"""The spatial index of a geometry column: R*Tree and three triggers on SQLite, GiST on PostgreSQL."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Protocol

from sqlalchemy import BigInteger, Connection, Integer, MetaData, Table, event, text

from participation.database.geometry import rtree_name, spatial_columns

RTREE_SUFFIXES = ("_rtree", "_rtree_node", "_rtree_parent", "_rtree_rowid")
GIST_SUFFIX = "_gist"


class MigrationOperations(Protocol):
    """What is needed of Alembic's `op`."""

    def execute(self, sqltext: str) -> Any: ...

    def get_bind(self) -> Connection: ...


def spatial_index_sql(table: str, column: str, dialect: str) -> list[str]:
    """Return the statements that make the index of an existing column and fill it."""
    if dialect == "postgresql":
        return [f'CREATE INDEX "{gist_name(table, column)}" ON "{table}" USING gist ("{column}")']
    rtree = rtree_name(table, column)

    def sides(row: str) -> str:
        return ", ".join(f'geometry_{side}({row}"{column}")' for side in ("minx", "maxx", "miny", "maxy"))

    new = f'INSERT INTO "{rtree}" SELECT NEW.rowid, {sides("NEW.")} WHERE NEW."{column}" IS NOT NULL;'
    old = f'DELETE FROM "{rtree}" WHERE id = OLD.rowid;'  # noqa: S608
    return [
        f'CREATE VIRTUAL TABLE "{rtree}" USING rtree(id, minx, maxx, miny, maxy)',
        f'CREATE TRIGGER "{rtree}_insert" AFTER INSERT ON "{table}" BEGIN {new} END',
        f'CREATE TRIGGER "{rtree}_update" AFTER UPDATE OF "{column}" ON "{table}" BEGIN {old} {new} END',
        f'CREATE TRIGGER "{rtree}_delete" AFTER DELETE ON "{table}" BEGIN {old} END',
        f'INSERT INTO "{rtree}" SELECT rowid, {sides("")} FROM "{table}" WHERE "{column}" IS NOT NULL',  # noqa: S608
    ]


def drop_spatial_index_sql(table: str, column: str, dialect: str) -> list[str]:
    """Return the statements that remove the index, or what is left of it."""
    if dialect == "postgresql":
        return [f'DROP INDEX IF EXISTS "{gist_name(table, column)}"']
    rtree = rtree_name(table, column)
    triggers = [f'DROP TRIGGER IF EXISTS "{rtree}_{event_name}"' for event_name in ("insert", "update", "delete")]
    return [*triggers, f'DROP TABLE IF EXISTS "{rtree}"']


def gist_name(table: str, column: str) -> str:
    """Return the name of the index of a geometry column on PostgreSQL."""
    return f"{table}_{column}{GIST_SUFFIX}"


def rebuild_spatial_index(connection: Connection, table: str, column: str) -> None:
    """Make the index anew from the rows: after a bulk load, or as a repair."""
    dialect = connection.dialect.name
    for statement in (*drop_spatial_index_sql(table, column, dialect), *spatial_index_sql(table, column, dialect)):
        connection.exec_driver_sql(statement)


def create_spatial_index(op: MigrationOperations, table: str, column: str) -> None:
    """Make the index in a migration, after its table or column."""
    for statement in spatial_index_sql(table, column, op.get_bind().dialect.name):
        op.execute(statement)


def drop_spatial_index(op: MigrationOperations, table: str, column: str) -> None:
    """Remove the index in a migration, before its table or column."""
    for statement in drop_spatial_index_sql(table, column, op.get_bind().dialect.name):
        op.execute(statement)


@contextmanager
def rebuilt_spatial_index(op: MigrationOperations, table: str, column: str) -> Iterator[None]:
    """Wrap `op.batch_alter_table` of a table with geometries.

    On SQLite the batch rebuilds the table and loses its triggers without a word; PostgreSQL alters in place.
    """
    connection = op.get_bind()
    if connection.dialect.name != "sqlite":
        yield
        return
    drop_spatial_index(op, table, column)
    find = text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = :table")
    others = connection.execute(find, {"table": table}).all()
    for name, _ in others:  # what the batch copies is not new
        op.execute(f'DROP TRIGGER "{name}"')
    yield
    for _, definition in others:
        op.execute(definition)
    create_spatial_index(op, table, column)


def keep_spatial_indexes(metadata: MetaData) -> None:
    """Let `create_all` and `drop_all` of these tables take the spatial indexes along."""
    event.listen(metadata, "after_create", _create_indexes)
    event.listen(metadata, "before_drop", _drop_indexes)


def _create_indexes(metadata: MetaData, connection: Connection, tables: list[Table], **kw: Any) -> None:  # noqa: ARG001
    for table in tables or ():
        for column in spatial_columns(table):
            require_stable_key(table)
            for statement in spatial_index_sql(table.name, column.name, connection.dialect.name):
                connection.exec_driver_sql(statement)


def _drop_indexes(metadata: MetaData, connection: Connection, tables: list[Table], **kw: Any) -> None:  # noqa: ARG001
    for table in tables or ():
        for column in spatial_columns(table):
            for statement in drop_spatial_index_sql(table.name, column.name, connection.dialect.name):
                connection.exec_driver_sql(statement)


def require_stable_key(table: Table) -> None:
    """Refuse a table whose rows the R*Tree could lose: without an INTEGER PRIMARY KEY, VACUUM may number rows anew."""
    keys = list(table.primary_key.columns)
    if len(keys) != 1 or not isinstance(keys[0].type, Integer) or isinstance(keys[0].type, BigInteger):
        raise TypeError(f"{table.name} has geometries and needs a primary key of one Integer column")
