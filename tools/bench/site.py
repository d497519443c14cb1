"""Installations to be measured: a database, its content, and servers in processes of their own."""

import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tools.throwaway_postgres import server_programs, throwaway_postgres

PROJECT = Path(__file__).resolve().parents[2]
FLASK = [sys.executable, "-m", "flask", "--app", "app"]
SLUG = "seed"
START_SECONDS, END_SECONDS = 60, 15
# As Debian sets it up, but for memory: writes are on the disk when they are acknowledged.
POSTGRESQL = {"max_connections": "100", "shared_buffers": "512MB", "max_wal_size": "4GB"}
NO_LIMIT = "1000000000 per 1 second"


@dataclass(frozen=True, slots=True)
class Site:
    """An installation: the environment of its commands, and its folder."""

    environment: dict[str, str]
    folder: Path

    @property
    def is_postgresql(self) -> bool:
        """Whether its data are not in a file."""
        return self.database.startswith("postgresql")

    @property
    def database(self) -> str:
        """The address of its database, as SQLAlchemy takes it."""
        return self.environment["DATABASE_URL"]

    def command(self, *arguments: str) -> str:
        """Run one of our commands and return what it says; what went wrong is shown."""
        return self.python(*FLASK[1:], *arguments)

    def python(self, *arguments: str) -> str:
        """Run Python in the project's folder with the installation's settings."""
        done = subprocess.run(
            [sys.executable, *arguments], cwd=PROJECT, env=self.environment, capture_output=True, text=True, check=False
        )
        if done.returncode:
            sys.exit(f"{' '.join(arguments)}:\n{done.stdout}{done.stderr}")
        return done.stdout

    def inside(self, what: str, *arguments: str) -> Any:
        """Ask something of a process that has the application loaded: see inside.py."""
        return json.loads(self.python("-m", "tools.bench.inside", what, *arguments).splitlines()[-1])


@contextmanager
def site_on(database: str) -> Iterator[Site]:
    """Make an empty installation on `sqlite` or `postgresql`, with a database of its own."""
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        if database == "sqlite":
            yield _site(name, f"sqlite:///{name}/bench.db")
            return
        programs = server_programs()
        if programs is None:
            sys.exit("PostgreSQL with PostGIS is not installed here: make bench DATABASES=sqlite")
        with throwaway_postgres(programs, POSTGRESQL) as address:
            yield _site(name, address)


def _site(folder: str, database: str) -> Site:
    own = {
        "DATABASE_URL": database,
        "PARTICIPATION_INSTANCE_PATH": folder,
        "PARTICIPATION_SECRET_KEY": secrets.token_hex(32),
        "PARTICIPATION_POST_LIMIT": NO_LIMIT,
        "PARTICIPATION_API_LIMIT": NO_LIMIT,
    }
    others = {name: value for name, value in os.environ.items() if not name.startswith("PARTICIPATION_")}
    site = Site(others | own, Path(folder))
    site.command("db", "upgrade")
    return site


@dataclass(frozen=True, slots=True)
class Server:
    """A server that answers."""

    url: str
    pid: int
    start_seconds: float  # until its first answer


@contextmanager
def served(site: Site, workers: int) -> Iterator[Server]:
    """Serve the installation as `flask serve` does."""
    port = free_port()
    with _running([*FLASK, "serve", "--port", str(port), "--workers", str(workers), "--no-jobs"], site, port) as server:
        yield server


@contextmanager
def bare_served(site: Site, workers: int) -> Iterator[Server]:
    """Serve the bare views by the same server with the same settings."""
    port = free_port()
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port)]
    command += ["--workers", str(workers), "--blocking-threads", "8", "--backpressure", "128", "--no-ws"]
    command += ["--log-level", "error", "--workers-kill-timeout", "5", "tools.bench.bare_app:app"]
    with _running(command, site, port) as server:
        yield server


@contextmanager
def _running(command: list[str], site: Site, port: int) -> Iterator[Server]:
    url = f"http://127.0.0.1:{port}"
    log = site.folder / f"server-{port}.log"
    begun = time.perf_counter()
    with (
        log.open("wb") as file,
        subprocess.Popen(command, cwd=PROJECT, env=site.environment, stdout=file, stderr=file) as process,
    ):
        try:
            _wait_for(url, process, log)
            yield Server(url, process.pid, time.perf_counter() - begun)
        finally:
            process.send_signal(signal.SIGINT)
            try:
                process.wait(END_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()


def _wait_for(url: str, process: "subprocess.Popen[bytes]", log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        with suppress(urllib.error.URLError, ConnectionError), urllib.request.urlopen(f"{url}/healthz", timeout=5):
            return
        time.sleep(0.02)
    sys.exit(f"The server does not answer.\n{log.read_text(errors='replace')}")


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
