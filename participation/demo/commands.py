"""`flask demo`: three invented proceedings; `flask seed`: a synthetic load, for measuring."""

import time

import click
from flask.cli import with_appcontext

from participation.demo.loading import load_demo
from participation.demo.seeding import seed
from participation.errors import Conflict


@click.command("seed")
@click.option("--contributions", type=click.IntRange(1, 5_000_000), required=True)
@click.option("--votes", type=click.IntRange(0, 50_000_000), default=0, show_default=True)
@click.option("--comments", type=click.IntRange(0, 50_000_000), default=0, show_default=True)
@click.option("--slug", default="seed", show_default=True, help="Proceeding to fill; made if there is none.")
@with_appcontext
def seed_load(contributions: int, votes: int, comments: int, slug: str) -> None:
    """Fill a proceeding with made-up contributions, always the same ones, to see how the site copes."""
    started = time.perf_counter()
    seeded = seed(slug=slug, contributions=contributions, votes=votes, comments=comments)
    seconds = time.perf_counter() - started
    click.echo(
        f"{seeded.contributions:,} contributions, {seeded.votes:,} votes and {seeded.comments:,} comments are in {slug}"
        f" ({seconds:.1f} s, {seeded.contributions / seconds:,.0f} contributions/s)."
    )


@click.command("demo")
@with_appcontext
def load_demo_once() -> None:
    """Load the demo, unless it is there already."""
    try:
        is_new = load_demo()
    except Conflict as error:
        raise click.ClickException(str(error.message)) from None
    click.echo("The demo is loaded." if is_new else "The demo is there already.")
