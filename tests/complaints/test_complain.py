"""Objecting: once per decision, within six months, with a text; the same for authors and reporters."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import func, insert, select
from sqlalchemy.exc import IntegrityError

from participation import clock
from participation.audit.queries import events_about
from participation.complaints.contested import contested_answer, contested_decision
from participation.complaints.models import Complainant, Complaint, ComplaintOutcome, ComplaintState
from participation.complaints.permissions import is_in_time
from participation.complaints.queries import objection_to_answer, objections
from participation.complaints.services import ComplainedBefore
from participation.contributions.states import PublicationState as State
from participation.database import db, transaction
from participation.errors import Conflict, InvalidInput, NotFound
from participation.languages import show_short_date
from participation.moderation.models import Outcome
from participation.moderation.reasons import statement_of
from participation.notices.models import Notice
from participation.notices.services import NewNotice, decide, report, undo
from tests.complaints.conftest import WHY


def count():
    return db.session.scalar(select(func.count()).select_from(Complaint))


def test_an_authors_complaint_waits_and_changes_nothing(item, hide, author, object_to, mails):
    decision = hide(item)
    complaint = object_to(decision, f"  {WHY}\r\n")
    assert (complaint.state, complaint.complainant, complaint.text) == (ComplaintState.OPEN, Complainant.AUTHOR, WHY)
    assert (complaint.decision_id, complaint.notice_id, complaint.participant_id) == (
        decision.id,
        None,
        author.participant_id,
    )
    assert (item.state, item.version) == (State.HIDDEN, 2)
    assert mails("complaints/received") == [(author.participant_id, {"complaint_id": complaint.id})]
    event = events_about(item)[-1]
    assert (event.action, event.details) == ("complaints.submit", {"complaint_id": complaint.id})


def test_whoever_has_the_authors_link_objects_for_the_author(item, hide, author, make_guest, object_to, mails):
    complaint = object_to(hide(item), actor=(other := make_guest()))
    assert complaint.participant_id == other.participant_id
    assert mails("complaints/received") == [(author.participant_id, {"complaint_id": complaint.id})]


def test_a_reporter_objects_to_an_answer(item, refused_notice, reporter, object_to_answer, mails):
    notice = refused_notice(item)
    complaint = object_to_answer(notice)
    assert (complaint.complainant, complaint.notice_id, complaint.decision_id) == (
        Complainant.REPORTER,
        notice.id,
        None,
    )
    assert mails("complaints/received") == []  # no address was given


@pytest.mark.parametrize("notice_email, email", [("lou@example.org", ""), ("", "lou@example.org")])
def test_a_reporter_is_written_to_where_an_address_was_given(
    item, refused_notice, reporter, object_to_answer, mails, notice_email, email
):
    complaint = object_to_answer(refused_notice(item, notice_email), email=email)
    assert mails("complaints/received") == [(reporter.participant_id, {"complaint_id": complaint.id})]


def test_a_reporter_objects_to_the_decision_that_settled_the_report(make_item, first, hide, reporter, object_to_answer):
    item = make_item("contribution")
    notice = report(reporter, item, None, NewNotice("insult", "Der zweite Satz beleidigt."), idempotency_key="k")
    decision = hide(item)
    complaint = object_to_answer(notice)
    assert (complaint.notice_id, complaint.decision_id) == (notice.id, decision.id)


@pytest.mark.parametrize("by", ["author", "reporter"])
def test_one_objects_once_per_decision(item, hide, object_to, refused_notice, object_to_answer, by):
    contested, send = (hide(item), object_to) if by == "author" else (refused_notice(item), object_to_answer)
    complaint = send(contested)
    assert send(contested).id == complaint.id  # sent by two clicks
    with pytest.raises(ComplainedBefore):
        send(contested, "Ein ganz anderer Text, der nicht mehr zählt.")
    assert count() == 1
    assert db.session.get_one(Complaint, complaint.id).text == WHY


def test_a_new_decision_can_be_objected_to_again(item, hide, first, object_to):
    decision = hide(item)
    object_to(decision)
    undo(first, item, decision, seen_version=item.version)
    object_to(hide(item))
    assert count() == 2


def test_a_report_that_was_settled_anew_can_be_objected_to_again(
    make_item, first, hide, reporter, refused_notice, object_to_answer
):
    item = make_item("contribution")
    notice = report(reporter, item, None, NewNotice("insult", "Der zweite Satz beleidigt."), idempotency_key="k")
    for _ in range(2):
        decision = hide(item)
        object_to_answer(notice)
        undo(first, item, decision, seen_version=item.version)
    assert count() == 2


def test_an_open_report_is_not_objected_to(make_item, make_notice):
    with pytest.raises(Conflict):
        contested_answer(make_notice(make_item("contribution")))


def test_a_report_that_was_opened_again_meanwhile_is_not_objected_to(
    make_item, first, hide, reporter, object_to_answer, monkeypatch
):
    item = make_item("contribution")
    notice = report(reporter, item, None, NewNotice("insult", "Der zweite Satz beleidigt."), idempotency_key="k")
    decision = hide(item)
    contested = contested_answer(notice)
    undo(first, item, decision, seen_version=item.version)
    monkeypatch.setattr("tests.complaints.conftest.contested_answer", lambda _notice: contested)
    with pytest.raises(Conflict):
        object_to_answer(notice)
    assert count() == 0


def test_a_publication_is_nothing_to_object_to(make_item, first):
    item = make_item("contribution", State.SUBMITTED)
    published = decide(first, item, outcome=Outcome.PUBLISH, seen_version=1, seen_notice=0)
    with pytest.raises(NotFound):
        contested_decision(published)


@pytest.mark.parametrize("text", ["", "  \n ", "zu kurz", "x" * 4001, "\u200b" * 20])
@pytest.mark.parametrize("by", ["author", "reporter"])
def test_without_a_proper_text_there_is_no_complaint(
    make_item, hide, object_to, refused_notice, object_to_answer, by, text
):
    item = make_item("contribution")
    contested, send = (hide(item), object_to) if by == "author" else (refused_notice(item), object_to_answer)
    with pytest.raises(InvalidInput):
        send(contested, text)
    assert count() == 0


@pytest.mark.parametrize(
    "text", ["x" * 10, "ö" * 4000, "<script>alert(1)</script>", "a\u202eb ' ; DROP TABLE complaint"]
)
def test_every_other_text_is_kept_as_it_is(make_item, hide, object_to, text):
    assert object_to(hide(make_item("contribution")), text).text == text


BERLIN = ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize("decided, last_moment", [
    (datetime(2026, 5, 24, 9, 30, tzinfo=BERLIN), datetime(2026, 11, 24, 23, 59, 59, tzinfo=BERLIN)),
    (datetime(2026, 8, 31, 12, 0, tzinfo=BERLIN), datetime(2027, 2, 28, 23, 59, 59, tzinfo=BERLIN)),
    (datetime(2027, 8, 30, 12, 0, tzinfo=BERLIN), datetime(2028, 2, 29, 23, 59, 59, tzinfo=BERLIN)),
    (datetime(2026, 11, 24, 0, 15, tzinfo=BERLIN), datetime(2027, 5, 24, 23, 59, 59, tzinfo=BERLIN)),
    (datetime(2026, 12, 31, 23, 59, tzinfo=BERLIN), datetime(2027, 6, 30, 23, 59, 59, tzinfo=BERLIN)),
])  # fmt: skip
@pytest.mark.parametrize("by", ["author", "reporter"])
def test_one_objects_until_the_end_of_the_day_six_months_later(
    make_item, hide, object_to, refused_notice, object_to_answer, set_clock, by, decided, last_moment
):
    set_clock(decided)
    item = make_item("contribution")
    contested, send = (hide(item), object_to) if by == "author" else (refused_notice(item), object_to_answer)

    def is_offered():
        if by == "author":
            return objections([contested])[contested.id].is_in_time
        return objection_to_answer(contested).is_in_time

    set_clock(last_moment + timedelta(seconds=1))
    assert not is_offered()
    with pytest.raises(Conflict):
        send(contested)
    assert count() == 0
    set_clock(last_moment)
    assert is_offered()
    send(contested)
    assert count() == 1


def test_the_day_that_is_named_is_still_in_time(make_item, hide, set_clock):
    set_clock(datetime(2026, 5, 24, 22, 30, tzinfo=UTC))  # in Berlin the 25th
    decision = hide(make_item("contribution"))
    assert show_short_date(statement_of(decision).until) == "25.11.2026"
    set_clock(datetime(2026, 11, 25, 22, 59, tzinfo=UTC))
    assert is_in_time(decision.decided_at)
    set_clock(datetime(2026, 11, 25, 23, 0, tzinfo=UTC))
    assert not is_in_time(decision.decided_at)


@pytest.mark.parametrize("wrong", [
    {"contribution_id": None},
    {"decision_id": None},
    {"complainant": Complainant.REPORTER},
    {"state": ComplaintState.SETTLED},
    {"state": ComplaintState.SETTLED, "settled_at": clock.now(), "outcome": ComplaintOutcome.UPHELD, "answer": "  "},
    {"outcome": ComplaintOutcome.UPHELD},
    {},
])  # fmt: skip
def test_the_database_itself_refuses_half_complaints_and_second_ones(make_item, hide, object_to, wrong):
    item = make_item("contribution")
    decision = hide(item)
    if not wrong:
        object_to(decision)
    values = {
        "contribution_id": item.id,
        "proceeding_id": item.proceeding_id,
        "complainant": Complainant.AUTHOR,
        "decision_id": decision.id,
        "text": WHY,
        "language": "de",
        "receipt_nonce": "n",
        "created_at": clock.now(),
        "state": ComplaintState.OPEN,
        "answer": "",
    }
    with pytest.raises(IntegrityError), transaction() as session:
        session.execute(insert(Complaint).values(**(values | wrong)))


def test_the_database_itself_refuses_a_second_one_about_an_answer(make_item, refused_notice, object_to_answer):
    notice = refused_notice(make_item("contribution"))
    complaint = object_to_answer(notice)
    values = {
        column.key: getattr(complaint, column.key) for column in Complaint.__table__.columns if column.key != "id"
    }
    with pytest.raises(IntegrityError), transaction() as session:
        session.execute(insert(Complaint).values(**values))


def test_notices_stay_as_they_are(make_item, refused_notice, object_to_answer):
    notice = refused_notice(make_item("contribution"))
    before = {column.key: getattr(notice, column.key) for column in Notice.__table__.columns}
    object_to_answer(notice)
    db.session.refresh(notice)
    assert {column.key: getattr(notice, column.key) for column in Notice.__table__.columns} == before
