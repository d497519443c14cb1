"""`flask ledger`: check the ledgers, and put into them what is missing."""

import sys

import click
from flask.cli import with_appcontext
from sqlalchemy import select

from participation.database import db
from participation.proceedings.models import Proceeding
from participation.recounts.comparison import Comparison, compare
from participation.recounts.services import complete as complete_ledger


@click.group("ledger")
def ledger() -> None:
    """The public ledger: what happened, each entry tied to the one before."""


@ledger.command()
@click.argument("slug", required=False)
@with_appcontext
def verify(slug: str | None) -> None:
    """Check that nothing in the ledgers was changed, and that the tables say the same. Exit code 1 if not."""
    faults = 0
    for proceeding in _chosen(slug):
        found = compare(proceeding)
        faults += found.fault_count
        _tell(found)
    sys.exit(1 if faults else 0)


@ledger.command()
@click.argument("slug", required=False)
@with_appcontext
def complete(slug: str | None) -> None:
    """Put into the ledgers what the tables hold and they do not, after an upgrade while the older version still ran.

    The entries say `stand`: anybody can see that they were added later.
    """
    for proceeding in _chosen(slug):
        click.echo(f"{proceeding.slug}: {complete_ledger(proceeding):,} entries were added.")


def _chosen(slug: str | None) -> list[Proceeding]:
    statement = select(Proceeding).order_by(Proceeding.id)
    if slug is not None:
        statement = statement.where(Proceeding.slug == slug)
    chosen = list(db.session.scalars(statement))
    if slug is not None and not chosen:
        raise click.ClickException(f"There is no consultation “{slug}”.")
    return chosen


def _tell(found: Comparison) -> None:
    slug, totals = found.proceeding.slug, found.recount.totals()
    if found.fault_count:
        click.echo(f"{slug}: WRONG.")
        for sentence in found.faults:
            click.echo(f"  {sentence}")
        if found.fault_count > len(found.faults):
            click.echo(f"  And {found.fault_count - len(found.faults):,} more.")
        return
    click.echo(
        f"{slug}: right. {totals['entries']:,} entries; the tables say the same: {totals['contributions']:,} public"
        f" contributions, {totals['comments']:,} comments, {totals['votes_for']:,} votes for,"
        f" {totals['votes_against']:,} against."
    )
    if found.erased:
        click.echo(f"  {found.erased:,} texts were erased, or are older than the ledger, and cannot be compared.")
    click.echo(f"  Last hash: {found.recount.hash}")
