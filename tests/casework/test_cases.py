"""Holding, giving and annotating a case: advice that ends by itself, and is heeded by every decision."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from participation.accounts.actors import STRANGER
from participation.accounts.models import Role
from participation.audit.queries import events_about
from participation.casework.models import HOLD, MOST_VIEWS, NOTE_LONGEST, InternalNote, ModerationCase
from participation.casework.queries import case_of, is_held_by_another, notes_about, saved_view, saved_views
from participation.casework.services import (
    HeldByAnother,
    add_note,
    assign_case,
    delete_view,
    hold_case,
    release_case,
    save_view,
)
from participation.contributions.states import PublicationState as State
from participation.database import db
from participation.errors import Conflict, InvalidInput, NotFound, NotPermitted, NotSignedIn
from participation.moderation.models import Outcome
from participation.notices.services import decide, refuse_notices, undo

NOW = datetime(2026, 11, 2, 9, tzinfo=UTC)


@pytest.fixture
def place(app_context, make_proceeding, set_clock):
    set_clock(NOW)
    return make_proceeding()


@pytest.fixture
def first(place, make_actor):
    return make_actor(place, Role.MODERATOR)


@pytest.fixture
def second(place, make_actor):
    return make_actor(place, Role.MANAGER)


@pytest.fixture(params=["contribution", "comment"])
def item(request, place, make_contribution, make_comment):
    if request.param == "contribution":
        return make_contribution(place, state=State.SUBMITTED)
    return make_comment(make_contribution(place), state=State.SUBMITTED)


def publish(moderator, item):
    return decide(moderator, item, outcome=Outcome.PUBLISH, seen_version=item.version, seen_notice=0)


def again(item):
    """Read it anew: what a refusal leaves behind is apart from the session."""
    return db.session.get_one(type(item), item.id)


def count(model):
    return db.session.scalar(select(func.count()).select_from(model))


def test_who_holds_a_case_keeps_it_for_five_minutes_and_not_a_moment_longer(first, second, item, set_clock):
    hold_case(first, item)
    set_clock(NOW + HOLD - timedelta(microseconds=1))
    assert hold_case(second, item).held_by == first.user_id
    assert is_held_by_another(second, case_of(second, item))
    assert not is_held_by_another(first, case_of(first, item))
    set_clock(NOW + HOLD)
    assert not is_held_by_another(second, case_of(second, item))
    assert hold_case(second, item).held_by == second.user_id


def test_a_hold_is_renewed_by_its_holder(first, second, item, set_clock):
    hold_case(first, item)
    set_clock(NOW + timedelta(minutes=4))
    hold_case(first, item)
    set_clock(NOW + timedelta(minutes=8))
    assert hold_case(second, item).held_by == first.user_id


def test_nobody_else_decides_what_is_held_and_nothing_is_changed(first, second, item):
    hold_case(first, item)
    with pytest.raises(HeldByAnother) as refused:
        publish(second, item)
    assert refused.value.holder == "K. Anders"
    assert again(item).state is State.SUBMITTED
    publish(first, again(item))
    assert count(ModerationCase) == 0


def test_without_a_hold_everybody_decides(first, second, item):
    publish(second, item)
    assert item.state is State.PUBLISHED


def test_who_takes_over_decides_and_the_act_is_recorded(first, second, item):
    hold_case(first, item)
    assert hold_case(second, item, takes_over=True).held_by == second.user_id
    assert [(event.action, event.details) for event in events_about(item)] == [
        ("casework.take_over", {"held_by": first.user_id})
    ]
    with pytest.raises(HeldByAnother):
        publish(first, item)
    publish(second, again(item))


def test_reports_about_what_is_held_are_not_answered_by_others(first, second, place, make_contribution, make_notice):
    item = make_contribution(place)
    notice = make_notice(item)
    hold_case(first, item)
    answer = {"answer": "Der Satz greift niemanden an.", "seen_version": 1, "seen_notice": notice.id}
    with pytest.raises(HeldByAnother):
        refuse_notices(second, item, **answer)
    refuse_notices(first, again(item), **answer)


def test_ones_own_decision_is_taken_back_whoever_is_looking_and_anothers_is_not(first, second, item, make_actor, place):
    decision = publish(first, item)
    hold_case(second, item)
    reasons = {"ground": "insult", "statement_of_reasons": "Der zweite Satz."}
    with pytest.raises(HeldByAnother):
        undo(make_actor(place, Role.MODERATOR), item, decision, seen_version=2, **reasons)
    present = again(item)
    undo(first, present, decision, seen_version=2, **reasons)
    assert present.state is State.SUBMITTED


def test_a_page_that_is_left_does_not_let_go_of_what_the_next_page_holds(item, first):
    hold_case(first, item, page="left")
    hold_case(first, item, page="opened")
    release_case(first, item, page="left")  # it arrives late
    assert is_held_by(item, first)
    release_case(first, item, page="opened")
    assert not is_held_by(item, first)


def is_held_by(item, moderator):
    case = db.session.scalar(select(ModerationCase).filter_by(**{f"{item.__tablename__}_id": item.id}))
    return case is not None and case.held_by == moderator.user_id


def test_leaving_frees_ones_own_hold_only_and_leaves_no_row(first, second, item):
    hold_case(first, item)
    release_case(second, item)
    assert case_of(first, item).held_by == first.user_id
    release_case(first, item)
    assert count(ModerationCase) == 0


def test_a_case_is_given_to_a_colleague_back_and_to_nobody(first, second, item):
    assign_case(first, item, second.user_id, seen_assignee_id=None)
    assert (case_of(first, item).assigned_to, case_of(first, item).assigned_at) == (second.user_id, NOW)
    assign_case(second, item, first.user_id, seen_assignee_id=second.user_id)
    assign_case(first, item, None, seen_assignee_id=first.user_id)
    assert count(ModerationCase) == 0
    assert [event.action for event in events_about(item)] == ["casework.assign"] * 3


def test_an_assignment_outlives_hold_and_decision(first, second, item):
    assign_case(first, item, second.user_id, seen_assignee_id=None)
    hold_case(first, item)
    publish(first, item)
    case = case_of(first, item)
    assert (case.assigned_to, case.held_by) == (second.user_id, None)


def test_of_two_who_give_a_case_away_the_second_is_told(first, second, item):
    assign_case(first, item, first.user_id, seen_assignee_id=None)
    with pytest.raises(Conflict):
        assign_case(second, item, second.user_id, seen_assignee_id=None)
    assert case_of(first, item).assigned_to == first.user_id


@pytest.mark.parametrize("who", ["planner", "moderator elsewhere", "resident", "nobody"])
def test_only_moderators_of_the_proceeding_can_be_given_a_case(first, item, place, make_actor, make_proceeding, who):
    user_id = {
        "planner": lambda: make_actor(place, Role.PLANNER).user_id,
        "moderator elsewhere": lambda: make_actor(make_proceeding("elsewhere"), Role.MODERATOR).user_id,
        "resident": lambda: make_actor().user_id,
        "nobody": lambda: 2**31 - 1,
    }[who]()
    with pytest.raises(InvalidInput) as refused:
        assign_case(first, item, user_id, seen_assignee_id=None)
    assert refused.value.field == "assignee"
    assert count(ModerationCase) == 0


def test_a_note_is_read_by_all_moderators_with_its_author(first, second, item):
    add_note(first, item, " Rückfrage beim Amt\r\nläuft. ")
    add_note(second, item, "x" * NOTE_LONGEST)
    assert [(one.text[:20], one.author.name) for one in notes_about(second, item)] == [
        ("Rückfrage beim Amt\nl", "K. Anders"),
        ("x" * 20, "K. Anders"),
    ]
    assert [event.action for event in events_about(item)] == ["casework.note"] * 2


@pytest.mark.parametrize("text", ["", " \n ", "\u200b", "x" * (NOTE_LONGEST + 1)])
def test_an_empty_or_too_long_note_is_refused(first, item, text):
    with pytest.raises(InvalidInput):
        add_note(first, item, text)
    assert count(InternalNote) == 0


@pytest.mark.parametrize("role", [None, Role.PLANNER, "elsewhere", "administrator", "stranger"])
def test_nobody_else_holds_gives_annotates_or_reads(first, place, item, make_actor, make_proceeding, role):
    add_note(first, item, "Nur für uns.")
    actor = {
        "elsewhere": lambda: make_actor(make_proceeding("elsewhere"), Role.MODERATOR),
        "administrator": lambda: make_actor(is_administrator=True),
        "stranger": lambda: STRANGER,
    }.get(role, lambda: make_actor(place, *([role] if role else [])))()
    for act in (
        lambda: hold_case(actor, item),
        lambda: release_case(actor, item),
        lambda: assign_case(actor, item, None, seen_assignee_id=None),
        lambda: add_note(actor, item, "Hallo"),
        lambda: case_of(actor, item),
        lambda: notes_about(actor, item),
        lambda: saved_views(actor, place.id),
        lambda: save_view(actor, proceeding_id=place.id, name="x", query="", is_shared=True),
    ):
        with pytest.raises(NotSignedIn if role == "stranger" else NotPermitted):
            act()


def test_a_view_is_ones_own_unless_it_is_shared(first, second, place, make_actor, make_proceeding):
    own = save_view(first, proceeding_id=place.id, name=" Alte  Fälle ", query="age=7", is_shared=False)
    shared = save_view(first, proceeding_id=place.id, name="Gemeldetes", query="kind=notice", is_shared=True)
    everywhere = save_view(first, proceeding_id=None, name="Alles", query="", is_shared=True)
    assert not everywhere.is_shared
    assert [view.name for view in saved_views(first, place.id)] == ["Alte Fälle", "Gemeldetes"]
    assert saved_views(second, place.id) == [shared]
    assert saved_views(second, None) == []
    for view in (own, everywhere):
        with pytest.raises(NotFound):
            saved_view(second, view.id)
    with pytest.raises(NotFound):
        saved_view(make_actor(make_proceeding("elsewhere"), Role.MODERATOR), shared.id)
    with pytest.raises(NotPermitted):
        delete_view(second, shared)
    delete_view(first, saved_view(first, shared.id))
    assert saved_views(second, place.id) == []


def test_the_same_name_replaces_a_view(first, place):
    for query in ("age=7", "age=30"):
        save_view(first, proceeding_id=place.id, name="Alt", query=query, is_shared=False)
    assert [view.query for view in saved_views(first, place.id)] == ["age=30"]


@pytest.mark.parametrize("name, query", [("", ""), (" \n", ""), ("x" * 61, ""), ("x", "q=" + "x" * 1000)])
def test_a_view_without_name_or_beyond_its_bounds_is_refused(first, place, name, query):
    with pytest.raises(InvalidInput) as refused:
        save_view(first, proceeding_id=place.id, name=name, query=query, is_shared=False)
    assert refused.value.field == "name"
    assert saved_views(first, place.id) == []


def test_one_keeps_thirty_views_at_most(first, place):
    for number in range(MOST_VIEWS):
        save_view(first, proceeding_id=place.id, name=str(number), query="", is_shared=False)
    with pytest.raises(InvalidInput):
        save_view(first, proceeding_id=None, name="one more", query="", is_shared=False)
    save_view(first, proceeding_id=place.id, name="0", query="age=1", is_shared=False)
