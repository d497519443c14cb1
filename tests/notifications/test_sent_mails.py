"""What managers and administrators see of the mails: numbers, what failed and why; no text and no whole address."""

import re
import secrets
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from participation import clock
from participation.accounts.models import Participant, Role
from participation.audit.models import AuditEvent
from participation.contributions.states import PublicationState
from participation.database import db, transaction
from participation.notifications.models import MailProblem, MailState, OutboxMail

TITLE = "Kennwort Sumpfdotterblume"


@pytest.fixture
def proceeding(make_proceeding):
    return make_proceeding()


@pytest.fixture
def manager(proceeding, make_actor, make_client):
    return make_client(make_actor(proceeding, Role.MANAGER))


@pytest.fixture
def administrator(make_actor, make_client):
    return make_client(make_actor(is_administrator=True))


@pytest.fixture
def make_mail(in_app, proceeding, make_guest, make_contribution):
    """Put a mail in any state into the outbox; return its id."""
    contribution = make_contribution(proceeding, state=PublicationState.SUBMITTED, title=TITLE)
    guest = make_guest("lou.siebenschlaefer@example.org")

    def make(state=MailState.BOUNCED, problem=MailProblem.NO_SUCH_ADDRESS, place=proceeding, **columns):
        def build():
            values = {
                "template": "contributions/receipt",
                "participant_id": guest.participant_id,
                "proceeding_id": place.id if place else None,
                "ids": {"contribution_id": contribution.id},
                "message_key": secrets.token_hex(16),
                "created_at": clock.now(),
                "next_attempt_at": clock.now(),
                "attempts": 1,
                "state": state,
                "problem": None if state is MailState.SENT else problem,
                "sent_at": clock.now() if state is MailState.SENT else None,
                "last_error": "550 lou.siebenschlaefer@example.org",
                "masked_address": "l…@example.org",
            }
            with transaction() as session:
                mail = OutboxMail(**(values | columns))
                session.add(mail)
            return mail.id

        return in_app(build)

    return make


def numbers(page):
    return re.findall(r"<dd>([\d.]+)</dd>", page)


def test_a_manager_sees_what_became_of_the_mails(manager, make_mail):
    for state in (MailState.WAITING, MailState.SENT, MailState.SENT, MailState.GIVEN_UP, MailState.MOOT):
        make_mail(state, MailProblem.REFUSED)
    make_mail()
    page = manager.get("/manage/churchyard/mails").get_data(as_text=True)
    assert numbers(page) == ["1", "2", "1", "1"]
    for part in ("Zurückgekommen", "Es gibt kein Postfach mit dieser Adresse.", "endgültig abgelehnt"):
        assert part in page
    assert "Empfangsbestätigung für einen Beitrag" in page


def test_no_text_and_no_whole_address_is_shown(manager, administrator, make_mail):
    make_mail()
    for client, path in ((manager, "/manage/churchyard/mails"), (administrator, "/admin/mails")):
        page = client.get(path).get_data(as_text=True)
        assert "l…@example.org" in page
        assert "siebenschlaefer" not in page
        assert "Sumpfdotterblume" not in page


def test_a_manager_sees_the_mails_of_the_own_proceeding_only(manager, administrator, make_mail, make_proceeding):
    elsewhere = make_proceeding("elsewhere")
    make_mail(place=elsewhere)
    make_mail(place=None)
    assert "Nichts ist fehlgeschlagen" in manager.get("/manage/churchyard/mails").get_data(as_text=True)
    assert manager.get("/manage/elsewhere/mails").status_code == 403
    assert manager.get("/admin/mails").status_code == 403
    assert numbers(administrator.get("/admin/mails").get_data(as_text=True))[3] == "2"
    assert numbers(administrator.get("/manage/elsewhere/mails").get_data(as_text=True))[3] == "1"


@pytest.mark.parametrize("problem", list(MailProblem))
def test_every_problem_is_told_in_words(manager, make_mail, problem):
    make_mail(MailState.GIVEN_UP, problem)
    assert problem.value not in manager.get("/manage/churchyard/mails").get_data(as_text=True)


def test_a_failed_mail_is_tried_again_and_the_trail_says_by_whom(app, manager, make_mail):
    mail_id = make_mail()
    response = manager.send(f"/manage/churchyard/mails/{mail_id}")
    assert (response.status_code, response.headers["Location"]) == (303, "/manage/churchyard/mails")
    with app.app_context():
        mail = db.session.get_one(OutboxMail, mail_id)
        assert (mail.state, mail.attempts, mail.sent_at) == (MailState.WAITING, 0, None)
        event = db.session.scalars(select(AuditEvent).where(AuditEvent.action == "notifications.try_again")).one()
        assert event.subject_id == mail_id


def test_a_mail_to_an_address_that_must_be_confirmed_anew_is_not_promised(app, manager, make_mail):
    mail_id = make_mail()
    with app.app_context(), transaction() as session:
        session.execute(update(Participant).values(email_confirmed_at=None))
    page = manager.send(f"/manage/churchyard/mails/{mail_id}", follow_redirects=True).get_data(as_text=True)
    assert "keine Adresse mehr" in page
    with app.app_context():
        assert db.session.get_one(OutboxMail, mail_id).state is MailState.BOUNCED


@pytest.mark.parametrize("state", [MailState.WAITING, MailState.SENT, MailState.MOOT])
def test_what_did_not_fail_is_not_sent_again(app, manager, make_mail, state):
    mail_id = make_mail(state)
    page = manager.send(f"/manage/churchyard/mails/{mail_id}", follow_redirects=True).get_data(as_text=True)
    assert "wartet schon auf den Versand oder ist verschickt" in page
    with app.app_context():
        assert db.session.get_one(OutboxMail, mail_id).state is state


def test_twice_at_once_is_as_good_as_once(app, manager, make_mail):
    mail_id = make_mail()
    for _ in range(2):
        assert manager.send(f"/manage/churchyard/mails/{mail_id}").status_code == 303
    with app.app_context():
        assert len(db.session.scalars(select(AuditEvent)).all()) == 1


def test_mails_elsewhere_cannot_be_tried_again(app, manager, administrator, make_mail, make_proceeding):
    foreign, of_nobody = make_mail(place=make_proceeding("elsewhere")), make_mail(place=None)
    for mail_id in (foreign, of_nobody, 10_000):
        assert manager.send(f"/manage/churchyard/mails/{mail_id}").status_code == 404
    assert manager.send(f"/manage/elsewhere/mails/{foreign}").status_code == 403
    assert manager.send(f"/admin/mails/{of_nobody}").status_code == 403
    assert administrator.send(f"/admin/mails/{of_nobody}").status_code == 303
    with app.app_context():
        assert db.session.get_one(OutboxMail, foreign).state is MailState.BOUNCED
        assert db.session.get_one(OutboxMail, of_nobody).state is MailState.WAITING


def test_the_list_is_paged_and_newest_first(manager, make_mail):
    made = [make_mail() for _ in range(45)]
    first = manager.get("/manage/churchyard/mails").get_data(as_text=True)
    (link,) = re.findall(r'rel="next" href="([^"]+)"', first)
    second = manager.get(link.replace("&amp;", "&")).get_data(as_text=True)
    listed = [int(id_) for id_ in re.findall(r'action="/manage/churchyard/mails/(\d+)"', first + second)]
    assert listed == made[::-1]
    assert manager.get("/manage/churchyard/mails?after=x").status_code == 422


@pytest.mark.parametrize("minutes, is_told", [(59, False), (61, True)])
def test_mails_that_wait_long_are_told(manager, make_mail, minutes, is_told):
    make_mail(MailState.WAITING, created_at=clock.now() - timedelta(minutes=minutes))
    assert ("warten E-Mails" in manager.get("/manage/churchyard/mails").get_data(as_text=True)) is is_told


def test_a_manager_is_led_from_the_account_to_what_failed(manager, make_mail):
    make_mail()
    page = manager.get("/account/mails").get_data(as_text=True)
    assert 'href="/manage/churchyard/mails"' in page
    assert "1 nicht angekommen" in page
