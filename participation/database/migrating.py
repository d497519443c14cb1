"""What `flask db migrate` must know of our columns, and what must hold when a migration has run."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Literal

from alembic.autogenerate import renderers
from alembic.autogenerate.api import AutogenContext
from alembic.autogenerate.render import default_renderers
from alembic.operations import ops
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import JSON, Connection, Enum, MetaData, Table, inspect, text

from participation.database.checks import (
    AHEAD,
    SchemaState,
    is_own_table,
    missing_features,
    schema_state,
    spatial_index_problems,
)
from participation.database.column_types import Translated, UtcDateTime
from participation.database.geometry import Geometry, rtree_name, spatial_columns
from participation.database.spatial_index import GIST_SUFFIX

# Any number, the same in all processes: the second one to migrate waits for the first.
MIGRATION_LOCK = 20_261_124
INDEX_ONLY = (ops.CreateIndexOp, ops.DropIndexOp)


def include_name(name: str | None, kind: str, _parents: object) -> bool:
    """Leave tables of the spatial extensions out of the comparison."""
    return kind != "table" or is_own_table(name or "")


def include_object(_object: object, name: str | None, kind: str, reflected: bool, compare_to: object) -> bool:
    """Leave the spatial indexes, which no model names, out of the comparison."""
    return not (kind == "index" and reflected and compare_to is None and (name or "").endswith(GIST_SUFFIX))


def render_item(kind: str, item: Any, context: AutogenContext) -> str | Literal[False]:
    """Write our column types by their names; an enum as plain text, so that old migrations do not know new members."""
    if kind != "type":
        return False
    if isinstance(item, Enum) and not item.native_enum:
        return f"sa.String(length={item.length})"
    for type_, written in (
        (Geometry, repr(item)),
        (UtcDateTime, "UtcDateTime()"),
        (Translated, "Translated()"),
        (JSON, "Json"),
    ):
        if isinstance(item, type_):
            context.imports.add(f"from participation.database import {written.partition('(')[0]}")
            return written
    return False


class SpatialIndexOp(ops.MigrateOperation):
    """One line of a migration that makes or drops a spatial index."""

    def __init__(self, function: str, table: str, column: str) -> None:
        self.function = function
        self.table = table
        self.column = column

    def to_diff_tuple(self) -> tuple[str, str, str]:
        return (self.function, self.table, self.column)


class KeepingModifyTableOps(ops.ModifyTableOps):
    """Changes of one table that keep what SQLite's rebuilding of tables would lose."""

    def __init__(self, original: ops.ModifyTableOps, spatial: list[str], *, keeps_ids: bool) -> None:
        super().__init__(original.table_name, original.ops, schema=original.schema)
        self.spatial = spatial
        self.keeps_ids = keeps_ids


@renderers.dispatch_for(SpatialIndexOp)
def _render_spatial_index(context: AutogenContext, op: SpatialIndexOp) -> str:
    context.imports.add(f"from participation.database import {op.function}")
    return f"{op.function}(op, {op.table!r}, {op.column!r})"


@renderers.dispatch_for(KeepingModifyTableOps)
def _render_keeping(context: AutogenContext, op: KeepingModifyTableOps) -> list[str]:
    plain = ops.ModifyTableOps(op.table_name, op.ops, schema=op.schema)
    first, *rest = default_renderers.dispatch(plain)(context, plain)
    if op.keeps_ids:
        first = first.replace(") as batch_op:", ", table_kwargs={'sqlite_autoincrement': True}) as batch_op:")
    if op.spatial:
        context.imports.add("from participation.database import rebuilt_spatial_index")
    withs = [f"with rebuilt_spatial_index(op, {op.table_name!r}, {column!r}):" for column in op.spatial]
    return [*withs, first, *rest, *("" for _ in withs)]  # an empty line ends a block


def keep_spatial(context: MigrationContext, _revision: object, directives: list[ops.MigrationScript]) -> None:
    """Write the spatial indexes into a new migration; write none if nothing changed."""
    script = directives[0]
    if script.upgrade_ops is None or script.downgrade_ops is None:
        return
    if script.upgrade_ops.is_empty():
        is_writing_one = context.config is not None and getattr(context.config.cmd_opts, "autogenerate", False)
        if is_writing_one:  # `flask db check` needs the empty one
            directives.clear()
        return
    for container in (script.upgrade_ops, script.downgrade_ops):
        container.ops = [new for op in container.ops for new in _with_spatial_indexes(context, op)]


def _with_spatial_indexes(context: MigrationContext, op: ops.MigrateOperation) -> Iterator[ops.MigrateOperation]:
    if isinstance(op, ops.CreateTableOp):
        yield op
        for column in spatial_columns(op.to_table()):
            yield SpatialIndexOp("create_spatial_index", op.table_name, column.name)
    elif isinstance(op, ops.DropTableOp):
        for name in _indexed_columns(context, op.to_table()):
            yield SpatialIndexOp("drop_spatial_index", op.table_name, name)
        yield op
    elif isinstance(op, ops.ModifyTableOps):
        yield from _with_kept_index(context, op)
    else:
        yield op


def _with_kept_index(context: MigrationContext, op: ops.ModifyTableOps) -> Iterator[ops.MigrateOperation]:
    if all(isinstance(change, INDEX_ONLY) for change in op.ops):
        yield op
        return
    table = _model_table(context, op.table_name)
    added = [change.column.name for change in op.ops if isinstance(change, ops.AddColumnOp) and _is_spatial(change)]
    dropped = {change.column_name for change in op.ops if isinstance(change, ops.DropColumnOp)}
    there = _indexed_columns(context, table)
    for name in there:
        if name in dropped:
            yield SpatialIndexOp("drop_spatial_index", op.table_name, name)
    keeps_ids = table is not None and bool(table.dialect_options["sqlite"]["autoincrement"])
    kept = [name for name in there if name not in (*dropped, *added)]
    yield KeepingModifyTableOps(op, kept, keeps_ids=keeps_ids)
    for name in added:
        yield SpatialIndexOp("create_spatial_index", op.table_name, name)


def _is_spatial(change: ops.AddColumnOp) -> bool:
    return isinstance(change.column.type, Geometry)


def _model_table(context: MigrationContext, name: str) -> Table | None:
    metadata = context.opts["target_metadata"]
    return metadata.tables.get(name) if isinstance(metadata, MetaData) else None


def _indexed_columns(context: MigrationContext, table: Table | None) -> list[str]:
    """Return the geometry columns of a table: by the model, or by the R*Tree, as SQLite shows only a BLOB."""
    if table is None:
        return []
    rtrees: set[str] = set()
    if context.connection is not None and context.dialect.name == "sqlite":
        rtrees = set(inspect(context.connection).get_table_names())
    return [
        column.name
        for column in table.columns
        if isinstance(column.type, Geometry) or rtree_name(table.name, column.name) in rtrees
    ]


@contextmanager
def foreign_keys_off(connection: Connection) -> Iterator[None]:
    """Switch SQLite's foreign keys off around the transaction of the migrations.

    Rebuilding a table drops the old one, and with foreign keys on, that deletes the rows of its children. Inside a
    transaction the switch does nothing: this must come before it begins.
    """
    if connection.dialect.name != "sqlite":
        yield
        return
    raw = connection.connection.driver_connection
    raw.execute("PRAGMA foreign_keys = OFF")  # type: ignore[union-attr]
    try:
        yield
    finally:
        raw.execute("PRAGMA foreign_keys = ON")  # type: ignore[union-attr]


def require_features(connection: Connection, scripts: ScriptDirectory) -> None:
    """Stop with one sentence if the database cannot do what our tables need, or is from the future."""
    problems = missing_features(connection)
    if not problems and schema_state(connection, scripts) is SchemaState.AHEAD:
        problems.append(AHEAD)
    connection.rollback()
    if problems:
        raise CommandError(" ".join(problems))


def lock_out_other_migrations(connection: Connection) -> None:
    """Wait until no other process migrates; SQLite's write lock does it by itself."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": MIGRATION_LOCK})


def require_sound_tables(connection: Connection, metadata: MetaData) -> None:
    """Refuse, and thereby roll back, a migration that orphaned rows, or lost a spatial index or AUTOINCREMENT."""
    problems = spatial_index_problems(connection, metadata)
    if connection.dialect.name == "sqlite":
        problems += _sqlite_losses(connection, metadata)
    if problems:
        raise CommandError("The migration was rolled back: " + " ".join(problems))


def _sqlite_losses(connection: Connection, metadata: MetaData) -> Iterator[str]:
    for table, rowid, parent, _ in connection.exec_driver_sql("PRAGMA foreign_key_check"):
        yield f"{table}: row {rowid} refers to a row of {parent} that does not exist."
    definitions = {
        row.name: row.sql
        for row in connection.execute(text("SELECT name, sql FROM sqlite_master WHERE type = 'table'"))
    }
    for name, table in metadata.tables.items():
        if table.dialect_options["sqlite"]["autoincrement"] and "AUTOINCREMENT" not in definitions.get(
            name, "AUTOINCREMENT"
        ):
            yield f"{name}: AUTOINCREMENT is lost; give the batch table_kwargs={{'sqlite_autoincrement': True}}."
