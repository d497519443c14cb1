import math

import pytest
import shapely
from shapely import LineString, MultiPolygon, Point, Polygon, box
from sqlalchemy import bindparam, event, func, insert, select, text, update
from sqlalchemy.exc import StatementError
from sqlalchemy.orm import aliased

from participation.database import db, transaction
from participation.database.geometry import Geometry
from tests.database.tables import Remark, Spot

CHURCHYARD = box(12.366, 51.340, 12.368, 51.342)
INSIDE, OUTSIDE = Point(12.367, 51.341), Point(12.4, 51.4)


def names(*conditions):
    return db.session.scalars(select(Spot.name).where(*conditions).order_by(Spot.name)).all()


@pytest.mark.parametrize(
    "shape",
    [
        INSIDE,
        LineString([(12.1, 51.1), (12.2, 51.2), (12.3, 51.1)]),
        CHURCHYARD.difference(box(12.3665, 51.3405, 12.3666, 51.3406)),
        MultiPolygon([box(0, 0, 1, 1), box(2, 2, 3, 3)]),
        Point(math.nextafter(12.367, 13), -51.0),
    ],
    ids=lambda shape: shape.geom_type,
)
def test_a_geometry_comes_back_exactly(make_spot, shape):
    spot = make_spot(place=shape)
    db.session.remove()
    loaded = db.session.get(Spot, spot.id)
    assert shapely.equals_exact(loaded.place, shape, tolerance=0)
    assert db.session.scalar(select(Spot.place.wkb())) == shapely.to_wkb(shape, byte_order=1)


@pytest.mark.parametrize(
    "column, wrong",
    [
        ("area", INSIDE),
        ("place", Point()),
        ("place", Point(1, 2, 3)),
        ("place", Point(math.nan, 1)),
        ("place", LineString([(0, 0), (math.inf, 1)])),
        ("place", "POINT (1 2)"),
    ],
)
def test_what_a_column_cannot_hold_is_refused_alike_on_both_databases(make_spot, column, wrong):
    with pytest.raises(StatementError):
        make_spot(**{column: wrong})


def test_an_unknown_kind_is_refused():
    with pytest.raises(ValueError, match="CIRCLE"):
        Geometry("CIRCLE")


def test_the_tests_find_what_is_there(make_spot):
    make_spot(name="inside", place=INSIDE)
    make_spot(name="outside", place=OUTSIDE)
    make_spot(name="across", place=LineString([INSIDE, OUTSIDE]))
    make_spot(name="nowhere")
    assert names(Spot.place.in_bbox(*CHURCHYARD.bounds)) == ["across", "inside"]
    assert names(Spot.place.intersects(CHURCHYARD)) == ["across", "inside"]
    assert names(Spot.place.within(CHURCHYARD)) == ["inside"]
    assert names(Spot.place.dwithin(12.367, 51.341, 10)) == ["across", "inside"]
    assert names(Spot.place.dwithin(12.4, 51.4001, 12)) == ["across", "outside"]


def test_rows_without_a_geometry_are_in_neither_a_test_nor_its_opposite(make_spot):
    make_spot(name="inside", place=INSIDE)
    make_spot(name="outside", place=OUTSIDE)
    make_spot(name="nowhere")
    for test in (
        Spot.place.intersects(CHURCHYARD),
        Spot.place.within(CHURCHYARD),
        Spot.place.dwithin(12.367, 51.341, 50),
    ):
        assert names(test) == ["inside"]
        assert names(~test) == ["outside"]


def test_the_border_belongs_to_a_box_but_not_to_what_lies_within(make_spot):
    make_spot(name="border", place=Point(12.366, 51.341))
    make_spot(name="beside", place=Point(math.nextafter(12.366, 0), 51.341))
    assert names(Spot.place.in_bbox(*CHURCHYARD.bounds)) == ["border"]
    assert names(Spot.place.within(CHURCHYARD)) == []


def test_a_box_without_width_or_height_is_a_line_or_a_point(make_spot):
    make_spot(name="inside", place=INSIDE)
    assert names(Spot.place.in_bbox(12.367, 51.341, 12.367, 51.341)) == ["inside"]
    assert names(Spot.place.in_bbox(12.367, 51.0, 12.367, 52.0)) == ["inside"]
    assert names(Spot.place.in_bbox(12.0, 51.5, 13.0, 51.5)) == []


def test_a_box_across_the_date_line_has_two_sides(make_spot):
    make_spot(name="Fiji", place=Point(178, -17))
    make_spot(name="Samoa", place=Point(-172, -13))
    make_spot(name="Leipzig", place=INSIDE)
    assert names(Spot.place.in_bbox(170, -20, -170, -10)) == ["Fiji", "Samoa"]


@pytest.mark.parametrize("bounds", [(0, 2, 1, 1), (math.nan, 0, 1, 1), (0, 0, math.inf, 1)])
def test_what_is_no_box_is_refused(bounds):
    with pytest.raises(ValueError, match="box"):
        Spot.place.in_bbox(*bounds)


@pytest.mark.parametrize("metres", [-1, 100_001, math.nan])
def test_what_is_no_distance_is_refused(metres):
    with pytest.raises(ValueError, match="metres"):
        Spot.place.dwithin(0, 0, metres)


def test_an_empty_shape_to_compare_with_is_refused():
    with pytest.raises(ValueError, match="empty"):
        Spot.place.intersects(Polygon())


def test_updates_and_deletes_of_objects_move_the_index(make_spot):
    spot = make_spot(name="spot", place=INSIDE)
    found = lambda: names(Spot.place.in_bbox(*CHURCHYARD.bounds))  # noqa: E731
    for place, expected in ((OUTSIDE, []), (INSIDE, ["spot"]), (None, []), (INSIDE, ["spot"])):
        with transaction():
            spot.place = place
        assert found() == expected
    with transaction() as writing:
        writing.delete(spot)
    assert found() == []


def test_statements_move_the_index(session):
    with transaction() as writing:
        writing.execute(insert(Spot), [{"name": f"{number:03}", "place": INSIDE} for number in range(200)])
    assert len(names(Spot.place.in_bbox(*CHURCHYARD.bounds))) == 200
    with transaction() as writing:
        writing.execute(update(Spot).where(Spot.place.within(CHURCHYARD), Spot.name < "150").values(place=OUTSIDE))
        writing.execute(
            update(Spot.__table__).where(Spot.__table__.c.name == bindparam("which")).values(place=bindparam("where")),
            [{"which": "000", "where": INSIDE}, {"which": "150", "where": None}],
        )
    assert names(Spot.place.in_bbox(*CHURCHYARD.bounds)) == ["000", *(f"{number}" for number in range(151, 200))]


def test_aliases_joins_and_subqueries_are_tested_by_their_own_rows(make_spot):
    inside = make_spot(name="inside", place=INSIDE)
    outside = make_spot(name="outside", place=OUTSIDE)
    with transaction() as writing:
        writing.add_all([Remark(spot_id=inside.id, place=OUTSIDE), Remark(spot_id=outside.id, place=INSIDE)])
    other = aliased(Spot)
    both = select(Spot.name, other.name).join(other, other.id != Spot.id)
    pairs = both.where(Spot.place.within(CHURCHYARD), ~other.place.within(CHURCHYARD))
    assert db.session.execute(pairs).all() == [("inside", "outside")]
    of_remarks = select(Spot.name).join(Remark).where(Remark.place.within(CHURCHYARD), ~Spot.place.within(CHURCHYARD))
    assert db.session.scalars(of_remarks).all() == ["outside"]
    inner = select(Spot.name, Spot.place).subquery()
    assert db.session.scalars(select(inner.c.name).where(inner.c.place.within(CHURCHYARD))).all() == ["inside"]
    assert db.session.scalar(select(func.count()).where(Spot.place.within(CHURCHYARD))) == 1
    exists = select(Remark.id).where(Remark.spot_id == Spot.id, Remark.place.within(CHURCHYARD)).exists()
    assert names(exists) == ["outside"]
    page = select(Remark).where(Remark.place.within(CHURCHYARD)).limit(1)  # joined eager loading wraps it
    assert db.session.scalars(page).one().spot.name == "outside"


def test_a_statement_is_cached_and_still_asks_about_each_new_box(make_spot):
    make_spot(name="inside", place=INSIDE)
    make_spot(name="outside", place=OUTSIDE)
    for _ in range(2):
        assert names(Spot.place.in_bbox(12.36, 51.33, 12.37, 51.35)) == ["inside"]
        assert names(Spot.place.in_bbox(12.39, 51.39, 12.41, 51.41)) == ["outside"]
    assert Spot.place.in_bbox(0, 0, 1, 1)._generate_cache_key() is not None


def plan_of(statement):
    """Return the database's plan of a statement, as it really arrives there."""
    prefix = "EXPLAIN QUERY PLAN " if db.engine.dialect.name == "sqlite" else "EXPLAIN "
    connection = db.session.connection()

    def explain(_connection, _cursor, sent, parameters, _context, _many):
        return prefix + sent, parameters

    event.listen(connection, "before_cursor_execute", explain, retval=True)
    with connection.execute(statement) as result:
        plan = "\n".join(str(row[-1]) for row in result.cursor.fetchall())
    event.remove(connection, "before_cursor_execute", explain)
    return plan


def test_every_test_looks_into_the_index(session, is_sqlite):
    with transaction() as writing:
        writing.execute(insert(Spot), [{"place": Point(12 + number / 1000, 51), "votes": 0} for number in range(1000)])
    if not is_sqlite:
        db.session.execute(text("SET LOCAL enable_seqscan = off"))
    tests = (
        Spot.place.in_bbox(12.1, 50, 12.2, 52),
        Spot.place.intersects(CHURCHYARD),
        Spot.place.within(CHURCHYARD),
        Spot.place.dwithin(12.1, 51, 100),
    )
    for test in tests:
        plan = plan_of(select(Spot.id).where(test, Spot.votes == 0))
        assert ("SEARCH spot USING INTEGER PRIMARY KEY" in plan) if is_sqlite else ("spot_place_gist" in plan), plan


def test_sqlite_asks_python_only_about_rows_from_the_index(session, is_sqlite):
    if not is_sqlite:
        return
    with transaction() as writing:
        writing.execute(insert(Spot), [{"place": Point(12 + number / 1000, 51)} for number in range(1000)])
    calls = []
    with db.engine.connect() as connection:
        raw = connection.connection.driver_connection
        raw.create_function("geometry_intersects", 2, lambda *_: calls.append(1) or True, deterministic=True)
        statement = (
            select(func.count()).select_from(Spot).where(Spot.place.in_bbox(12.1, 50, 12.2, 52), Spot.votes == 0)
        )
        assert connection.scalar(statement) == len(calls) == 101
        connection.invalidate()
