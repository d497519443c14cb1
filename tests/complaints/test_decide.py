"""Deciding about a complaint: another person, with reasons, once; to uphold does what was asked for."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from participation import clock
from participation.accounts.actors import STRANGER
from participation.accounts.models import Role
from participation.audit.queries import events_about
from participation.complaints.contested import contested_decision
from participation.complaints.models import Complaint, ComplaintOutcome, ComplaintState
from participation.complaints.queries import answer_of, settled_mail
from participation.complaints.services import ComplaintChanged, NewComplaint, complain, decide
from participation.contributions.services import set_state
from participation.contributions.states import PublicationState as State
from participation.database import db, transaction
from participation.errors import Conflict, InvalidInput, NotPermitted, NotSignedIn
from participation.moderation.models import Outcome, ParticipantBlock
from participation.moderation.queries import decisions_about
from participation.moderation.reasons import statement_of
from participation.moderation.steps import Particulars
from participation.notices import services as notices
from participation.notices.models import Notice, NoticeOutcome, NoticeState
from participation.notices.services import NewNotice, report
from participation.notifications.models import OutboxMail
from tests.complaints.conftest import ANSWER, LIMIT

UPHELD, NOT_UPHELD = ComplaintOutcome.UPHELD, ComplaintOutcome.NOT_UPHELD


def uphold(moderator, case, **changes):
    decide(moderator, case, **{"outcome": UPHELD, "answer": ANSWER, "seen_version": case.item.version} | changes)


def refuse(moderator, case, **changes):
    uphold(moderator, case, outcome=NOT_UPHELD, **changes)


def fresh(row):
    return db.session.get(type(row), row.id, populate_existing=True)


@pytest.fixture
def actors(proceeding, first, second, author, make_actor, make_proceeding):
    """Makes who might try to decide."""

    def make(who):
        return {
            "first": lambda: first,
            "second": lambda: second,
            "manager": lambda: make_actor(proceeding, Role.MANAGER),
            "planner": lambda: make_actor(proceeding, Role.PLANNER),
            "participant": make_actor,
            "elsewhere": lambda: make_actor(make_proceeding("elsewhere"), Role.MODERATOR),
            "administrator": lambda: make_actor(is_administrator=True),
            "author": lambda: author,
            "stranger": lambda: STRANGER,
        }[who]()

    return make


@pytest.mark.parametrize("outcome", ["reject", "hide"])
@pytest.mark.parametrize("kind", ["contribution", "comment"])
@pytest.mark.parametrize("age", [timedelta(), timedelta(days=100)], ids=["at once", "after 100 days"])
def test_an_upheld_complaint_of_an_author_publishes_the_text(
    make_item, hide, author, second, object_to, case_of, mails, set_clock, kind, outcome, age
):
    item = make_item(kind, State.SUBMITTED if outcome == "reject" else State.PUBLISHED)
    first_decision = hide(item, Outcome(outcome))
    complaint = object_to(first_decision)
    set_clock(clock.now() + age)
    uphold(second, case_of(second, complaint))
    taken, *_ = decisions_about(item)
    assert fresh(item).state is State.PUBLISHED
    assert (taken.outcome, taken.undoes_id, taken.moderator_id) == (Outcome.UNDO, first_decision.id, second.user_id)
    assert statement_of(taken) is None
    complaint = fresh(complaint)
    assert (complaint.state, complaint.outcome, complaint.answer) == (ComplaintState.SETTLED, UPHELD, ANSWER)
    assert (complaint.settled_by, complaint.settling_decision_id) == (second.user_id, taken.id)
    assert mails("complaints/settled") == [(author.participant_id, {"complaint_id": complaint.id})]
    assert [event.action for event in events_about(item)][-2:] == ["moderation.undo", "complaints.upheld"]


def test_a_comment_is_counted_again_and_a_rejected_one_for_the_first_time(make_item, hide, second, object_to, case_of):
    for state, outcome in ((State.PUBLISHED, Outcome.HIDE), (State.SUBMITTED, Outcome.REJECT)):
        item = make_item("comment", state)
        uphold(second, case_of(second, object_to(hide(item, outcome))))
        case = case_of(second, db.session.scalars(select(Complaint).order_by(Complaint.id.desc())).first())
        db.session.refresh(case.contribution)
        assert case.contribution.comment_count == 1
        assert fresh(item).published_at is not None


def test_a_publication_that_was_taken_back_is_decided_anew(make_item, first, second, object_to, case_of):
    item = make_item("contribution", State.SUBMITTED)
    published = notices.decide(first, item, outcome=Outcome.PUBLISH, seen_version=1, seen_notice=0)
    taken_back = notices.undo(first, item, published, seen_version=item.version, **LIMIT)
    assert item.state is State.SUBMITTED
    uphold(second, case_of(second, object_to(taken_back)))
    assert fresh(item).state is State.PUBLISHED


def test_those_who_reported_it_are_told_and_their_reports_are_not_open_again(
    make_item, hide, second, object_to, case_of, reporter, mails
):
    item = make_item("contribution")
    new = NewNotice("insult", "Der zweite Satz beleidigt.", email="lou@example.org")
    notice = report(reporter, item, None, new, idempotency_key="k")
    uphold(second, case_of(second, object_to(hide(item))))
    notice = fresh(notice)
    assert (notice.state, notice.outcome, notice.answer) == (NoticeState.SETTLED, NoticeOutcome.NOT_UPHELD, ANSWER)
    assert (notice.decision_id, notice.settled_by) == (None, second.user_id)
    assert len(mails("notices/settled")) == 2


@pytest.mark.parametrize("kind", ["contribution", "comment"])
def test_an_upheld_complaint_of_a_reporter_limits_the_text_with_reasons_for_its_author(
    make_item, refused_notice, second, author, object_to_answer, case_of, mails, kind
):
    item = make_item(kind)
    complaint = object_to_answer(refused_notice(item, "lou@example.org"))
    uphold(second, case_of(second, complaint), **LIMIT)
    taken, *_ = decisions_about(item)
    assert fresh(item).state is State.HIDDEN
    assert statement_of(taken).facts == LIMIT["statement_of_reasons"]
    assert fresh(complaint).settling_decision_id == taken.id
    assert mails("moderation/decision") == [(author.participant_id, {"decision_id": taken.id})]
    assert mails("complaints/settled") == [(complaint.participant_id, {"complaint_id": complaint.id})]
    contested_decision(taken)  # the author may object in turn


@pytest.mark.parametrize("missing", [{"ground": None}, {"statement_of_reasons": " "}])
def test_a_limit_needs_its_statement_of_reasons_here_too(
    make_item, refused_notice, second, object_to_answer, case_of, missing
):
    item = make_item("contribution")
    complaint = object_to_answer(refused_notice(item))
    with pytest.raises(InvalidInput):
        uphold(second, case_of(second, complaint), **LIMIT | missing)
    assert fresh(item).state is State.PUBLISHED
    assert fresh(complaint).state is ComplaintState.OPEN


@pytest.mark.parametrize("by", ["author", "reporter"])
def test_a_complaint_that_is_not_upheld_changes_nothing_but_is_answered(
    item, hide, refused_notice, second, object_to, object_to_answer, case_of, mails, by
):
    complaint = object_to(hide(item)) if by == "author" else object_to_answer(refused_notice(item, "lou@example.org"))
    state, version, decided = item.state, item.version, len(decisions_about(item))
    refuse(second, case_of(second, complaint))
    complaint = fresh(complaint)
    assert (complaint.outcome, complaint.answer, complaint.settling_decision_id) == (NOT_UPHELD, ANSWER, None)
    assert (fresh(item).state, item.version, len(decisions_about(item))) == (state, version, decided)
    assert len(mails("complaints/settled")) == 1
    assert events_about(item)[-1].action == "complaints.not_upheld"
    assert answer_of(complaint).reasons == ANSWER


@pytest.mark.parametrize("answer", ["", " \n ", "zu kurz", "x" * 4001])
@pytest.mark.parametrize("outcome", list(ComplaintOutcome))
def test_without_reasons_nothing_is_decided(make_item, hide, second, object_to, case_of, answer, outcome):
    item = make_item("contribution")
    complaint = object_to(hide(item))
    with pytest.raises(InvalidInput) as refused:
        uphold(second, case_of(second, complaint), outcome=outcome, answer=answer)
    assert refused.value.field == "answer"
    assert (fresh(complaint).state, fresh(item).state) == (ComplaintState.OPEN, State.HIDDEN)


@pytest.mark.parametrize("who, refusal", [
    ("first", NotPermitted), ("second", None), ("manager", None), ("planner", NotPermitted),
    ("participant", NotPermitted), ("elsewhere", NotPermitted), ("administrator", NotPermitted),
    ("author", NotSignedIn), ("stranger", NotSignedIn),
])  # fmt: skip
@pytest.mark.parametrize("by", ["author", "reporter"])
def test_another_moderator_decides_and_nobody_else(
    make_item, hide, refused_notice, second, object_to, object_to_answer, case_of, actors, who, refusal, by
):
    item = make_item("contribution")
    complaint = object_to(hide(item)) if by == "author" else object_to_answer(refused_notice(item))
    actor, case = actors(who), case_of(second, complaint)
    if refusal is None:
        refuse(actor, case)
        return
    for act in (lambda: refuse(actor, case), lambda: uphold(actor, case, **LIMIT)):
        with pytest.raises(refusal):
            act()
    assert fresh(complaint).state is ComplaintState.OPEN
    if who != "first":
        with pytest.raises(refusal):
            case_of(actor, complaint)


def test_nobody_decides_about_a_decision_of_a_chain_that_is_the_own(
    make_item, first, second, author, make_actor, proceeding, object_to, case_of
):
    """The first published it, the second took that back: neither decides about the complaint."""
    item = make_item("contribution", State.SUBMITTED)
    published = notices.decide(first, item, outcome=Outcome.PUBLISH, seen_version=1, seen_notice=0)
    complaint = object_to(notices.undo(second, item, published, seen_version=item.version, **LIMIT))
    for involved in (first, second):
        with pytest.raises(NotPermitted):
            uphold(involved, case_of(first, complaint))
    assert not case_of(first, complaint).has_others
    third = make_actor(proceeding, Role.MODERATOR)
    assert case_of(first, complaint).has_others
    uphold(third, case_of(third, complaint))


def test_a_moderator_does_not_decide_about_an_own_text_complaint_or_report(
    proceeding, first, make_actor, make_contribution, case_of
):
    writing, reporting, objecting = (make_actor(proceeding, Role.MODERATOR) for _ in range(3))
    item = make_contribution(proceeding, author=writing)
    notice = report(reporting, item, None, NewNotice("insult", "Der zweite Satz beleidigt."), idempotency_key="k")
    decision = notices.decide(first, item, outcome=Outcome.HIDE, seen_version=1, seen_notice=notice.id, **LIMIT)
    complaint = complain(objecting, contested_decision(decision), NewComplaint("Das ist nicht richtig."))
    for involved in (writing, objecting):
        with pytest.raises(NotPermitted):
            refuse(involved, case_of(first, complaint))


def test_without_a_second_person_the_case_says_so(make_item, hide, first, object_to, case_of, make_actor, proceeding):
    complaint = object_to(hide(make_item("contribution")))
    assert not case_of(first, complaint).has_others
    make_actor(proceeding, Role.PLANNER)
    assert not case_of(first, complaint).has_others
    make_actor(proceeding, Role.MANAGER)
    assert case_of(first, complaint).has_others


@pytest.mark.parametrize("first_outcome", list(ComplaintOutcome))
@pytest.mark.parametrize("second_outcome", list(ComplaintOutcome))
@pytest.mark.parametrize("by", ["author", "reporter"])
def test_of_two_who_decide_the_second_is_told_and_changes_nothing(
    make_item, hide, refused_notice, second, object_to, object_to_answer, case_of, make_actor, proceeding,
    first_outcome, second_outcome, by,
):  # fmt: skip
    item = make_item("contribution")
    complaint = object_to(hide(item)) if by == "author" else object_to_answer(refused_notice(item))
    third, case = make_actor(proceeding, Role.MODERATOR), case_of(second, complaint)
    seen = case.item.version
    uphold(second, case, outcome=first_outcome, **LIMIT)
    decided = len(decisions_about(item))
    with pytest.raises(Conflict):
        uphold(third, case_of(third, complaint), outcome=second_outcome, answer="Ganz anders sehe ich das.",
               seen_version=seen, **LIMIT)  # fmt: skip
    complaint = fresh(complaint)
    assert (complaint.outcome, complaint.answer, complaint.settled_by) == (first_outcome, ANSWER, second.user_id)
    assert len(decisions_about(item)) == decided


@pytest.mark.parametrize("outcome", list(ComplaintOutcome))
def test_nobody_decides_about_a_text_that_changed_meanwhile(
    make_item, hide, first, second, object_to, case_of, outcome
):
    item = make_item("contribution")
    complaint = object_to(hide(item))
    case = case_of(second, complaint)
    seen = case.item.version
    notices.decide(first, item, outcome=Outcome.PUBLISH, seen_version=item.version, seen_notice=0)
    with pytest.raises(Conflict):
        uphold(second, case_of(second, complaint), outcome=outcome, seen_version=seen)
    assert fresh(complaint).state is ComplaintState.OPEN


@pytest.mark.parametrize("meanwhile", ["published", "withdrawn", "hidden again"])
def test_where_nothing_can_be_changed_any_more_the_answer_stands_for_itself(
    make_item, hide, first, second, object_to, case_of, meanwhile
):
    item = make_item("contribution")
    complaint = object_to(hide(item))
    if meanwhile == "withdrawn":
        with transaction() as session:
            set_state(session, item, State.WITHDRAWN)
    else:
        notices.decide(first, item, outcome=Outcome.PUBLISH, seen_version=item.version, seen_notice=0)
        if meanwhile == "hidden again":
            hide(item)
    state = item.state
    case = case_of(second, complaint)
    assert not case.is_in_force
    uphold(second, case)
    assert fresh(item).state is state
    assert (fresh(complaint).outcome, complaint.settling_decision_id) == (UPHELD, None)


def test_what_a_reporter_objects_to_may_have_been_limited_meanwhile(
    make_item, hide, refused_notice, second, object_to_answer, case_of
):
    item = make_item("contribution")
    complaint = object_to_answer(refused_notice(item))
    hide(item)
    case = case_of(second, complaint)
    assert case.limit is None
    uphold(second, case)
    assert fresh(complaint).settling_decision_id is None


def test_mails_are_moot_without_an_outcome(make_item, hide, second, object_to, case_of):
    complaint = object_to(hide(make_item("contribution")))
    assert settled_mail({"complaint_id": complaint.id}) is None
    assert settled_mail({"complaint_id": complaint.id + 1}) is None
    refuse(second, case_of(second, complaint))
    assert settled_mail({"complaint_id": complaint.id}).values["complaint"].id == complaint.id


def test_nothing_half_done_is_left_when_the_last_step_fails(make_item, hide, second, object_to, case_of, monkeypatch):
    item = make_item("contribution")
    complaint = object_to(hide(item))
    case = case_of(second, complaint)
    before = len(db.session.scalars(select(OutboxMail)).all())

    def fail(*_arguments):
        raise ComplaintChanged("in the last moment")

    monkeypatch.setattr("participation.complaints.services._add_mail", fail)
    with pytest.raises(ComplaintChanged):
        uphold(second, case)
    assert (fresh(item).state, len(decisions_about(item))) == (State.HIDDEN, 1)
    assert fresh(complaint).state is ComplaintState.OPEN
    assert len(db.session.scalars(select(OutboxMail)).all()) == before
    assert db.session.scalars(select(Notice)).all() == []


@pytest.mark.parametrize("state", [State.SUBMITTED, State.PUBLISHED])
def test_removed_passages_come_back_after_any_time(make_item, first, second, object_to, case_of, set_clock, state):
    item = make_item("contribution", state)
    before = item.text
    particulars = Particulars(passages=("Schatten",))
    limit = {"seen_version": item.version, "seen_notice": 0, "particulars": particulars} | LIMIT
    decision = notices.decide(first, item, outcome=Outcome.REDACT, **limit)
    assert "Schatten" not in item.text
    complaint = object_to(decision)
    set_clock(clock.now() + timedelta(days=100))
    uphold(second, case_of(second, complaint))
    assert (fresh(item).text, item.state) == (before, State.PUBLISHED)


@pytest.mark.parametrize("state", [State.SUBMITTED, State.PUBLISHED, State.HIDDEN])
def test_a_block_is_lifted_and_the_text_stays_where_it_is(make_item, first, second, object_to, case_of, state):
    item = make_item("contribution", state)
    limit = {"seen_version": item.version, "seen_notice": 0, "particulars": Particulars(block_days=30)} | LIMIT
    complaint = object_to(notices.decide(first, item, outcome=Outcome.BLOCK, **limit))
    uphold(second, case_of(second, complaint))
    assert fresh(item).state is state
    assert db.session.scalars(select(ParticipantBlock)).one().lifted_at is not None
    assert answer_of(fresh(complaint)).consequence.startswith("Wir haben die Entscheidung zurückgenommen.")
