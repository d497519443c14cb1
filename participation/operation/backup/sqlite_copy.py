"""SQLite: a copy of the state at one moment, while others write (https://www.sqlite.org/backup.html)."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from sqlalchemy import Connection, create_engine

from participation.database import configure_engine, db
from participation.operation.backup.errors import BackupError

MAGIC = b"SQLite format 3\0"


def copy_database(target: Path) -> None:
    """Copy the installation's database."""
    source = db.engine.raw_connection()
    try:
        _copy(source.driver_connection, target)  # type: ignore[arg-type]
    finally:
        source.close()


def copy_file(path: Path, target: Path) -> None:
    """Copy any file of SQLite, which somebody may be writing to."""
    with closing(sqlite3.connect(path, timeout=10)) as source:
        _copy(source, target)


def is_sqlite(path: Path) -> bool:
    """Whether a file is a database."""
    with path.open("rb") as file:
        return file.read(len(MAGIC)) == MAGIC


def _copy(source: sqlite3.Connection, target: Path) -> None:
    """Copy in one step: readers and, in WAL mode, writers go on; what they write meanwhile is not in the copy."""
    try:
        with closing(sqlite3.connect(target)) as copy:
            source.backup(copy)
            copy.execute("PRAGMA journal_mode = DELETE")  # one file, without a log beside it
    except sqlite3.Error as error:
        raise BackupError(f"The database cannot be copied to {target.parent}: {error}.") from error


@contextmanager
def opened(path: Path) -> Iterator[Connection]:
    """Open a copy as the application opens its database; it stays one file."""
    engine = create_engine(f"sqlite:///{path}", hide_parameters=True)
    configure_engine(engine)
    try:
        with engine.connect() as connection:
            yield connection
    finally:
        engine.dispose()
    with closing(sqlite3.connect(path)) as plain:
        plain.execute("PRAGMA journal_mode = DELETE")


def put_in_place(copy: Path) -> None:
    """Let a copy become the installation's database, which holds nothing yet: all at once or not at all."""
    place = Path(db.engine.url.database or "")
    db.engine.dispose()
    for suffix in ("-wal", "-shm", "-journal"):  # of the empty one that opening it has made
        place.with_name(place.name + suffix).unlink(missing_ok=True)
    copy.chmod(0o600)
    copy.rename(place)
