"""What counts read does not grow with the tables: numbers of the queue's filter, and of the menu."""

import json
from functools import partial

import pytest
from sqlalchemy import event, insert, select

from participation import clock
from participation.accounts.actors import STRANGER
from participation.accounts.models import Membership, Participant, Role, User
from participation.accounts.queries import actor_of_user
from participation.contributions.models import Contribution
from participation.contributions.states import PublicationState as State
from participation.database import db, transaction
from participation.demo.seeding import seed
from participation.discussion.models import Comment
from participation.moderation import queue_counts as counting
from participation.moderation.queue_counts import at_least, queue_counts
from participation.moderation.queue_filter import QueueFilter
from participation.moderation.waiting import MOST_TOLD, waiting_count
from participation.notices.models import Notice
from participation.proceedings.queries import proceeding_by_slug, rule_in_force

FEW, MANY = 2_000, 10_000
BOUND = 300
SCANS = (
    *("contribution", "contribution_pin", "contribution_cell", "contribution_change"),
    *("comment", "notice", "complaint", "screening_hit"),
)


@pytest.fixture
def small_bound(monkeypatch):
    monkeypatch.setattr(counting, "MOST_READ", BOUND)


@pytest.fixture
def make_place(app_context, make_actor):
    """Seeds a proceeding with many texts, waiting and public, and reports; returns it with a moderator."""

    def make(count):
        slug = f"seed-{count}"
        seed(slug=slug, contributions=count, votes=0, comments=count)
        proceeding = proceeding_by_slug(STRANGER, slug)
        contribution_id = db.session.scalar(
            select(Contribution.id).where(Contribution.proceeding_id == proceeding.id).limit(1)
        )
        now, moderator = clock.now(), make_actor()
        with transaction() as session:
            session.add(Membership(user_id=moderator.user_id, proceeding_id=proceeding.id, role=Role.MODERATOR))
            row = {"proceeding_id": proceeding.id, "contribution_id": contribution_id, "state": State.SUBMITTED,
                   "text": "Linden", "language": "de", "version": 1, "created_at": now}  # fmt: skip
            session.execute(insert(Comment), [row] * count)
            session.execute(
                insert(Participant),
                [{"token_hash": f"{count}-{n}", "language": "de", "created_at": now} for n in range(count)],
            )
            ids = session.scalars(select(Participant.id).where(Participant.token_hash.startswith(f"{count}-"))).all()
            rule_id = rule_in_force(proceeding.id, "insult").id
            session.execute(
                insert(Notice),
                [
                    {"proceeding_id": proceeding.id, "contribution_id": contribution_id, "participant_id": id_,
                     "rule_id": rule_id, "explanation": "x", "passage": "", "language": "de",
                     "idempotency_key": f"{count}-{id_}", "receipt_nonce": "x", "created_at": now, "state": "open",
                     "answer": ""}
                    for id_ in ids
                ],
            )  # fmt: skip
        key = db.session.get_one(User, moderator.user_id).session_key
        return actor_of_user(moderator.user_id, key), proceeding

    return make


def work_of(act):
    """Return how much work a database did: SQLite's instructions, PostgreSQL's rows read from tables."""
    statements = []

    def note(_connection, _cursor, statement, parameters, _context, _many):
        if statement.startswith(("SELECT", "WITH")):
            statements.append((statement, parameters))

    db.session.rollback()
    event.listen(db.engine, "before_cursor_execute", note)
    try:
        act()
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
    connection = db.session.connection()
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("ANALYZE")
        for way in (
            "seqscan",
            "hashjoin",
            "mergejoin",
        ):  # small tables are read whole: see what indexes give
            connection.exec_driver_sql(f"SET LOCAL enable_{way} = off")
        plans = [connection.exec_driver_sql(f"EXPLAIN (ANALYZE, FORMAT JSON) {one}", values).scalar()
                 for one, values in statements]  # fmt: skip
        return sum(rows_in(plan if isinstance(plan, list) else json.loads(plan)) for plan in plans)
    steps = [0]

    def count():
        steps[0] += 1

    raw = connection.connection.driver_connection
    raw.set_progress_handler(count, 100)
    try:
        for one, values in statements:
            connection.exec_driver_sql(one, values).all()
    finally:
        raw.set_progress_handler(None, 0)
    return steps[0]


def rows_in(plan):
    """Add up the rows that the scans of tables gave or threw away."""
    number, waiting = 0, [one["Plan"] for one in plan]
    while waiting:
        node = waiting.pop()
        waiting += node.get("Plans", [])
        if node.get("Relation Name") in SCANS:
            given = node["Actual Rows"] + node.get("Rows Removed by Filter", 0)
            number += int(given * node["Actual Loops"])
    return number


FILTERS = {
    "waiting": QueueFilter(),
    "public": QueueFilter(state=State.PUBLISHED),
    "any state": QueueFilter(state=None),
    "searched": QueueFilter(state=State.PUBLISHED, q="linden"),
    "comments": QueueFilter(kind="comment"),
}


def test_numbers_of_the_filter_and_of_the_menu_read_no_more_when_there_is_more(small_bound, make_place):
    def works(count):
        moderator, proceeding = make_place(count)
        assert waiting_count(moderator) > MOST_TOLD
        work = {name: work_of(partial(queue_counts, moderator, [proceeding], one)) for name, one in FILTERS.items()}
        return work | {"menu": work_of(partial(waiting_count, moderator))}

    few, many = works(FEW), works(MANY)
    wrong = {name: (few[name], work) for name, work in many.items() if work >= 1.3 * few[name] + 50}
    assert wrong == {}


def test_what_was_not_read_is_said(small_bound, make_place):
    moderator, proceeding = make_place(FEW)
    with_plus = queue_counts(moderator, [proceeding], QueueFilter(kind="comment"))
    assert (at_least(with_plus.total), with_plus.total.is_cut) == ("300+", True)
    rejected = queue_counts(moderator, [proceeding], QueueFilter(state=State.REJECTED)).total
    assert not rejected.is_cut
    assert at_least(rejected) == str(int(rejected))


def test_small_tables_are_counted_exactly(app_context, make_proceeding, make_contribution, make_actor):
    proceeding = make_proceeding()
    for _ in range(3):
        make_contribution(proceeding, state=State.SUBMITTED)
    total = queue_counts(
        make_actor(proceeding, Role.MODERATOR), [proceeding_by_slug(STRANGER, "churchyard")], QueueFilter()
    ).total
    assert (total, at_least(total)) == (3, "3")
