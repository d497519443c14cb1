"""Several processes act and seal at once, and are killed: no entry is lost or there twice, no number is missing."""

import subprocess
import sys
import time
from pathlib import Path

import pytest
from sqlalchemy import func, select

from participation.database import db
from participation.discussion.models import Comment, Vote
from participation.ledger.models import LedgerEntry
from participation.proceedings.models import ModerationMode, Proceeding
from participation.recounts.comparison import compare
from participation.recounts.services import complete

PROJECT = Path(__file__).resolve().parents[2]
PROCESSES = 3
ACTS = 25  # that each process has told before it is killed


@pytest.fixture
def stage(app, make_proceeding, make_contribution, make_guest):
    proceeding = make_proceeding(moderation_mode=ModerationMode.AFTER)
    ids = [make_contribution(proceeding).id for _ in range(4)]
    with app.app_context():
        complete(db.session.get_one(Proceeding, proceeding.id))
    voters = [[make_guest().participant_id for _ in range(5)] for _ in range(PROCESSES)]
    return proceeding, ids, voters


def test_killed_processes_leave_a_whole_ledger(app, database_url, tmp_path, stage):
    proceeding, ids, voters = stage
    told = [tmp_path / f"told-{number}" for number in range(PROCESSES)]
    running = []
    for path, own in zip(told, voters, strict=True):
        arguments = [database_url, str(tmp_path), proceeding.slug, ",".join(map(str, ids)), ",".join(map(str, own))]
        with path.open("wb") as file:
            command = [sys.executable, "-m", "tests.ledger.client_process", *arguments]
            running.append(subprocess.Popen(command, stdout=file, cwd=PROJECT))
    until = time.monotonic() + 120
    for process, path in zip(running, told, strict=True):
        while path.read_bytes().count(b"\n") < ACTS and process.poll() is None and time.monotonic() < until:
            time.sleep(0.05)
    for process in running:
        process.kill()
        process.wait()
    acts = [line.split() for path in told for line in path.read_text().splitlines()]
    assert len(acts) >= PROCESSES * ACTS
    with app.app_context():
        found = compare(db.session.get_one(Proceeding, proceeding.id))
        assert found.faults == []
        numbers = select(func.count(), func.max(LedgerEntry.number)).where(LedgerEntry.proceeding_id == proceeding.id)
        assert len(set(db.session.execute(numbers).one())) == 1
        comments = {int(id_) for word, id_ in (act for act in acts if act[0] == "comment")}
        assert comments <= set(db.session.scalars(select(Comment.id)))
    assert_last_votes(app, acts)


def assert_last_votes(app, acts):
    """What was told last of a voter is there, but for the one act that each process was in the middle of."""
    last = {(int(act[1]), int(act[2])): int(act[3]) for act in acts if act[0] == "vote"}
    with app.app_context():
        rows = {(one.contribution_id, one.participant_id): one.value for one in db.session.scalars(select(Vote))}
    assert sum(rows.get(key, 0) != value for key, value in last.items()) <= PROCESSES
