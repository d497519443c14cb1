"""Digests for moderators: what is new, at the chosen rhythm, once, without a word of unchecked texts."""

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import delete, select

from participation.accounts.models import Membership, Role
from participation.contributions.states import PublicationState
from participation.database import db, transaction
from participation.digests import services
from participation.digests.commands import send_digests
from participation.digests.models import Digest, Rhythm
from participation.digests.services import choose_rhythm, put_due_digests
from participation.errors import NotPermitted
from participation.notifications.models import MailState, OutboxMail
from participation.notifications.services import send_waiting_mail
from tests.inbox import html, plain_text

TUESDAY = datetime(2026, 11, 24, 5, 0, tzinfo=UTC)  # 6:00 in Leipzig
SEVEN = timedelta(hours=1)
DAY = timedelta(days=1)
LONG = "beteiligung-der-buergerinnen-und-buerger-an-der-planung"
TITLE, TEXT = "Kennwort Sumpfdotterblume", "Der Text dazu spricht von Wollgras."


@pytest.fixture
def proceeding(app_context, set_clock, make_proceeding):
    set_clock(TUESDAY - 7 * DAY)
    return make_proceeding()


@pytest.fixture
def moderator(proceeding, make_actor):
    return make_actor(proceeding, Role.MODERATOR)


@pytest.fixture
def add_waiting(proceeding, make_contribution):
    def add(place=proceeding, **columns):
        return make_contribution(place, state=PublicationState.SUBMITTED, title=TITLE, text=TEXT, **columns)

    return add


@pytest.fixture
def round_at(set_clock):
    """Do what cron does at a time; return how many digests were put into the outbox."""

    def at(moment):
        set_clock(moment)
        count = put_due_digests()
        send_waiting_mail()
        return count

    return at


def test_a_moderator_gets_one_digest_on_each_working_day_with_news(moderator, add_waiting, inbox, round_at):
    add_waiting(created_at=TUESDAY - 3 * DAY)
    assert round_at(TUESDAY) == 1  # that of Monday
    assert round_at(TUESDAY + timedelta(minutes=59)) == 0
    assert round_at(TUESDAY + SEVEN) == 0  # nothing came since
    add_waiting()
    assert round_at(TUESDAY + 2 * SEVEN) == 0  # the digest of Tuesday is done
    assert round_at(TUESDAY + DAY + SEVEN) == 1
    assert round_at(TUESDAY + DAY + SEVEN) == 0
    assert [message["Subject"] for message in inbox.messages] == [
        "1 Text wartet auf Prüfung",
        "2 Texte warten auf Prüfung",
    ]
    text = plain_text(inbox.messages[1])
    assert "- 2 Texte warten (1 neu)" in text
    assert "- Am längsten wartet etwas seit dem 21. November 2026" in text
    assert "http://127.0.0.1:5000/moderation/churchyard" in text


def test_nothing_of_what_waits_is_quoted(moderator, add_waiting, make_comment, make_notice, inbox, round_at):
    contribution = add_waiting()
    make_comment(contribution, TEXT, state=PublicationState.SUBMITTED)
    make_notice(contribution, explanation=f"Schlimm: {TEXT}")
    assert round_at(TUESDAY + SEVEN) == 1
    (message,) = inbox.messages
    for part in (message["Subject"], plain_text(message), html(message)):
        assert "Sumpfdotterblume" not in part
        assert "Wollgras" not in part
    assert "- 2 Texte warten (2 neu)" in plain_text(message)
    assert "- 1 Text ist gemeldet (1 neue Meldung)" in plain_text(message)


def test_what_is_decided_or_public_is_not_counted(moderator, proceeding, make_contribution, inbox, round_at):
    for state in PublicationState:
        if state is not PublicationState.SUBMITTED:
            make_contribution(proceeding, state=state)
    assert round_at(TUESDAY + SEVEN) == 0
    assert inbox.messages == []


def test_every_proceeding_has_its_numbers_and_no_other_is_told(
    moderator, proceeding, add_waiting, make_proceeding, inbox, round_at
):
    second, foreign = make_proceeding("second"), make_proceeding("foreign")
    with transaction() as session:
        session.add(Membership(user_id=moderator.user_id, proceeding_id=second.id, role=Role.MANAGER))
        session.add(Membership(user_id=moderator.user_id, proceeding_id=foreign.id, role=Role.PLANNER))
    add_waiting()
    for _ in range(2):
        add_waiting(second)
    add_waiting(foreign)
    assert round_at(TUESDAY + SEVEN) == 1
    text = plain_text(inbox.messages[0])
    assert inbox.messages[0]["Subject"] == "3 Texte warten auf Prüfung"
    assert "Kirchhof churchyard" in text
    assert "Kirchhof second" in text
    assert "foreign" not in text
    assert "http://127.0.0.1:5000/moderation/second" in text


def test_imported_items_with_old_dates_are_new(moderator, add_waiting, inbox, round_at):
    add_waiting()
    assert round_at(TUESDAY) == 1
    add_waiting(created_at=TUESDAY - 900 * DAY)
    assert round_at(TUESDAY + SEVEN) == 1


@pytest.mark.parametrize("rhythm, moments", [
    (Rhythm.NEVER, []),
    (Rhythm.HOURLY, [0, 1, 2]),
    (Rhythm.DAILY, [1]),
    (Rhythm.WEEKLY, []),
])  # fmt: skip
def test_each_rhythm_comes_at_its_time(moderator, add_waiting, inbox, set_clock, round_at, rhythm, moments):
    set_clock(TUESDAY - timedelta(minutes=30))
    choose_rhythm(moderator, rhythm)
    got = []
    for hour in range(3):
        add_waiting()
        if round_at(TUESDAY + timedelta(hours=hour)):
            got.append(hour)
    assert got == moments


def test_choosing_another_rhythm_brings_no_digest_of_a_time_before(moderator, add_waiting, set_clock, round_at):
    add_waiting()
    set_clock(TUESDAY + 2 * DAY)
    choose_rhythm(moderator, Rhythm.WEEKLY)
    assert round_at(TUESDAY + 2 * DAY + SEVEN) == 0
    assert round_at(TUESDAY + 6 * DAY + SEVEN) == 1


@pytest.mark.parametrize("role", [None, Role.PLANNER])
def test_who_moderates_nothing_gets_none_and_cannot_choose(proceeding, add_waiting, make_actor, round_at, role):
    actor = make_actor(proceeding, role) if role else make_actor(is_administrator=True)
    add_waiting()
    assert round_at(TUESDAY + SEVEN) == 0
    with pytest.raises(NotPermitted):
        choose_rhythm(actor, Rhythm.HOURLY)


def test_who_moderates_no_more_when_the_mail_leaves_gets_none(moderator, add_waiting, inbox, set_clock):
    add_waiting()
    set_clock(TUESDAY + SEVEN)
    assert put_due_digests() == 1
    with transaction() as session:
        session.execute(delete(Membership).where(Membership.user_id == moderator.user_id))
    assert send_waiting_mail() == (1, 0)
    assert inbox.messages == []
    assert db.session.scalars(select(OutboxMail.state)).all() == [MailState.MOOT]


def test_what_was_decided_before_the_mail_leaves_makes_no_empty_mail(moderator, add_waiting, inbox, set_clock):
    contribution = add_waiting()
    set_clock(TUESDAY + SEVEN)
    assert put_due_digests() == 1
    with transaction() as session:
        session.get_one(type(contribution), contribution.id).state = PublicationState.PUBLISHED
    send_waiting_mail()
    assert inbox.messages == []


def test_two_runs_at_once_put_one_digest(app, moderator, add_waiting, set_clock):
    add_waiting()
    set_clock(TUESDAY + SEVEN)
    start = threading.Barrier(3)

    def put():
        with app.app_context():
            start.wait(timeout=10)
            return put_due_digests()

    with ThreadPoolExecutor(3) as pool:
        counts = [found.result() for found in [pool.submit(put) for _ in range(3)]]
    assert sum(counts) == 1
    assert len(db.session.scalars(select(OutboxMail)).all()) == 1


def test_a_crash_between_moment_and_mail_saves_neither(moderator, add_waiting, set_clock, monkeypatch):
    add_waiting()
    set_clock(TUESDAY + SEVEN)

    def crash(*_args, **_ids):
        raise SystemExit

    with monkeypatch.context() as patch:
        patch.setattr(services, "add_mail_to_account", crash)
        with pytest.raises(SystemExit):
            put_due_digests()
    assert db.session.scalars(select(Digest)).all() == []
    assert put_due_digests() == 1


def test_the_mail_can_be_stopped_by_one_click(app, moderator, add_waiting, inbox, round_at, monkeypatch):
    settings = replace(app.extensions["settings"], base_url=f"https://{LONG}.example.org")
    monkeypatch.setitem(app.extensions, "settings", settings)
    add_waiting()
    assert round_at(TUESDAY + SEVEN) == 1
    (message,) = inbox.messages
    address = message["List-Unsubscribe"].removeprefix("<").removesuffix(">")
    assert address.startswith(f"https://{LONG}.example.org/stop-mails/")
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert address in plain_text(message)


def test_without_https_no_one_click_is_promised(moderator, add_waiting, inbox, round_at):
    add_waiting()
    round_at(TUESDAY + SEVEN)
    assert inbox.messages[0]["List-Unsubscribe"].startswith("<http://127.0.0.1:5000/stop-mails/")
    assert inbox.messages[0]["List-Unsubscribe-Post"] is None


def test_the_command_says_how_many(app, moderator, add_waiting, set_clock):
    add_waiting()
    set_clock(TUESDAY + SEVEN)
    runner = app.test_cli_runner()
    assert runner.invoke(send_digests).output == "1 put into the outbox.\n"
    assert runner.invoke(send_digests).output == "0 put into the outbox.\n"
