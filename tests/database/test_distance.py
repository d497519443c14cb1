import math
import random

import pytest
import shapely
from shapely import LineString, Point, box

from participation.database.distance import bounds_around, metres_between, metres_per_degree, metres_to
from tests.database.geodesic import vincenty_metres

LEIPZIG = (12.37, 51.34)


@pytest.mark.parametrize("latitude", [0.0, 51.34, -33.0, 70.0])
@pytest.mark.parametrize("metres, error", [(50, 0.0001), (500, 0.001), (5_000, 0.01), (100_000, 10)])
def test_metres_agree_with_the_ellipsoid(latitude, metres, error):
    x_scale, y_scale = metres_per_degree(latitude)
    for degrees in range(0, 360, 5):
        angle = math.radians(degrees)
        there = (12 + metres * math.cos(angle) / x_scale, latitude + metres * math.sin(angle) / y_scale)
        assert abs(metres_between(12, latitude, *there) - vincenty_metres(12, latitude, *there)) < error


def test_the_nearest_point_of_a_line_counts_not_its_corners():
    line = LineString([(12.36, 51.35), (12.38, 51.35)])
    assert metres_to(line, *LEIPZIG) == pytest.approx(vincenty_metres(12.37, 51.34, 12.37, 51.35), abs=0.01)
    assert metres_to(box(12.36, 51.33, 12.38, 51.35), *LEIPZIG) == 0


@pytest.mark.parametrize("latitude", [-85.0, 0.0, 51.34, 80.0])
@pytest.mark.parametrize("metres", [0, 1, 500, 100_000])
def test_the_box_holds_the_whole_circle(latitude, metres):
    bounds = bounds_around(12, latitude, metres)
    rng = random.Random(7)
    width, height = bounds[2] - bounds[0] + 0.001, bounds[3] - bounds[1] + 0.001
    for _ in range(2_000):
        there = (12 + (rng.random() - 0.5) * 2 * width, latitude + (rng.random() - 0.5) * 2 * height)
        if abs(there[1]) < 90 and vincenty_metres(12, latitude, *there) <= metres:
            assert shapely.box(*bounds).intersects(Point(there))
