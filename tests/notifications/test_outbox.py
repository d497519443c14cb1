"""The outbox: mails leave after the commit, through a real SMTP server, once each, in the recipient's language."""

import email
import email.policy
import socket
from dataclasses import replace
from datetime import timedelta

import pytest
from aiosmtpd.controller import Controller
from sqlalchemy import select

from participation import clock
from participation.accounts.models import Role
from participation.accounts.queries import correspondent
from participation.contributions.checking import NewContribution
from participation.contributions.services import submit_contribution
from participation.contributions.states import PublicationState
from participation.database import db
from participation.moderation.models import Ground, Outcome
from participation.moderation.services import decide
from participation.notifications.models import OutboxMail
from participation.notifications.services import send_waiting_mail


class Inbox:
    """Takes every mail, or refuses each while `is_full`."""

    def __init__(self):
        self.messages = []
        self.is_full = False

    async def handle_DATA(self, _server, _session, envelope):  # noqa: N802 – the server's name for it
        if self.is_full:
            return "452 No space left"
        self.messages.append(email.message_from_bytes(envelope.content, policy=email.policy.default))
        return "250 OK"


@pytest.fixture
def inbox(app, monkeypatch):
    """A real SMTP server on a free port; the app's settings lead to it."""
    handler = Inbox()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    controller = Controller(handler, hostname="127.0.0.1", port=port)
    controller.start()
    settings = app.extensions["settings"]
    monkeypatch.setitem(app.extensions, "settings", replace(settings, mail=replace(settings.mail, port=port)))
    yield handler
    controller.stop()


@pytest.fixture
def rejected(app_context, make_proceeding, make_contribution, make_actor, make_guest):
    """A rejected contribution of a guest with a confirmed address."""
    proceeding = make_proceeding()
    author = make_guest("author@example.org")
    contribution = make_contribution(proceeding, state=PublicationState.SUBMITTED, author=author, title="Der Titel")
    decide(
        make_actor(proceeding, Role.MODERATOR),
        contribution,
        outcome=Outcome.REJECT,
        ground=Ground.PERSONAL_DATA,
        statement_of_reasons="Im zweiten Satz steht eine Telefonnummer.",
        seen_version=1,
    )
    return contribution


def test_the_author_reads_the_complete_statement_of_reasons(rejected, inbox):
    assert send_waiting_mail() == (1, 0)
    (message,) = inbox.messages
    body = message.get_content()
    assert message["To"] == "author@example.org"
    assert message["From"] == "mitreden@example.org"
    assert "Der Titel" in body
    assert "Im zweiten Satz steht eine Telefonnummer." in body
    for part in ("(Regel 3)", "Ein Mensch hat entschieden", "widersprechen", f"/receipts/{rejected.id}-"):
        assert part in body


def test_a_mail_is_sent_once(rejected, inbox):
    assert send_waiting_mail() == (1, 0)
    assert send_waiting_mail() == (0, 0)
    assert len(inbox.messages) == 1


def test_a_refused_mail_waits_and_leaves_later(rejected, inbox, set_clock):
    start = clock.now()
    inbox.is_full = True
    assert send_waiting_mail() == (0, 1)
    inbox.is_full = False
    assert send_waiting_mail() == (0, 0)
    set_clock(start + timedelta(hours=1))
    assert send_waiting_mail() == (1, 0)
    assert len(inbox.messages) == 1


def test_an_unreachable_server_loses_nothing(rejected, inbox, app, monkeypatch):
    settings = app.extensions["settings"]
    monkeypatch.setitem(app.extensions, "settings", replace(settings, mail=replace(settings.mail, port=1)))
    assert send_waiting_mail() == (0, 1)
    mail = db.session.scalars(select(OutboxMail)).one()
    assert (mail.sent_at, mail.attempts) == (None, 1)
    assert mail.last_error


def test_an_unconfirmed_address_gets_the_question_and_nothing_else(
    app_context, inbox, make_proceeding, make_guest, make_actor
):
    proceeding, guest = make_proceeding(), make_guest(language="en")
    new = NewContribution("More trees, please", "Please plant lime trees here.", "green", language="en")
    contribution = submit_contribution(guest, proceeding, new, idempotency_key="k", email="someone@example.org")
    decide(make_actor(proceeding, Role.MODERATOR), contribution, outcome=Outcome.PUBLISH, seen_version=1)
    assert send_waiting_mail() == (2, 0)
    (message,) = inbox.messages
    assert message["Subject"].startswith("Please confirm")
    assert "/en/confirm/" in message.get_content()
    assert "/receipts/" not in message.get_content()


def test_the_link_in_the_mail_confirms_the_address(inbox, app, client, make_proceeding, make_guest):
    proceeding, guest = make_proceeding(), make_guest()
    with app.app_context():
        new = NewContribution("Mehr Bäume", "Bitte pflanzen Sie hier Linden.", "green")
        submit_contribution(guest, proceeding, new, idempotency_key="k", email="someone@example.org")
        send_waiting_mail()
    link = next(word for word in inbox.messages[0].get_content().split() if "/confirm/" in word)
    response = client.get(link.removeprefix("http://127.0.0.1:5000"))
    assert response.status_code == 303
    assert "/receipts/" in response.headers["Location"]
    with app.app_context():
        assert correspondent(guest.participant_id) == ("someone@example.org", "de")
    assert client.get(link.removeprefix("http://127.0.0.1:5000") + "x").status_code == 404
