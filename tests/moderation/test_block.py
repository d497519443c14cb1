"""Warning and blocking: the author is told, others are not; a block ends by time or when it is taken back."""

import re
from datetime import timedelta

import pytest

from participation.accounts.models import Role
from participation.contributions.checking import NewContribution
from participation.contributions.services import submit_contribution
from participation.contributions.states import PublicationState as State
from participation.discussion.models import VoteValue
from participation.discussion.services import Counted, add_comment, vote
from participation.errors import Blocked, InvalidInput
from participation.moderation.blocks import block_of, warnings_of
from participation.moderation.models import Outcome
from participation.moderation.objections import objection_secret
from participation.moderation.services import decide, undo
from participation.moderation.steps import Particulars
from participation.notices.services import NewNotice, report

FACTS = "Sie haben denselben Satz vierzigmal gesendet."
REASONS = {"ground": "insult", "statement_of_reasons": FACTS}
NEW = NewContribution("Mehr Bäume", "Bitte pflanzen Sie hier Linden.", "green", "idea")


@pytest.fixture
def stage(app_context, make_proceeding, make_contribution, make_actor, make_guest):
    proceeding, author = make_proceeding(), make_guest("author@example.org")
    item = make_contribution(proceeding, author=author)
    return proceeding, author, item, make_actor(proceeding, Role.MODERATOR)


def block(moderator, item, days=7):
    particulars = Particulars(block_days=days)
    return decide(moderator, item, outcome=Outcome.BLOCK, seen_version=item.version, particulars=particulars, **REASONS)


def acts_of(proceeding, who, other):
    return {
        "contribute": lambda: submit_contribution(who, proceeding, NEW, idempotency_key="k"),
        "comment": lambda: add_comment(who, proceeding, other.id, text="Das stimmt nicht.", language="de"),
        "vote": lambda: vote(who, proceeding, other.id, VoteValue.FOR),
    }


@pytest.mark.parametrize("act", ["contribute", "comment", "vote"])
def test_who_is_blocked_learns_why_until_when_and_what_helps(stage, make_contribution, act):
    proceeding, author, item, moderator = stage
    other = make_contribution(proceeding)
    decision = block(moderator, item)
    with pytest.raises(Blocked) as refused:
        acts_of(proceeding, author, other)[act]()
    address = f"/decisions/{objection_secret(decision)}/complaint"
    for part in (FACTS, "Er beleidigt oder bedroht Menschen", address):
        assert part in str(refused.value.message)


@pytest.mark.parametrize("act, values", [("comments", {"text": "Das stimmt nicht."}), ("vote", {"vote": "for"})])
def test_on_every_page_a_link_leads_to_the_form_to_object(stage, make_client, make_contribution, act, values):
    proceeding, author, item, moderator = stage
    path = f"/decisions/{objection_secret(block(moderator, item))}/complaint"
    other = make_contribution(proceeding)
    client = make_client(author)
    refused = client.send(f"/proceedings/churchyard/contributions/{other.id}/{act}", values)
    assert refused.status_code == 403
    (address,) = re.findall(f'<a href="[^"]*({re.escape(path)})"', refused.get_data(as_text=True))
    assert client.get(address).status_code == 200


def is_done_in(proceeding, done):
    return done == Counted(1, 0, VoteValue.FOR) or done.proceeding_id == proceeding.id


@pytest.mark.parametrize("act", ["contribute", "comment", "vote"])
def test_nobody_else_and_nowhere_else_is_blocked(stage, make_contribution, make_proceeding, make_guest, act):
    proceeding, author, item, moderator = stage
    block(moderator, item)
    done = acts_of(proceeding, make_guest(), make_contribution(proceeding))[act]()
    assert (done.own is VoteValue.FOR) if act == "vote" else (done.proceeding_id == proceeding.id)
    elsewhere = make_proceeding("elsewhere")
    done = acts_of(elsewhere, author, make_contribution(elsewhere))[act]()
    assert is_done_in(elsewhere, done)


def test_reporting_stays_possible(stage, make_contribution):
    proceeding, author, item, moderator = stage
    block(moderator, item)
    new = NewNotice("insult", "Der zweite Satz beleidigt meine Nachbarin.")
    assert report(author, make_contribution(proceeding), None, new, idempotency_key="k").id


@pytest.mark.parametrize("age, holds", [(timedelta(days=7, seconds=-1), True), (timedelta(days=7), False)])
def test_it_ends_by_time(stage, make_contribution, set_clock, age, holds):
    proceeding, author, item, moderator = stage
    other = make_contribution(proceeding)
    decision = block(moderator, item)
    set_clock(decision.decided_at + age)
    assert (block_of(author.participant_id, proceeding.id) is not None) is holds
    if not holds:
        vote(author, proceeding, other.id, VoteValue.FOR)


def test_it_ends_when_taken_back_whatever_became_of_the_text_meanwhile(stage, make_contribution):
    proceeding, author, item, moderator = stage
    decision = block(moderator, item)
    decide(moderator, item, outcome=Outcome.HIDE, seen_version=item.version, **REASONS)
    undo(moderator, item, decision, seen_version=item.version)
    assert item.state is State.HIDDEN
    vote(author, proceeding, make_contribution(proceeding).id, VoteValue.FOR)


@pytest.mark.parametrize("days", [0, 91, -1])
def test_it_is_for_one_day_to_ninety(stage, days):
    _, _, item, moderator = stage
    with pytest.raises(InvalidInput) as refused:
        block(moderator, item, days)
    assert refused.value.field == "block_days"


@pytest.mark.parametrize("outcome", [Outcome.WARN, Outcome.BLOCK])
def test_nobody_is_warned_or_blocked_for_a_text_whose_author_nobody_knows(stage, make_contribution, outcome):
    proceeding, _, _, moderator = stage
    item = make_contribution(proceeding, author=None, participant_id=None)
    particulars = Particulars(block_days=3)
    with pytest.raises(InvalidInput) as refused:
        decide(moderator, item, outcome=outcome, seen_version=1, particulars=particulars, **REASONS)
    assert refused.value.field == "outcome"


@pytest.mark.parametrize("role", [Role.MODERATOR, Role.PLANNER, Role.MANAGER, "administrator"])
def test_the_own_team_is_not_blocked(stage, make_contribution, make_actor, role):
    proceeding, _, _, moderator = stage
    own = make_actor(is_administrator=True) if role == "administrator" else make_actor(proceeding, role)
    with pytest.raises(InvalidInput):
        block(moderator, make_contribution(proceeding, author=own))


def test_warnings_are_counted_for_moderators_until_taken_back(stage, make_contribution, make_comment):
    proceeding, author, item, moderator = stage
    decision = decide(moderator, item, outcome=Outcome.WARN, seen_version=1, **REASONS)
    comment = make_comment(item, author=author)
    decide(moderator, comment, outcome=Outcome.WARN, seen_version=1, **REASONS)
    later = make_contribution(proceeding, author=author)
    assert warnings_of(moderator, later) == 2
    undo(moderator, item, decision, seen_version=item.version)
    assert warnings_of(moderator, later) == 1


def test_a_warning_leaves_the_text_and_the_version_tells_the_next_moderator(stage):
    _, _, item, moderator = stage
    before = (item.text, item.state, item.updated_at)
    decide(moderator, item, outcome=Outcome.WARN, seen_version=1, **REASONS)
    assert (item.text, item.state, item.updated_at) == before
    assert item.version == 2
