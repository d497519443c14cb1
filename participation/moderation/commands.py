"""`flask screening fill`."""

import time

import click
from flask.cli import with_appcontext
from sqlalchemy import select

from participation.database import db
from participation.moderation.past_texts import unknown_texts
from participation.proceedings.models import Proceeding
from participation.screening.services import fill


@click.group("screening")
def screening() -> None:
    """Rules that hold texts, and look-alikes."""


@screening.command("fill")
@with_appcontext
def fill_all() -> None:
    """Make known to screening what came in before it was there, or by `flask seed`; can be run again at any time."""
    started = time.perf_counter()
    count = 0
    for id_, slug in db.session.execute(select(Proceeding.id, Proceeding.slug).order_by(Proceeding.id)).all():
        before = count
        while added := fill(lambda session, id_=id_: unknown_texts(session, id_)):  # type: ignore[misc]
            count += added
        if count > before:
            click.echo(f"{slug}: {count - before:,} texts.")
    click.echo(f"{count:,} texts are known now that were not before ({time.perf_counter() - started:.1f} s).")
