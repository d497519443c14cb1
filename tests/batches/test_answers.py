"""Many reports answered at once: each reporter reads it in their language, and it is taken back as one."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from participation.accounts.models import Role
from participation.batches.models import BatchItem, BatchOutcome, BatchState, Problem
from participation.batches.queries import batch_of, progress_of, reports_in
from participation.batches.services import Chosen, go_on, open_batch, start_answers, undo_batch
from participation.casework.services import hold_case
from participation.complaints.contested import contested_answer
from participation.complaints.services import NewComplaint, complain
from participation.contributions.states import PublicationState
from participation.database import db
from participation.errors import Conflict, InvalidInput, NotPermitted
from participation.moderation.models import Outcome
from participation.moderation.services import decide
from participation.notices.models import Notice, NoticeOutcome, NoticeState
from participation.notifications.models import OutboxMail

ANSWERS = {"de": "Der Satz ist scharf, aber er greift niemanden an.", "en": "It is sharp, but attacks nobody."}


@pytest.fixture
def proceeding(app_context, make_proceeding):
    return make_proceeding()


@pytest.fixture
def moderator(proceeding, make_actor):
    return make_actor(proceeding, Role.MODERATOR)


@pytest.fixture
def reported(proceeding, make_contribution, make_comment, make_notice, make_guest):
    """Two contributions and a comment; the first is reported in German and English."""
    items = [make_contribution(proceeding), make_contribution(proceeding, language="en")]
    items.append(make_comment(items[0]))
    for item, language in ((items[0], "de"), (items[0], "en"), (items[1], "de"), (items[2], "en")):
        make_notice(item, language=language, email="r@example.org")
    return items


def chosen(*items):
    return [Chosen(item.__tablename__, item.id, item.version) for item in items]


def notices():
    return db.session.scalars(select(Notice).order_by(Notice.id).execution_options(populate_existing=True)).all()


def run(moderator, proceeding, batch):
    while True:
        progress = go_on(moderator, proceeding, batch_of(moderator, proceeding, batch.id), step=2)
        if not progress.waiting:
            return progress


def answered(moderator, proceeding, items, meanwhile=lambda: None):
    batch = open_batch(moderator, proceeding, chosen(*items))
    meanwhile()
    start_answers(moderator, batch, answers=ANSWERS)
    return batch, run(moderator, proceeding, batch)


def test_every_reporter_reads_the_answer_in_their_language_and_nothing_changes(proceeding, moderator, reported):
    versions = [item.version for item in reported]
    batch, progress = answered(moderator, proceeding, reported)
    assert (progress.decided, progress.left_alone) == (3, 0)
    assert [(one.language, one.answer) for one in notices()] == [
        (language, ANSWERS[language]) for language in ("de", "en", "de", "en")
    ]
    assert {(one.state, one.outcome) for one in notices()} == {(NoticeState.SETTLED, NoticeOutcome.NOT_UPHELD)}
    for item, version in zip(reported, versions, strict=True):
        db.session.refresh(item)
        assert (item.state, item.version) == (PublicationState.PUBLISHED, version)
    mails = db.session.scalars(select(OutboxMail.template)).all()
    assert mails == ["notices/settled"] * 4
    batch = batch_of(moderator, proceeding, batch.id)
    assert (batch.state, batch.outcome) == (BatchState.DONE, BatchOutcome.KEEP)


def test_taken_back_exactly_these_reports_are_open_again(proceeding, moderator, reported, make_notice):
    batch, _ = answered(moderator, proceeding, reported)
    undoing = undo_batch(moderator, proceeding, batch_of(moderator, proceeding, batch.id))
    assert run(moderator, proceeding, undoing).decided == 3
    assert {(one.state, one.answer, one.settled_at) for one in notices()} == {(NoticeState.OPEN, "", None)}
    with pytest.raises(Conflict):
        undo_batch(moderator, proceeding, batch_of(moderator, proceeding, batch.id))


@pytest.mark.parametrize("age, count", [(timedelta(days=30, seconds=-1), 3), (timedelta(days=30), 0)])
def test_it_is_taken_back_for_30_days(proceeding, moderator, reported, set_clock, age, count):
    batch, _ = answered(moderator, proceeding, reported)
    first_or_last = min if count else max
    set_clock(first_or_last(one.settled_at for one in notices()) + age)
    progress = run(moderator, proceeding, undo_batch(moderator, proceeding, batch_of(moderator, proceeding, batch.id)))
    assert progress.decided == count
    problems = db.session.scalars(select(BatchItem.problem).where(BatchItem.problem.is_not(None))).all()
    assert problems == [Problem.TOO_OLD] * (3 - count)


def test_an_answer_that_somebody_objected_to_stays(proceeding, moderator, reported, make_guest):
    batch, _ = answered(moderator, proceeding, reported)
    complain(make_guest(), contested_answer(notices()[2]), NewComplaint("Er greift sehr wohl jemanden an."))
    progress = run(moderator, proceeding, undo_batch(moderator, proceeding, batch_of(moderator, proceeding, batch.id)))
    assert (progress.decided, progress.left_alone) == (2, 1)
    assert [one.state for one in notices()] == [NoticeState.OPEN] * 2 + [NoticeState.SETTLED, NoticeState.OPEN]


@pytest.mark.parametrize("what", ["new report", "hidden", "held"])
def test_what_changed_meanwhile_is_left_alone_and_named(
    proceeding, moderator, reported, make_notice, make_guest, make_actor, what
):
    colleague = make_actor(proceeding, Role.MODERATOR)
    change = {
        "new report": lambda: make_notice(reported[1]),
        "hidden": lambda: decide(colleague, reported[1], outcome=Outcome.HIDE, seen_version=reported[1].version,
                                 ground="insult", statement_of_reasons="Der zweite Satz."),
        "held": lambda: hold_case(colleague, reported[1]),
    }[what]  # fmt: skip
    _, progress = answered(moderator, proceeding, reported, change)
    assert (progress.decided, progress.left_alone) == (2, 1)
    [left] = db.session.scalars(select(BatchItem).where(BatchItem.problem.is_not(None))).all()
    assert (left.contribution_id, left.problem) == (reported[1].id, Problem.CHANGED)
    assert all(one.state is NoticeState.OPEN for one in notices() if one.contribution_id == reported[1].id)


def test_texts_that_nobody_reported_are_refused_by_name(proceeding, moderator, reported, make_contribution):
    other = make_contribution(proceeding)
    batch = open_batch(moderator, proceeding, chosen(*reported, other))
    with pytest.raises(InvalidInput, match=str(other.id)):
        start_answers(moderator, batch, answers=ANSWERS)
    assert {one.state for one in notices()} == {NoticeState.OPEN}


@pytest.mark.parametrize("missing", [{"en": ""}, {"en": "kurz"}, {"de": "x" * 2001}])
def test_an_answer_is_needed_in_each_language(proceeding, moderator, reported, missing):
    batch = open_batch(moderator, proceeding, chosen(*reported))
    assert (reports_in(batch).items, list(reports_in(batch).languages)) == (3, ["de", "en"])
    with pytest.raises(InvalidInput) as refused:
        start_answers(moderator, batch, answers=ANSWERS | missing)
    assert refused.value.field == f"answers_{next(iter(missing))}"
    assert batch_of(moderator, proceeding, batch.id).state is BatchState.CHOOSING


@pytest.mark.parametrize("role", [None, Role.PLANNER, "administrator", "elsewhere"])
def test_only_moderators_of_the_proceeding_answer(proceeding, moderator, reported, make_actor, make_proceeding, role):
    batch = open_batch(moderator, proceeding, chosen(*reported))
    actor = {
        None: make_actor,
        "administrator": lambda: make_actor(is_administrator=True),
        "elsewhere": lambda: make_actor(make_proceeding("elsewhere"), Role.MODERATOR),
    }.get(role, lambda: make_actor(proceeding, role))()
    with pytest.raises(NotPermitted):
        start_answers(actor, batch, answers=ANSWERS)


def test_broken_off_it_goes_on_where_it_stopped(proceeding, moderator, reported):
    batch = open_batch(moderator, proceeding, chosen(*reported))
    start_answers(moderator, batch, answers=ANSWERS)
    go_on(moderator, proceeding, batch_of(moderator, proceeding, batch.id), step=1)
    assert progress_of(batch_of(moderator, proceeding, batch.id)).decided == 1
    assert run(moderator, proceeding, batch).decided == 3
    assert db.session.scalars(select(OutboxMail.template)).all() == ["notices/settled"] * 4
