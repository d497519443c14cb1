"""`flask send-mail`."""

import click
from flask import current_app

from participation.notifications.services import send_waiting_mail, try_again, unsent_mail_counts


@click.command("send-mail")
@click.option("--again", is_flag=True, help="Try those, too, that were given up after too many attempts.")
def send_mail(again: bool) -> None:
    """Send what waits in the outbox."""
    if again:
        click.echo(f"{try_again()} given up before, tried again.")
    sent, failed = send_waiting_mail()
    waiting, given_up = unsent_mail_counts()
    if not current_app.extensions["settings"].mail.host:
        click.echo(f"No mail server is set (PARTICIPATION_MAIL_HOST): {waiting} waiting.")
    else:
        click.echo(f"{sent} sent, {failed} failed, {waiting} waiting.")
    if given_up:
        click.echo(f"{given_up} given up after too many attempts. Try them again: flask --app app send-mail --again")
    if failed:
        raise SystemExit(1)
