"""A database for one test process: a file, or a copy of the template that TEST_DATABASE_URL names."""

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

import psycopg
from psycopg import sql
from sqlalchemy import make_url


@contextlib.contextmanager
def worker_database(worker_id: str, folder: Path) -> Iterator[str]:
    """Make an empty database (with PostGIS) for a test process and drop it afterwards; yields its address."""
    template = os.environ.get("TEST_DATABASE_URL")
    if not template:
        yield f"sqlite:///{folder / 'test.sqlite'}"
        return
    url = make_url(template)
    if not url.database:
        raise ValueError("TEST_DATABASE_URL names no database; it has to name one with PostGIS to copy.")
    server = url.set(drivername="postgresql", database="postgres").render_as_string(hide_password=False)
    name = sql.Identifier(f"{url.database}_{worker_id}")
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(name))
        connection.execute(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(name, sql.Identifier(url.database)))
    try:
        yield url.set(database=f"{url.database}_{worker_id}").render_as_string(hide_password=False)
    finally:
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(name))
