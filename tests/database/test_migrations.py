"""Migrations written by `flask db migrate` and by hand, on a database that begins empty."""

import shutil
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace

import psycopg
import pytest
from alembic import command
from alembic.util import CommandError
from flask import Flask
from flask_migrate import Migrate
from shapely import Point
from sqlalchemy import (
    Column,
    ForeignKey,
    Integer,
    MetaData,
    String,
    Table,
    create_engine,
    func,
    insert,
    inspect,
    select,
)
from sqlalchemy import Enum as EnumType
from sqlalchemy.pool import NullPool

from participation.database import (
    Geometry,
    Json,
    Translated,
    UtcDateTime,
    configure_engine,
    spatial_index_problems,
)
from participation.database.base import NAMING_CONVENTION
from participation.database.engine import MIGRATIONS_FOLDER

HERE, THERE = Point(12.37, 51.34), Point(12.40, 51.30)
HEAD = """
import sqlalchemy as sa
from alembic import op
from participation.database import Geometry, create_spatial_index

revision, down_revision, branch_labels, depends_on = {revision!r}, {before!r}, None, None


def downgrade():
    pass


def upgrade():
"""


def tables(version: int) -> MetaData:
    """Return the models of a made-up history: 2 changes a column, so that SQLite rebuilds; 3 adds a geometry."""
    metadata = MetaData(naming_convention=NAMING_CONVENTION)
    columns = [
        Column("id", Integer, primary_key=True),
        Column("name", String(50 if version == 1 else 80), nullable=version > 1),
        Column("kind", EnumType("a", "b", native_enum=False, length=40)),
        Column("title", Translated),
        Column("details", Json),
        Column("seen_at", UtcDateTime, index=True),
        Column("place", Geometry("POINT")),
    ]
    if version == 3:
        columns += [Column("area", Geometry("POLYGON"))]
    Table("plan", metadata, *columns, sqlite_autoincrement=True)
    Table(
        "note",
        metadata,
        Column("id", Integer, primary_key=True),
        Column("plan_id", ForeignKey("plan.id", ondelete="CASCADE"), nullable=False),
    )
    return metadata


@dataclass
class Installation:
    """A database with migrations of its own; `metadata` stands for the models of the code that is installed."""

    folder: Path
    engine: object
    metadata: MetaData

    @contextmanager
    def config(self, *options: str):
        app = Flask("migrations")
        Migrate(app, SimpleNamespace(engine=self.engine, metadata=self.metadata), directory=str(self.folder))
        with app.app_context():
            yield app.extensions["migrate"].migrate.get_config(str(self.folder), opts=options)

    def migrate(self, message: str) -> str:
        """Write a migration; returns its source."""
        with self.config("autogenerate") as config:
            command.revision(config, message, autogenerate=True)
        return next((self.folder / "versions").glob(f"*_{message}.py")).read_text()

    def write(self, revision: str, before: str | None, *lines: str) -> None:
        """Write a migration by hand."""
        body = "\n".join(f"    {line}" for line in lines)
        text = HEAD.format(revision=revision, before=before) + body + "\n"
        (self.folder / "versions" / f"{revision}.py").write_text(text)

    def upgrade(self, revision: str = "head") -> None:
        with self.config() as config:
            command.upgrade(config, revision)

    def downgrade(self, revision: str) -> None:
        with self.config() as config:
            command.downgrade(config, revision)

    def take_back(self, message: str) -> None:
        """Undo the newest migration and delete its file."""
        self.downgrade("-1")
        next((self.folder / "versions").glob(f"*_{message}.py")).unlink()

    def check(self) -> None:
        with self.config() as config:
            command.check(config)

    def table_names(self) -> set[str]:
        return set(inspect(self.engine).get_table_names()) - {"alembic_version", "spatial_ref_sys"}

    @property
    def plan(self) -> Table:
        return self.metadata.tables["plan"]

    def add(self, place: Point) -> int:
        with self.engine.connect().execution_options(writing=True) as connection, connection.begin():
            return connection.execute(insert(self.plan).values(name="plan", place=place)).inserted_primary_key[0]

    def found(self, place: Point) -> list[int]:
        box = (place.x - 0.001, place.y - 0.001, place.x + 0.001, place.y + 0.001)
        with self.engine.connect() as connection:
            return list(
                connection.scalars(select(self.plan.c.id).where(self.plan.c.place.in_bbox(*box)).order_by("id"))
            )

    def problems(self) -> list[str]:
        with self.engine.connect() as connection:
            return spatial_index_problems(connection, self.metadata)


@pytest.fixture
def installation(empty_url, tmp_path):
    engine = create_engine(empty_url, poolclass=NullPool)
    configure_engine(engine)
    folder = tmp_path / "migrations"
    (folder / "versions").mkdir(parents=True)
    for name in ("env.py", "script.py.mako", "alembic.ini"):
        shutil.copy(MIGRATIONS_FOLDER / name, folder)
    return Installation(folder, engine, tables(1))


@pytest.fixture
def first(installation):
    """Version 1 is installed."""
    installation.migrate("first")
    installation.upgrade()
    return installation


def test_the_first_migration_gives_a_working_index_and_nothing_is_left_to_do(installation):
    source = installation.migrate("first")
    assert 'create_spatial_index(op, "plan", "place")' in source
    assert 'drop_spatial_index(op, "plan", "place")' in source
    assert '"kind", sa.String(length=40)' in source
    for written in ('Geometry("POINT")', "UtcDateTime()", "Translated()", "Json,"):
        assert written in source
    installation.upgrade()
    installation.check()
    number = installation.add(HERE)
    assert installation.found(HERE) == [number]
    assert installation.found(THERE) == []
    assert installation.problems() == []


def test_a_migration_can_be_taken_back_without_leaving_anything(first):
    first.add(HERE)
    first.downgrade("base")
    assert first.table_names() == set()
    first.upgrade()
    first.check()


def test_nothing_changed_writes_no_migration(first):
    with pytest.raises(StopIteration):
        first.migrate("second")


def test_a_rebuilt_table_keeps_its_index_its_children_and_its_numbers(first):
    old = first.add(HERE)
    gone = first.add(THERE)
    note = first.metadata.tables["note"]
    with first.engine.connect().execution_options(writing=True) as connection, connection.begin():
        connection.execute(insert(note).values(plan_id=old))
        connection.execute(first.plan.delete().where(first.plan.c.id == gone))
    first.metadata = tables(2)
    source = first.migrate("second")
    assert 'with rebuilt_spatial_index(op, "plan", "place"):' in source
    first.upgrade()
    first.check()
    new = first.add(HERE)
    assert first.found(HERE) == [old, new]
    with first.engine.connect() as connection:
        assert connection.scalar(select(func.count()).select_from(note)) == 1
        if connection.dialect.name == "sqlite":
            definition = connection.exec_driver_sql("SELECT sql FROM sqlite_master WHERE name = 'plan'").scalar()
            assert "AUTOINCREMENT" in definition
            assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1
    first.take_back("second")
    first.metadata = tables(1)
    first.check()
    newest = first.add(HERE)
    assert first.found(HERE) == [old, new, newest]
    assert first.problems() == []


def test_a_geometry_column_comes_and_goes_with_its_index(first):
    first.metadata = tables(2)
    first.migrate("second")
    first.upgrade()
    first.metadata = tables(3)
    source = first.migrate("third")
    assert 'create_spatial_index(op, "plan", "area")' in source
    assert 'drop_spatial_index(op, "plan", "area")' in source
    first.upgrade()
    first.check()
    assert first.problems() == []
    first.take_back("third")
    first.metadata = tables(2)
    first.check()
    first.add(HERE)
    assert first.problems() == []


def test_a_dropped_model_takes_its_index_along(installation):
    installation.metadata.remove(installation.metadata.tables["note"])
    installation.migrate("first")
    installation.upgrade()
    installation.metadata = MetaData(naming_convention=NAMING_CONVENTION)
    source = installation.migrate("second")
    assert 'drop_spatial_index(op, "plan", "place")' in source
    installation.upgrade()
    installation.check()
    assert installation.table_names() == set()


def test_a_failed_migration_leaves_nothing_behind(installation):
    installation.write(
        "broken",
        None,
        'op.create_table("half", sa.Column("id", sa.Integer, primary_key=True), sa.Column("place", Geometry()))',
        'create_spatial_index(op, "half", "place")',
        'op.execute("INSERT INTO nowhere VALUES (1)")',
    )
    with pytest.raises(Exception, match="nowhere"):
        installation.upgrade()
    assert installation.table_names() == set()


def current(installation):
    with installation.engine.connect() as connection:
        return connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar()


def refused(installation, *lines, saying):
    """Expect that a migration written by hand is refused by SQLite's checks and rolled back as a whole."""
    before = current(installation)
    installation.write("careless", before, *lines)
    with pytest.raises(CommandError, match=saying):
        installation.upgrade()
    assert current(installation) == before
    number = installation.add(HERE)
    assert number in installation.found(HERE)
    assert installation.problems() == []


WIDER = 'batch.alter_column("name", type_=sa.String(90))'
KEEPING = "table_kwargs={'sqlite_autoincrement': True}"


def test_a_batch_that_loses_the_triggers_is_refused(first, is_sqlite):
    if not is_sqlite:
        return
    first.add(HERE)
    lines = (f'with op.batch_alter_table("plan", {KEEPING}) as batch:', f"    {WIDER}")
    refused(first, *lines, saying=r"plan\.place: the spatial index or its triggers are missing")


def test_a_batch_that_loses_autoincrement_is_refused(first, is_sqlite):
    if not is_sqlite:
        return
    lines = (
        "from participation.database import rebuilt_spatial_index",
        'with rebuilt_spatial_index(op, "plan", "place"), op.batch_alter_table("plan") as batch:',
        f"    {WIDER}",
    )
    refused(first, *lines, saying="plan: AUTOINCREMENT is lost")


def test_a_migration_that_leaves_orphans_is_refused(first, is_sqlite):
    if not is_sqlite:
        return
    refused(first, 'op.execute("INSERT INTO note (plan_id) VALUES (4711)")', saying="note: row 1 refers to")


def test_without_postgis_one_sentence_says_who_has_to_do_what(installation, empty_url, is_sqlite):
    if is_sqlite:
        return
    name = installation.engine.url.database + "_bare"
    server = installation.engine.url.set(drivername="postgresql", database="postgres")
    with psycopg.connect(server.render_as_string(hide_password=False), autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}" TEMPLATE template0')
        try:
            installation.engine = create_engine(installation.engine.url.set(database=name), poolclass=NullPool)
            configure_engine(installation.engine)
            with pytest.raises(CommandError, match=r"^The database has no PostGIS.*CREATE EXTENSION postgis"):
                installation.upgrade()
        finally:
            connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def test_sql_without_a_database_is_refused_clearly(installation):
    with installation.config() as config, pytest.raises(CommandError, match="--sql"):
        command.upgrade(config, "head", sql=True)
