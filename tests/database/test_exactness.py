"""Both indexes store 32-bit boxes; the answer must still be exact."""

import random
from collections.abc import Iterator

import numpy as np
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from shapely import LineString, Point
from shapely.geometry.base import BaseGeometry
from sqlalchemy import insert, select

from participation.database import db, transaction
from tests.database.geodesic import vincenty_metres
from tests.database.tables import OwnBase, Spot

# Positions that share 32-bit neighbours: on a coarse grid, one 64-bit step beside it, and rounded to 32 bits.
GRID = [12.37 + number * 1e-5 for number in range(8)]
BESIDE = [float(np.nextafter(x, direction)) for x in GRID for direction in (0, 20)]
ROUNDED = [float(np.float32(x)) for x in GRID]
COORDINATES = sorted({*GRID, *BESIDE, *ROUNDED})


def shapes() -> list[BaseGeometry]:
    rng = random.Random(11)
    position = lambda: (rng.choice(COORDINATES), rng.choice(COORDINATES) + 39)  # noqa: E731
    points = [Point(position()) for _ in range(500)]
    lines = [LineString([position(), position(), position()]) for _ in range(60)]
    areas = [Point(position()).buffer(rng.choice((1e-6, 1e-5, 3e-5)), quad_segs=2) for _ in range(60)]
    return [*points, *(line for line in lines if line.is_valid), *areas]


@pytest.fixture(scope="module")
def stored(own_app) -> Iterator[dict[int, BaseGeometry]]:
    with own_app.app_context():
        OwnBase.metadata.create_all(db.engine)
        by_id = dict(enumerate(shapes(), start=1))
        with transaction() as writing:
            writing.execute(insert(Spot), [{"id": id_, "place": shape} for id_, shape in by_id.items()])
        yield by_id
        db.session.remove()
        OwnBase.metadata.drop_all(db.engine)


def found(condition) -> set[int]:
    return set(db.session.scalars(select(Spot.id).where(condition)))


# Beside slanted edges and in thin boxes, prepared GEOS and PostGIS have their own arithmetic. Degrees: 0.1 µm, 10 cm.
HAIR, POSTGIS_HAIR = 1e-12, 1e-6
coordinate = st.sampled_from(COORDINATES)
many = settings(
    max_examples=150, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@many
@given(coordinate, coordinate, coordinate, coordinate)
def test_a_box_finds_what_shapely_finds_one_by_one(stored, is_sqlite, x1, y1, x2, y2):
    if not is_sqlite and (0 < abs(x1 - x2) < POSTGIS_HAIR or 0 < abs(y1 - y2) < POSTGIS_HAIR):
        return
    bounds = (min(x1, x2), min(y1, y2) + 39, max(x1, x2), max(y1, y2) + 39)
    area = shapely.box(*bounds)
    if area.area == 0:
        area = LineString([bounds[:2], bounds[2:]]) if bounds[:2] != bounds[2:] else Point(bounds[:2])
    assert found(Spot.place.in_bbox(*bounds)) == {id_ for id_, shape in stored.items() if area.intersects(shape)}


@many
@given(st.lists(st.tuples(st.sampled_from(GRID), st.sampled_from(GRID)), min_size=3, max_size=6))
def test_an_area_finds_what_shapely_finds_one_by_one(stored, is_sqlite, corners):
    hair = HAIR if is_sqlite else POSTGIS_HAIR
    area = shapely.convex_hull(shapely.MultiPoint([(x, y + 39) for x, y in corners])).simplify(1e-9)
    if area.geom_type != "Polygon" or area.buffer(-hair).is_empty:
        return
    wider, narrower = area.buffer(hair), area.buffer(-hair)
    touching, inside = found(Spot.place.intersects(area)), found(Spot.place.within(area))
    for id_, shape in stored.items():
        assert narrower.intersects(shape) <= (id_ in touching) <= wider.intersects(shape)
        assert shape.within(narrower) <= (id_ in inside) <= shape.within(wider)


@many
@given(coordinate, coordinate, st.floats(0.01, 20))
def test_a_distance_finds_the_points_that_the_ellipsoid_says(stored, x, y, metres):
    near = found(Spot.place.dwithin(x, y + 39, metres))
    for id_, shape in stored.items():
        if isinstance(shape, Point):
            distance = vincenty_metres(x, y + 39, shape.x, shape.y)
            if abs(distance - metres) > 0.0005:
                assert (id_ in near) == (distance < metres)
