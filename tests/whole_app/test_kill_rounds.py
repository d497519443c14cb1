"""32 clients, several real processes, some of which get SIGKILL: a few of the rounds of tools/kill_rounds.py."""

import os

from tools.kill_rounds import play


def test_what_was_acknowledged_is_there_once_and_counters_equal_rows_whatever_is_killed():
    """First nothing is killed: nobody is refused then. It takes its seconds: real processes start anew each time."""
    assert play(5, seed=5, seconds=1, on_postgresql=bool(os.environ.get("TEST_DATABASE_URL"))) == []
