"""A database of their own for these tests, with tables of their own, made anew for each test."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import create_engine, inspect, text
from sqlalchemy.pool import NullPool

from participation.database import Session, db, init_database, transaction
from tests.database.tables import OwnBase, Spot
from tests.worker_database import worker_database


@pytest.fixture(scope="session")
def own_url(worker_id: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with worker_database(f"{worker_id}_tables", tmp_path_factory.mktemp("tables")) as url:
        yield url


@pytest.fixture(scope="session")
def own_app(own_url: str) -> Iterator[Flask]:
    app = Flask("tables")
    init_database(app, own_url)
    yield app
    with app.app_context():
        db.engine.dispose()


@pytest.fixture
def session(own_app: Flask) -> Iterator[Session]:
    """The session within an application context; the tables are new and empty."""
    with own_app.app_context():
        OwnBase.metadata.create_all(db.engine)
        yield db.session()
        db.session.remove()
        OwnBase.metadata.drop_all(db.engine)


@pytest.fixture
def is_sqlite(own_url: str) -> bool:
    return own_url.startswith("sqlite")


@pytest.fixture
def make_spot(session: Session) -> Callable[..., Spot]:
    def make(**values: Any) -> Spot:
        spot = Spot(**values)
        with transaction() as writing:
            writing.add(spot)
        return spot

    return make


@pytest.fixture(scope="session")
def spare_url(worker_id: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with worker_database(f"{worker_id}_spare", tmp_path_factory.mktemp("spare")) as url:
        yield url


@pytest.fixture
def empty_url(spare_url: str) -> Iterator[str]:
    """Address of a database without tables, for one test that makes its own."""
    yield spare_url
    engine = create_engine(spare_url, poolclass=NullPool)
    if engine.url.database and engine.dialect.name == "sqlite":
        Path(engine.url.database).unlink(missing_ok=True)
        return
    names = [name for name in inspect(engine).get_table_names() if name != "spatial_ref_sys"]
    with engine.begin() as connection:
        for name in names:
            connection.execute(text(f'DROP TABLE "{name}" CASCADE'))
