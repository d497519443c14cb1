"""Moving: another topic, type or place, by the rules of the proceeding; taken back exactly."""

import pytest
from shapely import LineString, Point
from sqlalchemy import select

from participation.accounts.models import Role
from participation.contributions.counting import counted
from participation.contributions.filters import ContributionFilter
from participation.contributions.models import Contribution
from participation.contributions.services import pin_of
from participation.contributions.states import PublicationState as State
from participation.database import db
from participation.errors import Conflict, InvalidInput
from participation.moderation.models import Outcome
from participation.moderation.news import news_of
from participation.moderation.services import decide, undo
from participation.moderation.steps import Particulars, Place
from participation.proceedings.models import GeometryKind

THERE = Point(12.3715, 51.3428)
LINE = LineString([(12.3701234567, 51.3421), (12.371, 51.3425)])


@pytest.fixture
def stage(app_context, make_proceeding, make_contribution, make_actor):
    proceeding = make_proceeding()
    contribution = make_contribution(proceeding, geometry=LINE, category="green", type="idea")
    return proceeding, contribution, make_actor(proceeding, Role.MODERATOR)


def move(moderator, item, note="", **where):
    particulars = Particulars(**({"category": "green", "type": "idea"} | where))
    return decide(
        moderator,
        item,
        outcome=Outcome.MOVE,
        seen_version=item.version,
        particulars=particulars,
        statement_of_reasons=note,
    )


def test_topic_type_filter_and_counts_follow(stage):
    proceeding, contribution, moderator = stage
    decision = move(moderator, contribution, category="paths", type="")
    assert decision.changes["category_id"] == [proceeding.categories[0].id, proceeding.categories[1].id]
    assert counted(proceeding, ContributionFilter()).by_category == {"green": 0, "paths": 1}
    assert counted(proceeding, ContributionFilter()).by_type == {"idea": 0, "question": 0}
    undo(moderator, contribution, decision, seen_version=contribution.version)
    assert counted(proceeding, ContributionFilter()).by_category == {"green": 1, "paths": 0}
    assert contribution.type.key == "idea"


def test_pin_and_spatial_index_follow_and_the_old_place_comes_back_exactly(stage):
    _, contribution, moderator = stage
    before = contribution.geometry
    decision = move(moderator, contribution, place=Place(THERE))
    assert (contribution.geometry_kind, (contribution.pin_x, contribution.pin_y)) == (GeometryKind.POINT, pin_of(THERE))
    assert found_at(THERE) == [contribution.id]
    assert found_at(Point(12.3702, 51.3421)) == []
    undo(moderator, contribution, decision, seen_version=contribution.version)
    assert contribution.geometry == before
    assert (contribution.pin_x, contribution.pin_y) == pin_of(before)
    assert found_at(THERE) == []


def found_at(point):
    box = (point.x - 0.0001, point.y - 0.0001, point.x + 0.0001, point.y + 0.0001)
    return db.session.scalars(select(Contribution.id).where(Contribution.geometry.in_bbox(*box))).all()


@pytest.mark.parametrize("where, field", [
    ({"place": Place(Point(2.35, 48.85))}, "geometry"), ({"category": "unknown"}, "category"),
    ({"type": "unknown"}, "type"), ({}, "category"),
])  # fmt: skip
def test_the_rules_of_the_proceeding_hold(stage, where, field):
    _, contribution, moderator = stage
    with pytest.raises(InvalidInput) as refused:
        move(moderator, contribution, **where)
    assert refused.value.field == field
    assert db.session.get_one(Contribution, contribution.id).version == 1


def test_the_author_learns_from_where_to_where_and_the_moderators_sentence(stage):
    _, contribution, moderator = stage
    decision = move(moderator, contribution, "Es geht um den Weg.", category="paths", place=Place(None))
    news = news_of(decision)
    for part in ("Wege statt Grün und Klima", "anderen Ort"):
        assert part in news.meaning
    assert news.words == "Es geht um den Weg."
    assert news.words not in news.meaning


def test_it_can_be_taken_back_after_it_was_hidden_but_not_after_another_move(stage):
    _, contribution, moderator = stage
    first = move(moderator, contribution, category="paths")
    reasons = {"ground": "insult", "statement_of_reasons": "Der zweite Satz."}
    hidden = decide(moderator, contribution, outcome=Outcome.HIDE, seen_version=contribution.version, **reasons)
    undo(moderator, contribution, first, seen_version=contribution.version)
    assert (contribution.category.key, contribution.state) == ("green", State.HIDDEN)
    undo(moderator, contribution, hidden, seen_version=contribution.version)
    second = move(moderator, contribution, category="paths")
    move(moderator, contribution, category="paths", type="question")
    with pytest.raises(Conflict):
        undo(moderator, contribution, second, seen_version=contribution.version)


def test_a_comment_is_not_moved(stage, make_comment):
    _, contribution, moderator = stage
    with pytest.raises(Conflict):
        move(moderator, make_comment(contribution), category="paths")
