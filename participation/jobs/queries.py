"""Reading jobs."""

from datetime import datetime, timedelta
from pathlib import Path

from flask import current_app
from sqlalchemy import ColumnElement, and_, case, func, or_, select

from participation import clock
from participation.database import db
from participation.errors import NotFound
from participation.jobs.models import KEPT_FOR, Job, JobState
from participation.security import link_secret, row_by_secret

LEASE = timedelta(minutes=2)


def job_secret(job: Job) -> str:
    """Return the secret in a job's link."""
    return link_secret(job.id, job.nonce, "job")


def job_by_secret(secret: str) -> Job:
    """Return the job whose link this is, or raise NotFound, also when its result is no longer kept."""
    job = row_by_secret(Job, secret, job_secret)
    if ended_long_ago(job):
        raise NotFound
    return job


def is_due() -> ColumnElement[bool]:
    """Whether a job waits, or lost its worker: its lease is over, or ends later than any can (the clock was wrong)."""
    now = clock.now()
    has_lapsed = or_(Job.lease_until < now, Job.lease_until > now + 2 * LEASE)
    return or_(Job.state == JobState.WAITING, and_(Job.state == JobState.RUNNING, has_lapsed))


def ended_long_ago(job: Job) -> bool:
    """Whether the result of a job is not kept any more."""
    return job.finished_at is not None and job.finished_at < clock.now() - KEPT_FOR


def is_over() -> ColumnElement[bool]:
    """The same as a condition."""
    return Job.finished_at < clock.now() - KEPT_FOR


def has_due_jobs() -> bool:
    """Whether there is work, or something to throw away."""
    return db.session.scalar(select(Job.id).where(or_(is_due(), is_over())).limit(1)) is not None


def due_since() -> datetime | None:
    """Return since when the oldest job waits for a worker."""
    waits = case((Job.state == JobState.RUNNING, Job.lease_until), else_=Job.created_at)
    since: datetime | None = db.session.scalar(select(func.min(waits)).where(is_due()))
    return since


def job_counts() -> dict[JobState, int]:
    """Return how many jobs stand in each state."""
    counted = select(Job.state, func.count()).group_by(Job.state)
    return dict.fromkeys(JobState, 0) | dict(db.session.execute(counted).all())


def folder() -> Path:
    """Return where results lie."""
    path = Path(current_app.instance_path) / "jobs"
    path.mkdir(parents=True, exist_ok=True)
    return path


def result_path(job: Job) -> Path:
    """Return where the result of the present attempt lies, or will; no other attempt writes there."""
    return folder() / f"{job.id}-{job.attempts}"
