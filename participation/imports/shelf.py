"""Where the rows of an uploaded file lie until they are imported: a file of its own, outside the database.

Nobody else writes there, so checking a large file keeps nobody from writing, and a check that was broken off goes on.
"""

import json
import re
import secrets
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import orjson
import shapely
from flask import current_app
from flask_babel import gettext

from participation.contributions.checking import NewContribution
from participation.database import takes_no_writes
from participation.errors import Busy, CannotSave, NotFound
from participation.imports.checking import BadRow, Candidate, RowChecker
from participation.imports.source import SourceFile, SourceRow

FOLDER = "imports"
TOKEN = re.compile(r"[A-Za-z0-9_-]{20,64}")
BUSY_SECONDS = 5
TABLES = """
CREATE TABLE line (position INTEGER PRIMARY KEY, number INTEGER, id TEXT, content BLOB, place BLOB, problem TEXT,
  is_checked INTEGER DEFAULT 0, key TEXT, candidate BLOB, candidate_place BLOB, bad_column TEXT, reason TEXT,
  is_swapped INTEGER);
CREATE INDEX line_reason ON line (reason) WHERE reason IS NOT NULL;
CREATE TABLE copy (digest TEXT PRIMARY KEY, count INTEGER);
CREATE TABLE head (columns BLOB, epsg INTEGER);
CREATE TABLE original (data BLOB, encoding TEXT, delimiter TEXT);
"""
ROW = "position, number, id, content, place, problem"


@dataclass(frozen=True, slots=True)
class Counts:
    """How far the check of a file is, and what it found."""

    total: int
    good: int
    bad: int
    swapped: int

    @property
    def checked(self) -> int:
        """Rows that were looked at."""
        return self.good + self.bad


def folder() -> Path:
    """Return where the files lie; made when it is first needed, for nobody else to read."""
    path = Path(current_app.instance_path) / FOLDER
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    return path


def path_of(token: str) -> Path:
    """Return the file of an import; the name is one of ours, whatever the database says."""
    if not TOKEN.fullmatch(token):
        raise NotFound
    return folder() / token


@dataclass(frozen=True, slots=True)
class Original:
    """A CSV file as it came, and how it was read: it may have to be read in another way."""

    data: bytes
    encoding: str
    delimiter: str


def put_on_shelf(token: str, source: SourceFile, data: bytes = b"") -> None:
    """Keep the rows of a file, in place of those of before; it gets its name when it is complete.

    Args:
        data: the file itself, if it may have to be read in another way.
    """
    path = path_of(token)
    unfinished = path.with_suffix(f".{secrets.token_hex(8)}")
    try:
        _write(unfinished, source, data)
        unfinished.rename(path)
    except BaseException:
        unfinished.unlink(missing_ok=True)
        raise


def _write(path: Path, source: SourceFile, data: bytes) -> None:
    with _opened(path) as connection:
        connection.executescript(TABLES)
        head = (orjson.dumps(list(dict.fromkeys(source.columns))), source.epsg)
        connection.execute("INSERT INTO head VALUES (?, ?)", head)
        if data:
            connection.execute("INSERT INTO original VALUES (?, ?, ?)", (data, source.encoding, source.delimiter))
        connection.executemany(
            f"INSERT INTO line ({ROW}) VALUES (?, ?, ?, ?, ?, ?)",  # noqa: S608 – names of ours
            (
                (
                    position,
                    row.number,
                    row.id,
                    json.dumps(row.values, default=str),
                    None if row.geometry is None else shapely.to_wkb(row.geometry),
                    row.problem,
                )
                for position, row in enumerate(source.rows)
            ),
        )


class Shelf:
    """The rows of one file."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.connection = connection

    def head(self) -> tuple[list[str], int]:
        """Return the columns, and the coordinate system that the file names (0: none)."""
        columns, epsg = self.connection.execute("SELECT columns, epsg FROM head").fetchone()
        return orjson.loads(columns), epsg

    def original(self) -> Original | None:
        """Return the file itself, if it can be read in another way."""
        found = self.connection.execute("SELECT data, encoding, delimiter FROM original").fetchone()
        return Original(*found) if found else None

    def values(self, column: str) -> Iterator[Any]:
        """Yield what stands in a column, row by row; nothing of rows that could not be read."""
        for (content,) in self.connection.execute("SELECT content FROM line WHERE problem = ''"):
            yield json.loads(content).get(column)

    def first(self, limit: int) -> list[SourceRow]:
        """Return the first rows."""
        statement = f"SELECT {ROW} FROM line ORDER BY position LIMIT ?"  # noqa: S608 – names of ours
        return [_row(found)[1] for found in self.connection.execute(statement, (limit,))]

    def forget_check(self) -> None:
        """Make it as if no row had been checked."""
        self.connection.execute(
            "UPDATE line SET is_checked = 0, key = NULL, candidate = NULL, candidate_place = NULL, bad_column = NULL,"
            " reason = NULL, is_swapped = NULL"
        )
        self.connection.execute("DELETE FROM copy")

    def check_some(self, checker: RowChecker, limit: int) -> None:
        """Check the next rows; what was found in the ones before is known to the checker from here on."""
        self.connection.execute("BEGIN IMMEDIATE")  # two pages that go on with the same file wait for each other
        checker.numbers_by_key |= dict(self.connection.execute("SELECT key, number FROM line WHERE key IS NOT NULL"))
        before = dict(self.connection.execute("SELECT digest, count FROM copy"))
        checker.copies |= before
        statement = f"SELECT {ROW} FROM line WHERE is_checked = 0 ORDER BY position LIMIT ?"  # noqa: S608
        for found in self.connection.execute(statement, (limit,)).fetchall():
            position, row = _row(found)
            self._note(position, checker.check(row))
        changed = [pair for pair in checker.copies.items() if before.get(pair[0]) != pair[1]]
        self.connection.executemany("INSERT OR REPLACE INTO copy VALUES (?, ?)", changed)

    def _note(self, position: int, verdict: Candidate | BadRow) -> None:
        if isinstance(verdict, BadRow):
            self.connection.execute(
                "UPDATE line SET is_checked = 1, bad_column = ?, reason = ?, is_swapped = ? WHERE position = ?",
                (verdict.column, verdict.reason, verdict.is_swapped, position),
            )
            return
        place = verdict.new.geometry
        told = asdict(verdict.new) | {"geometry": None}
        kept = {"new": told, "created_at": verdict.created_at.isoformat(), "lost_place": verdict.lost_place}
        self.connection.execute(
            "UPDATE line SET is_checked = 1, key = ?, candidate = ?, candidate_place = ? WHERE position = ?",
            (verdict.key, orjson.dumps(kept), None if place is None else shapely.to_wkb(place), position),
        )

    def counts(self) -> Counts:
        """Return how far the check is."""
        statement = "SELECT count(*), count(key), count(reason), coalesce(sum(is_swapped), 0) FROM line"
        return Counts(*self.connection.execute(statement).fetchone())

    def reasons(self, limit: int) -> list[tuple[str, int, int]]:
        """Return the most frequent reasons why rows are bad: (reason, how many, number of the first)."""
        statement = (
            "SELECT reason, count(*), min(number) FROM line WHERE reason IS NOT NULL"
            " GROUP BY reason ORDER BY count(*) DESC, reason LIMIT ?"
        )
        return self.connection.execute(statement, (limit,)).fetchall()

    def topics(self) -> dict[str, int]:
        """Return how many rows would come in under each topic, by its key."""
        key = "json_extract(CAST(candidate AS TEXT), '$.new.category')"
        statement = f"SELECT {key}, count(*) FROM line WHERE key IS NOT NULL GROUP BY 1"  # noqa: S608 – words of ours
        return dict(self.connection.execute(statement))

    def bad_rows(self) -> list[BadRow]:
        """Return all bad rows in the order of the file."""
        statement = "SELECT number, bad_column, reason, content FROM line WHERE reason IS NOT NULL ORDER BY position"
        return [
            BadRow(number, column or "", reason, json.loads(content))
            for number, column, reason, content in self.connection.execute(statement)
        ]

    def candidates(self) -> list[Candidate]:
        """Return all rows that can come in, in the order of the file."""
        statement = "SELECT number, key, candidate, candidate_place FROM line WHERE key IS NOT NULL ORDER BY position"
        return [_candidate(*found) for found in self.connection.execute(statement)]


def _row(found: Sequence[Any]) -> tuple[int, SourceRow]:
    position, number, id_, content, place, problem = found
    geometry = None if place is None else shapely.from_wkb(place)
    return position, SourceRow(number, json.loads(content), geometry, id_, problem)


def _candidate(number: int, key: str, candidate: bytes, place: bytes | None) -> Candidate:
    kept = orjson.loads(candidate)
    geometry = None if place is None else shapely.from_wkb(place)
    new = NewContribution(**(kept["new"] | {"geometry": geometry}))
    return Candidate(number, key, new, datetime.fromisoformat(kept["created_at"]), kept["lost_place"])


@contextmanager
def shelf_of(token: str) -> Iterator[Shelf]:
    """Open the rows of an import; what changes is kept all together or not at all.

    Raises:
        NotFound: the file is gone.
    """
    path = path_of(token)
    if not path.is_file():
        raise NotFound
    with _opened(path) as connection:
        yield Shelf(connection)


@contextmanager
def _opened(path: Path) -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(path, timeout=BUSY_SECONDS)
    try:
        with connection:
            yield connection
    except sqlite3.OperationalError as error:
        if takes_no_writes(error):
            path.with_suffix(".part").unlink(missing_ok=True)
            raise CannotSave from error
        raise Busy(gettext("The file is being checked already. Please try again in a few seconds.")) from error
    finally:
        connection.close()
