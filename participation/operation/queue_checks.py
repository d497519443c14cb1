"""Checks of what is done beside the pages: background jobs and mails."""

from collections.abc import Iterator
from datetime import timedelta

from participation.config import Settings
from participation.jobs.models import JobState
from participation.jobs.queries import job_counts
from participation.notifications.queries import unsent_mail_counts
from participation.operation.ages import LATE_JOB, LATE_MAIL, job_age, mail_age
from participation.operation.findings import Finding, warning

WORKER = "flask --app app worker (or `flask serve`, which starts one)"
SEND = "flask --app app send-mail"


def jobs_are_done(settings: Settings) -> Iterator[Finding]:
    """Look whether a worker takes the jobs."""
    age = job_age()
    if age > LATE_JOB:
        yield warning(f"A background job has waited for {_told(age)}.", f"Is a worker running? {WORKER}")


def no_job_died(settings: Settings) -> Iterator[Finding]:
    """Count the jobs that failed every time."""
    count = job_counts()[JobState.FAILED]
    if count:
        yield warning(
            f"{count} background {'job' if count == 1 else 'jobs'} failed three times.", "The log says why (“Job …”)."
        )


def mails_leave(settings: Settings) -> Iterator[Finding]:
    """Look whether mails leave."""
    waiting, given_up = unsent_mail_counts()
    if not settings.mail.host:
        if waiting:
            yield warning(f"{waiting} mails wait, since no mail server is set.", "Set PARTICIPATION_MAIL_HOST.")
        return
    age = mail_age()
    if age > LATE_MAIL:
        yield warning(f"A mail has been due for {_told(age)}.", f"Run every minute, by a timer: {SEND}")
    if given_up:
        yield warning(f"{given_up} mails were given up.", f"When the cause is mended: {SEND} --again")


def _told(age: timedelta) -> str:
    hours, rest = divmod(int(age.total_seconds()), 3_600)
    return f"{hours} h {rest // 60} min" if hours else f"{rest // 60} min"
