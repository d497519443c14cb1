"""Counting a ledger again for its page: small ones at once, large ones in the background."""

import json
from collections import OrderedDict
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import select

from participation.database import db
from participation.jobs.models import Job, JobState
from participation.jobs.queries import result_path
from participation.jobs.services import start_job
from participation.jobs.work import WORK, Progress
from participation.ledger.queries import Head, lines
from participation.ledger.verify_ledger import FaultError, Recount, read_lines
from participation.proceedings.models import Proceeding
from participation.proceedings.queries import proceeding_by_id

KIND = "recount"
MOST_AT_ONCE = 5_000  # entries that are counted while somebody waits
MOST_KEPT = 50
COUNTED: OrderedDict[str, "Counting"] = OrderedDict()  # by the last hash: the same entries give the same numbers


@dataclass(frozen=True, slots=True)
class Counting:
    """What a ledger says up to an entry; fault: what is wrong, in English as the program for everyone says it."""

    number: int
    hash: str
    contributions: int = 0
    comments: int = 0
    votes_for: int = 0
    votes_against: int = 0
    fault: str = ""


def count(proceeding_id: int, head: Head, progress: Progress = lambda _done: None) -> Counting:
    """Read a ledger as everyone downloads it, check each entry, and count."""
    recount = Recount()
    file = (line for chunk in lines(proceeding_id, head) for line in chunk.splitlines(keepends=True))
    try:
        for number, _, _ in read_lines(file, recount):
            if number % MOST_AT_ONCE == 0:
                progress(number)
    except FaultError as fault:
        return Counting(*head, fault=str(fault))
    totals = recount.totals()
    return Counting(
        *head,
        contributions=totals["contributions"],
        comments=totals["comments"],
        votes_for=totals["votes_for"],
        votes_against=totals["votes_against"],
    )


def counted_at_once(proceeding_id: int, head: Head) -> Counting | None:
    """Count a ledger, unless it is too long to wait for; what was counted once is known."""
    if head.number > MOST_AT_ONCE:
        return None
    if head.hash not in COUNTED:
        COUNTED[head.hash] = count(proceeding_id, head)
        while len(COUNTED) > MOST_KEPT:
            COUNTED.popitem(last=False)
    return COUNTED[head.hash]


def start_counting(proceeding: Proceeding, head: Head) -> Job:
    """Let a long ledger be counted in the background."""
    return start_job(
        kind=KIND,
        key=f"{KIND}-{proceeding.id}-{head.hash[:40]}",
        proceeding_id=proceeding.id,
        user_id=None,
        arguments=head._asdict(),
        total=head.number,
    )


def last_counting(proceeding_id: int) -> tuple[Counting, datetime] | None:
    """Return what was last counted in the background, and when."""
    statement = select(Job).where(Job.proceeding_id == proceeding_id, Job.kind == KIND, Job.state == JobState.DONE)
    job = db.session.scalars(statement.order_by(Job.id.desc()).limit(1)).first()
    if job is None or job.finished_at is None or not result_path(job).exists():
        return None
    return Counting(**json.loads(result_path(job).read_text(encoding="utf-8"))), job.finished_at


def is_counting(proceeding_id: int) -> bool:
    """Whether a ledger is being counted just now."""
    going_on = Job.state.in_((JobState.WAITING, JobState.RUNNING))
    statement = select(Job.id).where(Job.proceeding_id == proceeding_id, Job.kind == KIND, going_on)
    return db.session.scalar(statement.limit(1)) is not None


def _count(job: Job, path: Path, progress: Progress) -> None:
    proceeding = proceeding_by_id(job.proceeding_id)
    counted = count(proceeding.id, Head(**job.arguments), progress)
    path.write_text(json.dumps(asdict(counted)), encoding="utf-8")


WORK[KIND] = _count
