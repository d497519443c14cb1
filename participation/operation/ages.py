"""How old things are: what waits, and what came last."""

from datetime import datetime, timedelta

from sqlalchemy import select

from participation import clock
from participation.audit.models import AuditEvent
from participation.database import db
from participation.jobs.models import Job
from participation.jobs.queries import due_since
from participation.notifications.models import OutboxMail
from participation.notifications.queries import mail_due_since

LATE_JOB = timedelta(minutes=15)
LATE_MAIL = timedelta(minutes=30)


def newest_moment() -> datetime | None:
    """Return the time of the newest act that the database knows."""
    columns = (AuditEvent.happened_at, OutboxMail.created_at, Job.created_at)
    newest = [db.session.scalar(select(one).order_by(one.class_.id.desc()).limit(1)) for one in columns]
    return max((moment for moment in newest if moment is not None), default=None)


def job_age() -> timedelta:
    """Return for how long the oldest job has waited for a worker."""
    return _age(due_since())


def mail_age() -> timedelta:
    """Return for how long a mail has been due that was not tried."""
    return _age(mail_due_since())


def _age(since: datetime | None) -> timedelta:
    return timedelta(0) if since is None else max(timedelta(0), clock.now() - since)
