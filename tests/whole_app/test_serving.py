"""`flask serve`, as `make run` starts it: a real server, which Ctrl-C ends at any moment."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import select

from participation.accounts.actors import STRANGER
from participation.contributions.filters import ContributionFilter
from participation.database import db
from participation.exports.editions import Edition
from participation.exports.files import start_file
from participation.exports.formats import FORMATS
from participation.exports.tables import CONTRIBUTIONS
from participation.jobs.models import Job, JobState
from participation.proceedings.queries import proceeding_by_slug

PROJECT = Path(__file__).resolve().parents[2]
PATIENCE = 60  # seconds, on a machine that does other things as well


def free_port() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return int(listening.getsockname()[1])


@contextmanager
def serving(environment: dict[str, str], *options: str) -> Iterator[subprocess.Popen[str]]:
    """Runs `flask serve` in a process group of its own, as a terminal does; nothing of it is left behind."""
    server = subprocess.Popen(
        [sys.executable, "-m", "flask", "--app", "app", "serve", *options],
        cwd=PROJECT,
        env={**os.environ, **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    try:
        yield server
    finally:
        if server.poll() is None:
            os.killpg(server.pid, signal.SIGKILL)
        server.communicate()


def wait_for_answer(address: str) -> bytes:
    end = time.monotonic() + PATIENCE
    while True:
        try:
            with urllib.request.urlopen(address, timeout=PATIENCE) as answer:
                return answer.read()
        except (urllib.error.URLError, ConnectionError):
            if time.monotonic() > end:
                raise
            time.sleep(0.05)


@pytest.fixture
def installation(app, database_url, tmp_path) -> dict[str, str]:
    """Settings of a migrated, empty installation."""
    return {
        "DATABASE_URL": database_url,
        "PARTICIPATION_INSTANCE_PATH": str(tmp_path),
        "PARTICIPATION_ENVIRONMENT": "production",
        "PARTICIPATION_SECRET_KEY": "only-for-tests-" + "x" * 32,
        "PORT": str(free_port()),
    }


@pytest.mark.parametrize("seconds", [0, 0.3], ids=["at its first answer", "a moment later"])
def test_it_says_where_it_is_answers_and_ends_by_ctrl_c(installation, seconds):
    with serving(installation) as server:
        assert b"ok" in wait_for_answer(f"http://127.0.0.1:{installation['PORT']}/healthz")
        time.sleep(seconds)
        os.killpg(server.pid, signal.SIGINT)
        said, _ = server.communicate(timeout=PATIENCE)
    assert f"http://127.0.0.1:{installation['PORT']}" in said
    assert "Traceback" not in said


def test_without_a_secret_key_production_does_not_start(installation):
    with serving({**installation, "PARTICIPATION_SECRET_KEY": ""}) as server:
        said, _ = server.communicate(timeout=PATIENCE)
    assert server.returncode != 0
    assert said.startswith("Setting PARTICIPATION_SECRET_KEY: is missing.")
    assert len(said.strip().splitlines()) == 1


def test_it_does_background_jobs_and_leaves_nothing_running(installation, app, make_proceeding):
    with app.app_context():
        proceeding = proceeding_by_slug(STRANGER, make_proceeding().slug)
        edition = Edition(CONTRIBUTIONS, proceeding, ContributionFilter())
        job = start_file(STRANGER, edition, FORMATS["xlsx"])
    with serving(installation) as server:
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            with app.app_context():
                if db.session.scalars(select(Job.state).where(Job.id == job.id)).one() is JobState.DONE:
                    break
            time.sleep(0.1)
        with app.app_context():
            assert db.session.scalars(select(Job.state).where(Job.id == job.id)).one() is JobState.DONE
        assert (Path(installation["PARTICIPATION_INSTANCE_PATH"]) / "jobs" / f"{job.id}-1").read_bytes()[:2] == b"PK"
        server.send_signal(signal.SIGTERM)  # to the server alone, as a service manager does
        said, _ = server.communicate(timeout=PATIENCE)  # until nobody holds its output any more
    assert "Traceback" not in said
