"""Importing files written by a test: by `flask import`, and through the page."""

import pytest
from sqlalchemy import select

from participation.accounts.models import Role
from participation.contributions.models import Contribution
from participation.database import db
from participation.imports.commands import import_file
from tests.imports.desk import Desk

HEAD = "id;title;text;lon;lat"
GOOD = "a1;Bänke am Ring;Zwei Bänke im Schatten.;12,3707;51,3421"


@pytest.fixture
def hall(make_proceeding):
    return make_proceeding("hall")


@pytest.fixture
def run(app, hall, tmp_path, monkeypatch):
    """Import a file with this content into the proceeding `hall`, on an English terminal; returns click's result."""
    monkeypatch.setenv("LC_ALL", "C")

    def call(content, *arguments, name="table.csv", category="green", slug="hall"):
        file = tmp_path / name
        file.write_bytes(content if isinstance(content, bytes) else content.encode())
        default = ["--category-default", category] if category else []
        return app.test_cli_runner().invoke(import_file, [slug, str(file), *default, *arguments])

    return call


@pytest.fixture
def stored(app):
    """What is in the database, in the order it came in."""

    def read():
        with app.app_context():
            return db.session.scalars(select(Contribution).order_by(Contribution.id)).all()

    return read


@pytest.fixture
def table():
    """A table with the usual columns; rows beyond the good one are given."""
    return lambda *rows: "\n".join([HEAD, GOOD, *rows]) + "\n"


@pytest.fixture
def place(make_proceeding):
    return make_proceeding()


@pytest.fixture
def manager(make_actor, place):
    return make_actor(place, Role.MANAGER)


@pytest.fixture
def desk(app, place, manager, make_client):
    return Desk(app, make_client(manager))
