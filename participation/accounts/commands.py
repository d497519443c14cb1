"""`flask users`: accounts from the command line; proceedings add the roles."""

import click
from flask.cli import AppGroup

from participation.accounts import services
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
