"""Random sequences of everything moderators and voters do: each step keeps every rule; the ledger tells all of it."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from participation import clock
from participation.accounts.models import Role
from participation.contributions.models import Contribution
from participation.contributions.states import READABLE_STATES, is_limit
from participation.contributions.states import PublicationState as State
from participation.contributions.text import search_form
from participation.database import db
from participation.discussion.joint_votes import own_vote
from participation.discussion.models import Comment, Vote, VoteValue
from participation.discussion.services import vote
from participation.errors import Blocked, Conflict, InvalidInput
from participation.moderation.blocks import block_of
from participation.moderation.models import EXPLAINED, ModerationDecision, Outcome, ParticipantBlock, SealedText
from participation.moderation.permissions import is_superseded, is_undoable
from participation.moderation.queries import decisions_about, undoable_decisions
from participation.moderation.reasons import statement_of
from participation.moderation.services import decide, undo
from participation.moderation.steps import Particulars
from participation.recounts.comparison import compare
from participation.recounts.services import complete

REASONS = {"ground": "insult", "statement_of_reasons": "Der zweite Satz beleidigt eine Person."}
SECRET = "Siebenschläfer"
ITEMS = ("first", "second", "third", "waiting", "comment")
MOSTLY = st.sampled_from([True, True, True, False])  # with reasons
DECIDING = st.tuples(
    st.just("decide"),
    st.sampled_from(ITEMS),
    st.sampled_from([outcome for outcome in Outcome if outcome is not Outcome.UNDO]),
    st.sampled_from(ITEMS[:3]),
    MOSTLY,
)
UNDOING = st.tuples(st.just("undo"), st.sampled_from(ITEMS), st.integers(0, 2), MOSTLY)
VOTING = st.tuples(st.just("vote"), st.sampled_from(ITEMS[:3]), st.integers(0, 2), st.sampled_from([*VoteValue, None]))


class Stage:
    """Four contributions, their author, votes of three voters, a comment on the first, and a moderator."""

    def __init__(self, make: dict[str, Any]) -> None:
        self.proceeding = make["proceeding"](f"walk-{clock.now().timestamp()}")
        self.author = make["guest"]()
        self.voters = [make["guest"]() for _ in range(3)]
        self.moderator = make["actor"](self.proceeding, Role.MODERATOR)
        said = {"author": self.author, "title": f"Von {SECRET} gesehen", "text": f"Hier war {SECRET}, immer wieder."}
        states = (*[State.PUBLISHED] * 3, State.SUBMITTED)
        contributions = [make["contribution"](self.proceeding, state=state, **said) for state in states]
        comment = make["comment"](contributions[0], f"Auch ich sah {SECRET}.", author=self.author)
        self.ids = dict(zip(ITEMS, [*(one.id for one in contributions), comment.id], strict=True))
        for number, voter in enumerate(self.voters):
            for name in ITEMS[: number + 1]:
                vote(voter, self.proceeding, self.ids[name], list(VoteValue)[(number + len(name)) % 2])
        complete(self.proceeding)  # texts that no service wrote
        self.original = (said["title"], said["text"], comment.text)

    def item(self, name: str) -> Contribution | Comment:
        model = Comment if name == "comment" else Contribution
        return db.session.get_one(model, self.ids[name], populate_existing=True)

    def take(self, step: tuple[Any, ...]) -> None:
        """Take a step, or see that a refused one changed nothing."""
        if step[0] == "vote":
            return self.vote(*step[1:])
        item = self.item(step[1])
        before = (item.state, item.version, item.text)
        try:
            done = self.decide(item, *step[2:]) if step[0] == "decide" else self.undo(item, *step[2:])
        except (Conflict, InvalidInput):
            item = self.item(step[1])
            assert (item.state, item.version, item.text) == before
            return None
        if done is not None:
            assert (done.state_before, done.state_after) == (before[0], item.state)
            assert item.version > before[1]
            has_reasons = done.outcome in EXPLAINED or is_limit(done.state_before, done.state_after, done.outcome)
            assert (statement_of(done) is not None) is has_reasons
        return None

    def decide(self, item: Any, outcome: Outcome, leading: str, gives_reasons: bool) -> ModerationDecision:
        particulars = Particulars(
            passages=(SECRET,), leading_id=self.ids[leading], category="paths", type="question", block_days=3
        )
        reasons = REASONS if gives_reasons else {}
        return decide(
            self.moderator, item, outcome=outcome, seen_version=item.version, particulars=particulars, **reasons
        )

    def undo(self, item: Any, number: int, gives_reasons: bool) -> ModerationDecision | None:
        undoable = undoable_decisions(item)
        if number >= len(undoable):
            return None
        reasons = REASONS if gives_reasons else {}
        return undo(self.moderator, item, undoable[number], seen_version=item.version, **reasons)

    def vote(self, name: str, voter: int, value: VoteValue | None) -> None:
        try:
            vote(self.voters[voter], self.proceeding, self.ids[name], value)
        except (Conflict, Blocked):
            assert self.item(name).state is not State.PUBLISHED
        else:
            assert own_vote(self.voters[voter], self.ids[name]) is value


def check(stage: Stage) -> None:
    """See that every rule holds."""
    for name in ITEMS:
        item = stage.item(name)
        sealed = db.session.scalars(
            select(SealedText).filter_by(**{f"{item.__tablename__}_id": item.id}).where(SealedText.opened_at.is_(None))
        ).all()
        assert (SECRET not in item.text) is bool(sealed)
        decisions = decisions_about(item)
        holding = [one for one in decisions if one.outcome is Outcome.REDACT and not is_superseded(one, decisions)]
        assert bool(sealed) is bool(holding)
        assert [one.text for one in sealed][:1] in ([], [stage.original[2 if name == "comment" else 1]])
        if isinstance(item, Comment):
            continue
        assert (SECRET in item.title) is (not sealed)
        assert item.search_text == search_form(item.title, item.text)
        check_merging(item)
        votes = counted_anew(item)
        assert (item.votes_for, item.votes_against) == (votes.count(1), votes.count(-1))
    first, comment = stage.item("first"), stage.item("comment")
    assert first.comment_count == (comment.state is State.PUBLISHED)
    blocks = db.session.scalars(select(ParticipantBlock).filter_by(proceeding_id=stage.proceeding.id)).all()
    assert (block_of(stage.author.participant_id, stage.proceeding.id) is not None) is any(
        one.lifted_at is None for one in blocks
    )


def check_merging(item: Contribution) -> None:
    assert (item.state is State.MERGED) is (item.leading_id is not None)
    if item.leading_id is not None:
        leading = db.session.get_one(Contribution, item.leading_id)
        assert leading.id != item.id
        assert leading.leading_id is None
        assert leading.proceeding_id == item.proceeding_id
    if item.state in READABLE_STATES:
        assert item.published_at is not None


def counted_anew(item: Contribution) -> list[int]:
    """Return how each voter's vote counts, straight from the rows."""
    merged = db.session.scalars(select(Contribution.id).where(Contribution.leading_id == item.id)).all()
    rows = db.session.scalars(
        select(Vote).where(Vote.contribution_id.in_([item.id, *merged])).execution_options(populate_existing=True)
    ).all()
    counting: dict[int, Vote] = {}
    for row in sorted(rows, key=lambda one: (one.contribution_id == item.id, one.cast_at, one.contribution_id)):
        counting[row.participant_id] = row
    return [row.value for row in counting.values()]


@pytest.fixture
def make_stage(app_context, make_proceeding, make_contribution, make_comment, make_actor, make_guest):
    return lambda: Stage(
        {
            "proceeding": make_proceeding,
            "contribution": make_contribution,
            "comment": make_comment,
            "actor": make_actor,
            "guest": make_guest,
        }
    )


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.one_of(DECIDING, DECIDING, UNDOING, VOTING), min_size=3, max_size=25))
def test_whatever_moderators_and_voters_do_every_rule_holds(make_stage, steps):
    stage = make_stage()
    for step in steps:
        stage.take(step)
        check(stage)
    take_everything_back(stage)
    assert compare(stage.proceeding).faults == []


def take_everything_back(stage: Stage) -> None:
    """What can be taken back now is taken back; no decision was changed, and none was lost."""
    before = {one.id: (one.outcome, one.state_after, one.statement_of_reasons) for one in all_decisions(stage)}
    for name in ITEMS:
        for decision in undoable_decisions(item := stage.item(name)):
            item = stage.item(name)
            if not is_undoable(decision, item.state, decisions_about(item)):
                continue
            try:
                undo(stage.moderator, item, decision, seen_version=item.version, **REASONS)
            except (Conflict, InvalidInput):
                continue  # what it was merged into is not public any more
            check(stage)
    after = {one.id: (one.outcome, one.state_after, one.statement_of_reasons) for one in all_decisions(stage)}
    assert after | before == after


def all_decisions(stage: Stage) -> list[ModerationDecision]:
    return [decision for name in ITEMS for decision in decisions_about(stage.item(name))]
