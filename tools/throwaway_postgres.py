"""A PostgreSQL with PostGIS for one test run: made in a temporary folder, on a free port, gone afterwards.

python tools/throwaway_postgres.py -- pytest …     runs the command with TEST_DATABASE_URL set
python tools/throwaway_postgres.py --is-possible   says in its exit code whether this machine can
"""

import argparse
import contextlib
import os
import pwd
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

USER = "participation"
TEMPLATE = "participation_template"  # has PostGIS; the tests copy it, which needs no superuser
# The data live as long as the tests: safety against power cuts would only cost time.
SETTINGS: Mapping[str, str] = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_connections": "60",
}


def server_programs() -> Path | None:
    """Folder of initdb and postgres of a PostgreSQL that has PostGIS; None if there is none."""
    candidates = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda folder: -int(folder.parent.name))
    if found := shutil.which("pg_ctl"):
        candidates.insert(0, Path(found).resolve().parent)
    for folder in candidates:
        config = folder / "pg_config"
        program = str(config) if config.exists() else shutil.which("pg_config")
        shares = {Path(f"/usr/share/postgresql/{folder.parent.name}")}
        if program:
            shares.add(Path(subprocess.check_output([program, "--sharedir"], text=True).strip()))
        has_postgis = any((share / "extension/postgis.control").exists() for share in shares)
        if (folder / "initdb").exists() and has_postgis:
            return folder
    return None


def _owner() -> pwd.struct_passwd:
    """Who the server runs as: we, or for root, which the server refuses, somebody with fewer rights."""
    if os.geteuid() != 0:
        return pwd.getpwuid(os.geteuid())
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name)
    sys.exit("PostgreSQL does not run as root, and there is neither a user `postgres` nor `nobody`.")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def throwaway_postgres(programs: Path, settings: Mapping[str, str] = SETTINGS) -> Iterator[str]:
    """Run a server; yields the address of its template database with PostGIS (`postgresql+psycopg://…`)."""
    owner, port, password = _owner(), _free_port(), secrets.token_urlsafe(16)
    rights: dict[str, Any] = (
        {"user": owner.pw_uid, "group": owner.pw_gid, "extra_groups": []} if os.geteuid() == 0 else {}
    )
    environment = {**os.environ, "LC_ALL": "C.UTF-8", "TZ": "UTC", "PGPASSWORD": password}
    with tempfile.TemporaryDirectory(prefix="participation-pg-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        data, log, secret = folder / "data", folder / "log", folder / "password"
        secret.write_text(password)
        for path in (folder, secret):
            shutil.chown(path, owner.pw_uid, owner.pw_gid)

        def call(program: str, *arguments: str) -> None:
            done = subprocess.run(
                [str(programs / program), *arguments],
                cwd=folder,
                env=environment,
                capture_output=True,
                text=True,
                check=False,
                timeout=120,
                **rights,
            )
            if done.returncode:
                server = log.read_text() if log.exists() else ""
                sys.exit(f"{program} failed:\n{done.stdout}{done.stderr}{server}")

        def sql(database: str, statement: str) -> None:
            call("psql", "-qX", "-h", "127.0.0.1", "-p", str(port), "-U", USER, "-d", database, "-c", statement)

        access = ("-A", "scram-sha-256", "--pwfile", str(secret))
        call("initdb", "-D", str(data), "-U", USER, *access, "-E", "UTF8", "--no-sync")
        options = {"listen_addresses": "127.0.0.1", "port": str(port), "unix_socket_directories": name, **settings}
        flags = " ".join(f"-c {key}={value}" for key, value in options.items())
        call("pg_ctl", "start", "-w", "-t", "60", "-D", str(data), "-l", str(log), "-o", flags)
        try:
            sql("postgres", f"CREATE DATABASE {TEMPLATE}")
            sql(TEMPLATE, "CREATE EXTENSION postgis")
            yield f"postgresql+psycopg://{USER}:{password}@127.0.0.1:{port}/{TEMPLATE}"
        finally:
            call("pg_ctl", "stop", "-w", "-m", "immediate", "-D", str(data))


def main() -> None:
    parser = argparse.ArgumentParser(description="Run a command beside a PostgreSQL of its own.")
    parser.add_argument("--is-possible", action="store_true", help="say in the exit code if PostGIS is here")
    parser.add_argument("command", nargs="*")
    arguments = parser.parse_args()
    programs = server_programs()
    if arguments.is_possible:
        sys.exit(programs is None)
    if programs is None:
        sys.exit("PostgreSQL with PostGIS is not installed here. On Debian: apt-get install postgresql-15-postgis-3")
    if not arguments.command:
        parser.error("a command is missing")
    with throwaway_postgres(programs) as address:
        try:
            done = subprocess.run(arguments.command, env={**os.environ, "TEST_DATABASE_URL": address}, check=False)
        except KeyboardInterrupt:
            sys.exit(130)
    sys.exit(done.returncode)


if __name__ == "__main__":
    main()
