"""Writing a backup, while the site runs.

The database comes first, then the files: a file that a row names is there before the row is, so none is missing.
"""

import hashlib
import os
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

from participation import clock
from participation.config import Settings
from participation.database import db
from participation.operation.backup import postgresql_dump, sqlite_copy
from participation.operation.backup.errors import BackupError
from participation.operation.backup.files import instance_files
from participation.operation.backup.manifest import (
    DATABASE,
    FILES,
    NAME,
    Entry,
    Manifest,
    revision_of,
    row_counts,
)
from participation.security import keyed_hash


def key_check() -> str:
    """Return what tells whether two installations have the same secret key."""
    return keyed_hash("backup", "backup")


def backup(target: Path, settings: Settings) -> Manifest:
    """Save database and files of this installation in a new file, readable for its owner only.

    Args:
        target: the tar; compressed if its name ends in .gz. It gets its name when it is complete.
        settings: of this installation.

    Raises:
        BackupError: it cannot be written; nothing is left behind.
    """
    if target.exists():
        raise BackupError(f"{target} is there already. Choose another name.")
    unfinished = target.with_name(target.name + ".part")
    try:
        with (
            tempfile.TemporaryDirectory(prefix=".backup-", dir=target.parent) as scratch,
            _new_file(unfinished) as file,
        ):
            manifest = _write(file, Path(scratch), settings, is_compressed=target.suffix in (".gz", ".tgz"))
            file.flush()
            os.fsync(file.fileno())
        unfinished.rename(target)
    except OSError as error:
        raise BackupError(f"{target} cannot be written: {error.strerror or error}. Nothing is left behind.") from error
    finally:
        unfinished.unlink(missing_ok=True)
    return manifest


@contextmanager
def _new_file(path: Path) -> Iterator[BinaryIO]:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        yield file


def _write(file: BinaryIO, scratch: Path, settings: Settings, *, is_compressed: bool) -> Manifest:
    kind = db.engine.dialect.name
    entries: dict[str, Entry] = {}
    with tarfile.open(fileobj=file, mode="w:gz" if is_compressed else "w", format=tarfile.PAX_FORMAT) as archive:
        copy = scratch / "database"
        counts, revision = _copy_database(copy)
        if not revision:
            raise BackupError("There is nothing to save: the database has no tables.")
        entries[DATABASE[kind]] = _add(archive, DATABASE[kind], copy)
        copy.unlink()
        for name in instance_files(settings.instance_path):
            if (entry := _add_instance_file(archive, name, settings.instance_path / name, scratch)) is not None:
                entries[FILES + name] = entry
        manifest = Manifest(
            made_at=clock.now(),
            database=kind,  # type: ignore[arg-type]
            revision=revision,
            key=key_check(),
            counts=counts,
            files=entries,
        )
        written = manifest.model_dump_json(indent=1).encode()
        info = tarfile.TarInfo(NAME)
        info.size, info.mode = len(written), 0o600
        archive.addfile(info, BytesIO(written))
    return manifest


def _copy_database(copy: Path) -> tuple[dict[str, int], str]:
    """Copy the database; return the rows by table and the migration of just that state."""
    if db.engine.dialect.name == "sqlite":
        sqlite_copy.copy_database(copy)
        with sqlite_copy.opened(copy) as connection:
            return row_counts(connection), revision_of(connection)
    with postgresql_dump.snapshot() as (connection, name):
        counts, revision = row_counts(connection), revision_of(connection)
        postgresql_dump.dump(copy, name)
    return counts, revision


def _add_instance_file(archive: tarfile.TarFile, name: str, path: Path, scratch: Path) -> Entry | None:
    """Add a file; None if it was deleted meanwhile."""
    try:
        if not sqlite_copy.is_sqlite(path):
            return _add(archive, FILES + name, path)
        copy = scratch / "copy"
        sqlite_copy.copy_file(path, copy)
    except FileNotFoundError:
        return None
    entry = _add(archive, FILES + name, copy)
    copy.unlink()
    return entry


def _add(archive: tarfile.TarFile, name: str, path: Path) -> Entry:
    with path.open("rb") as file:
        info = tarfile.TarInfo(name)
        status = os.fstat(file.fileno())
        info.size, info.mtime, info.mode = status.st_size, int(status.st_mtime), 0o600
        hashing = _Hashing(file)
        archive.addfile(info, hashing)  # type: ignore[arg-type]
    return Entry(size=info.size, sha256=hashing.hashed.hexdigest())


class _Hashing:
    """Reads a file and hashes what was read."""

    def __init__(self, file: BinaryIO) -> None:
        self.file = file
        self.hashed = hashlib.sha256()

    def read(self, size: int) -> bytes:
        block = self.file.read(size)
        self.hashed.update(block)
        return block
