"""`flask send-mail` and `flask note-bounce`."""

import os
import sys

import click
from flask import current_app
from sqlalchemy.exc import SQLAlchemyError

from participation.errors import Busy, CannotSave
from participation.notifications.bounces import LARGEST_REPORT, read_report
from participation.notifications.queries import unsent_mail_counts
from participation.notifications.services import note_bounce, send_waiting_mail, try_all_again


@click.command("send-mail")
@click.option("--again", is_flag=True, help="Try those, too, that were given up.")
def send_mail(again: bool) -> None:
    """Send what waits in the outbox."""
    if again:
        click.echo(f"{try_all_again()} given up before, tried again.")
    sent, failed = send_waiting_mail()
    waiting, given_up = unsent_mail_counts()
    if not current_app.extensions["settings"].mail.host:
        click.echo(f"No mail server is set (PARTICIPATION_MAIL_HOST): {waiting} waiting.")
    else:
        click.echo(f"{sent} sent, {failed} failed, {waiting} waiting.")
    if given_up:
        click.echo(f"{given_up} given up. Try them again: flask --app app send-mail --again")
    if failed:
        raise SystemExit(1)


@click.command("note-bounce")
def note_bounced_mail() -> None:
    """Read from standard input the mail that says that one of ours did not arrive, as a mail server's pipe sends it.

    Ends with 0 if it is about one of our mails, with 65 if it is anything else, and with 75 if it should be tried again
    later (sysexits.h). It prints nothing: a mail server would send that to a stranger.
    """
    report = read_report(sys.stdin.buffer.read(LARGEST_REPORT + 1))
    if report is None:
        raise SystemExit(os.EX_DATAERR)
    try:
        is_ours = note_bounce(report)
    except (Busy, CannotSave, SQLAlchemyError):
        raise SystemExit(os.EX_TEMPFAIL) from None  # the mail server writes it into its own log
    if not is_ours:
        raise SystemExit(os.EX_DATAERR)
