"""What happens to jobs. Everything joins the table: a worker that dies leaves a lease, and the lease ends."""

import secrets
from typing import Any

from flask_babel import lazy_gettext
from sqlalchemy import func, select

from participation import clock
from participation.database import db, locked, purge, transaction
from participation.errors import Busy
from participation.jobs.models import Job, JobState
from participation.jobs.queries import LEASE, ended_long_ago, folder, is_due, is_over, result_path

MOST_ATTEMPTS = 3
MOST_WAITING = 50


class LeaseLostError(Exception):
    """Another worker has the job, or it is gone: this one has to stop."""


def start_job(
    *, kind: str, key: str, proceeding_id: int, user_id: int | None, arguments: dict[str, Any], total: int
) -> Job:
    """Put a job into the table, or return the one that does the same.

    Args:
        kind: who does it. key: names the result wanted. user_id: whose result it is, None for everyone with the link.
        arguments: what the work needs to know. total: how many steps it will have.

    Raises:
        Busy: too many wait already.
    """
    with transaction() as session:
        job = session.scalars(select(Job).where(Job.key == key)).first()
        if job is not None and (job.state is JobState.FAILED or ended_long_ago(job)):
            session.delete(job)
            session.flush()
            job = None
        if job is None:
            waiting = session.scalar(select(func.count()).where(Job.state == JobState.WAITING)) or 0
            if waiting >= MOST_WAITING:
                raise Busy(lazy_gettext("Many files are being made just now. Please try again in a few minutes."))
            job = Job(
                kind=kind,
                key=key,
                proceeding_id=proceeding_id,
                user_id=user_id,
                arguments=arguments,
                total=total,
                nonce=secrets.token_hex(16),
                created_at=clock.now(),
            )
            session.add(job)
    return job


def take_job() -> Job | None:
    """Lease the oldest job that is due to this worker; one that failed too often is given up."""
    with transaction() as session:
        statement = select(Job).where(is_due()).order_by(Job.id).limit(1).with_for_update(skip_locked=True)
        job = session.scalars(statement).first()
        if job is None:
            return None
        if job.attempts >= MOST_ATTEMPTS:
            job.state, job.lease_until, job.finished_at = JobState.FAILED, None, clock.now()
        else:
            job.state, job.attempts, job.done = JobState.RUNNING, job.attempts + 1, 0
            job.started_at, job.lease_until = clock.now(), clock.now() + LEASE
    return job


def beat(job_id: int, attempt: int, done: int) -> None:
    """Say that the worker lives and how far it is.

    Raises:
        LeaseLostError: it was too late.
    """
    with transaction() as session:
        job = _own(session.get(Job, job_id), attempt)
        job.done, job.lease_until = done, clock.now() + LEASE


def finish(job_id: int, attempt: int) -> None:
    """Note that the result lies there."""
    with transaction() as session:
        job = _own(session.get(Job, job_id), attempt)
        job.state, job.lease_until, job.finished_at, job.done = JobState.DONE, None, clock.now(), job.total


def give_back(job_id: int, attempt: int, *, counts: bool) -> None:
    """Let another worker take it: this one is told to end, or (then it counts as an attempt) has met an error."""
    with transaction() as session:
        job = _own(session.get(Job, job_id), attempt)
        job.state, job.lease_until = JobState.WAITING, None
        if not counts:
            job.attempts -= 1


def sweep(*, is_dry: bool = False) -> int:
    """Delete jobs that ended a day ago, and results that belong to no job; return how many jobs."""
    count = purge(Job, is_over(), is_dry=is_dry)
    if is_dry:
        return count
    kept = {result_path(job).name for job in db.session.scalars(select(Job))}
    for path in folder().iterdir():
        if path.name not in kept:
            path.unlink(missing_ok=True)
    return count


def _own(job: Job | None, attempt: int) -> Job:
    if job is None:
        raise LeaseLostError
    locked(db.session(), job)
    if job.state is not JobState.RUNNING or job.attempts != attempt:
        raise LeaseLostError
    return job
