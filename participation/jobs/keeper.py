"""The small process beside the server that starts a worker when there is work: one command is enough to run everything.

It does the chores of every second, but holds no job itself, so a worker may be killed at any moment: the keeper starts
another one when the lease is over.
"""

import os
import signal
import subprocess
import sys
import time

from flask import Flask
from sqlalchemy.exc import SQLAlchemyError

from participation.database import db
from participation.jobs.queries import has_due_jobs
from participation.jobs.work import do_chores

POLL_SECONDS = 1.0
WORKER = [sys.executable, "-m", "flask", "--app", "app", "worker", "--until-empty"]


def keep_workers(app: Flask) -> None:
    """Fork the keeper; returns in the server. Needs that no connection to the database is open."""
    server = os.getpid()
    if os.fork():
        return
    for one in (signal.SIGINT, signal.SIGTERM):
        signal.signal(one, lambda *_: os._exit(0))
    _keep(app, server)
    os._exit(0)


def _keep(app: Flask, server: int) -> None:
    worker: subprocess.Popen[bytes] | None = None
    while os.getppid() == server:
        if worker is None or worker.poll() is not None:
            worker = subprocess.Popen(WORKER) if _is_needed(app) else None
        with app.app_context():
            do_chores()
        time.sleep(POLL_SECONDS)
    if worker is not None and worker.poll() is None:
        worker.send_signal(signal.SIGINT)


def _is_needed(app: Flask) -> bool:
    with app.app_context():
        try:
            return has_due_jobs()
        except SQLAlchemyError:
            return False  # the server says what is wrong with the database
        finally:
            db.session.remove()
