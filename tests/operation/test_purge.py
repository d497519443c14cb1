"""What is older than it may be is deleted, by one list of rules, and only by these."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from participation import clock
from participation.accounts.models import AccessToken, Participant, Role
from participation.complaints.models import Complainant, Complaint, ComplaintOutcome, ComplaintState
from participation.contributions.drafts import keep_answers
from participation.contributions.models import ContributionDraft
from participation.database import db, transaction
from participation.imports.models import ImportRun
from participation.imports.runs import take_file
from participation.jobs.models import Job
from participation.jobs.services import finish, start_job, take_job
from participation.notices.models import Notice, NoticeOutcome, NoticeState
from participation.notifications.models import MailState, OutboxMail
from participation.notifications.services import add_mail

SETTLED = {"answer": "Danke, der Text darf stehen bleiben."}
COUNTS = [1, 1, 1, 1, 1, 1, 1, 1]  # what is old of each sort


@pytest.fixture
def two_of_each(app_context, set_clock, make_proceeding, make_contribution, make_actor, make_guest, make_notice):
    """Rows that are older than allowed, and rows that are just young enough; returns now."""
    now = clock.now()
    proceeding = make_proceeding(starts_at=now - timedelta(days=900))
    contribution = make_contribution(proceeding)

    def at(days):
        set_clock(now - timedelta(days=days))

    for days in (14.1, 13.9):
        at(days)
        keep_answers(make_guest(), proceeding, {"title": "Halb"})
        make_guest("erika@example.org")
        with transaction() as session:
            session.query(Participant).update({"email_confirmed_at": None})
    for days in (1.1, 0.9):
        at(days)
        job = start_job(kind="x", key=str(days), proceeding_id=proceeding.id, user_id=None, arguments={}, total=1)
        taken = take_job()
        finish(taken.id, taken.attempts)
        assert taken.id == job.id
        take_file(make_actor(proceeding, Role.MANAGER), proceeding, b"title;text\na;b\n", "a.csv")
    owner = make_actor(proceeding, Role.PLANNER)
    for days in (90.1, 89.9):
        with transaction() as session:
            session.add(
                AccessToken(
                    user_id=owner.user_id,
                    name="QGIS",
                    secret_hash=str(days),
                    scopes=["read"],
                    created_at=now - timedelta(days=200),
                    expires_at=now - timedelta(days=days),
                )
            )
    for days in (210.1, 209.9):
        at(days)
        notice = make_notice(
            contribution, name="Erika", email="erika@example.org", state=NoticeState.SETTLED, settled_at=clock.now(),
            outcome=NoticeOutcome.NOT_UPHELD, **SETTLED,
        )  # fmt: skip
        with transaction() as session:
            session.add(
                Complaint(
                    proceeding_id=proceeding.id, contribution_id=contribution.id, complainant=Complainant.REPORTER,
                    notice_id=notice.id, text="Nein.", email="erika@example.org", language="de",
                    receipt_nonce="x", created_at=clock.now(), state=ComplaintState.SETTLED,
                    outcome=ComplaintOutcome.NOT_UPHELD, settled_at=clock.now(), **SETTLED,
                )
            )  # fmt: skip
    for days in (180.1, 179.9, 180.1):
        at(days)
        guest = make_guest()
        with transaction() as session:
            add_mail(session, "x", guest.participant_id, proceeding_id=None)
    sent = db.session.scalars(select(OutboxMail).order_by(OutboxMail.id)).all()
    with transaction():
        for mail in sent[:2]:
            mail.state, mail.sent_at = MailState.SENT, mail.created_at
    db.session.remove()
    set_clock(now)
    return now


def left():
    """How many of each sort there are; personal ones only where they still name somebody."""
    counted = {
        "drafts": select(func.count()).select_from(ContributionDraft),
        "uploads": select(func.count()).select_from(ImportRun),
        "jobs": select(func.count()).select_from(Job),
        "tokens": select(func.count()).select_from(AccessToken),
        "addresses": select(func.count()).where(Participant.email.is_not(None)),
        "notices": select(func.count()).where(Notice.email.is_not(None), Notice.name.is_not(None)),
        "complaints": select(func.count()).where(Complaint.email.is_not(None)),
        "mails": select(func.count()).select_from(OutboxMail),
    }
    db.session.rollback()
    return {name: db.session.scalar(statement) for name, statement in counted.items()}


def test_only_what_is_older_than_its_rule_goes_and_a_dry_run_deletes_nothing(app, two_of_each):
    before = left()
    assert before == {**dict.fromkeys(before, 2), "mails": 3}, "the third mail still waits to be sent"
    runner = app.test_cli_runner()
    dry = runner.invoke(args=["purge", "--dry-run", "--the-date-is-right"])
    assert left() == before
    done = runner.invoke(args=["purge", "--the-date-is-right"])
    for said in (dry, done):
        assert said.exit_code == 0, said.output
        assert [int(line.split()[0]) for line in said.output.splitlines()[:-1]] == COUNTS
    assert left() == {**dict.fromkeys(before, 1), "mails": 2}
    assert db.session.scalar(select(func.count()).select_from(Notice)) == 2, "the reports themselves stay"
    again = runner.invoke(args=["purge", "--the-date-is-right"])
    assert [int(line.split()[0]) for line in again.output.splitlines()[:-1]] == [0] * 8


def test_an_address_that_was_written_to_lately_is_kept(app, two_of_each):
    old = db.session.scalars(select(Participant).where(Participant.email.is_not(None)).order_by(Participant.id)).first()
    with transaction() as session:
        add_mail(session, "x", old.id, proceeding_id=None)
    app.test_cli_runner().invoke(args=["purge"])
    assert left()["addresses"] == 2


def test_with_a_clock_that_may_be_wrong_nothing_is_deleted(app, two_of_each, set_clock):
    set_clock(two_of_each + timedelta(days=400))
    with transaction() as session:
        for mail in session.query(OutboxMail):
            mail.created_at -= timedelta(days=1)
    before = left()
    refused = app.test_cli_runner().invoke(args=["purge"])
    assert refused.exit_code == 1
    assert "--the-date-is-right" in refused.output
    assert left() == before
