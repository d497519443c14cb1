"""`flask send-mail`."""

import click

from participation.notifications.services import send_waiting_mail, waiting_mail_count


@click.command("send-mail")
def send_mail() -> None:
    """Send what waits in the outbox."""
    sent, failed = send_waiting_mail()
    click.echo(f"{sent} sent, {failed} failed, {waiting_mail_count()} still waiting.")
    if failed:
        raise SystemExit(1)
