"""Mails that come back: reports of mail servers (RFC 3464) are matched by Message-ID; anything else changes nothing."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from participation import clock
from participation.accounts.models import Participant
from participation.accounts.queries import correspondent
from participation.contributions.checking import NewContribution
from participation.contributions.services import submit_contribution
from participation.database import db, transaction
from participation.notifications import commands
from participation.notifications.bounces import LARGEST_REPORT, read_report
from participation.notifications.commands import note_bounced_mail
from participation.notifications.models import MailProblem, MailState, OutboxMail
from participation.notifications.services import add_mail, send_waiting_mail

NOTED, FOREIGN, LATER = 0, 65, 75
REPORT = """From: MAILER-DAEMON@mail.example.org
To: mitreden@example.org
Subject: Undelivered Mail Returned to Sender
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain; charset=us-ascii

I'm sorry to have to inform you that your message could not be delivered.

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mail.example.org
Arrival-Date: Tue, 24 Nov 2026 19:00:00 +0000

Final-Recipient: rfc822; author@example.org
Action: {action}
Status: {status}
Diagnostic-Code: smtp; 550 {status} <author@example.org>: Recipient address rejected

--b
Content-Type: {returned}

From: mitreden@example.org
To: author@example.org
Message-ID: {message_id}
Subject: Ihr Beitrag

--b--
"""


def report(message_id, *, action="failed", status="5.1.1", returned="message/rfc822"):
    return REPORT.format(message_id=message_id, action=action, status=status, returned=returned).encode()


@pytest.fixture
def guest(app_context, make_guest):
    return make_guest("author@example.org")


@pytest.fixture
def mail(guest, inbox, make_contribution):
    """A mail to the guest that has been sent."""
    contribution = make_contribution(author=guest)
    about = {"proceeding_id": contribution.proceeding_id, "contribution_id": contribution.id}
    with transaction() as session:
        add_mail(session, "contributions/receipt", guest.participant_id, **about)
    assert send_waiting_mail() == (1, 0)
    return db.session.scalars(select(OutboxMail)).one()


@pytest.fixture
def note(app):
    """Pipe a mail into `flask note-bounce`; return how it ended."""

    def pipe(raw):
        result = app.test_cli_runner().invoke(note_bounced_mail, input=raw)
        assert result.output == ""
        return result.exit_code

    return pipe


def state_of(mail):
    db.session.expire_all()
    return db.session.get(OutboxMail, mail.id).state


@pytest.mark.parametrize("returned", ["message/rfc822", "text/rfc822-headers"])
def test_a_mail_that_came_back_is_marked(mail, inbox, note, returned):
    assert note(report(inbox.messages[0]["Message-ID"], returned=returned)) == NOTED
    assert state_of(mail) is MailState.BOUNCED
    assert db.session.get(OutboxMail, mail.id).problem is MailProblem.NO_SUCH_ADDRESS


def test_a_report_twice_is_as_good_as_once(mail, inbox, note):
    for _ in range(2):
        assert note(report(inbox.messages[0]["Message-ID"])) == NOTED
    assert state_of(mail) is MailState.BOUNCED


@pytest.mark.parametrize("action", ["delayed", "delivered", "relayed", "expanded"])
def test_a_mail_that_is_only_late_or_arrived_did_not_come_back(mail, inbox, note, action):
    assert note(report(inbox.messages[0]["Message-ID"], action=action, status="4.4.1")) == NOTED
    assert state_of(mail) is MailState.SENT


@pytest.mark.parametrize("status, problem", [
    ("5.1.1", MailProblem.NO_SUCH_ADDRESS), ("5.1.10", MailProblem.NO_SUCH_ADDRESS),
    ("5.2.1", MailProblem.NO_SUCH_ADDRESS), ("5.2.2", MailProblem.MAILBOX_FULL), ("4.2.2", MailProblem.MAILBOX_FULL),
    ("4.4.7", MailProblem.NOT_REACHED), ("5.7.1", MailProblem.REFUSED), ("4.0.0", MailProblem.REFUSED),
    ("5.1.8", MailProblem.REFUSED), ("", MailProblem.REFUSED), ("nonsense", MailProblem.REFUSED),
])  # fmt: skip
def test_the_status_says_why(mail, inbox, note, status, problem):
    assert note(report(inbox.messages[0]["Message-ID"], status=status)) == NOTED
    db.session.expire_all()
    assert db.session.get(OutboxMail, mail.id).problem is problem


HOSTILE = {
    "nothing": b"",
    "no mail": b"\x00\xff\xfe" * 100,
    "somebody's answer": b"From: a@example.org\nTo: mitreden@example.org\nSubject: Re: hello\n\nThank you!\n",
    "an absence note": b"Auto-Submitted: auto-replied\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\n--b--\n",
    "no parts": b'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\n\nnothing\n',
    "a foreign mail": report("<4f2c@elsewhere.example>"),
    "a mail nobody sent": report(f"<{'0' * 32}@example.org>"),
    "no Message-ID": report("").replace(b"Message-ID: \n", b""),
    "half a Message-ID": report("<0123@example.org"),
    "no status part": report(f"<{'0' * 32}@example.org>").replace(b"message/delivery-status", b"text/plain"),
    "nested without end": b"".join(
        b'Content-Type: multipart/report; boundary="%d"\n\n--%d\n' % (depth, depth) for depth in range(2_000)
    ),
    "too large": report(f"<{'0' * 32}@example.org>") + b"x" * LARGEST_REPORT,
    "a broken charset": report("=?nowhere?q?x?=").replace(b"us-ascii", b"\xff\x00"),
}


@pytest.mark.parametrize("raw", HOSTILE.values(), ids=HOSTILE)
def test_what_is_no_report_about_our_mail_is_refused_without_a_word(mail, note, raw):
    assert note(raw) == FOREIGN
    assert state_of(mail) is MailState.SENT


def test_a_mail_that_has_not_left_cannot_come_back(mail, note, guest):
    with transaction() as session:
        add_mail(session, "contributions/receipt", guest.participant_id, proceeding_id=None, contribution_id=1)
    waiting = db.session.scalars(select(OutboxMail).where(OutboxMail.state == MailState.WAITING)).one()
    assert note(report(f"<{waiting.message_key}@example.org>")) == FOREIGN


def test_when_the_database_does_not_answer_the_mail_server_tries_again_later(mail, inbox, note, monkeypatch):
    def fail(_report):
        raise OperationalError("", {}, Exception())

    monkeypatch.setattr(commands, "note_bounce", fail)
    assert note(report(inbox.messages[0]["Message-ID"])) == LATER


def test_a_dead_address_is_not_written_to_until_it_is_confirmed_anew(mail, inbox, note, guest, make_proceeding):
    assert note(report(inbox.messages[0]["Message-ID"])) == NOTED
    assert correspondent(guest.participant_id) == (None, "de")
    new = NewContribution("Mehr Bäume", "Bitte pflanzen Sie hier Linden.", "green")
    submit_contribution(guest, make_proceeding("second"), new, idempotency_key="k", email="author@example.org")
    assert send_waiting_mail() == (1, 0)
    assert inbox.messages[-1]["Subject"].startswith("Bitte bestätigen")


@pytest.mark.parametrize("status", ["5.2.2", "4.4.7", "5.7.1"])
def test_an_address_that_fails_for_another_reason_stays_confirmed(mail, inbox, note, guest, status):
    assert note(report(inbox.messages[0]["Message-ID"], status=status)) == NOTED
    assert correspondent(guest.participant_id) == ("author@example.org", "de")


def test_a_report_about_an_older_address_does_not_touch_the_new_one(mail, inbox, note, guest):
    with transaction() as session:
        participant = session.get_one(Participant, guest.participant_id)
        participant.email, participant.email_confirmed_at = "other@example.org", participant.created_at
    assert note(report(inbox.messages[0]["Message-ID"])) == NOTED
    assert correspondent(guest.participant_id) == ("other@example.org", "de")


def test_a_late_report_does_not_touch_an_address_confirmed_meanwhile(mail, inbox, note, guest):
    with transaction() as session:
        participant = session.get_one(Participant, guest.participant_id)
        participant.email_confirmed_at = clock.now() + timedelta(minutes=1)
    assert note(report(inbox.messages[0]["Message-ID"])) == NOTED
    assert correspondent(guest.participant_id) == ("author@example.org", "de")


def test_an_address_that_the_server_refuses_at_once_is_as_dead(guest, inbox, make_contribution):
    inbox.refusals["author@example.org"] = "550 5.1.1 No such user"
    contribution = make_contribution(author=guest)
    for _ in range(2):
        with transaction() as session:
            add_mail(
                session,
                "contributions/receipt",
                guest.participant_id,
                proceeding_id=None,
                contribution_id=contribution.id,
            )
    assert send_waiting_mail() == (1, 1)
    assert correspondent(guest.participant_id) == (None, "de")
    assert sorted(db.session.scalars(select(OutboxMail.state))) == [MailState.BOUNCED, MailState.MOOT]


def test_a_bounce_that_is_faster_than_our_own_note_stays(mail, inbox, note):
    """The mail left, we crashed before noting it, and the report is there before the next round."""
    with transaction() as session:
        row = session.get_one(OutboxMail, mail.id)
        row.state, row.sent_at = MailState.WAITING, None
    assert note(report(inbox.messages[0]["Message-ID"])) == NOTED
    assert state_of(mail) is MailState.BOUNCED
    assert send_waiting_mail() == (0, 0)


def test_the_address_kept_with_a_mail_is_masked(mail):
    assert mail.masked_address == "a…@example.org"
    assert re.fullmatch(r"[0-9a-f]{64}", mail.address_hash)


def test_a_report_is_read_without_the_database():
    key = "0123456789abcdef" * 2
    found = read_report(report(f"<{key}@example.org>"))
    assert (found.message_key, found.status, found.problem) == (key, "5.1.1", MailProblem.NO_SUCH_ADDRESS)
