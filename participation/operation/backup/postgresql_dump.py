"""PostgreSQL: pg_dump and pg_restore, of the server's version; the password travels in the environment, not in `ps`."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, text

from participation.database import db
from participation.operation.backup.errors import BackupError

# What a database has before: its administrator made it, and its owner may not make it again (other than `pg_trgm`).
NOT_OURS = (" EXTENSION - postgis", " COMMENT - EXTENSION ", " SCHEMA - public ", " COMMENT - SCHEMA ")


@contextmanager
def snapshot() -> Iterator[tuple[Connection, str]]:
    """Hold the state of this moment; yields a connection that sees it, and its name for pg_dump."""
    with db.engine.connect().execution_options(isolation_level="REPEATABLE READ") as connection:
        yield connection, str(connection.scalar(text("SELECT pg_export_snapshot()")))


def dump(target: Path, snapshot_name: str) -> None:
    """Write the snapshot to a file in pg_dump's own format."""
    _run("pg_dump", "--format=custom", "--no-owner", "--no-privileges", f"--snapshot={snapshot_name}", "--file", target)


def load(dumped: Path, scratch: Path) -> None:
    """Read a dump into the empty database, all at once or not at all."""
    wanted = scratch / "wanted"
    listed = _run("pg_restore", "--list", dumped, on_database=False)
    wanted.write_text(
        "".join(f"{line}\n" for line in listed.splitlines() if not any(part in line for part in NOT_OURS))
    )
    _run(
        "pg_restore", "--no-owner", "--no-privileges", "--single-transaction", "--exit-on-error", "--use-list", wanted,
        dumped,
    )  # fmt: skip


def _run(program: str, *arguments: str | Path, on_database: bool = True) -> str:
    url = db.engine.url
    found = shutil.which(program)
    if found is None:
        raise BackupError(f"{program} is not installed. Install PostgreSQL's client programs of the server's version.")
    plain = url.set(drivername="postgresql", password=None).render_as_string(hide_password=False)
    target = [f"--dbname={plain}"] if on_database else []
    done = subprocess.run(
        [found, *target, *map(str, arguments)],
        env={**os.environ, **({"PGPASSWORD": str(url.password)} if url.password else {})},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        lines = done.stderr.splitlines() or [f"it ended with {done.returncode}. Is there room?"]
        said = [line for line in lines if "error:" in line] or lines
        raise BackupError(f"{program} failed: {said[0].partition('error: ')[2] or said[0]}")
    return done.stdout
