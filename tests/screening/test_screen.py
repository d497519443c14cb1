"""Sending texts where rules are armed: what is held, what is remembered, and by whom it may be passed."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from shapely import Point
from sqlalchemy import func, select

from participation.accounts.models import Role
from participation.contributions.checking import NewContribution
from participation.contributions.models import Contribution
from participation.contributions.services import set_state, submit_contribution
from participation.contributions.states import PublicationState as State
from participation.database import db, transaction
from participation.discussion.models import Comment
from participation.discussion.services import add_comment
from participation.moderation.models import Outcome
from participation.moderation.services import decide, undo
from participation.proceedings.models import ModerationMode, Proceeding
from participation.screening.models import HoldingRule, ScreenedText, ScreeningHit
from participation.screening.queries import has_hit, hits_of

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
GOOD = "Hier fehlt eine Bank im Schatten der Linden, ältere Leute ruhen sich gerne aus."
BAD = "Ihr seid alle Idioten."


@pytest.fixture
def mixed(app_context, make_proceeding):
    return make_proceeding(moderation_mode=ModerationMode.MIXED)


@pytest.fixture
def send(make_guest):
    def submit(proceeding, text=GOOD, *, author=None, title="Bank im Schatten", geometry=None):
        new = NewContribution(title, text, "green", "idea", geometry)
        number = db.session.scalar(select(func.count()).select_from(Contribution))
        return submit_contribution(author or make_guest(), proceeding, new, idempotency_key=f"k{number}")

    return submit


def reject(moderator, contribution):
    why = {"ground": "insult", "statement_of_reasons": "Das beleidigt."}
    outcome = Outcome.HIDE if contribution.state is State.PUBLISHED else Outcome.REJECT
    return decide(moderator, contribution, outcome=outcome, seen_version=contribution.version, **why)


def rules_found(item):
    return [hit.rule for hit in hits_of([(item.__tablename__, item.id)]).get((item.__tablename__, item.id), [])]


@pytest.mark.parametrize("mode, text, state, found", [
    (ModerationMode.MIXED, GOOD, State.PUBLISHED, []),
    (ModerationMode.MIXED, BAD, State.SUBMITTED, [HoldingRule.WORDS]),
    (ModerationMode.BEFORE, GOOD, State.SUBMITTED, []),
    (ModerationMode.BEFORE, BAD, State.SUBMITTED, [HoldingRule.WORDS]),
    (ModerationMode.AFTER, BAD, State.PUBLISHED, []),
])  # fmt: skip
def test_the_mode_and_the_armed_rules_decide_where_a_text_begins(
    app_context, make_proceeding, make_contribution, make_guest, send, arm_rule, mode, text, state, found
):
    proceeding = make_proceeding(moderation_mode=mode)
    arm_rule(proceeding, HoldingRule.WORDS)
    contribution = send(proceeding, text)
    comment = add_comment(make_guest(), proceeding, make_contribution(proceeding).id, text=text, language="de")
    assert (contribution.state, rules_found(contribution)) == (state, found)
    assert (comment.state, rules_found(comment)) == (state, found)


def test_without_armed_rules_the_mixed_mode_holds_nothing(mixed, send):
    assert send(mixed, BAD).state is State.PUBLISHED


def test_rules_of_another_proceeding_are_not_asked(mixed, make_proceeding, send, arm_rule):
    arm_rule(make_proceeding("elsewhere"), HoldingRule.WORDS)
    assert send(mixed, BAD).state is State.PUBLISHED


def test_a_rule_never_rejects(mixed, send, arm_rule):
    for rule in HoldingRule:
        arm_rule(mixed, rule)
    text = f"{BAD} www.example.org"
    contribution = send(mixed, text, geometry=Point(12.3800, 51.3421))
    assert contribution.state is State.SUBMITTED
    assert rules_found(contribution) == ["links", "words", "outside", "first_post"]


def test_a_held_text_and_what_was_found_are_stored_together_or_not_at_all(mixed, send, arm_rule, monkeypatch):
    arm_rule(mixed, HoldingRule.WORDS)
    monkeypatch.setattr("participation.contributions.services._welcome", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        send(mixed, BAD)
    for model in (Contribution, ScreenedText, ScreeningHit):
        assert db.session.scalar(select(func.count()).select_from(model)) == 0


def test_the_first_post_of_a_guest_is_held_until_one_was_published(
    mixed, send, make_guest, make_actor, arm_rule, set_clock
):
    set_clock(NOON)
    arm_rule(mixed, HoldingRule.FIRST_POST)
    guest, moderator = make_guest(), make_actor(mixed, Role.MODERATOR)
    first, second = send(mixed, author=guest), send(mixed, author=guest)
    assert (first.state, second.state) == (State.SUBMITTED, State.SUBMITTED)
    reject(moderator, first)
    set_clock(NOON + timedelta(minutes=1))
    assert send(mixed, author=guest).state is State.SUBMITTED
    decision = decide(moderator, second, outcome=Outcome.PUBLISH, seen_version=second.version)
    set_clock(NOON + timedelta(minutes=2))
    assert send(mixed, author=guest).state is State.PUBLISHED
    assert send(mixed, author=make_actor()).state is State.PUBLISHED
    why = {"ground": "insult", "statement_of_reasons": "Ein Irrtum."}
    undo(moderator, second, decision, seen_version=second.version, **why)
    third = db.session.scalars(select(Contribution).order_by(Contribution.id.desc())).all()[1]
    reject(moderator, third)
    set_clock(NOON + timedelta(minutes=3))
    assert send(mixed, author=guest).state is State.SUBMITTED


def test_who_withdraws_a_published_text_stays_known(mixed, send, make_guest, arm_rule, set_clock):
    set_clock(NOON)
    guest = make_guest()
    contribution = send(mixed, author=guest)
    with transaction() as session:
        set_state(session, contribution, State.WITHDRAWN)
    arm_rule(mixed, HoldingRule.FIRST_POST)
    set_clock(NOON + timedelta(minutes=1))
    assert send(mixed, author=guest).state is State.PUBLISHED


def test_what_resembles_a_rejected_text_is_held_until_that_decision_is_taken_back(mixed, send, make_actor, arm_rule):
    arm_rule(mixed, HoldingRule.SIMILAR)
    moderator = make_actor(mixed, Role.MODERATOR)
    first = send(mixed)
    assert send(mixed, GOOD + " Bitte!").state is State.PUBLISHED
    decision = reject(moderator, first)
    again = send(mixed, GOOD.upper().replace(" ", "  ") + "!!")
    assert again.state is State.SUBMITTED
    (hit,) = hits_of([("contribution", again.id)])["contribution", again.id]
    assert (hit.evidence["item_kind"], hit.evidence["item_id"]) == ("contribution", first.id)
    assert hit.evidence["percent"] > 90
    assert (
        send(mixed, "Der Brunnen am Markt sollte wieder laufen, auch im Winter.", title="Der Brunnen").state
        is State.PUBLISHED
    )
    undo(moderator, first, decision, seen_version=first.version)
    assert send(mixed, GOOD).state is State.PUBLISHED


def test_very_short_texts_resemble_nothing(mixed, make_contribution, make_guest, make_actor, arm_rule):
    arm_rule(mixed, HoldingRule.SIMILAR)
    on = make_contribution(mixed)
    thanks = add_comment(make_guest(), mixed, on.id, text="Danke!", language="de")
    why = {"ground": "insult", "statement_of_reasons": "Das war höhnisch gemeint."}
    decide(make_actor(mixed, Role.MODERATOR), thanks, outcome=Outcome.HIDE, seen_version=thanks.version, **why)
    assert add_comment(make_guest(), mixed, on.id, text="Danke!", language="de").state is State.PUBLISHED


def test_contributions_and_comments_count_as_one_burst(mixed, send, make_contribution, make_guest, arm_rule, set_clock):
    on = make_contribution(mixed)
    set_clock(NOON)
    arm_rule(mixed, HoldingRule.BURST, count=3, minutes=10)
    guest = make_guest()
    said = {"language": "de", "text": "Das sehe ich auch so."}
    assert send(mixed, author=guest).state is State.PUBLISHED
    assert add_comment(guest, mixed, on.id, **said).state is State.PUBLISHED
    assert add_comment(guest, mixed, on.id, **said).state is State.SUBMITTED
    assert add_comment(make_guest(), mixed, on.id, **said).state is State.PUBLISHED
    set_clock(NOON + timedelta(minutes=10))
    assert add_comment(guest, mixed, on.id, **said).state is State.PUBLISHED


def test_of_fifty_posts_at_once_through_two_threads_all_but_the_first_are_held(
    app, make_proceeding, make_contribution, make_guest, arm_rule, set_clock
):
    set_clock(NOON)
    proceeding = make_proceeding(moderation_mode=ModerationMode.MIXED)
    on = [make_contribution(proceeding, title=f"Beitrag {number}") for number in range(2)]
    arm_rule(proceeding, HoldingRule.BURST, count=5, minutes=10)
    guest = make_guest()

    def post(contribution_id):
        with app.app_context():
            here = db.session.get_one(Proceeding, proceeding.id)
            db.session.refresh(here, ["phases"])
            for number in range(25):
                add_comment(guest, here, contribution_id, text=f"Text {number}", language="de")

    with ThreadPoolExecutor(max_workers=2) as threads:
        list(threads.map(post, [one.id for one in on]))
    with app.app_context():
        states = dict(db.session.execute(select(Comment.state, func.count()).group_by(Comment.state)).all())
    assert states == {State.PUBLISHED: 4, State.SUBMITTED: 46}


def test_the_queue_can_ask_for_what_a_rule_found(mixed, send, arm_rule):
    for rule in (HoldingRule.WORDS, HoldingRule.LINKS):
        arm_rule(mixed, rule)
    bad, both = send(mixed, BAD), send(mixed, f"{BAD} example.org")
    send(mixed)

    def found(rule):
        condition = has_hit(rule, "contribution", Contribution.id)
        return list(db.session.scalars(select(Contribution.id).where(condition).order_by(Contribution.id)))

    assert found(HoldingRule.WORDS) == [bad.id, both.id]
    assert found(HoldingRule.LINKS) == [both.id]


@pytest.mark.parametrize("text, was_automated", [(BAD, True), (GOOD, False)])
def test_a_decision_says_whether_a_rule_pointed_the_text_out(mixed, send, make_actor, arm_rule, text, was_automated):
    """Regulation (EU) 2022/2065, Art. 17(3)(c)."""
    arm_rule(mixed, HoldingRule.WORDS)
    decision = reject(make_actor(mixed, Role.MODERATOR), send(mixed, text))
    assert decision.was_automated is was_automated
