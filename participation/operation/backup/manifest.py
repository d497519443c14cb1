"""What a backup says about itself."""

import hashlib
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Literal

from alembic.migration import MigrationContext
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import Connection, func, inspect, select, table

from participation.database import is_own_table

NAME = "manifest.json"
DATABASE = {"sqlite": "database.sqlite", "postgresql": "database.dump"}
FILES = "instance/"  # where the files of the instance lie in the archive
BLOCK = 1024 * 1024


class Entry(BaseModel):
    """One file of the archive."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    size: int = Field(ge=0)
    sha256: str = Field(pattern="^[0-9a-f]{64}$")


class Manifest(BaseModel):
    """The last file of the archive: without it the archive is not complete."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    format: Literal[1] = 1
    made_at: datetime
    database: Literal["sqlite", "postgresql"]
    revision: str  # of the schema
    key: str  # tells whether the secret key is the same; says nothing about it
    counts: dict[str, int]  # rows by table
    files: dict[str, Entry]


def digest(path: Path) -> str:
    """Return a file's SHA-256."""
    hashed = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            hashed.update(block)
    return hashed.hexdigest()


def row_counts(connection: Connection) -> dict[str, int]:
    """Count the rows of all our tables."""
    return {name: connection.scalar(select(func.count()).select_from(table(name))) or 0 for name in tables(connection)}


def tables(connection: Connection) -> Iterator[str]:
    """Yield the names of our tables that exist, without those of the spatial indexes."""
    yield from sorted(name for name in inspect(connection).get_table_names() if is_own_table(name))


def revision_of(connection: Connection) -> str:
    """Return at which migration a database is; empty: at none."""
    return MigrationContext.configure(connection).get_current_revision() or ""
