"""What must hold when a backup was restored: one list."""

from collections.abc import Callable, Iterator

from sqlalchemy import Connection

from participation.database import spatial_index_problems
from participation.operation.backup.manifest import Manifest, revision_of, row_counts

Verification = Callable[[Connection, Manifest], Iterator[str]]


def rows_are_all_there(connection: Connection, manifest: Manifest) -> Iterator[str]:
    """Compare the number of rows of each table."""
    found = row_counts(connection)
    for name in sorted(found.keys() | manifest.counts.keys()):
        if found.get(name) != manifest.counts.get(name):
            yield f"{name}: {found.get(name, 'no table')} rows instead of {manifest.counts.get(name, 'none')}."


def schema_is_the_saved_one(connection: Connection, manifest: Manifest) -> Iterator[str]:
    """Compare the migration."""
    if (found := revision_of(connection)) != manifest.revision:
        yield f"The database is at migration “{found}” instead of “{manifest.revision}”."


def file_is_sound(connection: Connection, _manifest: Manifest) -> Iterator[str]:
    """Let SQLite look at its pages and references; PostgreSQL checks them while it loads."""
    if connection.dialect.name == "sqlite":
        said = connection.exec_driver_sql("PRAGMA quick_check(10)").scalars().all()
        yield from (f"The database file is damaged: {line}." for line in said if line != "ok")
        lost = len(connection.exec_driver_sql("PRAGMA foreign_key_check").all())
        if lost:
            yield f"{lost} rows refer to rows that do not exist."


def places_are_indexed(connection: Connection, _manifest: Manifest) -> Iterator[str]:
    """Look at the spatial indexes."""
    yield from spatial_index_problems(connection)


VERIFICATIONS: list[Verification] = [
    rows_are_all_there,
    schema_is_the_saved_one,
    file_is_sound,
    places_are_indexed,
]


def problems(connection: Connection, manifest: Manifest) -> list[str]:
    """Return what does not hold, one sentence each."""
    return [words for verify in VERIFICATIONS for words in verify(connection, manifest)]
