"""Every step can be taken back for 30 days by whoever may take it; nobody loses sight of what is public, and why."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from participation.accounts.models import Role
from participation.contributions.states import STEPS, is_limit
from participation.contributions.states import PublicationState as State
from participation.database import db
from participation.errors import Conflict, InvalidInput, NotPermitted
from participation.moderation.mails import decision_mail
from participation.moderation.models import Outcome
from participation.moderation.queries import decisions_about, undoable_decision
from participation.moderation.reasons import statement_of
from participation.moderation.services import decide, undo
from participation.notifications.models import OutboxMail

REASONS = {"ground": "insult", "statement_of_reasons": "Der zweite Satz beleidigt eine Person."}
TAKEN = [
    (State.SUBMITTED, Outcome.PUBLISH),
    (State.SUBMITTED, Outcome.REJECT),
    (State.PUBLISHED, Outcome.HIDE),
    (State.HIDDEN, Outcome.PUBLISH),
]


@pytest.fixture
def decided(app_context, make_proceeding, make_contribution, make_actor, make_guest):
    """A contribution, a decision about it, and another moderator."""

    def make(before, outcome):
        proceeding = make_proceeding()
        contribution = make_contribution(proceeding, state=before, author=make_guest("author@example.org"))
        decision = decide(
            make_actor(proceeding, Role.MODERATOR), contribution, outcome=outcome, seen_version=1, **REASONS
        )
        return contribution, decision, make_actor(proceeding, Role.MODERATOR)

    return make


@pytest.mark.parametrize("before, outcome", TAKEN)
def test_a_step_is_taken_back_by_any_moderator_and_the_author_is_told(decided, before, outcome):
    contribution, decision, other = decided(before, outcome)
    undone = undo(other, contribution, decision, seen_version=contribution.version, **REASONS)
    assert contribution.state is before
    assert (undone.outcome, undone.undoes_id, undone.moderator_id) == (Outcome.UNDO, decision.id, other.user_id)
    assert decisions_about(contribution) == [undone, decision]
    newest = db.session.scalars(select(OutboxMail).order_by(OutboxMail.id.desc())).first()
    assert decision_mail(newest.ids).values["decision"] is undone
    assert undoable_decision(contribution) is None


@pytest.mark.parametrize("before, outcome", TAKEN)
def test_taking_back_needs_reasons_where_it_takes_something_from_the_public(decided, before, outcome):
    contribution, decision, other = decided(before, outcome)
    if is_limit(STEPS[outcome][before], before):
        with pytest.raises(InvalidInput):
            undo(other, contribution, decision, seen_version=contribution.version)
        assert contribution.state is STEPS[outcome][before]
    else:
        undone = undo(other, contribution, decision, seen_version=contribution.version)
        assert statement_of(undone) is None


@pytest.mark.parametrize("age, is_possible", [
    (timedelta(days=30) - timedelta(seconds=1), True), (timedelta(days=30), False),
])  # fmt: skip
def test_it_is_possible_for_30_days(decided, set_clock, age, is_possible):
    contribution, decision, other = decided(State.SUBMITTED, Outcome.REJECT)
    set_clock(decision.decided_at + age)
    assert (undoable_decision(contribution) is not None) is is_possible
    if is_possible:
        undo(other, contribution, decision, seen_version=contribution.version)
    else:
        with pytest.raises(Conflict):
            undo(other, contribution, decision, seen_version=contribution.version)


def test_a_decision_that_others_followed_is_not_taken_back(decided):
    contribution, first, other = decided(State.SUBMITTED, Outcome.PUBLISH)
    decide(other, contribution, outcome=Outcome.HIDE, seen_version=contribution.version, **REASONS)
    decide(other, contribution, outcome=Outcome.PUBLISH, seen_version=contribution.version)
    with pytest.raises(Conflict):
        undo(other, contribution, first, seen_version=contribution.version, **REASONS)
    assert contribution.state is State.PUBLISHED


def test_it_is_taken_back_once(decided):
    contribution, decision, other = decided(State.SUBMITTED, Outcome.REJECT)
    undo(other, contribution, decision, seen_version=contribution.version)
    with pytest.raises(Conflict):
        undo(other, contribution, decision, seen_version=contribution.version)


def test_what_changed_since_the_page_was_opened_is_not_taken_back(decided):
    contribution, decision, other = decided(State.SUBMITTED, Outcome.REJECT)
    with pytest.raises(Conflict):
        undo(other, contribution, decision, seen_version=contribution.version - 1)
    assert len(decisions_about(contribution)) == 1


def test_only_moderators_of_the_proceeding_take_back(decided, make_proceeding, make_actor):
    contribution, decision, _ = decided(State.SUBMITTED, Outcome.REJECT)
    for actor in (make_actor(make_proceeding("other"), Role.MODERATOR), make_actor(is_administrator=True)):
        with pytest.raises(NotPermitted):
            undo(actor, contribution, decision, seen_version=contribution.version)


def test_a_comment_is_counted_again_when_its_hiding_is_taken_back(
    app_context, make_proceeding, make_contribution, make_comment, make_actor
):
    proceeding = make_proceeding()
    contribution = make_contribution(proceeding)
    comment = make_comment(contribution)
    moderator = make_actor(proceeding, Role.MODERATOR)
    hiding = decide(moderator, comment, outcome=Outcome.HIDE, seen_version=1, **REASONS)
    undo(moderator, comment, hiding, seen_version=comment.version)
    db.session.refresh(contribution)
    assert contribution.comment_count == 1
