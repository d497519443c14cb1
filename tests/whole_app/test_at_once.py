"""The same thing done twice in the same moment: on both databases the outcome is that of one after the other."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import selectinload

from participation.accounts.models import Participant, Role, User
from participation.accounts.services import register_user_as_participant
from participation.casework.models import ModerationCase
from participation.casework.services import assign_case, hold_case
from participation.complaints import services as complaints
from participation.complaints.cases import complaint_case
from participation.complaints.contested import contested_decision
from participation.complaints.models import Complaint, ComplaintOutcome
from participation.contributions.checking import NewContribution
from participation.contributions.drafts import keep_answers
from participation.contributions.models import Contribution, ContributionDraft
from participation.contributions.services import submit_contribution
from participation.contributions.states import PublicationState
from participation.database import db, transaction
from participation.discussion.models import Vote, VoteValue
from participation.discussion.services import add_comment, vote
from participation.errors import Conflict, InvalidInput
from participation.moderation.models import ModerationDecision, Outcome
from participation.moderation.services import decide
from participation.moderation.steps import Particulars
from participation.notices import services as notices
from participation.notices.models import Notice
from participation.proceedings.models import ModerationMode, Proceeding

TIMES = 4


@pytest.fixture
def at_once(app) -> Callable[..., list[Any]]:
    """Calls functions in as many threads, each with a session of its own; returns what they returned or raised."""

    def run(*acts: Callable[[], Any]) -> list[Any]:
        start = Barrier(len(acts))

        def one(act: Callable[[], Any]) -> Any:
            with app.app_context():
                db.session.execute(select(1))  # connected, so that all begin together
                start.wait(timeout=20)
                try:
                    return act()
                except (Conflict, InvalidInput) as refused:
                    return refused
                finally:
                    db.session.remove()

        with ThreadPoolExecutor(len(acts)) as pool:
            return list(pool.map(one, acts))

    return run


def place() -> Proceeding:
    parts = (selectinload(part) for part in (Proceeding.phases, Proceeding.categories, Proceeding.types))
    return db.session.scalars(select(Proceeding).options(*parts)).one()


def count(app, model) -> int:
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(model)) or 0


@pytest.mark.parametrize("round_", range(3))
def test_a_contribution_sent_by_several_clicks_is_one(app, at_once, make_proceeding, make_guest, round_):
    make_proceeding()
    guest = make_guest()
    new = NewContribution("Mehr Bäume", "Bitte pflanzen Sie hier Linden.", "green", "idea")
    sent = at_once(*[lambda: submit_contribution(guest, place(), new, idempotency_key="k").id] * TIMES)
    assert len(set(sent)) == 1
    assert count(app, Contribution) == 1


@pytest.mark.parametrize("round_", range(3))
def test_answers_of_several_tabs_are_all_kept(app, at_once, make_proceeding, make_guest, round_):
    make_proceeding()
    guest = make_guest()
    at_once(*[lambda n=n: keep_answers(guest, place(), {f"answer{n}": n}) for n in range(TIMES)])
    with app.app_context():
        (draft,) = db.session.scalars(select(ContributionDraft)).all()
        assert draft.answers == {f"answer{n}": n for n in range(TIMES)}


@pytest.mark.parametrize("round_", range(3))
def test_an_account_has_one_pseudonym(app, at_once, make_actor, round_):
    actor = make_actor()
    with app.app_context(), transaction() as session:
        session.query(Participant).delete()
    ids = at_once(*[lambda: register_user_as_participant(actor.user_id, "de").id] * TIMES)
    assert len(set(ids)) == 1
    assert (count(app, Participant), count(app, User)) == (1, 1)


def test_votes_of_many_are_all_counted_and_those_of_one_once(
    app, at_once, make_proceeding, make_contribution, make_guest
):
    contribution_id = make_contribution(make_proceeding()).id
    guests = [make_guest() for _ in range(TIMES)]
    at_once(*[lambda guest=guest: vote(guest, place(), contribution_id, VoteValue.FOR) for guest in guests * 2])
    assert count(app, Vote) == TIMES
    with app.app_context():
        assert db.session.get_one(Contribution, contribution_id).votes_for == TIMES


@pytest.mark.parametrize("round_", range(3))
def test_of_two_moderators_the_second_is_told(app, at_once, make_proceeding, make_contribution, make_actor, round_):
    proceeding = make_proceeding()
    contribution_id = make_contribution(proceeding, state=PublicationState.SUBMITTED).id
    moderators = [make_actor(proceeding, Role.MODERATOR) for _ in range(2)]
    acts = [
        lambda: decide(
            moderators[0],
            db.session.get_one(Contribution, contribution_id),
            outcome=Outcome.PUBLISH,
            seen_version=1,
        ),
        lambda: decide(
            moderators[1],
            db.session.get_one(Contribution, contribution_id),
            outcome=Outcome.REJECT,
            seen_version=1,
            ground="insult",
            statement_of_reasons="Der zweite Satz beleidigt.",
        ),
    ]
    results = at_once(*acts)
    assert sorted(isinstance(result, Conflict) for result in results) == [False, True]
    assert count(app, ModerationDecision) == 1


@pytest.mark.parametrize("round_", range(5))
def test_hiding_a_comment_and_answering_it_never_wait_for_each_other(
    app, at_once, make_proceeding, make_contribution, make_comment, make_actor, make_guest, round_
):
    proceeding = make_proceeding(moderation_mode=ModerationMode.AFTER)
    contribution_id = (contribution := make_contribution(proceeding)).id
    comment_id = (comment := make_comment(contribution, "Das stimmt nicht.")).id
    moderator, guest = make_actor(proceeding, Role.MODERATOR), make_guest()

    def hide() -> Any:
        return decide(
            moderator,
            db.session.get_one(type(comment), comment_id),
            outcome=Outcome.HIDE,
            seen_version=1,
            ground="insult",
            statement_of_reasons="Der Satz beleidigt.",
        )

    def answer() -> Any:
        return add_comment(guest, place(), contribution_id, text="Doch.", language="de", parent_id=comment_id)

    hidden, _ = at_once(hide, answer)  # the answer may come too late; Busy would be raised
    assert not isinstance(hidden, Conflict)


@pytest.mark.parametrize("round_", range(3))
def test_a_report_sent_by_several_clicks_is_one(app, at_once, make_contribution, make_guest, round_):
    contribution_id = make_contribution().id
    guest, known = make_guest(), [make_guest() for _ in range(TIMES)]
    new = notices.NewNotice("insult", "Der zweite Satz beleidigt.")

    def report(who: Any, key: str) -> Any:
        contribution = db.session.get_one(Contribution, contribution_id)
        return notices.report(who, contribution, None, new, idempotency_key=key).id

    assert len(set(at_once(*[lambda key=key: report(guest, key) for key in "abcd"]))) == 1
    # Before the cookie arrived, each click is another guest.
    assert len(set(at_once(*[lambda who=who: report(who, "k") for who in known]))) == 1
    assert count(app, Notice) == 2


@pytest.mark.parametrize("round_", range(3))
def test_reports_are_settled_once(app, at_once, make_proceeding, make_contribution, make_actor, make_notice, round_):
    contribution = make_contribution(proceeding := make_proceeding())
    seen = {"seen_version": 1, "seen_notice": make_notice(contribution).id}
    moderators = [make_actor(proceeding, Role.MODERATOR) for _ in range(2)]

    def item() -> Contribution:
        return db.session.get_one(Contribution, contribution.id)

    def hide() -> Any:
        reasons = {"ground": "insult", "statement_of_reasons": "Der zweite Satz beleidigt."}
        return notices.decide(moderators[0], item(), outcome=Outcome.HIDE, **seen, **reasons)

    def refuse() -> Any:
        return notices.refuse_notices(moderators[1], item(), answer="Der Satz greift niemanden an.", **seen)

    results = at_once(hide, refuse)
    assert sorted(isinstance(result, Conflict) for result in results) == [False, True]
    with app.app_context():
        (notice,) = db.session.scalars(select(Notice)).all()
        assert (notice.decision_id is None) is isinstance(results[0], Conflict)
    assert count(app, ModerationDecision) == (not isinstance(results[0], Conflict))


REASONS = {"ground": "repetition", "statement_of_reasons": "Beide sagen dasselbe."}


@pytest.mark.parametrize("round_", range(5))
def test_of_two_that_are_merged_into_each_other_one_leads(
    app, at_once, make_proceeding, make_contribution, make_actor, round_
):
    proceeding = make_proceeding()
    ids = [make_contribution(proceeding).id for _ in range(2)]
    moderators = [make_actor(proceeding, Role.MODERATOR) for _ in range(2)]

    def merge(which: int) -> Any:
        item = db.session.get_one(Contribution, ids[which])
        particulars = Particulars(leading_id=ids[1 - which])
        return decide(
            moderators[which], item, outcome=Outcome.MERGE, seen_version=1, particulars=particulars, **REASONS
        )

    results = at_once(lambda: merge(0), lambda: merge(1))
    assert sorted(isinstance(result, ModerationDecision) for result in results) == [False, True]
    with app.app_context():
        leads_to = [db.session.get_one(Contribution, id_).leading_id for id_ in ids]
    assert leads_to in ([ids[1], None], [None, ids[0]])


@pytest.mark.parametrize("round_", range(5))
def test_votes_cast_while_merging_are_counted(
    app, at_once, make_proceeding, make_contribution, make_actor, make_guest, round_
):
    proceeding = make_proceeding()
    leading_id, merged_id = (make_contribution(proceeding).id for _ in range(2))
    moderator, guests = make_actor(proceeding, Role.MODERATOR), [make_guest() for _ in range(2)]

    def merge() -> Any:
        item = db.session.get_one(Contribution, merged_id)
        particulars = Particulars(leading_id=leading_id)
        return decide(moderator, item, outcome=Outcome.MERGE, seen_version=1, particulars=particulars, **REASONS)

    acts = [
        lambda guest=guest, id_=id_: vote(guest, place(), id_, VoteValue.FOR)
        for guest in guests
        for id_ in (leading_id, merged_id)
    ]
    at_once(merge, *acts)
    with app.app_context():
        voters = set(db.session.scalars(select(Vote.participant_id)))
        assert db.session.get_one(Contribution, leading_id).votes_for == len(voters)
        own = db.session.scalar(select(func.count()).where(Vote.contribution_id == merged_id))
        assert db.session.get_one(Contribution, merged_id).votes_for == own


@pytest.mark.parametrize("round_", range(3))
def test_of_hiding_and_redacting_one_is_done(app, at_once, make_proceeding, make_contribution, make_actor, round_):
    contribution_id = make_contribution(proceeding := make_proceeding(), text="Max Muster stört hier immer.").id
    moderators = [make_actor(proceeding, Role.MODERATOR) for _ in range(2)]

    def act(number: int, outcome: Outcome) -> Any:
        item = db.session.get_one(Contribution, contribution_id)
        particulars = Particulars(passages=("Max Muster",))
        return decide(moderators[number], item, outcome=outcome, seen_version=1, particulars=particulars, **REASONS)

    results = at_once(lambda: act(0, Outcome.HIDE), lambda: act(1, Outcome.REDACT))
    assert sorted(isinstance(result, Conflict) for result in results) == [False, True]
    with app.app_context():
        item = db.session.get_one(Contribution, contribution_id)
        is_hidden = isinstance(results[1], Conflict)
        assert (item.state is PublicationState.HIDDEN, "Max" in item.text) == (is_hidden, is_hidden)


@pytest.fixture
def hidden(app, make_proceeding, make_contribution, make_actor, make_guest):
    """A proceeding, the id of the decision that hid a contribution of a guest, and that of the contribution."""
    contribution = make_contribution(proceeding := make_proceeding(), author=make_guest())
    moderator = make_actor(proceeding, Role.MODERATOR)
    with app.app_context():
        item = db.session.get_one(Contribution, contribution.id)
        reasons = {"ground": "insult", "statement_of_reasons": "Der zweite Satz beleidigt."}
        decision = decide(moderator, item, outcome=Outcome.HIDE, seen_version=1, **reasons)
    return proceeding, decision.id, contribution.id


def objecting(decision_id: int, who: Any, text: str) -> Callable[[], Any]:
    def send() -> Any:
        contested = contested_decision(db.session.get_one(ModerationDecision, decision_id))
        return complaints.complain(who, contested, complaints.NewComplaint(text)).id

    return send


@pytest.mark.parametrize("round_", range(3))
def test_a_complaint_sent_by_several_clicks_is_one(app, at_once, hidden, make_guest, round_):
    _, decision_id, _ = hidden
    guests = [make_guest() for _ in range(TIMES)]  # before the cookie arrived, each click is another guest
    sent = at_once(*[objecting(decision_id, guest, "Das stimmt so nicht.") for guest in guests])
    assert len(set(sent)) == 1
    late = at_once(*[objecting(decision_id, guests[0], f"Das ist Fassung {number}.") for number in range(TIMES)])
    assert all(isinstance(result, complaints.ComplainedBefore) for result in late)
    assert count(app, Complaint) == 1


@pytest.mark.parametrize("round_", range(3))
@pytest.mark.parametrize("outcomes", [("upheld", "not_upheld"), ("upheld", "upheld"), ("not_upheld", "not_upheld")])
def test_a_complaint_is_decided_once(app, at_once, hidden, make_actor, make_guest, outcomes, round_):
    proceeding, decision_id, contribution_id = hidden
    moderators = [make_actor(proceeding, Role.MODERATOR) for _ in range(2)]
    with app.app_context():
        complaint_id = objecting(decision_id, make_guest(), "Das stimmt so nicht.")()

    def deciding(moderator: Any, outcome: str) -> Callable[[], Any]:
        def settle() -> Any:
            case = complaint_case(moderator, place(), complaint_id)
            values = {"outcome": ComplaintOutcome(outcome), "answer": f"So sehe ich das: {outcome}.", "seen_version": 2}
            return complaints.decide(moderator, case, **values)

        return settle

    results = at_once(*map(deciding, moderators, outcomes))
    assert sorted(isinstance(result, Conflict) for result in results) == [False, True]
    winner = 0 if results[0] is None else 1
    with app.app_context():
        complaint = db.session.get_one(Complaint, complaint_id)
        assert (complaint.settled_by, complaint.outcome) == (moderators[winner].user_id, outcomes[winner])
        is_upheld = complaint.outcome is ComplaintOutcome.UPHELD
        item = db.session.get_one(Contribution, contribution_id)
        assert item.state is (PublicationState.PUBLISHED if is_upheld else PublicationState.HIDDEN)
    assert count(app, ModerationDecision) == 1 + is_upheld


@pytest.mark.parametrize("round_", range(3))
def test_objecting_and_taking_the_decision_back_never_wait_for_each_other(
    app, at_once, hidden, make_actor, make_guest, round_
):
    proceeding, decision_id, contribution_id = hidden
    moderator, guest = make_actor(proceeding, Role.MODERATOR), make_guest()

    def take_back() -> Any:
        decision = db.session.get_one(ModerationDecision, decision_id)
        return notices.undo(moderator, db.session.get_one(Contribution, contribution_id), decision, seen_version=2)

    undone, sent = at_once(take_back, objecting(decision_id, guest, "Das stimmt so nicht."))  # Busy would be raised
    assert not isinstance(undone, Conflict)
    assert not isinstance(sent, Conflict)


@pytest.mark.parametrize("round_", range(3))
def test_of_two_moderators_who_open_a_case_one_holds_it(
    app, at_once, make_proceeding, make_contribution, make_actor, round_
):
    proceeding = make_proceeding()
    contribution_id = make_contribution(proceeding, state=PublicationState.SUBMITTED).id
    moderators = [make_actor(proceeding, Role.MODERATOR) for _ in range(TIMES)]
    holders = at_once(
        *[
            lambda one=one: hold_case(one, db.session.get_one(Contribution, contribution_id)).held_by
            for one in moderators
        ]
    )
    assert len(set(holders)) == 1
    assert count(app, ModerationCase) == 1


@pytest.mark.parametrize("round_", range(3))
def test_of_two_who_give_a_case_away_one_is_told(app, at_once, make_proceeding, make_contribution, make_actor, round_):
    proceeding = make_proceeding()
    contribution_id = make_contribution(proceeding, state=PublicationState.SUBMITTED).id
    moderators = [make_actor(proceeding, Role.MODERATOR) for _ in range(TIMES)]
    given = at_once(
        *[
            lambda one=one: assign_case(
                one, db.session.get_one(Contribution, contribution_id), one.user_id, seen_assignee_id=None
            )
            for one in moderators
        ]
    )
    assert sum(isinstance(one, Conflict) for one in given) == TIMES - 1
    assert count(app, ModerationCase) == 1


@pytest.mark.parametrize("round_", range(3))
def test_nobody_decides_in_the_moment_someone_else_takes_the_case(
    app, at_once, make_proceeding, make_contribution, make_actor, round_
):
    proceeding = make_proceeding()
    contribution_id = make_contribution(proceeding, state=PublicationState.SUBMITTED).id
    first, second = (make_actor(proceeding, Role.MODERATOR) for _ in range(2))
    decided, _ = at_once(
        lambda: decide(
            first, db.session.get_one(Contribution, contribution_id), outcome=Outcome.PUBLISH, seen_version=1
        ),
        lambda: hold_case(second, db.session.get_one(Contribution, contribution_id)),
    )
    assert count(app, ModerationDecision) == (0 if isinstance(decided, Conflict) else 1)
