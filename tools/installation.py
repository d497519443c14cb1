"""An installation of its own for measuring and for rounds of kills: settings, commands, a server on a free port."""

import os
import secrets
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
START_SECONDS = 60
END_SECONDS = 10


@dataclass
class Installation:
    """Where it lies, and what its processes find in their environment."""

    folder: Path
    database_url: str = ""
    settings: dict[str, str] = field(default_factory=dict)
    secret_key: str = field(default_factory=lambda: secrets.token_hex(32))

    def __post_init__(self) -> None:
        self.database_url = self.database_url or f"sqlite:///{self.folder / 'participation.db'}"

    @property
    def environment(self) -> dict[str, str]:
        """Return what every process of this installation is started with."""
        return {
            **{name: value for name, value in os.environ.items() if not name.startswith("PARTICIPATION_")},
            "PYTHONPATH": str(PROJECT),
            "DATABASE_URL": self.database_url,
            "PARTICIPATION_SECRET_KEY": self.secret_key,
            "PARTICIPATION_INSTANCE_PATH": str(self.folder),
            **self.settings,
        }

    def run(self, *arguments: str) -> None:
        """Run one of our commands; what it says is shown if it fails."""
        command = [sys.executable, "-m", "flask", "--app", "app", *arguments]
        done = subprocess.run(
            command, cwd=PROJECT, env=self.environment, capture_output=True, text=True, check=False, timeout=600
        )
        if done.returncode:
            sys.exit(f"flask {' '.join(arguments)}:\n{done.stdout}{done.stderr}")

    @contextmanager
    def serving(self, *arguments: str, port: int = 0) -> Iterator["Server"]:
        """Run `flask serve` and wait for its first answer."""
        port = port or free_port()
        with process_group("-m", "flask", "--app", "app", "serve", "--port", str(port), *arguments, of=self) as group:
            server = Server(port, group)
            server.wait()
            yield server


@dataclass(frozen=True, slots=True)
class Server:
    """A server that answers on a port, and the group of its processes."""

    port: int
    process: subprocess.Popen[bytes]

    def wait(self, path: str = "/healthz", *, any_status: bool = False) -> None:
        """Wait for an answer; by default for a good one."""
        end = time.monotonic() + START_SECONDS
        while True:
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=5):
                    return
            except (urllib.error.URLError, ConnectionError, TimeoutError) as error:
                if any_status and isinstance(error, urllib.error.HTTPError):
                    return
                if self.process.poll() is not None or time.monotonic() > end:
                    raise RuntimeError("The server does not answer.") from error
                time.sleep(0.05)


@contextmanager
def process_group(*arguments: str, of: Installation) -> Iterator["subprocess.Popen[bytes]"]:
    """Run Python in a process group of its own; nothing of it is left behind."""
    process = subprocess.Popen(
        [sys.executable, *arguments], cwd=PROJECT, env=of.environment, stdout=subprocess.DEVNULL, start_new_session=True
    )
    try:
        yield process
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGINT)
            with suppress(subprocess.TimeoutExpired):
                process.wait(END_SECONDS)
        kill_group(process)


def kill_group(process: "subprocess.Popen[bytes]") -> None:
    """Kill a process and all it started (SIGKILL)."""
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        return
    process.wait()


def free_port() -> int:
    """Return a port that nobody uses."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
