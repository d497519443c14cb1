"""The application's own migrations, from nothing to the newest and back."""

import flask_migrate
import pytest
from flask import Flask
from shapely import Point
from sqlalchemy import inspect, select

from participation.contributions.models import Contribution
from participation.database import db, init_database, pending_migrations, spatial_index_problems


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
        return pending_migrations(connection)


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
