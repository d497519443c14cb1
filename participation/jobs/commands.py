"""`flask worker`: does background jobs until it is told to end."""

import os
import time

import click

from participation.database import db
from participation.jobs.services import sweep
from participation.jobs.work import Worker, do_chores

POLL_SECONDS = 1.0
SWEEP_EVERY = 3_600  # polls


@click.command("worker")
@click.option("--until-empty", is_flag=True, help="End when there is nothing more to do.")
def worker(*, until_empty: bool) -> None:
    """Do background jobs; any number of workers may run, on any machine that shares database and instance folder."""
    one, parent, polls = Worker(), os.getppid(), 0
    one.stop_by_signals()
    while not one.is_stopped:
        if polls % SWEEP_EVERY == 0:
            sweep()
        polls += 1
        one.run_due()
        do_chores()
        db.session.remove()
        if until_empty or os.getppid() != parent:
            return
        time.sleep(POLL_SECONDS)
