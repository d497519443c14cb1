"""Which files of the instance belong to a backup: all but the database, the key, and what is made anew by itself."""

import os
from collections.abc import Iterator
from pathlib import Path

from participation.database import db

SECRET_KEY = "secret_key"  # noqa: S105 – a file name
LEFT_OUT_FOLDERS = frozenset({"metrics"})


def instance_files(folder: Path) -> Iterator[str]:
    """Yield the paths of uploads and results below the instance folder, e.g. “imports/x”."""
    database = Path(db.engine.url.database or "") if db.engine.dialect.name == "sqlite" else None
    for place, folders, names in os.walk(folder, followlinks=True):
        folders[:] = sorted(name for name in folders if not name.startswith(".") and name not in LEFT_OUT_FOLDERS)
        for name in sorted(names):
            path = Path(place) / name
            is_database = database is not None and path.parent == database.parent and name.startswith(database.name)
            is_temporary = name.startswith(".") or name.endswith(".part")
            if path.is_file() and not is_database and not is_temporary and path != folder / SECRET_KEY:
                yield path.relative_to(folder).as_posix()
