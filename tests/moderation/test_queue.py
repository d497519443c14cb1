"""Pages and counts of the queue: everything once, whatever comes in meanwhile; what a choice promises it finds."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from shapely import Point
from sqlalchemy import delete

from participation.accounts.actors import STRANGER
from participation.accounts.models import Role
from participation.casework.services import assign_case
from participation.contributions.models import Contribution
from participation.contributions.states import PublicationState as State
from participation.database import cursor_of, transaction
from participation.discussion.models import Comment
from participation.errors import InvalidInput, NotPermitted, NotSignedIn
from participation.geodata.bbox import Bbox
from participation.moderation.queue import count_new, cursor_at, queue_page
from participation.moderation.queue_counts import queue_counts
from participation.moderation.queue_filter import Age, Assigned, QueueFilter, Sort
from participation.screening.models import HoldingRule, ScreeningHit

START = datetime(2026, 11, 1, 12, tzinfo=UTC)


@pytest.fixture
def place(app_context, make_proceeding):
    return make_proceeding()


@pytest.fixture
def elsewhere(app_context, make_proceeding):
    return make_proceeding("elsewhere")


@pytest.fixture
def moderator(place, make_actor):
    return make_actor(place, Role.MODERATOR)


def found(actor, place, wanted=None, **page):
    return [(one.kind, one.item.id) for one in queue_page(actor, [place.id], wanted or QueueFilter(), **page).items]


def walk(actor, ids, wanted, limit, between=lambda: None):
    """Go through all pages and back; return the items of the way there."""
    seen, after, pages = [], "", []
    while True:
        page = queue_page(actor, ids, wanted, after=after, limit=limit)
        pages.append([(one.kind, one.item.id) for one in page.items])
        seen += pages[-1]
        assert bool(page.previous_cursor) is bool(after)
        if not page.next_cursor:
            break
        after = page.next_cursor
        between()
    before = page.previous_cursor
    for expected in reversed(pages[:-1]):
        page = queue_page(actor, ids, wanted, before=before, limit=limit)
        assert [(one.kind, one.item.id) for one in page.items] == expected
        before = page.previous_cursor
    return seen


@given(
    minutes=st.lists(st.tuples(st.sampled_from(["contribution", "comment"]), st.integers(0, 3)), max_size=9),
    limit=st.integers(1, 4),
    wanted=st.sampled_from(
        [QueueFilter(), QueueFilter(sort=Sort.NEWEST), QueueFilter(state=None), QueueFilter.usual("notice")]
    ),
)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_all_pages_together_hold_each_item_exactly_once_while_new_ones_arrive(
    moderator, place, elsewhere, make_contribution, make_comment, make_notice, make_actor, minutes, limit, wanted
):
    with transaction() as session:
        session.execute(delete(Contribution))
    on = make_contribution(elsewhere)
    actor = make_actor(place, Role.MODERATOR)
    expected = []
    for kind, minute in minutes:
        at = START + timedelta(minutes=minute)
        if kind == "contribution":
            item = make_contribution(place, state=State.SUBMITTED, created_at=at)
        else:
            item = make_comment(on, state=State.SUBMITTED)
            with transaction() as session:
                row = session.get_one(Comment, item.id)
                row.created_at, row.proceeding_id = at, place.id
        if wanted.kind:
            for _ in range(minute):
                make_notice(item)
        if not wanted.kind or minute:
            expected.append((kind, item.id))

    def arrive():
        make_contribution(place, state=State.SUBMITTED)

    seen = walk(actor, [place.id], wanted, limit)
    assert len(seen) == len(set(seen))
    assert set(seen) == set(expected)
    there = []
    after = ""
    while True:
        page = queue_page(actor, [place.id], wanted, after=after, limit=limit)
        there += [(one.kind, one.item.id) for one in page.items]
        after = page.next_cursor or ""
        if not after or len(there) > len(expected):
            break
        arrive()
    assert there[: len(seen)] == seen


def test_the_queue_is_over_all_proceedings_one_moderates_in_one_order(
    app_context, place, elsewhere, make_actor, make_contribution, make_comment
):
    actor = make_actor(place, Role.MODERATOR)
    items = [
        make_contribution(one, state=State.SUBMITTED, created_at=START + timedelta(minutes=minute))
        for minute, one in enumerate([place, elsewhere, place])
    ]
    both = type(actor)(user_id=actor.user_id, roles=actor.roles | {(elsewhere.id, Role.MODERATOR)})
    assert walk(both, [place.id, elsewhere.id], QueueFilter(), 2) == [("contribution", one.id) for one in items]
    with pytest.raises(NotPermitted):
        queue_page(actor, [place.id, elsewhere.id], QueueFilter())


@pytest.mark.parametrize("role", [None, Role.PLANNER, "elsewhere", "administrator", "stranger"])
def test_nobody_else_reads_or_counts_the_queue(place, elsewhere, make_actor, role):
    actor = {
        "elsewhere": lambda: make_actor(elsewhere, Role.MODERATOR),
        "administrator": lambda: make_actor(is_administrator=True),
        "stranger": lambda: STRANGER,
    }.get(role, lambda: make_actor(place, *([role] if role else [])))()
    for act in (
        lambda: queue_page(actor, [place.id], QueueFilter()),
        lambda: queue_counts(actor, [place], QueueFilter()),
        lambda: count_new(actor, [place.id], QueueFilter(), START),
    ):
        with pytest.raises(NotSignedIn if role == "stranger" else NotPermitted):
            act()


OF_NO_KIND = cursor_of([START, "x", 1])


@pytest.mark.parametrize("cursor", ["x", "WzFd", "é", "W10", "a" * 2000, OF_NO_KIND])
@pytest.mark.parametrize("word", ["after", "before"])
def test_a_cursor_from_elsewhere_is_a_clear_error(moderator, place, cursor, word):
    with pytest.raises(InvalidInput):
        queue_page(moderator, [place.id], QueueFilter(), **{word: cursor})
    with pytest.raises(InvalidInput):
        queue_page(moderator, [place.id], QueueFilter(), after=cursor, before=cursor)


@pytest.fixture
def many(place, moderator, make_contribution, make_comment, make_notice, make_actor, set_clock):
    """Some of everything, by name."""
    set_clock(START)
    days = timedelta(days=1)
    items = {
        "old": make_contribution(
            place, state=State.SUBMITTED, created_at=START - 8 * days, title="Straßenbäume", geometry=Point(12.5, 51.5)
        ),
        "new": make_contribution(place, state=State.SUBMITTED, created_at=START, category="paths"),
        "public": make_contribution(place, created_at=START - 2 * days),
        "hidden": make_contribution(place, state=State.HIDDEN, created_at=START - 40 * days),
    }
    items["comment"] = make_comment(items["old"], "ÜBER die Straße", state=State.SUBMITTED)
    make_notice(items["public"])
    make_notice(items["hidden"])
    for name, rule in (("old", LINKS), ("old", HoldingRule.WORDS), ("comment", LINKS), ("public", LINKS)):
        hit = {"item_kind": items[name].__tablename__, "item_id": items[name].id, "proceeding_id": place.id}
        with transaction() as session:
            session.add(ScreeningHit(**hit, rule=rule, evidence={}, found_at=START))
    assign_case(moderator, items["old"], moderator.user_id, seen_assignee_id=None)
    assign_case(moderator, items["new"], make_actor(place, Role.MANAGER).user_id, seen_assignee_id=None)
    return items


LINKS = HoldingRule.LINKS
CHOICES = [
    ({}, ["old", "comment", "new"]),
    ({"sort": Sort.NEWEST}, ["new", "comment", "old"]),
    ({"kind": "comment"}, ["comment"]),
    ({"kind": "contribution"}, ["old", "new"]),
    ({"state": None, "kind": "notice", "sort": Sort.OLDEST}, ["hidden", "public"]),
    ({"state": State.HIDDEN}, ["hidden"]),
    ({"state": State.MERGED}, []),
    ({"state": None}, ["hidden", "old", "public", "comment", "new"]),
    ({"categories": ("paths",)}, ["new"]),
    ({"categories": ("green",)}, ["old", "comment"]),
    ({"categories": ("green", "paths")}, ["old", "comment", "new"]),
    ({"age": Age.WEEK}, ["old"]),
    ({"age": Age.MONTH}, []),
    ({"rule": LINKS}, ["old", "comment"]),
    ({"rule": LINKS, "kind": "comment"}, ["comment"]),
    ({"rule": LINKS, "state": None}, ["old", "comment", "public"]),
    ({"rule": HoldingRule.WORDS}, ["old"]),
    ({"rule": HoldingRule.BURST}, []),
    ({"assigned": Assigned.ME}, ["old"]),
    ({"assigned": Assigned.NOBODY}, ["comment"]),
    ({"q": "strasse"}, ["old", "comment"]),
    ({"q": "über"}, ["comment"]),
    ({"q": "100%"}, []),
    ({"bbox": Bbox(12.4, 51.4, 12.6, 51.6)}, ["old", "comment"]),
    ({"bbox": Bbox(12.4, 51.4, 12.6, 51.6), "kind": "comment", "assigned": Assigned.NOBODY}, ["comment"]),
]


@pytest.mark.parametrize("choice, names", CHOICES)
def test_each_choice_finds_what_it_says_and_the_count_agrees(moderator, place, many, choice, names):
    wanted = QueueFilter(**choice)
    by_id = {(item.__tablename__, item.id): name for name, item in many.items()}
    items = [by_id[one] for one in found(moderator, place, wanted)]
    assert sorted(items) == sorted(names)
    assert set(items) <= {"new", "comment"} or [n for n in items if n not in ("new", "comment")] == [
        n for n in names if n not in ("new", "comment")
    ]
    assert queue_counts(moderator, [place], wanted).total == len(names)


@pytest.mark.parametrize("choice", [choice for choice, _ in CHOICES])
def test_the_number_at_a_choice_is_what_it_finds_if_it_is_followed(moderator, place, many, choice):
    wanted = QueueFilter(**choice)
    counts = queue_counts(moderator, [place], wanted)

    def number(**changes):
        return len(found(moderator, place, QueueFilter(**(choice | changes)), limit=100))

    assert {state: number(state=state) for state in State} == counts.states
    assert number(state=None) == counts.any_state
    assert {one: number(assigned=one) for one in Assigned} == counts.assigned
    assert {one: number(rule=one) for one in HoldingRule} == {one: counts.rules.get(one, 0) for one in HoldingRule}
    for key in ("green", "paths"):
        assert counts.categories.get(key, 0) == number(categories=(key,))
    for kind, count in counts.kinds.items():
        assert count == len(found(moderator, place, wanted.with_kind(kind), limit=100))


def test_what_is_given_or_reported_in_another_proceeding_is_not_counted(
    moderator, place, elsewhere, make_actor, make_contribution, make_notice
):
    other, item = make_actor(elsewhere, Role.MODERATOR), make_contribution(elsewhere, state=State.SUBMITTED)
    assign_case(other, item, other.user_id, seen_assignee_id=None)
    make_notice(item)
    counts = queue_counts(moderator, [place], QueueFilter())
    assert not any([counts.any_state, *counts.kinds.values(), *counts.assigned.values()])
    assert queue_counts(other, [elsewhere], QueueFilter(assigned=Assigned.ME)).kinds["notice"] == 1


def test_after_a_decided_item_the_list_goes_on_where_it_stood(moderator, place, make_contribution):
    items = [
        make_contribution(place, state=State.SUBMITTED, created_at=START + timedelta(minutes=minute))
        for minute in range(3)
    ]
    page = queue_page(moderator, [place.id], QueueFilter())
    cursor = cursor_at(moderator, page.items[1], QueueFilter())
    with transaction() as session:
        session.delete(session.get_one(Contribution, items[1].id))
    assert found(moderator, place, after=cursor) == [("contribution", items[2].id)]


def test_only_what_the_filter_finds_counts_as_new(moderator, place, make_contribution, make_notice, set_clock):
    set_clock(START)
    old = make_contribution(place, state=State.SUBMITTED)
    set_clock(START + timedelta(minutes=5))
    make_contribution(place, state=State.SUBMITTED)
    make_contribution(place)
    make_notice(old)
    since = START + timedelta(minutes=1)
    assert count_new(moderator, [place.id], QueueFilter(), since) == 1
    assert count_new(moderator, [place.id], QueueFilter(kind="comment"), since) == 0
    assert count_new(moderator, [place.id], QueueFilter.usual("notice"), since) == 1
    assert count_new(moderator, [place.id], QueueFilter(), START + timedelta(minutes=9)) == 0
