"""Merging: a link to the leading contribution, votes counted jointly and never moved, both authors told."""

import pytest
from shapely import Point
from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError

from participation.accounts.models import Role
from participation.contributions.models import Contribution
from participation.contributions.states import PublicationState as State
from participation.database import db, transaction
from participation.discussion.joint_votes import own_vote
from participation.discussion.models import Comment, Vote, VoteValue
from participation.discussion.services import add_comment, vote
from participation.errors import Conflict, InvalidInput
from participation.moderation.mails import group_mail
from participation.moderation.merging import contributions_to_lead
from participation.moderation.models import Outcome
from participation.moderation.queries import merged_ids
from participation.moderation.services import decide, undo
from participation.moderation.steps import Particulars
from participation.notifications.models import OutboxMail

REASONS = {"ground": "repetition", "statement_of_reasons": "Beide wünschen sich dieselben Bänke."}
FOR, AGAINST = VoteValue.FOR, VoteValue.AGAINST


@pytest.fixture
def proceeding(app_context, make_proceeding):
    return make_proceeding()


@pytest.fixture
def merge(proceeding, make_actor):
    """Merge one contribution into another, as a moderator."""
    moderator = make_actor(proceeding, Role.MODERATOR)

    def into(item, leading_id):
        particulars = Particulars(leading_id=leading_id)
        return decide(
            moderator, item, outcome=Outcome.MERGE, seen_version=item.version, particulars=particulars, **REASONS
        )

    into.moderator = moderator
    return into


def counters(*contributions):
    for one in contributions:
        db.session.refresh(one)
    return [(one.votes_for, one.votes_against) for one in contributions]


def test_votes_are_counted_once_a_person_and_given_back_when_it_is_taken_back(
    proceeding, merge, make_contribution, make_guest
):
    leading, merged, other = (make_contribution(proceeding) for _ in range(3))
    guests = [make_guest() for _ in range(4)]
    cast = [
        (0, leading, FOR),
        (0, merged, AGAINST),
        (1, merged, FOR),
        (2, other, AGAINST),
        (1, other, AGAINST),
        (3, other, FOR),
    ]
    for number, contribution, value in cast:
        vote(guests[number], proceeding, contribution.id, value)
    before = counters(leading, merged, other)
    decisions = [merge(merged, leading.id), merge(other, leading.id)]
    # 0: the own vote on the leading one; 1: the newest of the others; 2 and 3: their only ones
    assert counters(leading, merged, other) == [(2, 2), *before[1:]]
    assert [own_vote(guest, leading.id) for guest in guests] == [FOR, AGAINST, AGAINST, FOR]
    for item, decision in zip((merged, other), decisions, strict=True):
        undo(merge.moderator, item, decision, seen_version=item.version)
    assert counters(leading, merged, other) == before


def test_who_takes_a_vote_back_takes_it_back_everywhere_in_the_group(proceeding, merge, make_contribution, make_guest):
    leading, merged = (make_contribution(proceeding) for _ in range(2))
    guest, other = make_guest(), make_guest()
    for who, contribution in ((guest, leading), (guest, merged), (other, merged)):
        vote(who, proceeding, contribution.id, FOR)
    decision = merge(merged, leading.id)
    assert counters(leading) == [(2, 0)]
    vote(guest, proceeding, leading.id, None)
    assert own_vote(guest, leading.id) is None
    assert counters(leading, merged) == [(1, 0), (1, 0)]
    assert [one.participant_id for one in db.session.scalars(select(Vote))] == [other.participant_id]
    undo(merge.moderator, merged, decision, seen_version=merged.version)
    assert counters(leading, merged) == [(0, 0), (1, 0)]


def test_a_changed_vote_is_one_on_the_leading_one(proceeding, merge, make_contribution, make_guest):
    leading, merged = (make_contribution(proceeding) for _ in range(2))
    guest = make_guest()
    vote(guest, proceeding, merged.id, FOR)
    merge(merged, leading.id)
    vote(guest, proceeding, leading.id, AGAINST)
    assert own_vote(guest, leading.id) is AGAINST
    assert counters(leading, merged) == [(0, 1), (1, 0)]


def test_nobody_votes_or_comments_on_what_is_merged(proceeding, merge, make_contribution, make_guest):
    leading, merged = (make_contribution(proceeding) for _ in range(2))
    merge(merged, leading.id)
    for act in (
        lambda: vote(make_guest(), proceeding, merged.id, FOR),
        lambda: add_comment(make_guest(), proceeding, merged.id, text="Noch etwas.", language="de"),
    ):
        with pytest.raises(Conflict):
            act()


@pytest.mark.parametrize("wrong", ["itself", "elsewhere", "hidden", "merged", "nothing", "unknown"])
def test_it_is_merged_only_into_another_public_one_of_the_same_proceeding(
    proceeding, merge, make_contribution, make_proceeding, wrong
):
    item = make_contribution(proceeding)
    leading_id = {
        "itself": lambda: item.id,
        "elsewhere": lambda: make_contribution(make_proceeding("elsewhere")).id,
        "hidden": lambda: make_contribution(proceeding, state=State.HIDDEN).id,
        "merged": lambda: make_contribution(proceeding, state=State.MERGED).id,
        "nothing": lambda: None,
        "unknown": lambda: 4711,
    }[wrong]()
    with pytest.raises(InvalidInput) as refused:
        merge(item, leading_id)
    assert refused.value.field == "leading"
    assert db.session.get_one(Contribution, item.id).state is State.PUBLISHED


def test_what_is_merged_can_be_hidden_and_joins_the_group_again_when_that_is_taken_back(
    proceeding, merge, make_contribution, make_guest
):
    first = make_guest("first@example.org")
    leading, merged = make_contribution(proceeding, author=first), make_contribution(proceeding)
    vote(make_guest(), proceeding, merged.id, FOR)
    merge(merged, leading.id)
    hiding = decide(merge.moderator, merged, outcome=Outcome.HIDE, seen_version=merged.version, **REASONS)
    assert (merged.state, merged.leading_id) == (State.HIDDEN, None)
    assert counters(leading, merged) == [(0, 0), (1, 0)]
    told = db.session.scalars(select(OutboxMail).where(OutboxMail.template == "moderation/group")).all()
    assert [mail.participant_id for mail in told] == [first.participant_id] * 2
    assert not group_mail({"decision_id": hiding.id}).values["is_merged"]
    back = undo(merge.moderator, merged, hiding, seen_version=merged.version)
    assert (merged.state, merged.leading_id) == (State.MERGED, leading.id)
    assert counters(leading, merged) == [(1, 0), (1, 0)]
    assert group_mail({"decision_id": back.id}).values["is_merged"]
    decide(merge.moderator, merged, outcome=Outcome.HIDE, seen_version=merged.version, **REASONS)
    decide(merge.moderator, merged, outcome=Outcome.PUBLISH, seen_version=merged.version)
    assert (merged.state, merged.leading_id) == (State.PUBLISHED, None)


def test_a_comment_is_not_merged(proceeding, merge, make_contribution, make_comment):
    leading = make_contribution(proceeding)
    id_ = make_comment(leading).id
    comment = db.session.get_one(Comment, id_)
    with pytest.raises(Conflict):
        merge(comment, leading.id)
    comment = db.session.get_one(Comment, id_)
    assert (comment.state, comment.version) == (State.PUBLISHED, 1)


def test_what_leads_others_is_not_merged_itself(proceeding, merge, make_contribution):
    leading, merged, third = (make_contribution(proceeding) for _ in range(3))
    merge(merged, leading.id)
    with pytest.raises(InvalidInput):
        merge(db.session.get_one(Contribution, leading.id), third.id)
    assert merged_ids(leading) == [merged.id]


def test_merging_is_not_taken_back_into_one_that_is_gone(proceeding, merge, make_contribution):
    """Separated by publishing; that is taken back only while the leading one is public."""
    leading, merged = (make_contribution(proceeding) for _ in range(2))
    merge(merged, leading.id)
    separated = decide(merge.moderator, merged, outcome=Outcome.PUBLISH, seen_version=merged.version)
    assert merged.leading_id is None
    again = undo(merge.moderator, merged, separated, seen_version=merged.version, **REASONS)
    assert (merged.leading_id, again.state_after) == (leading.id, State.MERGED)
    separated = decide(merge.moderator, merged, outcome=Outcome.PUBLISH, seen_version=merged.version)
    decide(merge.moderator, leading, outcome=Outcome.HIDE, seen_version=leading.version, **REASONS)
    with pytest.raises(InvalidInput):
        undo(merge.moderator, merged, separated, seen_version=merged.version, **REASONS)


def test_the_database_itself_knows_no_merged_one_without_a_leading_one(proceeding, make_contribution):
    leading = make_contribution(proceeding)
    columns = {column.key: getattr(leading, column.key) for column in Contribution.__table__.columns}
    for wrong in ({"state": State.MERGED, "leading_id": None}, {"state": State.PUBLISHED, "leading_id": leading.id}):
        with pytest.raises(IntegrityError), transaction() as session:
            session.execute(insert(Contribution).values(columns | {"id": None} | wrong))


def test_both_authors_are_told_and_one_who_wrote_both_once(proceeding, merge, make_contribution, make_guest):
    first, second = make_guest("first@example.org"), make_guest("second@example.org")
    leading, merged = make_contribution(proceeding, author=first), make_contribution(proceeding, author=second)
    own = make_contribution(proceeding, author=first)
    decision = merge(merged, leading.id)
    merge(own, leading.id)
    mails = db.session.scalars(select(OutboxMail).order_by(OutboxMail.id)).all()
    assert [(mail.template, mail.participant_id) for mail in mails] == [
        ("moderation/decision", second.participant_id),
        ("moderation/group", first.participant_id),
        ("moderation/decision", first.participant_id),
    ]
    assert group_mail({"decision_id": decision.id}).values["is_merged"]
    undo(merge.moderator, merged, decision, seen_version=merged.version)
    assert group_mail({"decision_id": decision.id}) is None


def test_found_ones_are_public_and_nearest_first(proceeding, make_contribution):
    item = make_contribution(proceeding, geometry=Point(12.3700, 51.3420))
    far = make_contribution(proceeding, geometry=Point(12.3720, 51.3430), title="Ein Brunnen am Rand")
    near = make_contribution(proceeding, geometry=Point(12.3701, 51.3420))
    nowhere = make_contribution(proceeding, geometry=None, title="Ein Brunnen ohne Ort")
    make_contribution(proceeding, state=State.HIDDEN)
    assert [one.id for one in contributions_to_lead(item)] == [near.id, far.id]
    assert [one.id for one in contributions_to_lead(item, "brunnen")] == [far.id, nowhere.id]
