"""`flask send-digests`."""

import click

from participation.digests.services import put_due_digests


@click.command("send-digests")
def send_digests() -> None:
    """Put the digests for moderators that are due into the outbox; `send-mail` sends them."""
    click.echo(f"{put_due_digests()} put into the outbox.")
