"""One vote per person; counters always equal the rows."""

import itertools
import threading

import pytest
from sqlalchemy import func, select

from participation.contributions.models import Contribution
from participation.contributions.states import PublicationState
from participation.database import db
from participation.discussion.joint_votes import own_vote
from participation.discussion.models import Vote, VoteValue
from participation.discussion.services import vote
from participation.errors import Conflict, InvalidInput, PhaseClosed
from participation.proceedings.models import Voting

CHOICES = [VoteValue.FOR, VoteValue.AGAINST, None]


def counters(contribution_id):
    statement = select(Contribution.votes_for, Contribution.votes_against).where(Contribution.id == contribution_id)
    return tuple(db.session.execute(statement).one())


def counted(contribution_id):
    def rows(value):
        return db.session.scalar(
            select(func.count()).where(Vote.contribution_id == contribution_id, Vote.value == value)
        )

    return rows(1), rows(-1)


@pytest.mark.parametrize("steps", list(itertools.product(CHOICES, repeat=3)), ids=str)
def test_voting_changing_and_taking_back_keep_counters_and_rows_equal(
    app_context, make_proceeding, make_contribution, make_guest, steps
):
    proceeding = make_proceeding()
    contribution, guest = make_contribution(proceeding), make_guest()
    vote(make_guest(), proceeding, contribution.id, VoteValue.FOR)
    for value in steps:
        vote(guest, proceeding, contribution.id, value)
        assert own_vote(guest, contribution.id) is value
        assert counters(contribution.id) == counted(contribution.id)
    assert counters(contribution.id) == (1 + (steps[-1] is VoteValue.FOR), int(steps[-1] is VoteValue.AGAINST))


@pytest.mark.parametrize("state", [state for state in PublicationState if state is not PublicationState.PUBLISHED])
def test_only_public_contributions_take_votes(app_context, make_proceeding, make_contribution, make_guest, state):
    proceeding = make_proceeding()
    contribution = make_contribution(proceeding, state=state)
    with pytest.raises(Conflict):
        vote(make_guest(), proceeding, contribution.id, VoteValue.FOR)
    assert counters(contribution.id) == (0, 0)


def test_a_contribution_of_another_proceeding_takes_no_vote(
    app_context, make_proceeding, make_contribution, make_guest
):
    contribution = make_contribution(make_proceeding("closed", allows=()))
    with pytest.raises(Conflict):
        vote(make_guest(), make_proceeding("open"), contribution.id, VoteValue.FOR)


def test_a_closed_phase_takes_no_vote(app_context, make_proceeding, make_contribution, make_guest):
    proceeding = make_proceeding(allows=("contributing", "commenting"))
    contribution = make_contribution(proceeding)
    with pytest.raises(PhaseClosed):
        vote(make_guest(), proceeding, contribution.id, VoteValue.FOR)


def test_where_only_support_counts_nobody_votes_against(app_context, make_proceeding, make_contribution, make_guest):
    proceeding = make_proceeding(voting=Voting.SUPPORT)
    contribution = make_contribution(proceeding)
    with pytest.raises(InvalidInput):
        vote(make_guest(), proceeding, contribution.id, VoteValue.AGAINST)


def test_votes_at_the_same_moment_are_all_counted(app, make_proceeding, make_contribution, make_guest):
    proceeding = make_proceeding()
    contribution = make_contribution(proceeding)
    guests = [make_guest() for _ in range(6)]
    errors = []

    def storm(guest):
        try:
            with app.app_context():
                for value in (VoteValue.FOR, VoteValue.AGAINST, None, VoteValue.FOR):
                    vote(guest, proceeding, contribution.id, value)
        except Exception as error:  # noqa: BLE001 – shown by the assertion
            errors.append(error)

    threads = [threading.Thread(target=storm, args=(guest,)) for guest in [*guests, guests[0]]]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with app.app_context():
        assert errors == []
        assert counters(contribution.id) == counted(contribution.id) == (6, 0)
