"""Votes per second of 32 clients, and of a bare Flask view that upserts into the same database, in turns.

.venv/bin/python tools/measure_votes.py [--contributions 10000] [--rounds 3] [--seconds 8] [--workers 2] [--hot]

In a temporary folder; DATABASE_URL may name an empty PostgreSQL with PostGIS instead of the SQLite file (see
tools/throwaway_postgres.py --durable). Both servers are granian's with as many workers and threads. At the end the
counters must equal the rows, and each acknowledged vote must be there once.
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(PROJECT))

from tools.http_clients import Answer, storm  # noqa: E402  # the folder is known only now
from tools.installation import Installation, Server, free_port, process_group  # noqa: E402
from tools.voters import Voters, wrong_counters  # noqa: E402

CLIENTS = 32
LIMITS = {
    "PARTICIPATION_POST_LIMIT": "1000000 per 10 minutes",
    "PARTICIPATION_TRUSTED_PROXIES": "1",  # clients have addresses of their own, as on the internet
}


@dataclass(frozen=True, slots=True)
class Round:
    """One storm: votes per second, and how long clients waited (seconds)."""

    rate: float
    median: float
    p99: float
    longest: float

    @classmethod
    def of(cls, answers: list[Answer], seconds: float) -> "Round":
        """Sum up; every answer has to be good."""
        bad = {answer.status for answer in answers} - {200}
        if bad:
            sys.exit(f"answers {bad}: {next(answer.body for answer in answers if answer.status in bad)[:300]!r}")
        taken = sorted(answer.seconds for answer in answers)
        return cls(len(answers) / seconds, statistics.median(taken), taken[int(len(taken) * 0.99)], taken[-1])


@contextmanager
def bare_server(installation: Installation, workers: int) -> Iterator[Server]:
    """Serve the bare view as `flask serve` serves ours."""
    port = free_port()
    make = [sys.executable, "-c", "from tools.bare_votes import make_table; make_table()"]
    subprocess.run(make, cwd=PROJECT, env=installation.environment, check=True)
    arguments = ["--interface", "wsgi", "--port", str(port), "--workers", str(workers), "--blocking-threads", "8"]
    options = ["--backpressure", "128", "--no-ws", "--log-level", "error", "tools.bare_votes:app"]
    with process_group("-m", "granian", *arguments, *options, of=installation) as process:
        server = Server(port, process)
        server.wait("/static/none", any_status=True)
        yield server


def compared(installation: Installation, voters: Voters, arguments: argparse.Namespace) -> tuple[list[Round], ...]:
    """Measure both in turns, so that they share the machine's noise."""
    ours: list[Round] = []
    bare: list[Round] = []
    first = 0
    workers = arguments.workers
    serving = installation.serving("--no-jobs", "--workers", str(workers))
    with serving as our_server, bare_server(installation, workers) as other:
        for number in range(arguments.rounds + 1):
            for server, request, found in ((our_server, voters.request, ours), (other, voters.bare_request, bare)):
                seconds = arguments.seconds if number else 2  # the first round warms up
                answers, taken = storm(server.port, request, clients=CLIENTS, seconds=seconds, first=first)
                if server is our_server:
                    voters.note(answers)
                found.append(Round.of(answers, taken))
            first += 1_000_000
    return ours[1:], bare[1:]


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure votes.")
    parser.add_argument("--contributions", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=8)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--hot", action="store_true", help="all vote on one contribution")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        installation = Installation(Path(folder), os.environ.get("DATABASE_URL", ""), LIMITS)
        installation.run("db", "upgrade")
        installation.run("seed", "--contributions", str(arguments.contributions))
        voters = Voters(installation, is_hot=arguments.hot)
        ours, bare = compared(installation, voters, arguments)
        print(f"{'':6}{'votes/s':>9}{'median':>9}{'p99':>9}{'longest':>9}  (ms)")
        for name, rounds in (("ours", ours), ("bare", bare)):
            for one in rounds:
                print(
                    f"{name:6}{one.rate:9.0f}{one.median * 1e3:9.1f}{one.p99 * 1e3:9.1f}{one.longest * 1e3:9.1f}",
                )
        ratio = statistics.median(o.rate / b.rate for o, b in zip(ours, bare, strict=True))
        print(f"ours at {ratio:.2f} of the bare view")
        wrong = [*voters.missing(), *wrong_counters(installation)]
        sys.exit("\n".join(wrong[:20]) if wrong else 0)


if __name__ == "__main__":
    main()
