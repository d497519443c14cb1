"""Settling: a limit upholds all reports about the item, everything else needs an answer; and never two at once."""

import pytest
from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError

from participation import clock
from participation.accounts.actors import STRANGER
from participation.accounts.models import Role
from participation.audit.queries import events_about
from participation.contributions.states import PublicationState
from participation.database import db, transaction
from participation.errors import Conflict, InvalidInput, NotPermitted, NotSignedIn
from participation.moderation.models import Outcome
from participation.moderation.queries import decisions_about
from participation.moderation.queue import flag_counts, queue_page
from participation.moderation.queue_counts import queue_counts
from participation.moderation.queue_filter import QueueFilter
from participation.moderation.recording import SALT
from participation.notices.models import Notice, NoticeOutcome, NoticeState
from participation.notices.queries import open_notices, settled_mail
from participation.notices.services import NewNotice, NoticesChanged, decide, refuse_notices, report, undo
from participation.notifications.models import OutboxMail
from participation.proceedings.queries import rule_in_force

LIMIT = {"ground": "insult", "statement_of_reasons": "Der zweite Satz beleidigt eine Person."}
ANSWER = "Der Satz ist scharf, aber er greift niemanden an."


@pytest.fixture
def proceeding(app_context, make_proceeding):
    return make_proceeding()


@pytest.fixture
def moderator(proceeding, make_actor):
    return make_actor(proceeding, Role.MODERATOR)


@pytest.fixture(params=["contribution", "comment"])
def item(request, proceeding, make_contribution, make_comment):
    contribution = make_contribution(proceeding)
    return contribution if request.param == "contribution" else make_comment(contribution)


def notices_about(item):
    column = getattr(Notice, f"{item.__tablename__}_id")
    return db.session.scalars(select(Notice).where(column == item.id).order_by(Notice.id)).all()


def ids(notices):
    return [notice.id for notice in notices]


def mails(template):
    return [mail.ids for mail in db.session.scalars(select(OutboxMail).where(OutboxMail.template == template))]


@pytest.mark.parametrize("state, outcome", [
    (PublicationState.PUBLISHED, Outcome.HIDE), (PublicationState.SUBMITTED, Outcome.REJECT),
])  # fmt: skip
def test_a_limit_upholds_all_open_notices_of_the_item(
    moderator, proceeding, make_contribution, make_notice, state, outcome
):
    item, other = make_contribution(proceeding, state=state), make_contribution(proceeding)
    notices = [make_notice(item, email="kim@example.org"), make_notice(item)]
    make_notice(other)
    decision = decide(moderator, item, outcome=outcome, seen_version=1, seen_notice=notices[-1].id, **LIMIT)
    for notice in notices_about(item):
        assert (notice.state, notice.outcome) == (NoticeState.SETTLED, NoticeOutcome.UPHELD)
        assert (notice.decision_id, notice.settled_by) == (decision.id, moderator.user_id)
    assert [notice.state for notice in notices_about(other)] == [NoticeState.OPEN]
    assert mails("notices/settled") == [{"notice_id": notices[0].id}]
    assert [event.action for event in events_about(item)] == [f"moderation.{outcome}", "notices.upheld"]


def test_one_that_came_in_meanwhile_is_upheld_with_the_others(moderator, item, make_notice):
    seen = make_notice(item)
    make_notice(item)
    decide(moderator, item, outcome=Outcome.HIDE, seen_version=1, seen_notice=seen.id, **LIMIT)
    assert {notice.state for notice in notices_about(item)} == {NoticeState.SETTLED}


def test_publishing_settles_nothing(moderator, proceeding, make_contribution, make_notice):
    item = make_contribution(proceeding, state=PublicationState.SUBMITTED)
    notice = make_notice(item)
    decide(moderator, item, outcome=Outcome.PUBLISH, seen_version=1, seen_notice=notice.id)
    assert [notice.state for notice in notices_about(item)] == [NoticeState.OPEN]


def test_an_answer_settles_them_and_changes_nothing_else(moderator, item, make_notice):
    notices = [make_notice(item, email="kim@example.org"), make_notice(item)]
    refuse_notices(moderator, item, answer=f" {ANSWER}\r\n", seen_version=1, seen_notice=notices[-1].id)
    for notice in notices_about(item):
        assert (notice.state, notice.outcome) == (NoticeState.SETTLED, NoticeOutcome.NOT_UPHELD)
        assert (notice.answer, notice.decision_id) == (ANSWER, None)
    db.session.refresh(item)
    assert (item.state, item.version) == (PublicationState.PUBLISHED, 1)
    assert decisions_about(item) == []
    assert mails("notices/settled") == [{"notice_id": notices[0].id}]
    (event,) = events_about(item)
    assert (event.action, event.details["notice_ids"]) == ("notices.not_upheld", ids(notices))
    assert event.details.keys() == {"notice_ids", SALT}


@pytest.mark.parametrize("answer", ["", "  \n ", "zu kurz", "x" * 2001])
def test_without_a_proper_answer_they_stay_open(moderator, item, make_notice, answer):
    notice = make_notice(item)
    with pytest.raises(InvalidInput) as refused:
        refuse_notices(moderator, item, answer=answer, seen_version=1, seen_notice=notice.id)
    assert refused.value.field == "answer"
    assert [notice.state for notice in notices_about(item)] == [NoticeState.OPEN]


@pytest.mark.parametrize("seen_version, sees", [(2, "newest"), (1, "none"), (1, "first"), (1, "another")])
def test_nobody_answers_what_they_have_not_seen(moderator, item, make_notice, seen_version, sees):
    notices = [make_notice(item), make_notice(item)]
    first, newest = ids(notices)
    seen = {"newest": newest, "none": 0, "first": first, "another": newest + 1}[sees]
    with pytest.raises(NoticesChanged):
        refuse_notices(moderator, item, answer=ANSWER, seen_version=seen_version, seen_notice=seen)
    assert {notice.state for notice in notices_about(item)} == {NoticeState.OPEN}


def test_of_two_moderators_the_second_changes_nothing(moderator, proceeding, item, make_actor, make_notice):
    notice = make_notice(item, email="kim@example.org")
    second = make_actor(proceeding, Role.MODERATOR)
    refuse_notices(moderator, item, answer=ANSWER, seen_version=1, seen_notice=notice.id)
    with pytest.raises(NoticesChanged):
        refuse_notices(second, item, answer="Eine andere Antwort.", seen_version=1, seen_notice=notice.id)
    again = db.session.get_one(type(item), item.id)
    with pytest.raises(NoticesChanged):
        decide(second, again, outcome=Outcome.HIDE, seen_version=1, seen_notice=notice.id, **LIMIT)
    (settled,) = notices_about(item)
    assert (settled.answer, settled.settled_by) == (ANSWER, moderator.user_id)
    assert db.session.get(type(item), item.id, populate_existing=True).state is PublicationState.PUBLISHED
    assert decisions_about(item) == []
    assert len(mails("notices/settled")) == 1


def test_after_a_limit_nobody_answers(moderator, proceeding, item, make_actor, make_notice):
    notice = make_notice(item)
    decide(moderator, item, outcome=Outcome.HIDE, seen_version=1, seen_notice=notice.id, **LIMIT)
    with pytest.raises(Conflict):
        refuse_notices(
            make_actor(proceeding, Role.MODERATOR), item, answer=ANSWER, seen_version=1, seen_notice=notice.id
        )
    assert notices_about(item)[0].outcome is NoticeOutcome.UPHELD


@pytest.mark.parametrize("role", [None, Role.PLANNER, "elsewhere", "administrator", "stranger"])
def test_nobody_else_reads_or_settles_notices(proceeding, item, make_proceeding, make_actor, make_notice, role):
    notice = make_notice(item)
    actor = {
        "elsewhere": lambda: make_actor(make_proceeding("other"), Role.MODERATOR),
        "administrator": lambda: make_actor(is_administrator=True),
        "stranger": lambda: STRANGER,
    }.get(role, lambda: make_actor(proceeding, *([role] if role else [])))()
    refusal = NotSignedIn if role == "stranger" else NotPermitted
    for act in (
        lambda: refuse_notices(actor, item, answer=ANSWER, seen_version=1, seen_notice=notice.id),
        lambda: open_notices(actor, item),
        lambda: queue_page(actor, [proceeding.id], QueueFilter.usual("notice")),
        lambda: queue_counts(actor, [proceeding], QueueFilter.usual("notice")),
    ):
        with pytest.raises(refusal):
            act()
    assert [notice.state for notice in notices_about(item)] == [NoticeState.OPEN]


@pytest.mark.parametrize("wrong", [
    {"state": NoticeState.SETTLED},
    {"state": NoticeState.SETTLED, "settled_at": clock.now(), "outcome": NoticeOutcome.NOT_UPHELD, "answer": "  "},
    {"outcome": NoticeOutcome.UPHELD, "answer": ANSWER},
    {"contribution_id": None},
])  # fmt: skip
def test_the_database_itself_refuses_half_settled_notices(proceeding, make_contribution, wrong):
    values = {
        "contribution_id": make_contribution(proceeding).id,
        "proceeding_id": proceeding.id,
        "rule_id": rule_in_force(proceeding.id, "insult").id,
        "explanation": "Der zweite Satz beleidigt.",
        "passage": "",
        "language": "de",
        "idempotency_key": "k",
        "receipt_nonce": "n",
        "created_at": clock.now(),
        "state": NoticeState.OPEN,
        "answer": "",
    }
    with pytest.raises(IntegrityError), transaction() as session:
        session.execute(insert(Notice).values(**(values | wrong)))


def test_the_queue_is_merged_by_item_most_reported_first_then_oldest(
    moderator, proceeding, make_contribution, make_comment, make_notice
):
    late, early, often = (make_contribution(proceeding) for _ in range(3))
    comment = make_comment(early)
    for item in (early, comment, late, often, often):
        make_notice(item)
    refuse_notices(moderator, late, answer=ANSWER, seen_version=1, seen_notice=notices_about(late)[-1].id)
    found = queue_page(moderator, [proceeding.id], QueueFilter.usual("notice")).items
    numbers = flag_counts(moderator, "notice", found)
    assert [(one.kind, one.item.id, numbers[one.kind, one.item.id]) for one in found] == [
        ("contribution", often.id, 2),
        ("contribution", early.id, 1),
        ("comment", comment.id, 1),
    ]
    assert found[0].proceeding.slug == found[2].contribution.proceeding.slug == "churchyard"
    assert queue_counts(moderator, [proceeding], QueueFilter()).kinds["notice"] == 3


def test_thousands_of_reports_are_shown_in_part_and_settled_whole(moderator, proceeding, make_contribution):
    item = make_contribution(proceeding)
    values = {
        "contribution_id": item.id,
        "proceeding_id": proceeding.id,
        "rule_id": rule_in_force(proceeding.id, "insult").id,
        "explanation": "Der zweite Satz beleidigt.",
        "passage": "",
        "language": "de",
        "receipt_nonce": "n",
        "created_at": clock.now(),
        "state": NoticeState.OPEN,
        "answer": "",
    }
    with transaction() as session:
        session.execute(insert(Notice), [values | {"idempotency_key": str(number)} for number in range(3000)])
    found = open_notices(moderator, item)
    assert (len(found.shown), found.count, found.newest_id) == (50, 3000, max(ids(notices_about(item))))
    refuse_notices(moderator, item, answer=ANSWER, seen_version=1, seen_notice=found.newest_id)
    assert {notice.state for notice in notices_about(item)} == {NoticeState.SETTLED}
    assert open_notices(moderator, item).count == 0


def test_reports_are_open_again_when_the_decision_that_settled_them_is_undone(
    app_context, make_proceeding, make_contribution, make_guest, make_actor
):
    proceeding = make_proceeding()
    contribution = make_contribution(proceeding)
    moderator = make_actor(proceeding, Role.MODERATOR)
    new = NewNotice("insult", "Der zweite Satz beleidigt.", email="reporter@example.org")
    notice = report(make_guest(), contribution, None, new, idempotency_key="k")
    hidden = decide(
        moderator,
        contribution,
        outcome=Outcome.HIDE,
        seen_version=contribution.version,
        seen_notice=notice.id,
        ground="insult",
        statement_of_reasons="Der zweite Satz.",
    )
    assert (notice.state, notice.decision_id) == (NoticeState.SETTLED, hidden.id)
    undo(moderator, contribution, hidden, seen_version=contribution.version)
    assert (notice.state, notice.outcome, notice.settled_at, notice.decision_id) == (NoticeState.OPEN, None, None, None)
    waiting = db.session.scalars(select(OutboxMail).where(OutboxMail.template == "notices/settled")).one()
    assert settled_mail(waiting.ids) is None  # what was not sent yet would no longer be true
