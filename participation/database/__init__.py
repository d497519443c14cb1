"""The database: one base for all tables, geometries and times that are the same on SQLite and PostgreSQL.

`transaction()` is the only place that commits. Reading sees the state at its begin and blocks nobody.
"""

from sqlalchemy.orm import Session

from participation.database.base import Base, db
from participation.database.checks import is_own_table, missing_features, schema_problem, spatial_index_problems
from participation.database.column_types import Json, Translated, UtcDateTime
from participation.database.engine import MIGRATIONS_FOLDER, configure_engine, init_database
from participation.database.folding import Folded, fold
from participation.database.geometry import Geometry
from participation.database.ids import LARGEST_ID, id_in
from participation.database.paging import Page, cursor_keys, cursor_of, no_such_page, page_after
from participation.database.slow_queries import watch_slow_queries
from participation.database.spatial_index import (
    create_spatial_index,
    drop_spatial_index,
    rebuild_spatial_index,
    rebuilt_spatial_index,
)
from participation.database.streaming import end_reading, streamed
from participation.database.transactions import locked, purge, takes_no_writes, transaction

__all__ = [
    "LARGEST_ID",
    "MIGRATIONS_FOLDER",
    "Base",
    "Folded",
    "Geometry",
    "Json",
    "Page",
    "Session",
    "Translated",
    "UtcDateTime",
    "configure_engine",
    "create_spatial_index",
    "cursor_keys",
    "cursor_of",
    "db",
    "drop_spatial_index",
    "end_reading",
    "fold",
    "id_in",
    "init_database",
    "is_own_table",
    "locked",
    "missing_features",
    "no_such_page",
    "page_after",
    "purge",
    "rebuild_spatial_index",
    "rebuilt_spatial_index",
    "schema_problem",
    "spatial_index_problems",
    "streamed",
    "takes_no_writes",
    "transaction",
    "watch_slow_queries",
]
