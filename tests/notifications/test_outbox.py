"""The outbox: mails leave after the commit, through a real SMTP server, once each, in the recipient's language."""

import secrets
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from participation import clock
from participation.accounts.models import Role
from participation.contributions.checking import NewContribution
from participation.contributions.services import submit_contribution
from participation.contributions.states import PublicationState
from participation.database import db, transaction
from participation.moderation.models import Outcome
from participation.moderation.services import decide
from participation.notifications import services
from participation.notifications.commands import send_mail
from participation.notifications.models import MailProblem, MailState, OutboxMail
from participation.notifications.queries import unsent_mail_counts
from participation.notifications.services import MOST_ATTEMPTS, send_waiting_mail
from tests.inbox import plain_text


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
        ground="personal_data",
        statement_of_reasons="Im zweiten Satz steht eine Telefonnummer.",
        seen_version=1,
    )
    return contribution


def test_the_author_reads_the_complete_statement_of_reasons(rejected, inbox):
    assert send_waiting_mail() == (1, 0)
    (message,) = inbox.messages
    body = plain_text(message)
    assert message["To"] == "author@example.org"
    assert message["From"] == "mitreden@example.org"
    assert message["Content-Language"] == "de"
    assert "Der Titel" in body
    assert "Im zweiten Satz steht eine Telefonnummer." in body
    for part in ("(Regel 3)", "Ein Mensch hat entschieden", "widersprechen", f"/receipts/{rejected.id}-"):
        assert part in body


def test_the_title_cannot_turn_around_the_words_beside_it(rejected, inbox):
    send_waiting_mail()
    (message,) = inbox.messages
    assert "„\u2068Der Titel\u2069“" in message.get_body(("plain",)).get_content()


def test_a_mail_is_sent_once(rejected, inbox):
    assert send_waiting_mail() == (1, 0)
    assert send_waiting_mail() == (0, 0)
    assert len(inbox.messages) == 1
    assert states() == [MailState.SENT]


def states():
    db.session.expire_all()
    return list(db.session.scalars(select(OutboxMail.state).order_by(OutboxMail.id)))


def test_two_senders_at_once_send_each_mail_once(app, rejected, inbox, make_mail):
    for _ in range(12):
        make_mail("contributions/receipt", contribution_id=rejected.id)
    start = threading.Barrier(2)

    def send():
        with app.app_context():
            start.wait(timeout=10)
            return send_waiting_mail()

    with ThreadPoolExecutor(2) as pool:
        rounds = [round_.result() for round_ in [pool.submit(send), pool.submit(send)]]
    assert (sum(sent for sent, _ in rounds), sum(failed for _, failed in rounds)) == (13, 0)
    assert len({message["Message-ID"] for message in inbox.messages}) == len(inbox.messages) == 13


def test_a_crash_after_the_server_took_a_mail_repeats_only_that_one_and_recognisably(
    rejected, inbox, make_mail, monkeypatch, set_clock
):
    start = clock.now()
    make_mail("contributions/receipt", contribution_id=rejected.id)
    with monkeypatch.context() as patch:
        patch.setattr(services, "_settle", lambda *_: (_ for _ in ()).throw(SystemExit))
        with pytest.raises(SystemExit):
            send_waiting_mail()
    assert send_waiting_mail() == (1, 0)  # the other one; the first has its lease
    set_clock(start + timedelta(hours=1))
    assert send_waiting_mail() == (1, 0)
    first, second, again = (message["Message-ID"] for message in inbox.messages)
    assert first == again != second
    assert send_waiting_mail() == (0, 0)


@pytest.mark.parametrize("answer, state, problem", [
    ("550 5.1.1 No such user", MailState.BOUNCED, MailProblem.NO_SUCH_ADDRESS),
    ("552 5.2.2 Over quota", MailState.BOUNCED, MailProblem.MAILBOX_FULL),
    ("554 5.7.1 Relay access denied", MailState.GIVEN_UP, MailProblem.REFUSED),
    ("550 No", MailState.GIVEN_UP, MailProblem.REFUSED),
    ("450 4.2.1 Greylisted", MailState.WAITING, MailProblem.POSTPONED),
    ("452 4.2.2 Over quota", MailState.WAITING, MailProblem.MAILBOX_FULL),
])  # fmt: skip
def test_what_the_server_refuses_for_good_is_not_tried_again(rejected, inbox, set_clock, answer, state, problem):
    start = clock.now()
    inbox.refusals["author@example.org"] = answer
    assert send_waiting_mail() == (0, 1)
    mail = db.session.scalars(select(OutboxMail)).one()
    assert (mail.state, mail.problem, mail.masked_address) == (state, problem, "a…@example.org")
    set_clock(start + timedelta(days=1))
    assert send_waiting_mail() == ((0, 1) if state is MailState.WAITING else (0, 0))


def test_a_mail_about_nothing_any_more_is_moot_and_not_sent(rejected, inbox, make_mail):
    make_mail("contributions/receipt", contribution_id=rejected.id + 1)
    assert send_waiting_mail() == (2, 0)
    assert states() == [MailState.SENT, MailState.MOOT]
    assert len(inbox.messages) == 1


def test_a_mail_knows_its_proceeding(rejected):
    mail = db.session.scalars(select(OutboxMail)).one()
    assert mail.proceeding_id == rejected.proceeding_id


def test_a_refused_mail_waits_and_leaves_later(rejected, inbox, set_clock):
    start = clock.now()
    inbox.is_full = True
    assert send_waiting_mail() == (0, 1)
    inbox.is_full = False
    assert send_waiting_mail() == (0, 0)
    set_clock(start + timedelta(hours=1))
    assert send_waiting_mail() == (1, 0)
    assert len(inbox.messages) == 1


@pytest.fixture
def set_mail(app, monkeypatch):
    """Change settings of the mail server."""

    def set_to(**changes):
        settings = app.extensions["settings"]
        monkeypatch.setitem(app.extensions, "settings", replace(settings, mail=replace(settings.mail, **changes)))

    return set_to


def test_a_server_that_does_not_answer_for_a_month_loses_nothing(rejected, inbox, app, set_mail, set_clock):
    start, port = clock.now(), app.extensions["settings"].mail.port
    set_mail(port=1)
    for day in range(30):
        set_clock(start + timedelta(days=day))
        assert send_waiting_mail() == (0, 1)
    mail = db.session.scalars(select(OutboxMail)).one()
    assert (mail.state, mail.attempts, mail.problem) == (MailState.WAITING, 0, MailProblem.NO_SERVER)
    assert "ConnectionRefusedError" in mail.last_error
    set_mail(port=port)
    assert send_waiting_mail() == (1, 0)
    assert len(inbox.messages) == 1


def test_without_a_server_a_round_ends_at_the_first_mail(rejected, make_mail, set_mail):
    make_mail("contributions/receipt", contribution_id=rejected.id)
    set_mail(port=1)
    assert send_waiting_mail() == (0, 1)
    assert unsent_mail_counts() == (2, 0)


def test_until_a_server_is_set_mail_waits_and_costs_no_attempt(rejected, inbox, app, set_mail, set_clock):
    start, runner = clock.now(), app.test_cli_runner()
    set_mail(host="")
    for day in range(30):
        set_clock(start + timedelta(days=day))
        result = runner.invoke(send_mail)
        assert result.output == "No mail server is set (PARTICIPATION_MAIL_HOST): 1 waiting.\n"
        assert result.exit_code == 0
    set_mail(host="127.0.0.1")
    assert send_waiting_mail() == (1, 0)
    assert len(inbox.messages) == 1


@pytest.fixture
def make_mail(app_context, make_guest):
    """Put any mail into the outbox, before all others."""

    def make(template, **ids):
        long_ago = clock.now() - timedelta(days=1)
        with transaction() as session:
            mail = OutboxMail(
                template=template,
                participant_id=recipient,
                ids=ids,
                message_key=secrets.token_hex(16),
                created_at=long_ago,
                next_attempt_at=long_ago,
            )
            session.add(mail)
        return mail

    recipient = make_guest("other@example.org").participant_id
    return make


@pytest.mark.parametrize("template, ids", [
    ("moderation/no_such_mail", {}),
    ("moderation/decision", {}),
    ("contributions/confirm", {"email": "a\nb@example.org"}),
], ids=["unknown template", "missing id", "impossible address"])  # fmt: skip
def test_a_mail_that_cannot_be_written_keeps_no_other_waiting(rejected, inbox, make_mail, template, ids):
    broken = make_mail(template, **ids, contribution_id=rejected.id)
    assert send_waiting_mail() == (1, 1)
    assert [message["To"] for message in inbox.messages] == ["author@example.org"]
    db.session.refresh(broken)
    assert (broken.state, broken.attempts, broken.problem) == (MailState.WAITING, 1, MailProblem.NOT_WRITTEN)
    assert "Error" in broken.last_error


def test_what_was_given_up_is_told_and_tried_again_on_request(rejected, inbox, app, set_clock):
    inbox.is_full = True
    for attempt in range(MOST_ATTEMPTS):
        set_clock(clock.now() + timedelta(days=1))
        assert send_waiting_mail() == (0, 1), attempt
    set_clock(clock.now() + timedelta(days=1))
    inbox.is_full = False
    runner = app.test_cli_runner()
    told = runner.invoke(send_mail).output
    assert "0 sent, 0 failed, 0 waiting." in told
    assert "1 given up." in told
    assert "1 sent, 0 failed, 0 waiting." in runner.invoke(send_mail, ["--again"]).output
    assert len(inbox.messages) == 1
    assert unsent_mail_counts() == (0, 0)


def test_umlauts_in_a_domain_are_written_as_every_server_knows_them(app_context, inbox, make_proceeding, make_guest):
    new = NewContribution("Mehr Bäume", "Bitte pflanzen Sie hier Linden.", "green")
    submit_contribution(make_guest(), make_proceeding(), new, idempotency_key="k", email="info@münchen.de")
    assert send_waiting_mail() == (1, 0)
    assert inbox.messages[0]["To"] == "info@xn--mnchen-3ya.de"


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
    assert "/en/confirm/" in plain_text(message)
    assert "/receipts/" not in plain_text(message)


def test_nothing_that_was_typed_goes_to_an_unconfirmed_address(app_context, inbox, make_proceeding, make_guest):
    """Else anybody could have any text sent to anybody, in the city's name."""
    new = NewContribution("Gewonnen: spam.example", "Jetzt spam.example öffnen.", "green")
    submit_contribution(make_guest(), make_proceeding(), new, idempotency_key="k", email="someone@example.org")
    send_waiting_mail()
    assert "spam" not in inbox.messages[0].as_string()
