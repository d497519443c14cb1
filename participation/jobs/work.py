"""Doing jobs: a worker takes one after the other, tells how far it is, and ends when it is told to."""

import signal
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from types import FrameType

from flask import current_app

from participation import clock
from participation.database import db, end_reading
from participation.jobs import services
from participation.jobs.models import Job, JobState
from participation.jobs.queries import result_path

Progress = Callable[[int], None]
Work = Callable[[Job, Path, Progress], None]

WORK: dict[str, Work] = {}
BEAT_EVERY = timedelta(seconds=2)


class StoppedError(Exception):
    """The worker was told to end."""


class Worker:
    """One process that does jobs."""

    def __init__(self) -> None:
        self.is_stopped = False

    def stop(self, _signal: int = 0, _frame: FrameType | None = None) -> None:
        """End soon: the job at hand is given back."""
        self.is_stopped = True

    def stop_by_signals(self) -> None:
        """End by Ctrl-C, and as service managers end it."""
        for one in (signal.SIGINT, signal.SIGTERM):
            signal.signal(one, self.stop)

    def run_due(self) -> int:
        """Do all jobs that are due; return how many were done."""
        count = 0
        while not self.is_stopped and (job := services.take_job()):
            if job.state is JobState.RUNNING:
                count += self._run(job)
            db.session.remove()
        return count

    def _run(self, job: Job) -> bool:
        path = result_path(job)
        path.unlink(missing_ok=True)  # of another database that was here before, for example
        try:
            WORK[job.kind](job, path, self._progress(job.id, job.attempts))
        except services.LeaseLostError:
            path.unlink(missing_ok=True)
            return False
        except Exception as error:
            path.unlink(missing_ok=True)
            end_reading()
            is_told = isinstance(error, StoppedError)
            if not is_told:
                current_app.logger.exception("Job %d (%s) failed", job.id, job.kind)
            services.give_back(job.id, job.attempts, counts=not is_told)
            return False
        db.session.rollback()
        services.finish(job.id, job.attempts)
        return True

    def _progress(self, job_id: int, attempt: int) -> Progress:
        last: datetime = clock.now()
        application = current_app._get_current_object()  # type: ignore[attr-defined]

        def tell(done: int) -> None:
            nonlocal last
            if self.is_stopped:
                raise StoppedError
            if clock.now() - last >= BEAT_EVERY:
                last = clock.now()
                with application.app_context():  # a session of its own: the work is reading in the other one
                    services.beat(job_id, attempt, done)

        return tell
