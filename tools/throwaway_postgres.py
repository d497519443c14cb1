"""A PostgreSQL with PostGIS for one test run: made in a temporary folder, on a free port, gone afterwards.

python tools/throwaway_postgres.py -- pytest …     runs the command with TEST_DATABASE_URL set
python tools/throwaway_postgres.py --durable -- …  with fsync, for measuring; sets DATABASE_URL, too
python tools/throwaway_postgres.py --is-possible   says in its exit code whether this machine can
"""

import argparse
import contextlib
import os
import pwd
import secrets
import shutil
import signal
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
    "autovacuum": "off",  # else rows change their order whenever it comes by
}
DURABLE: Mapping[str, str] = {"max_connections": "60"}


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


class Cluster:
    """A server with its data in a folder of its own."""

    def __init__(self, programs: Path, folder: Path, settings: Mapping[str, str]) -> None:
        self.programs, self.folder, self.settings = programs, folder, settings
        self.owner, self.port, self.password = _owner(), _free_port(), secrets.token_urlsafe(16)
        self.data, self.log = folder / "data", folder / "log"

    @property
    def address(self) -> str:
        """Return the address of the template database."""
        return f"postgresql+psycopg://{USER}:{self.password}@127.0.0.1:{self.port}/{TEMPLATE}"

    def make(self) -> None:
        """Make the folder of the data."""
        secret = self.folder / "password"
        secret.write_text(self.password)
        for path in (self.folder, secret):
            shutil.chown(path, self.owner.pw_uid, self.owner.pw_gid)
        access = ("-A", "scram-sha-256", "--pwfile", str(secret))
        self.call("initdb", "-D", str(self.data), "-U", USER, *access, "-E", "UTF8", "--no-sync")

    def start(self) -> None:
        """Start the server; after a kill it first makes good what was not written."""
        options = {"listen_addresses": "127.0.0.1", "port": str(self.port), "unix_socket_directories": ""}
        options |= self.settings
        flags = " ".join(f"-c {key}={value}" for key, value in options.items())
        self.call("pg_ctl", "start", "-w", "-t", "60", "-D", str(self.data), "-l", str(self.log), "-o", flags)

    def kill(self) -> None:
        """Kill the server and all its processes (SIGKILL), as if the machine had lost power."""
        lock = self.data / "postmaster.pid"
        server = int(lock.read_text(encoding="ascii").split()[0])
        children = Path(f"/proc/{server}/task/{server}/children").read_text(encoding="ascii").split()
        for process in (server, *map(int, children)):
            with contextlib.suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)
        lock.unlink()  # whoever does not bury dead processes would let a new server take it for alive

    def stop(self) -> None:
        """End the server."""
        self.call("pg_ctl", "stop", "-w", "-m", "immediate", "-D", str(self.data))

    def sql(self, database: str, statement: str) -> None:
        """Let the server do something."""
        where = ("-h", "127.0.0.1", "-p", str(self.port), "-U", USER, "-d", database)
        self.call("psql", "-qX", *where, "-c", statement)

    def call(self, program: str, *arguments: str) -> None:
        """Run one of PostgreSQL's programs as the owner of the data."""
        rights: dict[str, Any] = (
            {"user": self.owner.pw_uid, "group": self.owner.pw_gid, "extra_groups": []} if os.geteuid() == 0 else {}
        )
        done = subprocess.run(
            [str(self.programs / program), *arguments],
            cwd=self.folder,
            env={**os.environ, "LC_ALL": "C.UTF-8", "TZ": "UTC", "PGPASSWORD": self.password},
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
            **rights,
        )
        if done.returncode:
            server = self.log.read_text() if self.log.exists() else ""
            sys.exit(f"{program} failed:\n{done.stdout}{done.stderr}{server}")


@contextlib.contextmanager
def cluster(programs: Path, settings: Mapping[str, str] = SETTINGS) -> Iterator[Cluster]:
    """Run a server whose template database has PostGIS.

    Args:
        programs: see `server_programs`.
        settings: of the server; DURABLE commits as safely as in production.
    """
    with tempfile.TemporaryDirectory(prefix="participation-pg-", ignore_cleanup_errors=True) as name:
        one = Cluster(programs, Path(name), settings)
        one.make()
        one.start()
        try:
            one.sql("postgres", f"CREATE DATABASE {TEMPLATE}")
            one.sql(TEMPLATE, "CREATE EXTENSION postgis")
            yield one
        finally:
            one.stop()


@contextlib.contextmanager
def throwaway_postgres(programs: Path, settings: Mapping[str, str] = SETTINGS) -> Iterator[str]:
    """Run a server; yields the address of its template database with PostGIS (`postgresql+psycopg://…`)."""
    with cluster(programs, settings) as one:
        yield one.address


def main() -> None:
    parser = argparse.ArgumentParser(description="Run a command beside a PostgreSQL of its own.")
    parser.add_argument("--is-possible", action="store_true", help="say in the exit code if PostGIS is here")
    parser.add_argument("--durable", action="store_true", help="for measuring: with fsync; sets DATABASE_URL, too")
    parser.add_argument("command", nargs="*")
    arguments = parser.parse_args()
    programs = server_programs()
    if arguments.is_possible:
        sys.exit(programs is None)
    if programs is None:
        sys.exit("PostgreSQL with PostGIS is not installed here. On Debian: apt-get install postgresql-15-postgis-3")
    if not arguments.command:
        parser.error("a command is missing")
    with cluster(programs, DURABLE if arguments.durable else SETTINGS) as server:
        found = {"TEST_DATABASE_URL": server.address} | ({"DATABASE_URL": server.address} if arguments.durable else {})
        try:
            done = subprocess.run(arguments.command, env={**os.environ, **found}, check=False)
        except KeyboardInterrupt:
            sys.exit(130)
    sys.exit(done.returncode)


if __name__ == "__main__":
    main()
