"""`flask users`: accounts and roles from the command line."""

import click
from flask.cli import AppGroup
from sqlalchemy import text

from participation.accounts import services
from participation.accounts.models import Role
from participation.accounts.queries import user_by_email
from participation.database import db
from participation.errors import ParticipationError

users = AppGroup("users", help="Accounts and roles.")


@users.command("create")
@click.argument("email")
@click.option("--name", required=True, help="Name shown to colleagues.")
@click.option("--language", type=click.Choice(["de", "en"]), default="de")
@click.option("--administrator", is_flag=True, help="May do everything that concerns the installation.")
@click.password_option(help="At least 12 characters; asked for when missing.")
def create(email: str, name: str, language: str, administrator: bool, password: str) -> None:
    """Open an account."""
    try:
        services.create_user(
            email=email, password=password, name=name, language=language, is_administrator=administrator
        )
    except ParticipationError as error:
        raise click.ClickException(str(error.message)) from None
    click.echo(f"{email} has an account.")


@users.command("grant")
@click.argument("email")
@click.argument("slug")
@click.argument("role", type=click.Choice([role.value for role in Role]))
def grant(email: str, slug: str, role: str) -> None:
    """Give an account a role in a proceeding."""
    user = user_by_email(email)
    proceeding_id = db.session.scalar(text("SELECT id FROM proceeding WHERE slug = :slug"), {"slug": slug})
    if user is None or proceeding_id is None:
        raise click.ClickException(f"There is no {'account ' + email if user is None else 'proceeding ' + slug}.")
    services.add_role(user, proceeding_id, Role(role))
    click.echo(f"{email} is {role} in {slug}.")
