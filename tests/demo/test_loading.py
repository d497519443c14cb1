"""The demo is loaded once, whole, and as if it had happened in the last weeks."""

import dataclasses
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from participation import clock
from participation.accounts.actors import STRANGER
from participation.accounts.models import Membership, Role, User
from participation.accounts.passwords import is_password
from participation.contributions.models import Contribution
from participation.contributions.states import PublicationState
from participation.database import db, spatial_index_problems
from participation.demo import ACCOUNTS, PASSWORD
from participation.demo.commands import load_demo_once
from participation.demo.loading import load_demo
from participation.discussion.models import Comment, Vote
from participation.errors import Conflict
from participation.moderation.models import ModerationDecision
from participation.moderation.queries import decisions_about
from participation.moderation.reasons import statement_of
from participation.moderation.services import undo
from participation.proceedings.models import Proceeding, ProceedingState
from participation.proceedings.phases import Act, is_open
from participation.proceedings.queries import proceeding_by_slug

LIMITED = (PublicationState.HIDDEN, PublicationState.REJECTED, PublicationState.MERGED)


def count(model, *conditions):
    return db.session.scalar(select(func.count()).select_from(model).where(*conditions))


def test_the_demo_is_whole_and_its_counters_equal_the_rows(app_context):
    assert load_demo()
    states = dict(db.session.execute(select(Proceeding.slug, Proceeding.state)).all())
    assert states == {
        "matthaeikirchhof": ProceedingState.PUBLISHED,
        "georg-schwarz-strasse": ProceedingState.CLOSED,
        "kuehle-hoefe-gruenau": ProceedingState.DRAFT,
    }
    assert count(Contribution) == 150
    for one in db.session.scalars(select(Contribution)):
        assert one.votes_for == count(Vote, Vote.contribution_id == one.id, Vote.value == 1), one.title
        assert one.votes_against == count(Vote, Vote.contribution_id == one.id, Vote.value == -1), one.title
        public = (Comment.contribution_id == one.id, Comment.state == PublicationState.PUBLISHED)
        assert one.comment_count == count(Comment, *public), one.title
        decisions = count(ModerationDecision, ModerationDecision.contribution_id == one.id)
        assert decisions == (one.state in LIMITED)
    assert spatial_index_problems(db.session.connection()) == []


def test_what_is_merged_says_why_and_can_be_separated(app_context, make_actor):
    load_demo()
    merged = db.session.scalars(select(Contribution).where(Contribution.state == PublicationState.MERGED)).one()
    (decision,) = decisions_about(merged)
    assert statement_of(decision) is not None
    proceeding = db.session.get_one(Proceeding, merged.proceeding_id)
    moderator = make_actor(proceeding, Role.MODERATOR)
    undo(moderator, merged, decision, seen_version=merged.version)
    assert (merged.state, merged.leading_id) == (PublicationState.PUBLISHED, None)


def test_nothing_has_happened_in_the_future_and_changes_are_noted(app_context):
    load_demo()
    now = clock.now()
    assert count(Contribution, Contribution.created_at > now) == 0
    assert count(Comment, Comment.created_at > now) == 0
    for one in db.session.scalars(select(Contribution)):
        assert one.created_at <= one.updated_at <= now
        assert one.responded_at is None or one.created_at < one.responded_at <= one.updated_at


@pytest.mark.parametrize("days", [0, 100, 400])
def test_a_phase_is_open_whenever_it_is_loaded(app_context, set_clock, days):
    set_clock(clock.now() + timedelta(days=days))
    load_demo()
    proceeding = proceeding_by_slug(STRANGER, "matthaeikirchhof")
    assert all(is_open(proceeding, act) for act in Act)


def test_the_accounts_have_the_public_password_and_their_roles_everywhere(app_context):
    load_demo()
    for account in ACCOUNTS:
        user = db.session.scalar(select(User).where(User.email == account.email))
        assert user.is_demo
        assert user.is_administrator is account.is_administrator
        assert count(Membership, Membership.user_id == user.id) == (3 if account.role else 0)
    assert is_password(PASSWORD, user.password_hash)


def test_a_second_time_nothing_happens(app, tmp_path):
    runner = app.test_cli_runner()
    assert runner.invoke(load_demo_once).output == "The demo is loaded.\n"
    assert runner.invoke(load_demo_once).output == "The demo is there already.\n"
    with app.app_context():
        assert count(Contribution) == 150
        assert (app.extensions["settings"].instance_path / "basemap.geojson").is_file()


def test_production_refuses_the_demo(app_context, monkeypatch):
    settings = dataclasses.replace(app_context.extensions["settings"], environment="production")
    monkeypatch.setitem(app_context.extensions, "settings", settings)
    with pytest.raises(Conflict, match="not loaded in production"):
        load_demo()
    assert count(User) == 0
