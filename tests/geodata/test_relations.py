"""Inside, distance, length, size, and the place of the pin."""

import math

import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from participation.geodata.relations import (
    distance_metres,
    is_inside,
    length_metres,
    metres_per_degree,
    representative_position,
    square_metres,
)

LON, LAT = 12.3707, 51.3421
EAST, NORTH = metres_per_degree(LAT)

# An L open to the north-east, 200 metres a side.
CORNER = shapely.Polygon(
    [(LON + x / EAST, LAT + y / NORTH) for x, y in [(0, 0), (200, 0), (200, 40), (40, 40), (40, 200), (0, 200)]]
)


def metres(*places: tuple[float, float]) -> list[tuple[float, float]]:
    """Positions given in metres from the corner of `CORNER`."""
    return [(LON + x / EAST, LAT + y / NORTH) for x, y in places]


def point(x: float, y: float) -> shapely.Point:
    return shapely.Point(metres((x, y))[0])


@pytest.mark.parametrize("lat", [0, 15, 47.5, 51.3421, 55, 70, 89, 90])
def test_metres_per_degree_agree_with_the_series_of_the_navigators_tables(lat):
    # Bowditch, American Practical Navigator, table "Length of a Degree of Latitude and Longitude".
    phi = math.radians(lat)
    east = 111_412.84 * math.cos(phi) - 93.5 * math.cos(3 * phi) + 0.118 * math.cos(5 * phi)
    north = 111_132.92 - 559.82 * math.cos(2 * phi) + 1.175 * math.cos(4 * phi) - 0.0023 * math.cos(6 * phi)
    assert metres_per_degree(lat) == pytest.approx((east, north), abs=0.07)


def test_a_quarter_of_the_meridian_is_ten_thousand_and_two_kilometres():
    meridian = shapely.LineString([(12, lat) for lat in range(91)])
    assert length_metres(meridian) == pytest.approx(10_001_965.7, abs=1)


def test_the_whole_earth_has_510_million_square_kilometres():
    assert square_metres(shapely.box(-180, -90, 180, 90)) == pytest.approx(510_065_621_724_000, rel=1e-9)


def test_the_size_of_an_area_leaves_out_its_holes_and_does_not_depend_on_winding():
    whole = shapely.Polygon(metres((0, 0), (100, 0), (100, 100), (0, 100)))
    holed = shapely.Polygon(whole.exterior.coords[::-1], [metres((10, 10), (20, 10), (20, 20), (10, 20))])
    assert square_metres(whole) == pytest.approx(10_000, rel=1e-4)
    assert square_metres(holed) == pytest.approx(9_900, rel=1e-4)
    assert square_metres(shapely.MultiPolygon([holed])) == square_metres(holed)


def test_real_districts_add_up_to_the_size_of_the_city(leipzig):
    assert sum(map(square_metres, leipzig.values())) == pytest.approx(297.8e6, rel=0.001)


def test_the_churchyard_is_in_the_old_town_and_a_place_beyond_the_ring_is_not(leipzig):
    assert is_inside(shapely.Point(12.3707, 51.3421), leipzig["00"])
    assert not is_inside(shapely.Point(12.3690, 51.3425), leipzig["00"])
    assert distance_metres(shapely.Point(12.3690, 51.3425), leipzig["00"]) == pytest.approx(39, abs=1)


@pytest.mark.parametrize(
    "place, inside",
    [
        (point(20, 20), True),
        (point(0, 0), True),
        (point(-0.9, 100), True),
        (point(-1.1, 100), False),
        (point(100, 100), False),
        (shapely.LineString(metres((20, 20), (180, 20))), True),
        (shapely.LineString(metres((20, 180), (20, 20), (180, 20))), True),
        (shapely.LineString(metres((20, 180), (180, 20))), False),
        (shapely.LineString(metres((-0.5, 10), (-0.5, 150))), True),
        (shapely.LineString(metres((10, 10), (-5, 10))), False),
        (shapely.Polygon(metres((0, 0), (40, 0), (40, 200), (0, 200))), True),
        (shapely.Polygon(metres((0, 0), (200, 0), (200, 200), (0, 200))), False),
        (shapely.Polygon(metres((-0.7, -0.7), (200.7, -0.7), (200.7, 40.7), (-0.7, 40.7))), True),
        (shapely.Point(), False),
    ],
)
def test_inside_means_the_whole_geometry_give_or_take_a_metre(place, inside):
    assert is_inside(place, CORNER) is inside


def test_nothing_is_inside_a_hole_or_an_empty_area():
    area = shapely.Polygon(CORNER.exterior, [metres((10, 10), (30, 10), (30, 30), (10, 30))])
    assert not is_inside(point(20, 20), area)
    assert is_inside(point(10.5, 20), area)
    assert not is_inside(point(20, 20), shapely.MultiPolygon())


@pytest.mark.parametrize(
    "place, expected",
    [
        (point(20, 20), 0),
        (point(240, 20), 40),
        (point(20, -300), 300),
        (point(203, 44), 5),
        (point(100, 100), 60),
        (shapely.LineString(metres((240, 0), (240, 500))), 40),
        (point(-50_000, 100), 50_000),
    ],
)
def test_the_distance_is_the_shortest_way_in_metres(place, expected):
    assert distance_metres(place, CORNER) == pytest.approx(expected, rel=0.001, abs=0.01)


@pytest.mark.parametrize("lat", [-90, -60, 0, 60, 89.9])
def test_distances_are_right_at_any_latitude(lat):
    step = 1 / metres_per_degree(lat)[1]
    assert distance_metres(shapely.Point(12, lat), shapely.Point(12, lat + 100 * step)) == pytest.approx(100, rel=0.001)


def test_the_distance_of_nothing_is_infinite():
    assert distance_metres(shapely.Point(), CORNER) == math.inf
    assert distance_metres(point(0, 0), shapely.MultiPolygon()) == math.inf


def test_the_pin_of_a_point_is_the_point():
    assert representative_position(shapely.Point(LON, LAT)) == (LON, LAT)


def test_the_pin_of_a_line_is_the_middle_of_its_way():
    line = shapely.LineString(metres((0, 0), (30, 0), (30, 10), (30, 100)))
    assert representative_position(line) == pytest.approx(metres((30, 35))[0], abs=1e-7)
    assert representative_position(shapely.reverse(line)) == pytest.approx(metres((30, 35))[0], abs=1e-7)
    flat = shapely.LineString(metres((10, 20), (10, 0), (110, 20)))
    assert representative_position(flat) == pytest.approx(metres((50.1942, 8.0388))[0], abs=1e-7)
    # In degrees the middle would lie elsewhere: a degree to the north is longer than one to the east.
    bent = shapely.LineString([(12, 51), (13, 51), (13, 52)])
    lon, lat = representative_position(bent)
    assert lon == 13
    assert length_metres(shapely.LineString([(13, lat), (13, 52)])) == pytest.approx(length_metres(bent) / 2, rel=0.001)


def test_the_pin_of_a_line_without_length_is_its_place():
    assert representative_position(shapely.LineString([(1, 2), (1, 2)])) == (1, 2)


def test_the_pin_of_an_area_is_its_middle_or_else_a_place_inside():
    square = shapely.box(12, 51, 13, 52)
    assert representative_position(square) == (12.5, 51.5)
    assert not CORNER.contains(CORNER.centroid)
    assert CORNER.contains(shapely.Point(representative_position(CORNER)))


def test_the_pin_of_several_areas_is_in_the_largest():
    area = shapely.MultiPolygon([shapely.box(0, 0, 1, 1), shapely.box(5, 5, 8, 8), shapely.box(2, 2, 3, 3)])
    assert representative_position(area) == (6.5, 6.5)


def test_an_empty_geometry_has_no_pin():
    with pytest.raises(ValueError, match="no place"):
        representative_position(shapely.Polygon())


corners = st.tuples(st.integers(0, 9), st.integers(0, 9))


@given(st.lists(corners, min_size=3, max_size=9))
def test_the_pin_of_any_valid_area_is_inside(ring):
    area = shapely.Polygon(ring)
    if area.is_valid:
        assert area.contains(shapely.Point(representative_position(area)))


@given(st.floats(-179, 179), st.floats(-80, 80), st.floats(-500, 500), st.floats(-500, 500))
def test_inside_and_distance_agree(lon, lat, x, y):
    east, north = metres_per_degree(lat)
    area = shapely.box(lon - 200 / east, lat - 200 / north, lon + 200 / east, lat + 200 / north)
    place = shapely.Point(lon + x / east, lat + y / north)
    assert is_inside(place, area) == (distance_metres(place, area) <= 1) or abs(distance_metres(place, area) - 1) < 0.01
