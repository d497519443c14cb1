"""Rows that come in by the thousand are the same rows, found by the same indexes."""

from datetime import UTC, datetime

import pytest
from shapely import LineString, Point
from sqlalchemy import func, select

from participation.accounts.models import Participant
from participation.contributions.checking import NewContribution
from participation.contributions.imported import CONTRIBUTION, add_contributions
from participation.contributions.models import Contribution, Origin, ResponseStatus
from participation.contributions.services import contribution_values
from participation.contributions.states import PublicationState
from participation.database import db, spatial_index_problems, transaction
from participation.database.bulk_insert import insert_rows, reserved_ids
from participation.errors import Busy

NOW = datetime(2026, 3, 28, 12, 0, 0, 123_456, tzinfo=UTC)
PLACES = [Point(12.3707, 51.3421), None, LineString([(12.37, 51.34), (12.38, 51.35)])]
TEXT = "Tab\tund Zeile\nund \\ und \\N und „ä“ und 👍"


@pytest.fixture
def values(make_proceeding):
    proceeding = make_proceeding()

    def make(number, place=PLACES[0]):
        new = NewContribution(f"Titel {number}", TEXT, "green", "", place)
        return contribution_values(
            proceeding,
            new,
            state=PublicationState.PUBLISHED,
            created_at=NOW,
            origin=Origin.IMPORT,
            import_key=str(number),
        )

    return make


def places_near():
    near = Contribution.geometry.in_bbox(12.3706, 51.3420, 12.3708, 51.3422)
    return db.session.scalar(select(func.count()).where(near))


def test_rows_are_read_as_they_were_given(app_context, values):
    with transaction() as session:
        assert add_contributions(session, [values(number, place) for number, place in enumerate(PLACES)]) == 3
    rows = db.session.scalars(select(Contribution).order_by(Contribution.id)).all()
    assert [row.geometry for row in rows] == PLACES
    first = rows[0]
    assert (first.text, first.created_at, first.state) == (TEXT, NOW, PublicationState.PUBLISHED)
    assert (first.votes_for, first.version, first.response_status) == (0, 1, ResponseStatus.RECEIVED)
    assert first.idempotency_key is None


def test_the_spatial_index_knows_rows_of_both_ways(app_context, values):
    with transaction() as session:
        session.add(Contribution(**values(1)))
        session.flush()
        add_contributions(session, (values(number) for number in range(2, 7_000)))
        session.add(Contribution(**values(7_000)))
    assert places_near() == 7_000
    assert spatial_index_problems(db.session.connection()) == []


def test_a_failure_on_the_way_leaves_no_row_and_an_index_that_still_works(app_context, values):
    def rows():
        yield values(1)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError), transaction() as session:
        add_contributions(session, rows())
    with transaction() as session:
        session.add(Contribution(**values(2)))
    assert places_near() == 1
    assert spatial_index_problems(db.session.connection()) == []


@pytest.mark.parametrize("wrong", [
    {"created_at": NOW.replace(tzinfo=None)}, {"geometry": Point()}, {"geometry": "POINT (1 2)"}, {"state": "no state"},
])  # fmt: skip
def test_a_value_that_its_column_would_refuse_is_refused(app_context, values, wrong):
    with pytest.raises((ValueError, LookupError)), transaction() as session:
        add_contributions(session, [values(1) | wrong])


def test_rows_with_other_columns_are_refused(app_context, values):
    with pytest.raises(ValueError, match="same columns"), transaction() as session:
        add_contributions(session, [values(1), {"title": "Nur ein Titel"}])


def test_nothing_is_inserted_outside_a_transaction_or_without_rows(app_context, values):
    with pytest.raises(RuntimeError, match="only inside transaction"):
        insert_rows(db.session(), CONTRIBUTION, [values(1)])
    with pytest.raises(RuntimeError, match="only inside transaction"):
        reserved_ids(db.session(), CONTRIBUTION, 1)
    with transaction() as session:
        assert add_contributions(session, []) == 0


@pytest.mark.parametrize("table", [CONTRIBUTION, Participant.__table__], ids=["remembers ids", "does not"])
def test_reserved_ids_are_never_given_to_others(app_context, values, make_guest, table):
    with transaction() as session:
        session.add(Contribution(**values(1)))
    make_guest()
    with transaction() as session:
        ids = reserved_ids(session, table, 3)
        assert ids[0] > session.scalar(select(func.max(table.c.id)))
        assert len(set(ids)) == 3
        if table is CONTRIBUTION:
            add_contributions(session, [{"id": id_, **values(100 + id_)} for id_ in ids])
            later = Contribution(**values(200))
            session.add(later)
            session.flush()
            assert later.id > max(ids)


def test_a_lock_that_is_held_too_long_is_told_as_such(app_context, values):
    if db.engine.dialect.name == "sqlite":
        pytest.skip("SQLite takes its lock before the first row")
    rows = [values(1)]

    def add():
        with transaction() as session:
            session.connection().exec_driver_sql("SET LOCAL lock_timeout = '100ms'")
            add_contributions(session, rows)

    with db.engine.connect() as other:
        other.exec_driver_sql("LOCK TABLE contribution IN ACCESS EXCLUSIVE MODE")
        with pytest.raises(Busy):
            add()
        other.rollback()
