"""How connections are set up, so that both databases keep the same promises."""

import sqlite3
import time
from functools import partial
from pathlib import Path
from typing import Any, Literal

from flask import Flask
from flask_migrate import Migrate
from psycopg import Connection as PostgresqlConnection
from psycopg import Error as PostgresqlError
from sqlalchemy import URL, Connection, Engine, event, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.pool import ConnectionPoolEntry

from participation.database.base import db
from participation.database.sqlite_functions import register_functions
from participation.database.write_queue import begin_writing

MIGRATIONS_FOLDER = Path(__file__).parents[1] / "migrations"
BUSY_SECONDS = 5
TRUSTED_SECONDS = 1  # without use; asking each time would cost every request a way to the server and back
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


def configure_engine(engine: Engine, *, synchronous: Literal["NORMAL", "FULL"] = "FULL") -> None:
    """Set up every connection this engine will open."""
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", lambda connection, _record: _set_up_sqlite(connection, synchronous))
        event.listen(engine, "begin", _begin)
    else:
        event.listen(engine, "connect", _set_up_postgresql)
        event.listen(engine, "checkin", _note_use)
        event.listen(engine, "checkout", partial(_ask_after_a_pause, engine))


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
    if connection.get_execution_options().get(WRITING, False):
        driver: Any = connection.connection.dbapi_connection
        begin_writing(driver, BUSY_SECONDS)
    else:
        connection.exec_driver_sql("BEGIN")


def _note_use(_connection: object, record: ConnectionPoolEntry) -> None:
    record.info["used"] = time.monotonic()


def _ask_after_a_pause(
    engine: Engine, connection: DBAPIConnection, record: ConnectionPoolEntry, _proxy: object
) -> None:
    """Ask a connection that was not used for a moment whether its server is still there; else a new one is opened."""
    if time.monotonic() - record.info.get("used", time.monotonic()) < TRUSTED_SECONDS:
        return
    try:
        engine.dialect.do_ping(connection)
    except PostgresqlError as error:
        raise DisconnectionError from error


def _set_up_postgresql(connection: PostgresqlConnection[Any], _record: object) -> None:
    connection.autocommit = True
    connection.execute(f"SET lock_timeout = '{BUSY_SECONDS}s'")
    connection.execute("SET timezone = 'UTC'")
    # Our queries take milliseconds; to compile one whose cost was guessed too high takes half a second.
    connection.execute("SET jit = off")
    connection.autocommit = False
