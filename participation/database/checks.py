"""What is looked at before the app starts: is the database all there? And the repair of what can break."""

from collections.abc import Iterator
from enum import StrEnum

from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, MetaData, inspect, text

from participation.database.base import Base
from participation.database.engine import MIGRATIONS_FOLDER
from participation.database.geometry import rtree_name, spatial_columns
from participation.database.spatial_index import RTREE_SUFFIXES, gist_name, rebuild_spatial_index

NO_RTREE = "This Python's SQLite was built without RTREE: install a Python whose SQLite has it, or use PostgreSQL."
NO_POSTGIS = "The database has no PostGIS: let its administrator run CREATE EXTENSION postgis in it once."

BEHIND = "The database is not up to date. Run: flask --app app db upgrade"
AHEAD = (
    "The database belongs to a newer version of this program. Nothing was changed."
    " Install that version, or restore a backup that was made with this one."
)


def missing_features(connection: Connection) -> list[str]:
    """Return one sentence for each thing the database cannot do and we need."""
    if connection.dialect.name == "sqlite":
        options = connection.exec_driver_sql("PRAGMA compile_options").scalars().all()
        return [] if "ENABLE_RTREE" in options else [NO_RTREE]
    has_postgis = connection.scalar(text("SELECT 1 FROM pg_extension WHERE extname = 'postgis'"))
    return [] if has_postgis else [NO_POSTGIS]


def is_own_table(name: str) -> bool:
    """Whether a table is neither part of a spatial index nor of PostGIS."""
    return not name.endswith((*RTREE_SUFFIXES, "spatial_ref_sys"))


class SchemaState(StrEnum):
    """Where a database stands among the migrations of this program."""

    CURRENT = "current"
    BEHIND = "behind"
    AHEAD = "ahead"  # at a migration that this program does not know


def schema_state(connection: Connection, scripts: ScriptDirectory | None = None) -> SchemaState:
    """Compare the database with the migrations, ours unless others are given."""
    scripts = scripts or ScriptDirectory(str(MIGRATIONS_FOLDER))
    there = set(MigrationContext.configure(connection).get_current_heads())
    if not there <= {script.revision for script in scripts.walk_revisions()}:
        return SchemaState.AHEAD
    return SchemaState.CURRENT if there == set(scripts.get_heads()) else SchemaState.BEHIND


def schema_problem(connection: Connection) -> str:
    """Say what is wrong if the schema is not the one this program works with, and what to do."""
    return {SchemaState.CURRENT: "", SchemaState.BEHIND: BEHIND, SchemaState.AHEAD: AHEAD}[schema_state(connection)]


def spatial_index_problems(connection: Connection, metadata: MetaData = Base.metadata) -> list[str]:
    """Return one sentence for each spatial index that is missing or not complete.

    Args:
        connection: any; nothing is changed.
        metadata: the tables to look at, as far as they exist.
    """
    check = _rtree_problem if connection.dialect.name == "sqlite" else _gist_problem
    checked = ((table, column, check(connection, table, column)) for table, column in _geometries(connection, metadata))
    return [f"{table}.{column}: {problem}" for table, column, problem in checked if problem]


def rebuild_spatial_indexes(connection: Connection, metadata: MetaData = Base.metadata) -> list[str]:
    """Make every spatial index anew from the rows; return their columns as “table.column”."""
    columns = list(_geometries(connection, metadata))
    for table, column in columns:
        rebuild_spatial_index(connection, table, column)
    return [f"{table}.{column}" for table, column in columns]


def _geometries(connection: Connection, metadata: MetaData) -> Iterator[tuple[str, str]]:
    """Yield table and column of each geometry column that exists."""
    inspector = inspect(connection)
    table_names = inspector.get_table_names()
    for table in metadata.sorted_tables:
        columns = spatial_columns(table) if table.name in table_names else []
        existing = {column["name"] for column in inspector.get_columns(table.name)} if columns else set()
        yield from ((table.name, column.name) for column in columns if column.name in existing)


def _rtree_problem(connection: Connection, table: str, column: str) -> str:
    rtree = rtree_name(table, column)
    names = [rtree, *(f"{rtree}_{event}" for event in ("insert", "update", "delete"))]
    there = text("SELECT count(*) FROM sqlite_master WHERE name IN (:table, :insert, :update, :delete)")
    if connection.scalar(there, dict(zip(("table", "insert", "update", "delete"), names, strict=True))) != len(names):
        return "the spatial index or its triggers are missing."
    stored = connection.scalar(text(f'SELECT count("{column}") FROM "{table}"'))  # noqa: S608
    indexed = connection.scalar(text(f'SELECT count(*) FROM "{rtree}"'))  # noqa: S608
    return "" if stored == indexed else f"{stored} rows with a geometry, but {indexed} in the spatial index."


def _gist_problem(connection: Connection, table: str, column: str) -> str:
    valid = text(
        "SELECT i.indisvalid FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid"
        " WHERE c.relname = :name AND i.indrelid = to_regclass(:table)"
    )
    is_valid = connection.scalar(valid, {"name": gist_name(table, column), "table": f'"{table}"'})
    return "" if is_valid else "the spatial index is missing."
