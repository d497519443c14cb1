"""`flask users grant`: who may do what in a proceeding."""

import click
from flask.cli import with_appcontext

from participation.accounts.actors import Actor
from participation.accounts.models import Role
from participation.accounts.queries import user_by_email
from participation.accounts.services import add_role
from participation.errors import NotFound
from participation.proceedings.queries import proceeding_by_slug

COMMAND_LINE = Actor(is_administrator=True)


@click.command("grant")
@click.argument("email")
@click.argument("slug")
@click.argument("role", type=click.Choice([role.value for role in Role]))
@with_appcontext
def grant(email: str, slug: str, role: str) -> None:
    """Give an account a role in a proceeding."""
    user = user_by_email(email)
    if user is None:
        raise click.ClickException(f"There is no account {email}.")
    try:
        proceeding = proceeding_by_slug(COMMAND_LINE, slug)
    except NotFound:
        raise click.ClickException(f"There is no proceeding {slug}.") from None
    add_role(user, proceeding.id, Role(role))
    click.echo(f"{email} is {role} in {slug}.")
