"""The least there is to do: one cursor of the database's own driver, and its rows as JSON."""

import os
import sqlite3
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
import psycopg

COLUMNS = (
    "id, geometry, title, text, category_id, type_id, state, response_status, votes_for, votes_against, comment_count,"
    " created_at, updated_at, language, licence, response"
)
FROM = (
    "FROM contribution WHERE proceeding_id = (SELECT id FROM proceeding WHERE slug = 'seed') AND state = 'published'"
    " ORDER BY created_at, id"
)
ROWS_AT_A_TIME = 1_000


def connect() -> Any:
    """Open a connection of the driver to the installation's database; SQLite with the application's durability."""
    url = os.environ["DATABASE_URL"]
    if url.startswith("postgresql"):
        return psycopg.connect(url.replace("+psycopg", "", 1))
    connection = sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None, timeout=30)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute(f"PRAGMA synchronous = {int(os.environ.get('BENCH_SYNCHRONOUS', '2'))}")
    return connection


def is_postgresql() -> bool:
    """Which of the two databases it is."""
    return os.environ["DATABASE_URL"].startswith("postgresql")


def rows_as_json(connection: Any) -> Iterator[bytes]:
    """Yield every public contribution, written as JSON."""
    on_server = is_postgresql()
    columns = COLUMNS.replace("geometry", "ST_AsBinary(geometry)") if on_server else COLUMNS
    cursor = connection.cursor("bare") if on_server else connection.cursor()
    cursor.execute(f"SELECT {columns} {FROM}")
    while rows := cursor.fetchmany(ROWS_AT_A_TIME):
        yield b"\n".join(orjson.dumps(row, default=bytes.hex) for row in rows) + b"\n"


def seconds_of_ogr2ogr(folder: Path) -> float:
    """Return how long GDAL's program takes to write the same rows as GeoJSON, read from the same database."""
    url, target = os.environ["DATABASE_URL"], folder / "contributions.geojson"
    columns = COLUMNS.replace("geometry, ", "")
    query = f"SELECT {columns}, geometry {FROM}"
    source = f"PG:{url.replace('+psycopg', '', 1)}" if is_postgresql() else url.removeprefix("sqlite:///")
    begun = time.perf_counter()
    subprocess.run(["ogr2ogr", "-f", "GeoJSON", str(target), source, "-sql", query], check=True, capture_output=True)
    return time.perf_counter() - begun
