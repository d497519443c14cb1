"""How connections are set up, so that both databases keep the same promises."""

import sqlite3
from pathlib import Path
from typing import Any, Literal

from flask import Flask
from flask_migrate import Migrate
from psycopg import Connection as PostgresqlConnection
from sqlalchemy import URL, Connection, Engine, event, make_url

from participation.database.base import db
from participation.database.sqlite_functions import register_functions

MIGRATIONS_FOLDER = Path(__file__).parents[1] / "migrations"
BUSY_SECONDS = 5
CONNECT_SECONDS = 5
# Marks a connection whose transaction is going to write; see transactions.transaction.
WRITING = "writing"


def init_database(app: Flask, url: str) -> None:
    """Give the app its database and the commands `flask db …`; does not connect."""
    app.config["SQLALCHEMY_DATABASE_URI"] = _patient_for_seconds(url)
    db.init_app(app)
    with app.app_context():
        configure_engine(db.engine)
    Migrate(app, db, directory=str(MIGRATIONS_FOLDER))


def _patient_for_seconds(url: str) -> URL:
    """Let nobody wait for minutes for a server that does not answer."""
    parts = make_url(url)
    is_postgresql = parts.get_backend_name() == "postgresql"
    return parts.update_query_dict({"connect_timeout": str(CONNECT_SECONDS), **parts.query}) if is_postgresql else parts


def configure_engine(engine: Engine, *, synchronous: Literal["NORMAL", "FULL"] = "NORMAL") -> None:
    """Set up every connection this engine will open."""
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", lambda connection, _record: _set_up_sqlite(connection, synchronous))
        event.listen(engine, "begin", _begin)
    else:
        event.listen(engine, "connect", _set_up_postgresql)


def _set_up_sqlite(connection: sqlite3.Connection, synchronous: str) -> None:
    # The driver's own transactions begin too late and leave DDL out; `_begin` does it.
    connection.isolation_level = None
    for pragma in (
        f"busy_timeout = {BUSY_SECONDS * 1000}",
        "journal_mode = WAL",
        f"synchronous = {synchronous}",
        "foreign_keys = ON",
        # Without it, INSERT OR REPLACE deletes rows past the triggers of the spatial index.
        "recursive_triggers = ON",
    ):
        connection.execute(f"PRAGMA {pragma}")
    register_functions(connection)


def _begin(connection: Connection) -> None:
    """Take the write lock at once when writing: read-then-write would lose updates or fail half way."""
    is_writing = connection.get_execution_options().get(WRITING, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if is_writing else "BEGIN")


def _set_up_postgresql(connection: PostgresqlConnection[Any], _record: object) -> None:
    connection.autocommit = True
    connection.execute(f"SET lock_timeout = '{BUSY_SECONDS}s'")
    connection.execute("SET timezone = 'UTC'")
    connection.autocommit = False
