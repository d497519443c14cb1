"""Rate limits over Redis: shared by all processes of an installation, and still there when Redis is not."""

import os
import secrets
import socket
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2]
# One process of an installation: so many sign-in tries, and how each was answered.
PROCESS = """
import re, sys
from participation import create_app
client = create_app().test_client()
for number in range(int(sys.argv[1])):
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', client.get("/sign-in").get_data(as_text=True))[1]
    data = {"csrf_token": token, "email": f"{number}@example.org", "password": "wrong-password"}
    print(client.post("/sign-in", data=data).status_code)
"""


@pytest.fixture
def redis_url():
    address = os.environ.get("TEST_REDIS_URL", "")
    if not address and os.environ.get("CI"):
        pytest.fail("TEST_REDIS_URL is not set, and in CI the limits have to be tested with Redis.", pytrace=False)
    if not address:
        pytest.skip("TEST_REDIS_URL is not set: limits shared over Redis were NOT tested.")
    return address


@pytest.fixture
def answers(app, database_url, tmp_path):
    """Start a process of one installation, let it take so many tries, and return its answers."""
    key = secrets.token_hex(32)  # counters are kept under keyed hashes: nobody else's count here

    def start(redis_address, tries):
        environment = {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(PROJECT),
            "DATABASE_URL": database_url,
            "REDIS_URL": redis_address,
            "PARTICIPATION_SECRET_KEY": key,
            "PARTICIPATION_INSTANCE_PATH": str(tmp_path),
            "PARTICIPATION_SIGN_IN_LIMIT": "2 per hour",
        }
        command = [sys.executable, "-c", PROCESS, str(tries)]
        ended = subprocess.run(
            command, cwd=PROJECT, env=environment, capture_output=True, text=True, check=False, timeout=120
        )
        assert ended.returncode == 0, ended.stderr
        return [int(line) for line in ended.stdout.split()]

    return start


def test_two_processes_count_together(answers, redis_url):
    assert answers(redis_url, 1) == [422]
    assert answers(redis_url, 2) == [422, 429]


@pytest.mark.parametrize("is_silent", [False, True], ids=["down", "silent"])
def test_without_redis_each_process_counts_for_itself(answers, is_silent):
    with socket.create_server(("127.0.0.1", 0)) as server:
        address = f"redis://127.0.0.1:{server.getsockname()[1]}/0"
        if not is_silent:
            server.close()
        with ThreadPoolExecutor() as side_by_side:
            counts = list(side_by_side.map(answers, [address] * 2, [3] * 2))
    assert counts == [[422, 422, 429]] * 2
