"""Restoring a backup into an empty instance: everything is checked before anything is put in place."""

import shutil
import tarfile
import tempfile
from pathlib import Path

from alembic.script import ScriptDirectory
from pydantic import ValidationError

from participation.config import Settings
from participation.database import MIGRATIONS_FOLDER, db
from participation.operation.backup import postgresql_dump, sqlite_copy
from participation.operation.backup.errors import BackupError
from participation.operation.backup.files import instance_files
from participation.operation.backup.manifest import BLOCK, DATABASE, FILES, NAME, Manifest, digest, tables
from participation.operation.backup.saving import key_check
from participation.operation.backup.verifying import problems

DAMAGED = "is damaged or cut off"


def restore(source: Path, settings: Settings, *, with_other_key: bool = False) -> Manifest:
    """Bring an empty instance into the state of a backup.

    Args:
        source: what `backup` wrote.
        settings: of this installation; its database and instance folder hold nothing yet.
        with_other_key: also if the secret key is another one; then secret links, guests' cookies and tokens are void.

    Raises:
        BackupError: nothing was changed, unless its text says so.
    """
    _require_empty(settings)
    settings.instance_path.mkdir(parents=True, exist_ok=True)
    try:
        with tempfile.TemporaryDirectory(prefix=".restore-", dir=settings.instance_path) as scratch:
            manifest = _unpack(source, Path(scratch))
            _require_fit(manifest, with_other_key=with_other_key)
            _put_in_place(Path(scratch), manifest, settings)
    except OSError as error:
        raise BackupError(f"{source} cannot be restored: {error.strerror or error}.") from error
    return manifest


def _require_empty(settings: Settings) -> None:
    with db.engine.connect() as connection:
        there = list(tables(connection))
    if there:
        raise BackupError(
            f"The database is not empty ({len(there)} tables). Restore into a new one, before `db upgrade`."
        )
    files = list(instance_files(settings.instance_path))
    if files:
        raise BackupError(f"{settings.instance_path} is not empty: {', '.join(files[:3])}{' …' if files[3:] else ''}.")


def _unpack(source: Path, scratch: Path) -> Manifest:
    """Unpack all files into a folder of their own, and compare each with what the manifest says."""
    try:
        with tarfile.open(source) as archive:
            for member in archive:
                _unpack_file(archive, member, scratch)
        manifest = Manifest.model_validate_json((scratch / NAME).read_bytes())
    except FileNotFoundError as error:
        raise BackupError(f"{source} is not there, or {DAMAGED}.") from error
    except (tarfile.TarError, EOFError, ValidationError) as error:
        raise BackupError(f"{source} is no backup of this program, or {DAMAGED}.") from error
    found = {path.relative_to(scratch).as_posix() for path in scratch.rglob("*") if path.is_file()} - {NAME}
    for name in sorted(found ^ manifest.files.keys()):
        raise BackupError(f"{source} {DAMAGED}: {name} is missing or too many.")
    for name, entry in manifest.files.items():
        path = scratch / name
        if path.stat().st_size != entry.size or digest(path) != entry.sha256:
            raise BackupError(f"{source} {DAMAGED}: {name} is not what was saved.")
    return manifest


def _unpack_file(archive: tarfile.TarFile, member: tarfile.TarInfo, scratch: Path) -> None:
    place, content = scratch / member.name, archive.extractfile(member) if member.isreg() else None
    if content is None or ".." in place.parts or not place.is_relative_to(scratch):
        raise BackupError(f"The archive is no backup of this program: “{member.name}” is no file of one.")
    place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with content, place.open("wb") as written:
        shutil.copyfileobj(content, written, BLOCK)


def _require_fit(manifest: Manifest, *, with_other_key: bool) -> None:
    if manifest.database != db.engine.dialect.name:
        raise BackupError(f"This is a backup of {manifest.database}; DATABASE_URL names {db.engine.dialect.name}.")
    known = {script.revision for script in ScriptDirectory(str(MIGRATIONS_FOLDER)).walk_revisions()}
    if manifest.revision not in known:
        raise BackupError(
            f"This backup was made by a newer version (migration “{manifest.revision}”, which is unknown here)."
            " Install that version first."
        )
    if manifest.key != key_check() and not with_other_key:
        raise BackupError(
            "PARTICIPATION_SECRET_KEY is not the one of this backup: secret links, guests' cookies and tokens would be"
            " void. Set the old key, or go on without it: --with-other-key"
        )


def _put_in_place(scratch: Path, manifest: Manifest, settings: Settings) -> None:
    copy = scratch / DATABASE[manifest.database]
    if manifest.database == "sqlite":
        with sqlite_copy.opened(copy) as connection:
            found = problems(connection, manifest)
        if found:
            raise BackupError(f"The backup does not hold what it should: {' '.join(found)}")
    else:
        postgresql_dump.load(copy, scratch)
    for name in manifest.files:
        if name.startswith(FILES):
            place = settings.instance_path / name.removeprefix(FILES)
            place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            shutil.move(scratch / name, place)
    if manifest.database == "sqlite":
        sqlite_copy.put_in_place(copy)  # last: from here on the instance is not empty any more
        return
    with db.engine.connect() as connection:
        found = problems(connection, manifest)
    if found:
        raise BackupError(f"The backup was restored, but it does not hold what it should: {' '.join(found)}")
