"""`flask db rebuild-index`, beside Flask-Migrate's commands."""

import click
from flask.cli import with_appcontext

from participation.database.base import db
from participation.database.checks import rebuild_spatial_indexes, schema_problem
from participation.database.engine import WRITING


@click.command("rebuild-index")
@with_appcontext
def rebuild_index() -> None:
    """Make the spatial indexes anew, when a start was refused because of them."""
    with db.engine.connect().execution_options(**{WRITING: True}) as connection, connection.begin():
        if problem := schema_problem(connection):
            raise click.ClickException(problem)
        rebuilt = rebuild_spatial_indexes(connection)
    click.echo(f"Made anew: {', '.join(rebuilt)}.")
