"""The synthetic load: as many rows as wanted, counters that equal them, places that any check would take."""

import pytest
import shapely
from sqlalchemy import func, inspect, select, update
from sqlalchemy.exc import IntegrityError

from participation.accounts.actors import STRANGER
from participation.contributions.checking import NewContribution, check
from participation.contributions.models import Contribution
from participation.contributions.states import PublicationState
from participation.database import db, spatial_index_problems, transaction
from participation.demo.commands import seed_load
from participation.demo.seeding import Seeded, seed
from participation.discussion.models import Comment, Vote
from participation.proceedings.models import GeometryKind, Placing, Voting
from participation.proceedings.queries import proceeding_by_slug

TABLES = ("contribution", "vote", "comment")


def contributions():
    return db.session.scalars(select(Contribution).order_by(Contribution.id)).all()


def count(model, *conditions):
    return db.session.scalar(select(func.count()).select_from(model).where(*conditions))


def index_names():
    return {table: {one["name"] for one in inspect(db.engine).get_indexes(table)} for table in TABLES}


# The second is large enough for the way of large loads, whose indexes are made afterwards.
@pytest.mark.parametrize("number", [400, 1_200], ids=["small", "large"])
def test_there_are_as_many_rows_as_wanted_and_the_counters_equal_them(app_context, number):
    before = index_names()
    wanted = Seeded(number, votes=3_000, comments=number // 2)
    assert seed(slug="seed", contributions=number, votes=3_000, comments=number // 2) == wanted
    assert (count(Contribution), count(Vote), count(Comment)) == (number, 3_000, number // 2)
    cast = dict(
        db.session.execute(select(Vote.contribution_id, func.sum(Vote.value)).group_by(Vote.contribution_id)).all()
    )
    numbers = dict(db.session.execute(select(Vote.contribution_id, func.count()).group_by(Vote.contribution_id)).all())
    comments = dict(
        db.session.execute(select(Comment.contribution_id, func.count()).group_by(Comment.contribution_id)).all()
    )
    for one in contributions():
        assert one.votes_for + one.votes_against == numbers.get(one.id, 0)
        assert one.votes_for - one.votes_against == cast.get(one.id, 0)
        assert one.comment_count == comments.get(one.id, 0)
        if one.state is not PublicationState.PUBLISHED:
            assert one.votes_for + one.votes_against + one.comment_count == 0
    parents = dict(db.session.execute(select(Comment.id, Comment.contribution_id)).all())
    for contribution_id, parent_id in db.session.execute(select(Comment.contribution_id, Comment.parent_id)):
        assert parent_id is None or parents[parent_id] == contribution_id
    assert spatial_index_problems(db.session.connection()) == []
    db.session.rollback()
    assert index_names() == before


def test_references_are_checked_again_after_a_large_load(app_context):
    seed(slug="seed", contributions=1_200)
    with pytest.raises(IntegrityError), transaction() as session:
        session.execute(update(Contribution).values(category_id=0))


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
