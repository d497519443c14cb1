"""The application's own migrations, from nothing to the newest and back."""

from datetime import UTC, datetime

import flask_migrate
import pytest
from flask import Flask
from shapely import Point
from sqlalchemy import inspect, select, text

from participation.accounts.models import Role
from participation.contributions.models import Contribution
from participation.database import db, init_database, schema_problem, spatial_index_problems
from participation.moderation.models import Outcome
from participation.moderation.steps import Particulars
from participation.notices.services import decide


@pytest.fixture
def installation(empty_url):
    """An application on an empty database; `participation` has been imported, so all models are known."""
    app = Flask("installation")
    init_database(app, empty_url)
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


def is_pending():
    with db.engine.connect() as connection:
        return bool(schema_problem(connection))


def test_they_give_the_tables_that_the_models_describe(installation):
    assert is_pending()
    flask_migrate.upgrade()
    assert not is_pending()
    flask_migrate.check()
    with db.engine.connect() as connection:
        assert spatial_index_problems(connection) == []


def test_they_can_be_taken_back_and_run_again(installation):
    flask_migrate.upgrade()
    flask_migrate.downgrade(revision="base")
    left = set(inspect(db.engine).get_table_names())
    assert left <= {"alembic_version", "spatial_ref_sys"}
    assert is_pending()
    flask_migrate.upgrade()
    flask_migrate.check()


def test_after_them_a_new_place_is_found(app_context, make_contribution):
    contribution = make_contribution(geometry=Point(12.3701, 51.3421))
    found = select(Contribution.id).where(Contribution.geometry.in_bbox(12.3700, 51.3420, 12.3702, 51.3422))
    assert db.session.scalars(found).all() == [contribution.id]


def test_decisions_from_before_undo_learn_from_which_state_they_led(app_context, make_proceeding, make_contribution):
    """Waiting → published → hidden → published again, and waiting → rejected, as rows of the first tables."""
    proceeding = make_proceeding()
    moved, rejected = (make_contribution(proceeding).id for _ in range(2))
    db.session.remove()
    flask_migrate.downgrade(revision="0001")
    try:
        with db.engine.begin() as connection:
            for contribution_id, outcome in (
                (moved, "publish"),
                (moved, "hide"),
                (moved, "publish"),
                (rejected, "reject"),
            ):
                values = {"contribution": contribution_id, "outcome": outcome, "now": datetime.now(UTC).isoformat()}
                connection.execute(
                    text(
                        "INSERT INTO moderation_decision (contribution_id, outcome, ground, statement_of_reasons,"
                        " was_automated, decided_at, language)"
                        " VALUES (:contribution, :outcome, 'insult', 'Der zweite Satz.', false, :now, 'de')"
                    ),
                    values,
                )
    finally:
        flask_migrate.upgrade()
    with db.engine.connect() as connection:
        steps = connection.execute(text("SELECT state_before, state_after FROM moderation_decision ORDER BY id"))
        assert [tuple(step) for step in steps] == [
            ("submitted", "published"),
            ("published", "hidden"),
            ("hidden", "published"),
            ("submitted", "rejected"),
        ]


def test_the_words_that_decisions_named_become_rules_of_their_proceeding(
    app_context, make_proceeding, make_contribution
):
    ids = [make_contribution(make_proceeding(slug)).id for slug in ("one", "two")]
    db.session.remove()
    flask_migrate.downgrade(revision="0003")
    try:
        with db.engine.begin() as connection:
            for id_, ground in zip(ids, ("insult", "off_topic"), strict=True):
                connection.execute(
                    text(
                        "INSERT INTO moderation_decision (contribution_id, outcome, state_before, state_after, ground,"
                        " statement_of_reasons, was_automated, decided_at, language)"
                        " VALUES (:id, 'hide', 'published', 'hidden', :ground, 'Satz.', false, :now, 'de')"
                    ),
                    {"id": id_, "ground": ground, "now": datetime.now(UTC).isoformat()},
                )
    finally:
        flask_migrate.upgrade()
    with db.engine.connect() as connection:
        named = connection.execute(
            text(
                "SELECT proceeding.slug, rule.key FROM moderation_decision JOIN rule ON rule.id = rule_id"
                " JOIN proceeding ON proceeding.id = rule.proceeding_id ORDER BY moderation_decision.id"
            )
        )
        assert [tuple(row) for row in named] == [("one", "insult"), ("two", "off_topic")]


def test_mails_from_before_they_had_a_state_get_theirs_and_back(app_context, make_guest):
    now, recipient = datetime.now(UTC).isoformat(), make_guest().participant_id
    asked = text("SELECT message_key, state FROM outbox_mail ORDER BY id")
    db.session.remove()
    flask_migrate.downgrade(revision="0006-1")
    try:
        with db.engine.begin() as connection:
            for key, attempts, sent_at in (("sent", 1, now), ("waiting", 3, None), ("given_up", 20, None)):
                connection.execute(
                    text(
                        "INSERT INTO outbox_mail (template, participant_id, ids, message_key, created_at,"
                        " next_attempt_at, attempts, sent_at)"
                        " VALUES ('x', :recipient, '{}', :key, :now, :now, :attempts, :sent_at)"
                    ),
                    {"recipient": recipient, "key": key, "now": now, "attempts": attempts, "sent_at": sent_at},
                )
    finally:
        flask_migrate.upgrade()
    with db.engine.begin() as connection:
        assert all(key == state for key, state in connection.execute(asked))
        connection.execute(text("UPDATE outbox_mail SET state = 'moot' WHERE state = 'waiting'"))
    flask_migrate.downgrade(revision="0006-1")
    flask_migrate.upgrade()
    with db.engine.connect() as connection:
        assert [state for _, state in connection.execute(asked)] == ["sent", "sent", "given_up"]


def test_reports_that_a_forgotten_decision_settled_are_open_again(
    app_context, make_proceeding, make_contribution, make_actor, make_notice
):
    """On the way back before removing, merging and so on; what hiding settled stays settled."""
    moderator = make_actor(proceeding := make_proceeding(), Role.MODERATOR)
    particulars = Particulars(passages=("Schatten",), leading_id=make_contribution(proceeding).id)
    for outcome in (Outcome.REDACT, Outcome.MERGE, Outcome.HIDE):
        make_notice(item := make_contribution(proceeding))
        decide(
            moderator,
            db.session.get_one(Contribution, item.id),
            outcome=outcome,
            seen_version=1,
            seen_notice=0,
            particulars=particulars,
            ground="insult",
            statement_of_reasons="Der zweite Satz.",
        )
    db.session.remove()
    flask_migrate.downgrade(revision="0004")
    flask_migrate.upgrade()
    with db.engine.connect() as connection:
        notices = connection.execute(text("SELECT state, decision_id IS NULL FROM notice ORDER BY id"))
        assert [(state, bool(is_gone)) for state, is_gone in notices] == [
            ("open", True),
            ("open", True),
            ("settled", False),
        ]
        assert connection.scalar(text("SELECT count(*) FROM moderation_decision")) == 1
