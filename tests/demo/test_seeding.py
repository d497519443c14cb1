"""The synthetic load: as many rows as wanted, counters that equal them, places that any check would take."""

import pytest
import shapely
from sqlalchemy import func, select

from participation.accounts.actors import STRANGER
from participation.contributions.checking import NewContribution, check
from participation.contributions.models import Contribution
from participation.contributions.states import PublicationState
from participation.database import db, spatial_index_problems
from participation.demo.commands import seed_load
from participation.demo.seeding import seed
from participation.discussion.models import Comment, Vote
from participation.proceedings.models import GeometryKind, Placing, Voting
from participation.proceedings.queries import proceeding_by_slug


def contributions():
    return db.session.scalars(select(Contribution).order_by(Contribution.id)).all()


def count(model, *conditions):
    return db.session.scalar(select(func.count()).select_from(model).where(*conditions))


def test_there_are_as_many_rows_as_wanted_and_the_counters_equal_them(app_context):
    seeded = seed(slug="seed", contributions=400, votes=3_000, comments=200)
    assert (seeded.contributions, seeded.votes, seeded.comments) == (400, 3_000, 200)
    assert (count(Contribution), count(Vote), count(Comment)) == (400, 3_000, 200)
    for one in contributions():
        assert one.votes_for == count(Vote, Vote.contribution_id == one.id, Vote.value == 1)
        assert one.votes_against == count(Vote, Vote.contribution_id == one.id, Vote.value == -1)
        assert one.comment_count == count(Comment, Comment.contribution_id == one.id)
        if one.state is not PublicationState.PUBLISHED:
            assert one.votes_for + one.votes_against + one.comment_count == 0
    for comment in db.session.scalars(select(Comment)):
        parent = db.session.get(Comment, comment.parent_id) if comment.parent_id else None
        assert parent is None or parent.contribution_id == comment.contribution_id
    assert spatial_index_problems(db.session.connection()) == []


def test_every_contribution_would_pass_the_form(app_context):
    seed(slug="seed", contributions=500)
    proceeding = proceeding_by_slug(STRANGER, "seed")
    keys = {part.id: part.key for part in proceeding.categories}
    for one in contributions():
        new = NewContribution(one.title, one.text, keys[one.category_id], "", one.geometry, one.language)
        assert check(proceeding, new) == new
    assert {one.geometry_kind for one in contributions()} == set(GeometryKind)
    assert {one.language for one in contributions()} == {"de", "en"}
    assert len({one.title for one in contributions()}) > 200


def test_it_is_the_same_each_time_and_goes_on_where_it_ended(app_context):
    seed(slug="one", contributions=50)
    seed(slug="two", contributions=50)
    told = [(one.title, one.text, one.geometry) for one in contributions()]
    assert told[:50] == told[50:]
    seed(slug="two", contributions=50)
    told = [(one.title, one.text, one.geometry) for one in contributions()]
    assert told[100:] != told[50:100]


def test_an_existing_proceeding_is_filled_by_its_own_rules(app_context, make_proceeding):
    proceeding = make_proceeding(
        "strict",
        placing=Placing.INSIDE,
        is_place_required=True,
        geometry_kinds=["point", "area"],
        voting=Voting.SUPPORT,
    )
    seed(slug="strict", contributions=300, votes=500)
    assert all(one.geometry_kind is GeometryKind.POINT for one in contributions())
    assert shapely.contains(proceeding.project_area, [one.geometry for one in contributions()]).all()
    assert all(one.votes_against == 0 for one in contributions())


@pytest.mark.parametrize("votes", [0, 1, 5_000])
def test_a_single_contribution_can_have_all_votes(app_context, votes):
    assert seed(slug="seed", contributions=3, votes=votes).votes == votes


def test_the_command_says_what_it_did(app):
    result = app.test_cli_runner().invoke(seed_load, ["--contributions", "1200", "--votes", "10", "--comments", "5"])
    assert result.exit_code == 0, result.output
    assert result.output.startswith("1,200 contributions, 10 votes and 5 comments are in seed (")
