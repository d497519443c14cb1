"""A second, empty installation, and commands as an operator types them."""

import os
import secrets
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.worker_database import worker_database

PROJECT = Path(__file__).resolve().parents[2]
KEY = "only-for-tests-" + "x" * 32  # as in tests/app_fixtures.py


@pytest.fixture
def empty_installation(tmp_path: Path) -> Iterator[dict[str, str]]:
    """Settings of an installation that holds nothing yet, with the secret key of the tests."""
    instance = tmp_path / "instance"
    instance.mkdir()
    with worker_database(f"empty_{secrets.token_hex(4)}", instance) as address:
        yield {
            "DATABASE_URL": address,
            "PARTICIPATION_INSTANCE_PATH": str(instance),
            "PARTICIPATION_SECRET_KEY": KEY,
        }


@pytest.fixture
def flask() -> Callable[..., subprocess.CompletedProcess[str]]:
    """Run a command of the program."""

    def run(environment: dict[str, str], *command: str | Path, **kwargs) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "flask", "--app", "app", *map(str, command)],
            cwd=PROJECT,
            env={"PATH": os.environ["PATH"], **environment},
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
            **kwargs,
        )

    return run
