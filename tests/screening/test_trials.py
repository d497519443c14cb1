"""Trying a rule on the past: it finds what the armed rule would have found, and is needed before arming."""

from datetime import UTC, datetime, timedelta
from itertools import count

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from shapely import Point
from sqlalchemy import select

from participation.accounts.models import Role
from participation.audit.models import AuditEvent
from participation.contributions.checking import NewContribution
from participation.contributions.services import set_state, submit_contribution
from participation.contributions.states import PublicationState as State
from participation.database import db, transaction
from participation.discussion.services import add_comment, set_comment_state
from participation.errors import Conflict, InvalidInput, NotPermitted
from participation.moderation.past_texts import postings_of
from participation.proceedings.models import ModerationMode, Proceeding
from participation.proceedings.services import switch_moderation_mode
from participation.screening import trials
from participation.screening.models import HoldingRule, ScreeningHit, TrialHit
from participation.screening.queries import page_of_trial, rules_of
from participation.screening.services import arm, begin_trial, disarm, go_on_trying

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
TEXTS = (
    "Hier fehlt eine Bank im Schatten der Linden, ältere Leute ruhen sich gerne aus.",
    "Hier fehlt eine Bank im Schatten der Linden, ältere Leute ruhen sich sehr gerne aus!",
    "Ihr Idioten habt den Radweg vergessen, der vom Bahnhof zum Markt führen sollte.",
    "Alles dazu steht auf www.example.org und sonst nirgends auf der ganzen Welt.",
    "Ja, bitte.",
)
PLACES = (None, Point(12.3707, 51.3421), Point(12.3800, 51.3421))
RULES = {
    HoldingRule.LINKS: {},
    HoldingRule.WORDS: {"words": ["idiot"]},
    HoldingRule.BURST: {"count": 3, "minutes": 10},
    HoldingRule.SIMILAR: {"percent": 60},
    HoldingRule.OUTSIDE: {"metres": 0},
    HoldingRule.FIRST_POST: {},
}
ACTS = st.lists(
    st.fixed_dictionaries(
        {
            "author": st.integers(0, 3),
            "text": st.integers(0, len(TEXTS) - 1),
            "place": st.integers(0, len(PLACES) - 1),
            "is_comment": st.booleans(),
            "later": st.sampled_from([0, 1, 240, 600, 90_000]),  # seconds
            "becomes": st.sampled_from([State.PUBLISHED, State.PUBLISHED, State.HIDDEN, State.WITHDRAWN]),
        }
    ),
    min_size=1,
    max_size=10,
)
names = count()


def play(proceeding, on, authors, acts, set_clock):
    """Send the texts at their times, and let each become at once what it became; return them."""
    moment, sent = NOON, []
    for number, act in enumerate(acts):
        moment += timedelta(seconds=act["later"])
        set_clock(moment)
        author, text = authors[act["author"]], TEXTS[act["text"]]
        if act["is_comment"]:
            item = add_comment(author, proceeding, on.id, text=text, language="de")
        else:
            new = NewContribution("Ein Beitrag", text, "green", "idea", PLACES[act["place"]])
            item = submit_contribution(author, proceeding, new, idempotency_key=f"k{number}")
        change = set_comment_state if act["is_comment"] else set_state
        with transaction() as session:
            for state in (State.PUBLISHED, act["becomes"]):
                if item.state is not state:
                    change(session, item, state)
        sent.append((item.__tablename__, item.id))
    return sent


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(acts=ACTS)
def test_a_trial_finds_exactly_what_the_armed_rule_finds_when_the_same_is_sent_again(
    app_context, make_proceeding, make_contribution, make_guest, make_actor, set_clock, arm_rule, try_rule, acts
):
    set_clock(NOON)
    name = next(names)
    past = make_proceeding(f"past-{name}", moderation_mode=ModerationMode.AFTER)
    again = make_proceeding(f"again-{name}", moderation_mode=ModerationMode.MIXED)

    def people():
        return [make_guest(), make_guest(), make_guest(), make_actor()]

    sent = play(past, make_contribution(past), people(), acts, set_clock)
    for rule, chosen in RULES.items():
        arm_rule(again, rule, **chosen)
    sent_again = play(again, make_contribution(again), people(), acts, set_clock)
    hits = db.session.scalars(select(ScreeningHit).where(ScreeningHit.proceeding_id == again.id))
    held = {(hit.rule, hit.item_kind, hit.item_id) for hit in hits}
    for rule, chosen in RULES.items():
        row = try_rule(past, rule, **chosen)
        hits = db.session.scalars(select(TrialHit).where(TrialHit.holding_rule_id == row.id))
        would_be_held = [sent.index((hit.item_kind, hit.item_id)) for hit in hits]
        assert would_be_held == [number for number, item in enumerate(sent_again) if (rule, *item) in held], rule
        assert (row.held_count, row.read_count) == (len(would_be_held), len(acts))


@pytest.fixture
def stage(app_context, make_proceeding, make_actor):
    proceeding = make_proceeding(moderation_mode=ModerationMode.AFTER)
    return proceeding, make_actor(proceeding, Role.MANAGER)


def test_it_reads_the_last_90_days_and_not_what_comes_in_meanwhile(
    stage, make_contribution, fill_texts, try_rule, set_clock, make_actor
):
    proceeding, manager = stage
    set_clock(NOON)
    for age in (timedelta(days=90, seconds=1), timedelta(days=90), timedelta(0)):
        make_contribution(proceeding, text="Siehe example.org", created_at=NOON - age)
    fill_texts(proceeding)
    row = begin_trial(manager, proceeding, HoldingRule.LINKS, {}, seen_version=0)
    make_contribution(proceeding, text="Siehe example.org", created_at=NOON + timedelta(seconds=1))
    fill_texts(proceeding)
    go_on_trying(manager, proceeding, row, postings_of)
    assert (row.held_count, row.read_count, row.tried_at) == (2, 2, NOON)


def test_part_by_part_it_finds_the_same(stage, make_contribution, fill_texts, try_rule, monkeypatch):
    proceeding, manager = stage
    for number in range(11):
        make_contribution(
            proceeding, text=f"Nummer {number}: example{number % 3}.org" if number % 2 else "Nichts hier."
        )
    fill_texts(proceeding)
    whole = try_rule(proceeding, HoldingRule.LINKS)
    found = [(hit.item_id, hit.evidence) for hit in page_of_trial(whole).items]
    monkeypatch.setattr(trials, "BATCH", 2)
    monkeypatch.setattr(trials, "MOST_TEXTS", 4)
    row = begin_trial(manager, proceeding, HoldingRule.LINKS, {}, seen_version=whole.version)
    reads = []
    while row.is_being_tried:
        go_on_trying(manager, proceeding, row, postings_of)
        reads.append(row.read_count)
    assert reads == [4, 8, 11]
    assert [(hit.item_id, hit.evidence) for hit in page_of_trial(row).items] == found
    assert len(found) == 5


def test_what_others_read_meanwhile_is_not_counted_twice(stage, make_contribution, fill_texts):
    proceeding, manager = stage
    make_contribution(proceeding, text="Siehe example.org")
    fill_texts(proceeding)
    row = begin_trial(manager, proceeding, HoldingRule.LINKS, {}, seen_version=0)

    def read_by_another_first(texts):
        with transaction() as session:
            other = session.get_one(type(row), row.id)
            other.read_count += 0
            session.execute(type(row).__table__.update().values(version=row.version + 1))
        return postings_of(texts)

    go_on_trying(manager, proceeding, row, read_by_another_first)
    assert row.read_count == 0
    go_on_trying(manager, proceeding, row, postings_of)
    assert (row.read_count, row.held_count) == (1, 1)


def test_a_rule_is_armed_only_with_the_settings_it_was_tried_with(stage, try_rule):
    proceeding, manager = stage
    burst = HoldingRule.BURST
    with pytest.raises(InvalidInput):
        arm(manager, proceeding, burst, {"count": 5, "minutes": 10}, seen_version=0)
    row = try_rule(proceeding, burst, count=5, minutes=10)
    with pytest.raises(InvalidInput):
        arm(manager, proceeding, burst, {"count": 4, "minutes": 10}, seen_version=row.version)
    assert not rules_of(proceeding)[burst].is_armed
    armed = arm(
        manager, proceeding, burst, {"count": 5, "minutes": 10}, seen_version=rules_of(proceeding)[burst].version
    )
    assert (armed.is_armed, armed.settings, armed.armed_by_id) == (True, {"count": 5, "minutes": 10}, manager.user_id)


def test_a_rule_is_not_armed_before_its_trial_has_ended(stage):
    proceeding, manager = stage
    row = begin_trial(manager, proceeding, HoldingRule.LINKS, {}, seen_version=0)
    with pytest.raises(InvalidInput):
        arm(manager, proceeding, HoldingRule.LINKS, {}, seen_version=row.version)


def test_a_new_trial_leaves_an_armed_rule_as_it_is(stage, try_rule):
    proceeding, manager = stage
    row = try_rule(proceeding, HoldingRule.BURST, count=5, minutes=10)
    arm(manager, proceeding, HoldingRule.BURST, {"count": 5, "minutes": 10}, seen_version=row.version)
    again = try_rule(proceeding, HoldingRule.BURST, count=2, minutes=10)
    assert (again.is_armed, again.settings) == (True, {"count": 5, "minutes": 10})
    off = disarm(manager, proceeding, HoldingRule.BURST, seen_version=again.version)
    assert (off.is_armed, off.armed_by_id) == (False, None)


def test_of_two_managers_the_second_learns_that_the_rule_changed(stage, try_rule):
    proceeding, manager = stage
    row = try_rule(proceeding, HoldingRule.LINKS)
    seen = row.version
    arm(manager, proceeding, HoldingRule.LINKS, {}, seen_version=seen)
    with pytest.raises(Conflict):
        begin_trial(manager, proceeding, HoldingRule.LINKS, {}, seen_version=seen)
    with pytest.raises(Conflict):
        arm(manager, proceeding, HoldingRule.LINKS, {}, seen_version=seen)
    with pytest.raises(Conflict):
        disarm(manager, proceeding, HoldingRule.LINKS, seen_version=seen)
    assert rules_of(proceeding)[HoldingRule.LINKS].is_armed


@pytest.mark.parametrize("role", [None, Role.MODERATOR, Role.PLANNER], ids=str)
def test_only_managers_change_rules_and_mode(app_context, make_proceeding, make_actor, role):
    proceeding = make_proceeding()
    other = make_actor(proceeding, *([role] if role else []))
    for change in (
        lambda: begin_trial(other, proceeding, HoldingRule.LINKS, {}, seen_version=0),
        lambda: arm(other, proceeding, HoldingRule.LINKS, {}, seen_version=0),
        lambda: disarm(other, proceeding, HoldingRule.LINKS, seen_version=0),
        lambda: switch_moderation_mode(other, proceeding, ModerationMode.AFTER, seen_mode=ModerationMode.BEFORE),
    ):
        with pytest.raises(NotPermitted):
            change()


def test_the_mode_is_switched_by_one_manager_at_a_time(app_context, make_proceeding, make_actor):
    proceeding = make_proceeding(moderation_mode=ModerationMode.BEFORE)
    manager = make_actor(proceeding, Role.MANAGER)
    switch_moderation_mode(manager, proceeding, ModerationMode.MIXED, seen_mode=ModerationMode.BEFORE)
    with pytest.raises(Conflict):
        switch_moderation_mode(manager, proceeding, ModerationMode.AFTER, seen_mode=ModerationMode.BEFORE)
    assert db.session.scalar(select(Proceeding.moderation_mode)) is ModerationMode.MIXED


def test_every_change_is_in_the_trail_without_the_words(stage, try_rule):
    proceeding, manager = stage
    row = try_rule(proceeding, HoldingRule.WORDS, words=["idiot", "wichser"])
    arm(manager, proceeding, HoldingRule.WORDS, {"words": ["wichser", "Idiot"]}, seen_version=row.version)
    disarm(manager, proceeding, HoldingRule.WORDS, seen_version=row.version)
    switch_moderation_mode(manager, proceeding, ModerationMode.MIXED, seen_mode=ModerationMode.AFTER)
    events = db.session.scalars(select(AuditEvent).order_by(AuditEvent.id)).all()
    assert [event.action for event in events] == [
        "screening.try", "screening.arm", "screening.disarm", "proceedings.moderation_mode",
    ]  # fmt: skip
    assert events[1].details == {"rule": "words", "settings": {"words": 2}}
    assert events[3].details == {"before": "after", "after": "mixed"}


@pytest.mark.parametrize("rule, chosen, field", [
    (HoldingRule.BURST, {"count": 1, "minutes": 10}, "count"),
    (HoldingRule.BURST, {"count": 5, "minutes": None}, "minutes"),
    (HoldingRule.SIMILAR, {"percent": 101}, "percent"),
    (HoldingRule.OUTSIDE, {"metres": -1}, "metres"),
    (HoldingRule.WORDS, {"words": []}, "words"),
    (HoldingRule.WORDS, {"words": ["zwei wörter"]}, "words"),
    (HoldingRule.WORDS, {"words": ["\u200b"]}, "words"),
])  # fmt: skip
def test_settings_out_of_their_limits_are_refused(stage, rule, chosen, field):
    proceeding, manager = stage
    with pytest.raises(InvalidInput) as refused:
        begin_trial(manager, proceeding, rule, chosen, seen_version=0)
    assert refused.value.field == field
    assert rules_of(proceeding) == {}
