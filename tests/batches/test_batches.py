"""Batches: one decision about many, step by step, all or named, taken back as one."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from participation import clock
from participation.accounts.actors import STRANGER
from participation.accounts.models import Role
from participation.batches.models import MOST_ITEMS, Batch, BatchItem, BatchState, Problem
from participation.batches.queries import batch_of, progress_of, shown_items
from participation.batches.services import Chosen, go_on, open_batch, start_batch, take_over, undo_batch
from participation.contributions.models import Contribution
from participation.contributions.states import PublicationState
from participation.database import db, transaction
from participation.errors import Conflict, InvalidInput, NotFound, NotPermitted, NotSignedIn
from participation.moderation.models import ModerationDecision, Outcome
from participation.moderation.queries import decisions_about
from participation.moderation.services import decide
from participation.notices.models import NoticeState
from participation.notifications.models import OutboxMail

SUBMITTED, PUBLISHED, HIDDEN = PublicationState.SUBMITTED, PublicationState.PUBLISHED, PublicationState.HIDDEN
REASONS = {"ground": "repetition", "reasons": {"de": "„{title}“ kam schon einmal."}}


@pytest.fixture
def proceeding(app_context, make_proceeding):
    return make_proceeding()


@pytest.fixture
def moderator(proceeding, make_actor):
    return make_actor(proceeding, Role.MODERATOR)


def chosen(*items):
    return [Chosen(item.__tablename__, item.id, item.version) for item in items]


def state_of(item):
    return db.session.get_one(type(item), item.id, populate_existing=True).state


def run(moderator, proceeding, batch):
    """Carry a batch out to its end, as pages do: each step reads it anew."""
    for _ in range(1000):
        progress = go_on(moderator, proceeding, batch_of(moderator, proceeding, batch.id), step=3)
        if not progress.waiting:
            return progress
    raise AssertionError("the batch does not end")


def test_contributions_and_comments_are_decided_together_and_told(
    proceeding, moderator, make_contribution, make_comment, make_guest
):
    first, second = (make_contribution(proceeding, state=SUBMITTED, author=make_guest()) for _ in range(2))
    comment = make_comment(make_contribution(proceeding), state=SUBMITTED, author=make_guest())
    batch = open_batch(moderator, proceeding, chosen(first, comment, second))
    assert state_of(first) is SUBMITTED  # nothing is decided by choosing
    start_batch(moderator, proceeding, batch, outcome=Outcome.PUBLISH)
    progress = run(moderator, proceeding, batch)
    assert (progress.decided, progress.left_alone, progress.waiting) == (3, 0, 0)
    assert [state_of(one) for one in (first, second, comment)] == [PUBLISHED] * 3
    assert db.session.get_one(Batch, batch.id, populate_existing=True).state is BatchState.DONE
    mails = select(func.count()).select_from(OutboxMail).where(OutboxMail.template == "moderation/decision")
    assert db.session.scalar(mails) == 3


def test_one_reason_is_filled_for_each_author(proceeding, moderator, make_contribution):
    items = [make_contribution(proceeding, title=title) for title in ("Bank", "Baum")]
    batch = open_batch(moderator, proceeding, chosen(*items))
    start_batch(moderator, proceeding, batch, outcome=Outcome.HIDE, **REASONS)
    run(moderator, proceeding, batch)
    assert [decisions_about(one)[0].statement_of_reasons for one in items] == [
        "„Bank“ kam schon einmal.",
        "„Baum“ kam schon einmal.",
    ]


def test_what_changed_meanwhile_is_left_alone_and_named(proceeding, moderator, make_contribution, make_actor):
    mine, other = (make_contribution(proceeding, state=SUBMITTED) for _ in range(2))
    batch = open_batch(moderator, proceeding, chosen(mine, other))
    colleague = make_actor(proceeding, Role.MODERATOR)
    reject = {"outcome": Outcome.REJECT, "ground": "insult", "statement_of_reasons": "Der Satz."}
    start_batch(moderator, proceeding, batch, outcome=Outcome.PUBLISH)
    decide(colleague, db.session.get_one(Contribution, other.id), seen_version=1, **reject)
    progress = run(moderator, proceeding, batch)
    assert (progress.decided, progress.left_alone) == (1, 1)
    [left] = shown_items(db.session.get_one(Batch, batch.id), only_problems=True)
    assert (left.item.id, left.entry.problem) == (other.id, Problem.CHANGED)
    assert (state_of(mine), state_of(other)) == (PUBLISHED, PublicationState.REJECTED)


def test_items_of_another_proceeding_refuse_all_and_are_named(
    proceeding, moderator, make_proceeding, make_contribution, make_comment
):
    own = make_contribution(proceeding)
    foreign = make_contribution(make_proceeding("elsewhere"))
    comment = make_comment(foreign)
    with pytest.raises(InvalidInput, match=rf"Beitrag {foreign.id}, Kommentar {comment.id}"):
        open_batch(moderator, proceeding, chosen(own, foreign, comment))
    assert db.session.scalars(select(Batch)).all() == []


def test_a_step_that_the_table_has_not_refuses_all_and_is_named(proceeding, moderator, make_contribution):
    waiting, public = make_contribution(proceeding, state=SUBMITTED), make_contribution(proceeding)
    batch = open_batch(moderator, proceeding, chosen(waiting, public))
    with pytest.raises(InvalidInput, match=f"Beitrag {public.id}"):
        start_batch(moderator, proceeding, batch, outcome=Outcome.REJECT, **REASONS)
    assert batch.state is BatchState.CHOOSING


@pytest.mark.parametrize("missing, field", [
    ({"ground": None}, "ground"),
    ({"ground": "no_such_rule"}, "ground"),
    ({"reasons": {"de": "  "}}, "reasons_de"),
    ({"reasons": {"de": "x" * 4001}}, "reasons_de"),
    ({"reasons": {"de": "{title}" * 20}}, "reasons_de"),
])  # fmt: skip
def test_a_limit_needs_rule_and_reasons(proceeding, moderator, make_contribution, missing, field):
    batch = open_batch(moderator, proceeding, chosen(make_contribution(proceeding)))
    with pytest.raises(InvalidInput) as refused:
        start_batch(moderator, proceeding, batch, outcome=Outcome.HIDE, **(REASONS | missing))
    assert refused.value.field == field
    assert batch.state is BatchState.CHOOSING


def test_a_batch_is_bounded_and_never_empty(proceeding, moderator):
    for items in ([], [Chosen("contribution", number, 1) for number in range(1, MOST_ITEMS + 2)]):
        with pytest.raises(InvalidInput):
            open_batch(moderator, proceeding, items)


def test_it_is_taken_back_as_one(proceeding, moderator, make_contribution, make_notice):
    items = [make_contribution(proceeding) for _ in range(5)]
    notice = make_notice(items[0])
    batch = open_batch(moderator, proceeding, chosen(*items))
    start_batch(moderator, proceeding, batch, outcome=Outcome.HIDE, **REASONS)
    run(moderator, proceeding, batch)
    assert db.session.get_one(type(notice), notice.id, populate_existing=True).state is NoticeState.SETTLED
    undoing = undo_batch(moderator, proceeding, db.session.get_one(Batch, batch.id))
    progress = run(moderator, proceeding, undoing)
    assert (progress.decided, progress.left_alone) == (5, 0)
    assert {state_of(one) for one in items} == {PUBLISHED}
    assert db.session.get_one(type(notice), notice.id, populate_existing=True).state is NoticeState.OPEN


def test_items_that_moved_on_are_not_taken_back(proceeding, moderator, make_contribution):
    moved_on, stayed = (make_contribution(proceeding) for _ in range(2))
    batch = open_batch(moderator, proceeding, chosen(moved_on, stayed))
    start_batch(moderator, proceeding, batch, outcome=Outcome.HIDE, **REASONS)
    run(moderator, proceeding, batch)
    item = db.session.get_one(Contribution, moved_on.id, populate_existing=True)
    decide(moderator, item, outcome=Outcome.PUBLISH, seen_version=item.version)
    progress = run(moderator, proceeding, undo_batch(moderator, proceeding, db.session.get_one(Batch, batch.id)))
    assert (progress.decided, progress.left_alone) == (1, 1)
    assert {state_of(one) for one in (moved_on, stayed)} == {PUBLISHED}


def test_taking_publications_back_needs_reasons(proceeding, moderator, make_contribution):
    item = make_contribution(proceeding, state=SUBMITTED)
    batch = open_batch(moderator, proceeding, chosen(item))
    start_batch(moderator, proceeding, batch, outcome=Outcome.PUBLISH)
    run(moderator, proceeding, batch)
    with pytest.raises(InvalidInput):
        undo_batch(moderator, proceeding, db.session.get_one(Batch, batch.id))
    undoing = undo_batch(moderator, proceeding, db.session.get_one(Batch, batch.id), **REASONS)
    run(moderator, proceeding, undoing)
    assert state_of(item) is SUBMITTED


def test_after_thirty_days_nothing_is_taken_back(proceeding, moderator, make_contribution, set_clock):
    item = make_contribution(proceeding)
    batch = open_batch(moderator, proceeding, chosen(item))
    start_batch(moderator, proceeding, batch, outcome=Outcome.HIDE, **REASONS)
    run(moderator, proceeding, batch)
    set_clock(clock.now() + timedelta(days=30))
    undoing = undo_batch(moderator, proceeding, db.session.get_one(Batch, batch.id))
    progress = run(moderator, proceeding, undoing)
    assert progress.left_alone == 1
    assert shown_items(undoing, only_problems=True)[0].entry.problem is Problem.TOO_OLD
    assert state_of(item) is HIDDEN


def test_it_is_started_and_taken_back_once(proceeding, moderator, make_contribution):
    batch = open_batch(moderator, proceeding, chosen(make_contribution(proceeding)))
    hide = {"outcome": Outcome.HIDE, **REASONS}
    with pytest.raises(Conflict):
        undo_batch(moderator, proceeding, batch)
    start_batch(moderator, proceeding, batch_of(moderator, proceeding, batch.id), **hide)
    with pytest.raises(Conflict):
        start_batch(moderator, proceeding, batch_of(moderator, proceeding, batch.id), **hide)
    with pytest.raises(Conflict):
        undo_batch(moderator, proceeding, batch_of(moderator, proceeding, batch.id))
    run(moderator, proceeding, batch)
    undoing = undo_batch(moderator, proceeding, db.session.get_one(Batch, batch.id))
    run(moderator, proceeding, undoing)
    for again in (batch.id, undoing.id):
        with pytest.raises(Conflict):
            undo_batch(moderator, proceeding, db.session.get_one(Batch, again, populate_existing=True))


def test_a_batch_that_was_broken_off_goes_on_where_it_stopped(proceeding, moderator, make_contribution):
    items = [make_contribution(proceeding, state=SUBMITTED) for _ in range(6)]
    batch = open_batch(moderator, proceeding, chosen(*items))
    start_batch(moderator, proceeding, batch, outcome=Outcome.PUBLISH)
    go_on(moderator, proceeding, batch, step=2)
    db.session.remove()  # the process ends
    found = batch_of(moderator, proceeding, batch.id)
    assert progress_of(found).waiting == 4
    assert run(moderator, proceeding, found).decided == 6
    assert db.session.scalar(select(func.count()).select_from(ModerationDecision)) == 6


def test_only_moderators_of_the_proceeding_decide(
    proceeding, moderator, make_contribution, make_actor, make_proceeding
):
    item = make_contribution(proceeding, state=SUBMITTED)
    batch = open_batch(moderator, proceeding, chosen(item))
    elsewhere = make_proceeding("elsewhere")
    for actor, error in (
        (STRANGER, NotSignedIn),
        (make_actor(proceeding, Role.PLANNER), NotPermitted),
        (make_actor(elsewhere, Role.MODERATOR), NotPermitted),
        (make_actor(is_administrator=True), NotPermitted),
    ):
        for act in (
            lambda actor: open_batch(actor, proceeding, chosen(item)),
            lambda actor: start_batch(actor, proceeding, batch, outcome=Outcome.PUBLISH),
            lambda actor: go_on(actor, proceeding, batch),
            lambda actor: undo_batch(actor, proceeding, batch),
            lambda actor: batch_of(actor, proceeding, batch.id),
        ):
            with pytest.raises(error):
                act(actor)
    with pytest.raises(NotFound):
        batch_of(make_actor(elsewhere, Role.MODERATOR), elsewhere, batch.id)
    assert state_of(item) is SUBMITTED
    assert db.session.scalar(select(func.count()).select_from(BatchItem)) == 1


def test_each_author_reads_the_reasons_in_their_language(proceeding, moderator, make_contribution):
    german, english = make_contribution(proceeding), make_contribution(proceeding, language="en")
    batch = open_batch(moderator, proceeding, chosen(german, english))
    hide = {"outcome": Outcome.HIDE, "ground": "repetition"}
    with pytest.raises(InvalidInput) as refused:
        start_batch(moderator, proceeding, batch, **hide, reasons={"de": "Das kam schon."})
    assert refused.value.field == "reasons_en"
    start_batch(moderator, proceeding, batch, **hide, reasons={"de": "Das kam schon.", "en": "We had that."})
    run(moderator, proceeding, batch)
    told = [(one.language, one.statement_of_reasons) for one in (decisions_about(i)[0] for i in (german, english))]
    assert told == [("de", "Das kam schon."), ("en", "We had that.")]


def test_who_goes_on_with_a_colleagues_batch_takes_it_over_first(proceeding, moderator, make_contribution, make_actor):
    colleague = make_actor(proceeding, Role.MODERATOR)
    items = [make_contribution(proceeding) for _ in range(2)]
    batch = open_batch(moderator, proceeding, chosen(*items))
    start_batch(moderator, proceeding, batch, outcome=Outcome.HIDE, **REASONS)
    go_on(moderator, proceeding, batch, step=1)
    with pytest.raises(Conflict):
        go_on(colleague, proceeding, batch_of(colleague, proceeding, batch.id))
    take_over(colleague, batch_of(colleague, proceeding, batch.id))
    run(colleague, proceeding, batch)
    deciders = [decisions_about(one)[0].moderator_id for one in items]
    assert deciders == [moderator.user_id, colleague.user_id]


def test_what_changed_since_the_batch_is_not_taken_back(proceeding, moderator, make_contribution):
    moved, stayed = (make_contribution(proceeding) for _ in range(2))
    batch = open_batch(moderator, proceeding, chosen(moved, stayed))
    start_batch(moderator, proceeding, batch, outcome=Outcome.HIDE, **REASONS)
    run(moderator, proceeding, batch)
    with transaction() as session:
        session.get_one(Contribution, moved.id, populate_existing=True).title = "Eine andere Überschrift"
    progress = run(moderator, proceeding, undo_batch(moderator, proceeding, db.session.get_one(Batch, batch.id)))
    assert (progress.decided, progress.left_alone) == (1, 1)
    assert (state_of(moved), state_of(stayed)) == (HIDDEN, PUBLISHED)


def test_what_was_chosen_and_left_is_forgotten_with_the_next_choice(proceeding, moderator, make_contribution):
    item = make_contribution(proceeding)
    for _ in range(3):
        open_batch(moderator, proceeding, chosen(item))
    assert db.session.scalar(select(func.count()).select_from(Batch)) == 1
    assert db.session.scalar(select(func.count()).select_from(BatchItem)) == 1


@pytest.mark.parametrize("outcome", [Outcome.MERGE, Outcome.BLOCK, Outcome.UNDO, Outcome.REDACT])
def test_a_batch_publishes_rejects_or_hides(proceeding, moderator, make_contribution, outcome):
    batch = open_batch(moderator, proceeding, chosen(make_contribution(proceeding)))
    with pytest.raises(InvalidInput) as refused:
        start_batch(moderator, proceeding, batch, outcome=outcome, **REASONS)
    assert refused.value.field == "outcome"
