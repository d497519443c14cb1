"""Kills the app, its workers and PostgreSQL at random moments while 32 clients write, and looks whether all is there.

.venv/bin/python tools/kill_rounds.py [--rounds 50] [--seed 1] [--postgresql]

Each round: clients vote, comment and contribute; a job is under way; at a random moment something gets SIGKILL; it is
started again; what got no answer is sent once more with the same idempotency keys; then tools/invariants.py is asked.
Ends with 1 when something is wrong.
"""

import argparse
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from datetime import timedelta
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(PROJECT))

from sqlalchemy import select, update  # noqa: E402  # the folder is known only now

from participation import clock  # noqa: E402
from participation.accounts.actors import STRANGER  # noqa: E402
from participation.contributions.filters import ContributionFilter  # noqa: E402
from participation.database import db, transaction  # noqa: E402
from participation.discussion.models import VoteValue  # noqa: E402
from participation.exports.editions import Edition  # noqa: E402
from participation.exports.files import start_file  # noqa: E402
from participation.exports.formats import FORMATS  # noqa: E402
from participation.exports.tables import CONTRIBUTIONS  # noqa: E402
from participation.jobs.models import Job, JobState  # noqa: E402
from participation.proceedings.queries import proceeding_by_slug  # noqa: E402
from tools.http_clients import Answer, storm  # noqa: E402
from tools.installation import Installation, Server, free_port  # noqa: E402
from tools.invariants import INVARIANTS  # noqa: E402
from tools.throwaway_postgres import DURABLE, Cluster, cluster, server_programs  # noqa: E402
from tools.voters import Voters, app_of  # noqa: E402

CLIENTS = 32
ROWS = 1_500
JOB_SECONDS = 60
LIMITS = {
    "PARTICIPATION_POST_LIMIT": "1000000 per 10 minutes",
    "PARTICIPATION_API_LIMIT": "1000000 per 10 minutes",
    "PARTICIPATION_TRUSTED_PROXIES": "1",
}
VALUES = {"for": VoteValue.FOR, "against": VoteValue.AGAINST}


class Sent:
    """What was sent, and what was acknowledged. Number n is a vote, a comment or a contribution by n modulo 4."""

    def __init__(self, installation: Installation) -> None:
        self.installation = installation
        self.voters = Voters(installation, count=64)
        self.answered: dict[int, int] = {}
        self.sent: set[int] = set()
        self.acknowledged_words: list[str] = []
        self.server_answers: dict[int, int] = {}

    def request(self, number: int) -> bytes:
        """Return the bytes of a request."""
        self.sent.add(number)
        if number % 4 < 2:
            return self.voters.request(number)
        who, contribution_id, _ = self.voters.vote(number)
        base = "/api/v1/proceedings/seed/contributions"
        body: dict[str, object]
        if number % 4 == 2:
            path, body = f"{base}/{contribution_id}/comments", {"text": self.words(number)}
        else:
            path = base
            body = {"title": self.words(number), "text": "Hier fehlt etwas.", "category": "green", "consent": True}
        data = json.dumps(body).encode()
        return (
            f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer guest_voter-{who}\r\n"
            f"Idempotency-Key: key-{number}\r\nX-Forwarded-For: 10.1.{who >> 8}.{who & 255}\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(data)}\r\n\r\n"
        ).encode() + data

    def words(self, number: int) -> str:
        """Return the words of a text, different for each."""
        return f"Runde {number}: mehr Bänke und Bäume"

    def note(self, answers: list[Answer]) -> None:
        """Remember what was acknowledged; busy (503) and no answer are none."""
        for answer in answers:
            self.server_answers[answer.status] = self.server_answers.get(answer.status, 0) + 1
            if answer.status in (200, 201):
                self.answered[answer.number] = answer.status
                if answer.number % 4 >= 2:
                    self.acknowledged_words.append(self.words(answer.number))
            elif answer.status not in (0, 500, 502, 503):
                raise AssertionError(f"{answer.status}: {answer.body[:300]!r}")

    def unanswered(self) -> list[int]:
        """Return the texts that nobody acknowledged."""
        return sorted(number for number in self.sent - self.answered.keys() if number % 4 >= 2)

    def votes(self) -> dict[tuple[int, int], set[VoteValue | None]]:
        """Return what each vote may be: as last acknowledged, or as sent after that."""
        allowed: dict[tuple[int, int], set[VoteValue | None]] = {}
        for number in sorted(number for number in self.sent if number % 4 < 2):
            who, contribution_id, word = self.voters.vote(number)
            key = (contribution_id, self.voters.ids[who])
            if number in self.answered:
                allowed[key] = {VALUES[word]}
            else:
                allowed.setdefault(key, {None}).add(VALUES[word])
        return allowed


class Running:
    """The server with its workers, to be killed and started again."""

    def __init__(self, installation: Installation) -> None:
        self.installation, self.port = installation, free_port()
        self.process: subprocess.Popen[bytes] | None = None
        self.log = (installation.folder / "server.log").open("ab")

    def start(self) -> None:
        """Start it, unless it runs, and wait for an answer."""
        if self.process is None or self.process.poll() is not None:
            command = [
                sys.executable,
                "-m",
                "flask",
                "--app",
                "app",
                "serve",
                "--workers",
                "2",
                "--port",
                str(self.port),
            ]
            self.process = subprocess.Popen(
                command, cwd=PROJECT, env=self.installation.environment, stdout=self.log, stderr=self.log,
                start_new_session=True,
            )  # fmt: skip
        Server(self.port, self.process).wait()

    def members(self) -> dict[str, list[int]]:
        """Return the ids of its processes: those that answer, and those that do jobs."""
        found: dict[str, list[int]] = {"web worker": [], "job worker": []}
        for folder in Path("/proc").glob("[0-9]*"):
            try:
                words = (folder / "cmdline").read_bytes().decode("utf-8", "replace").split("\0")
                group = int((folder / "stat").read_text(encoding="utf-8").rpartition(")")[2].split()[2])
            except OSError:
                continue
            if self.process is not None and group == self.process.pid and int(folder.name) != group:
                if "--until-empty" in words:
                    found["job worker"].append(int(folder.name))
                elif "--multiprocessing-fork" in words:  # granian's; the other one is the keeper of job workers
                    found["web worker"].append(int(folder.name))
        return found

    def kill(self, what: str) -> None:
        """Kill (SIGKILL) the whole server, or one of its processes."""
        if self.process is None:
            return
        members = self.members().get(what, [])
        try:
            if members:
                os.kill(random.choice(members), signal.SIGKILL)  # noqa: S311 – no secret
            else:
                os.killpg(self.process.pid, signal.SIGKILL)
                self.process.wait()
        except ProcessLookupError:
            pass  # it has ended by itself

    def stop(self) -> None:
        """End everything."""
        if self.process is not None and self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
        self.log.close()


@contextmanager
def database(folder: Path, *, on_postgresql: bool) -> Iterator[tuple[Installation, Cluster | None]]:
    """Make an installation with some contributions, on SQLite or on a PostgreSQL of its own."""
    programs = server_programs() if on_postgresql else None
    if on_postgresql and programs is None:
        sys.exit("PostgreSQL with PostGIS is not installed here.")
    with cluster(programs, DURABLE) if programs else nullcontext() as server:
        installation = Installation(folder, server.address if server else "", LIMITS)
        installation.run("db", "upgrade")
        installation.run("seed", "--contributions", str(ROWS))
        yield installation, server


def want_a_file(installation: Installation) -> None:
    """Start a job."""
    with app_of(installation).app_context():
        edition = Edition(CONTRIBUTIONS, proceeding_by_slug(STRANGER, "seed"), ContributionFilter())
        start_file(STRANGER, edition, FORMATS["xlsx"])
        db.session.remove()


def wait_for_jobs(installation: Installation) -> None:
    """Wait until no job is left. The two minutes of a killed worker's lease are not waited for: they are over now."""
    end = time.monotonic() + JOB_SECONDS
    with app_of(installation).app_context():
        with transaction() as session:
            lost = update(Job).where(Job.state == JobState.RUNNING)
            session.execute(lost.values(lease_until=clock.now() - timedelta(seconds=1)))
        unfinished = select(Job.id).where(Job.state.in_((JobState.WAITING, JobState.RUNNING))).limit(1)
        while time.monotonic() < end and db.session.scalar(unfinished) is not None:
            db.session.remove()
            time.sleep(0.1)
        db.session.remove()


def storm_without_kills(sent: Sent, running: Running, seconds: float) -> list[str]:
    """Let clients write undisturbed: each is answered, none is told that the database is busy or locked."""
    running.start()
    answers, _ = storm(running.port, sent.request, clients=CLIENTS, seconds=seconds)
    sent.note(answers)
    bad = [f"answered {answer.status}: {answer.body[:200]!r}" for answer in answers if answer.status not in (200, 201)]
    return bad + [line for invariant in INVARIANTS for line in invariant(sent)]


def play_round(sent: Sent, running: Running, server: Cluster | None, number: int, seconds: float) -> list[str]:
    """Let clients write, kill something meanwhile, start it again; return what is wrong then."""
    running.start()
    want_a_file(sent.installation)
    victims = ["web worker", "job worker", "everything", *(["PostgreSQL"] if server else [])]
    victim = victims[number % len(victims)]
    answers: list[Answer] = []
    first = number * 1_000_000

    def write() -> None:
        answers.extend(storm(running.port, sent.request, clients=CLIENTS, seconds=seconds, first=first)[0])

    clients = threading.Thread(target=write)
    clients.start()
    time.sleep(random.uniform(0.1, seconds * 0.9))  # noqa: S311 – no secret
    if victim == "PostgreSQL" and server is not None:
        server.kill()
        server.start()
    else:
        running.kill(victim)
    clients.join()
    running.start()
    sent.note(answers)
    again = iter(sent.unanswered())
    while (number := next(again, -1)) >= 0:
        sent.note(storm(running.port, lambda _, n=number: sent.request(n), clients=1, seconds=0, first=number)[0])  # type: ignore[misc]
    wait_for_jobs(sent.installation)
    print(f"{victim}: {len(answers)} answers {sent.server_answers}", flush=True)
    return [line for invariant in INVARIANTS for line in invariant(sent)]


def play(rounds: int, seed: int, seconds: float, *, on_postgresql: bool) -> list[str]:
    """Play so many rounds; return what was wrong."""
    random.seed(seed)
    with tempfile.TemporaryDirectory() as folder, database(Path(folder), on_postgresql=on_postgresql) as (one, server):
        sent, running = Sent(one), Running(one)
        try:
            for number in range(rounds + 1):
                wrong = (
                    play_round(sent, running, server, number, seconds)
                    if number
                    else storm_without_kills(sent, running, seconds)
                )
                if wrong:
                    print((Path(folder) / "server.log").read_text(encoding="utf-8", errors="replace")[-8_000:])
                    return [f"round {number}, seed {seed}:", *wrong[:20]]
        finally:
            running.stop()
    return []


def main() -> None:
    parser = argparse.ArgumentParser(description="Kill processes while clients write.")
    parser.add_argument("--rounds", type=int, default=50)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--seconds", type=float, default=3)
    parser.add_argument("--postgresql", action="store_true")
    arguments = parser.parse_args()
    wrong = play(arguments.rounds, arguments.seed, arguments.seconds, on_postgresql=arguments.postgresql)
    sys.exit("\n".join(wrong) if wrong else 0)


if __name__ == "__main__":
    main()
