"""Rules for the place of a contribution and the area of a proceeding."""

import math
from typing import Any

import pytest
import shapely
from hypothesis import assume, given
from hypothesis import strategies as st
from shapely.geometry.base import BaseGeometry

from participation.geodata.checking import check_geometry, check_project_area, looks_swapped
from participation.geodata.errors import GeodataError
from participation.geodata.relations import square_metres

# Near the churchyard in Leipzig.
LON, LAT = 12.3707, 51.3421


def polygon(*corners: tuple[float, float], holes: tuple[list[tuple[float, float]], ...] = ()) -> shapely.Polygon:
    """An area from corners in units of 0.001 degrees (70 to 110 metres) from the churchyard."""

    def placed(ring: Any) -> list[tuple[float, float]]:
        return [(LON + x / 1000, LAT + y / 1000) for x, y in ring]

    return shapely.Polygon(placed(corners), [placed(hole) for hole in holes])


SQUARE = ((0.0, 0.0), (4.0, 0.0), (4.0, 4.0), (0.0, 4.0))


def refused(geometry: Any, **bounds: Any) -> GeodataError:
    with pytest.raises(GeodataError) as caught:
        check_geometry(geometry, **bounds)
    return caught.value


def near(error: GeodataError) -> tuple[float, float]:
    """The place an error names, in the units of `polygon`."""
    assert error.position is not None
    return round((error.position[0] - LON) * 1000, 3), round((error.position[1] - LAT) * 1000, 3)


def line_of(number: int) -> shapely.LineString:
    return shapely.LineString([(LON + index / 10_000, LAT + index % 2 / 1000) for index in range(number)])


def ring_of(number: int) -> shapely.Polygon:
    turns = [index / number * 2 * math.pi for index in range(number)]
    return shapely.Polygon([(LON + math.cos(turn) / 100, LAT + math.sin(turn) / 100) for turn in turns])


def test_a_point_a_line_and_an_area_are_taken_as_geojson_or_as_shapes():
    for shape in (shapely.Point(LON, LAT), shapely.LineString([(LON, LAT), (12.4, 51.3)]), polygon(*SQUARE)):
        assert check_geometry(shape).equals_exact(shape, 1e-7, normalize=True)
        assert check_geometry(shape.__geo_interface__) == check_geometry(shape)


def test_positions_are_rounded_to_seven_decimals_without_heights_and_without_minus_zero():
    place = check_geometry({"type": "Point", "coordinates": [12.37071234567, -0.00000001, 115.3]})
    assert place.wkt == "POINT (12.3707123 0)"
    assert math.copysign(1, place.y) == 1
    assert not place.has_z
    assert math.copysign(1, check_geometry(shapely.Point(-0.0, 1)).x) == 1


def test_an_error_names_its_place_with_six_decimals():
    error = refused(shapely.LineString([(12.12345678, 51.12345678)] * 2))
    assert (error.parameters["lon"], error.parameters["lat"]) == (12.123457, 51.123457)
    assert error.position == (12.1234568, 51.1234568)
    assert "190.123457, 91.123457" in str(refused(shapely.Point(190.12345678, 91.12345678)))


def test_a_position_twice_in_a_row_is_kept_once():
    line = check_geometry(shapely.LineString([(1, 1), (1, 1), (2, 2), (2.00000001, 2), (1, 1)]))
    assert list(line.coords) == [(1, 1), (2, 2), (1, 1)]
    assert shapely.get_num_coordinates(check_geometry(polygon(*SQUARE[:2], *SQUARE[1:], SQUARE[-1]))) == 5


def test_outer_rings_run_counter_clockwise_and_holes_clockwise():
    hole = [(1.0, 1.0), (2.0, 1.0), (2.0, 2.0), (1.0, 2.0)]
    for outer in (SQUARE, SQUARE[::-1]):
        for inner in (hole, hole[::-1]):
            area = check_geometry(polygon(*outer, holes=(inner,)))
            assert area.exterior.is_ccw
            assert not area.interiors[0].is_ccw


@pytest.mark.parametrize("shape", [shapely.Point(LON, LAT), shapely.LineString([(1, 1), (2, 2)]), polygon(*SQUARE)])
def test_a_multi_geometry_with_one_part_is_that_part(shape):
    multi = {"Point": shapely.MultiPoint, "LineString": shapely.MultiLineString, "Polygon": shapely.MultiPolygon}
    assert check_geometry(multi[shape.geom_type]([shape])) == check_geometry(shape)


@pytest.mark.parametrize(
    "shape",
    [
        shapely.MultiPoint([(1, 1), (2, 2)]),
        shapely.MultiLineString([[(1, 1), (2, 2)], [(3, 3), (4, 4)]]),
        shapely.MultiPolygon([shapely.box(1, 1, 2, 2), shapely.box(3, 3, 4, 4)]),
        shapely.GeometryCollection([shapely.Point(1, 1)]),
    ],
)
def test_several_places_in_one_are_refused(shape):
    assert refused(shape).code == "several_parts"


@pytest.mark.parametrize(
    "shape, kind", [(shapely.Point(1, 1), "point"), (line_of(2), "line"), (polygon(*SQUARE), "area")]
)
def test_only_the_kinds_a_proceeding_allows_are_taken(shape, kind):
    assert check_geometry(shape, allowed_kinds=[kind])
    error = refused(shape, allowed_kinds={"point", "line", "area"} - {kind})
    assert error.code == "kind_not_allowed"
    assert kind in str(error)


@pytest.mark.parametrize("kind", ["Point", "LineString", "Polygon", "MultiPoint", "MultiLineString", "MultiPolygon"])
def test_an_empty_place_is_refused(kind):
    assert refused({"type": kind, "coordinates": []}).code == "empty"
    assert refused(shapely.from_wkt(f"{kind.upper()} EMPTY")).code == "empty"


@pytest.mark.parametrize(
    "lon, lat", [(180.0000001, 0), (-180.1, 0), (0, 90.0001), (0, -91), (7031, 50.7), (318000, 5.7e6)]
)
def test_positions_off_the_earth_are_refused_and_named(lon, lat):
    error = refused(shapely.LineString([(lon, lat), (1, 1)]))
    assert error.code == "out_of_range"
    assert str(lat) in str(error)


@pytest.mark.parametrize("lon, lat", [(180, 90), (-180, -90), (0, 0)])
def test_the_borders_of_the_range_are_still_on_earth(lon, lat):
    assert check_geometry(shapely.Point(lon, lat))


@pytest.mark.parametrize("number", [math.nan, math.inf, -math.inf])
def test_numbers_that_are_not_finite_are_refused(number):
    for position in ((number, 1), (1, number)):
        assert refused(shapely.Point(position)).code == "not_finite"


@pytest.mark.parametrize("geometry", [None, [], "POINT (1 1)", 5])
def test_what_is_no_geometry_is_refused(geometry):
    assert refused(geometry).code == "not_a_geometry"


def test_true_is_no_number():
    assert refused({"type": "Point", "coordinates": [True, 1]}).code == "position"


def test_a_line_needs_two_different_places():
    error = refused(shapely.LineString([(LON, LAT), (LON, LAT + 1e-9)]))
    assert (error.code, error.position) == ("line_too_short", (LON, LAT))


def test_a_line_may_cross_itself():
    assert check_geometry(shapely.LineString([(0, 0), (1, 1), (1, 0), (0, 1)]))


def test_500_vertices_are_taken_and_501_refused():
    assert check_geometry(line_of(500))
    assert refused(line_of(501)).code == "too_many_vertices"
    assert check_geometry(ring_of(500))
    error = refused(ring_of(501))
    assert (error.code, error.parameters) == ("too_many_vertices", {"number": 500})


def test_the_vertices_of_holes_count():
    hole = [(1.0, 1.0), (2.0, 1.0), (2.0, 2.0)]
    assert check_geometry(polygon(*SQUARE, holes=(hole,)), max_vertices=7)
    assert refused(polygon(*SQUARE, holes=(hole,)), max_vertices=6).code == "too_many_vertices"


@pytest.mark.parametrize(
    "corners, code",
    [
        (((0, 0), (1, 1), (0, 0), (1, 1)), "no_area"),
        (((0, 0), (1, 0), (1, 0)), "ring_too_short"),
        (((0, 0), (1, 1), (2, 2)), "no_area"),
        (((0, 0), (7, 3), (70, 30), (14, 6)), "no_area"),
    ],
    ids=["there and back", "two corners", "on a diagonal", "on a line that rounding bends"],
)
def test_an_area_without_extent_is_refused_and_placed(corners, code):
    error = refused(polygon(*corners))
    assert (error.code, near(error)) == (code, (0, 0))


def test_a_square_of_ten_centimetres_is_an_area():
    assert check_geometry(shapely.box(LON, LAT, LON + 0.0000015, LAT + 0.000001))


@pytest.mark.parametrize(
    "area, code, place",
    [
        (polygon((0, 0), (2, 2), (2, 0), (0, 2)), "self_intersection", (1, 1)),
        (polygon((0, 0), (4, 0), (2, 2), (4, 4), (0, 4), (2, 2)), "self_intersection", (2, 2)),
        (polygon(*SQUARE[:3], (6, 6), (4, 4), (0, 4)), "self_intersection", (4, 4)),
        (polygon(*SQUARE, holes=([(5, 5), (6, 5), (6, 6)],)), "hole_outside", (5, 5)),
        (polygon(*SQUARE, holes=([(3, 1), (5, 1), (5, 2)],)), "self_intersection", (4, 1)),
        (
            polygon(*SQUARE, holes=([(1, 1), (3, 1), (3, 3), (1, 3)], [(2, 2), (2.5, 2), (2.5, 2.5)])),
            "nested_holes",
            (2, 2),
        ),
        (polygon(*SQUARE, holes=([(0, 2), (2, 1), (4, 2), (2, 3)],)), "divided", (4, 2)),
    ],
    ids=[
        "bow tie",
        "touching corner",
        "spike",
        "hole outside",
        "hole across the outline",
        "hole in hole",
        "cut in two",
    ],
)
def test_an_unclear_outline_is_refused_with_the_place_named(area, code, place):
    error = refused(area)
    assert error.code == code
    assert near(error) == place or code == "self_intersection"
    assert math.dist(near(error), place) <= 1
    assert f"{error.parameters['lon']}, {error.parameters['lat']}" in str(error)


def test_a_reason_of_a_newer_geos_is_still_a_refusal(monkeypatch):
    monkeypatch.setattr(shapely, "is_valid_reason", lambda area: "Something new")
    assert refused(polygon(*SQUARE)).code == "invalid_area"
    monkeypatch.setattr(shapely, "is_valid_reason", lambda area: f"Something new[{LON} {LAT}]")
    assert near(refused(polygon(*SQUARE))) == (0, 0)


def test_more_than_half_the_globe_is_refused():
    assert refused(shapely.LineString([(-170, 0), (170, 0)])).code == "too_wide"
    assert refused(shapely.box(-100, 0, 81, 1)).code == "too_wide"
    assert check_geometry(shapely.box(-100, 0, 80, 1))


def test_a_project_area_is_several_areas_of_which_touching_ones_are_merged():
    parts = [shapely.box(0, 0, 1, 1), shapely.box(1, 0, 2, 1), shapely.box(1.5, 0.5, 3, 2), shapely.box(5, 5, 6, 6)]
    area = check_project_area(shapely.MultiPolygon(parts))
    assert area.is_valid
    assert len(area.geoms) == 2
    assert area.equals(shapely.union_all(parts))
    assert all(part.exterior.is_ccw for part in area.geoms)


def test_a_project_area_that_is_clear_keeps_its_corners():
    one = shapely.box(1.5, 0.5, 3, 2)
    assert check_project_area(one.__geo_interface__) == shapely.MultiPolygon([check_geometry(one)])


@pytest.mark.parametrize(
    "geometry, code",
    [
        (shapely.Point(1, 1), "kind_not_allowed"),
        (shapely.LineString([(1, 1), (2, 2)]), "kind_not_allowed"),
        (shapely.GeometryCollection([shapely.box(0, 0, 1, 1)]), "kind_not_allowed"),
        (shapely.Polygon(), "empty"),
        (shapely.MultiPolygon(), "empty"),
        (shapely.MultiPolygon([shapely.box(0, 0, 1, 1), polygon((0, 0), (2, 2), (2, 0), (0, 2))]), "self_intersection"),
        (shapely.MultiPolygon([shapely.box(-170, 0, -169, 1), shapely.box(169, 0, 170, 1)]), "too_wide"),
        (shapely.MultiPolygon([shapely.box(0, 0, 1, 1), shapely.box(500, 0, 501, 1)]), "out_of_range"),
    ],
)
def test_a_project_area_is_made_of_clear_areas(geometry, code):
    with pytest.raises(GeodataError) as caught:
        check_project_area(geometry)
    assert caught.value.code == code


def test_the_vertices_of_all_parts_of_a_project_area_count():
    parts = shapely.MultiPolygon([shapely.box(0, 0, 1, 1), shapely.box(2, 2, 3, 3)])
    assert check_project_area(parts, max_vertices=8)
    with pytest.raises(GeodataError) as caught:
        check_project_area(parts, max_vertices=7)
    assert caught.value.code == "too_many_vertices"


@pytest.mark.parametrize(
    "place, swapped",
    [
        (shapely.Point(LAT, LON), True),
        (shapely.Point(LAT + 0.2, LON), True),
        (shapely.LineString([(LAT, LON), (LAT, LON + 0.01)]), True),
        (shapely.Point(LON, LAT), False),
        (shapely.Point(LON + 1, LAT), False),
        (shapely.Point(7031, LAT), False),
        (shapely.Point(0, 0), False),
        (shapely.Point(), False),
    ],
)
def test_latitude_first_is_suspected_where_the_exchanged_place_is_near_the_area(place, swapped):
    assert looks_swapped(place, polygon(*SQUARE)) is swapped


def test_nothing_is_suspected_where_both_readings_are_near_the_area():
    assert not looks_swapped(shapely.Point(10.2, 10.1), shapely.box(10, 10, 11, 11))


@st.composite
def stars(draw: st.DrawFn) -> shapely.Polygon:
    """Areas without self-intersections, with or without a hole, in any winding and place."""
    turns = sorted(draw(st.sets(st.integers(0, 71), min_size=5, max_size=40)))
    assume(max((b - a) % 72 for a, b in zip(turns, turns[1:] + turns[:1], strict=True)) < 34)
    lon, lat = draw(st.floats(-170, 170)), draw(st.floats(-80, 80))
    size = draw(st.floats(0.0001, 1))
    ring = []
    for turn in turns:
        radius = size * draw(st.floats(0.5, 1))
        ring.append((lon + radius * math.cos(turn * math.pi / 36), lat + radius * math.sin(turn * math.pi / 36)))
    hole = [(lon + (x - lon) / 10, lat + (y - lat) / 10) for x, y in ring]
    rings = [part[:: draw(st.sampled_from([1, -1]))] for part in (ring, hole)]
    return shapely.Polygon(rings[0], rings[1 : draw(st.integers(1, 2))])


@given(stars())
def test_every_area_comes_out_wound_right_and_as_large_as_it_went_in(area: shapely.Polygon):
    checked = check_geometry(area)
    assert checked.is_valid
    assert checked.exterior.is_ccw
    assert not any(ring.is_ccw for ring in checked.interiors)
    assert square_metres(checked) == pytest.approx(square_metres(area), rel=0.01)


@given(stars() | st.builds(shapely.Point, st.floats(-180, 180), st.floats(-90, 90)))
def test_checking_twice_changes_nothing(shape: BaseGeometry):
    once = check_geometry(shape)
    assert check_geometry(once).wkb == once.wkb
    if isinstance(once, shapely.Polygon):
        assert check_project_area(check_project_area(once)).wkb == check_project_area(once).wkb


positions = st.tuples(st.integers(0, 5), st.integers(0, 5))


@given(st.lists(positions, min_size=3, max_size=8))
def test_an_area_is_taken_if_and_only_if_it_is_valid_and_has_an_extent(corners):
    area = shapely.Polygon(corners)
    if area.is_valid and area.area > 0:
        assert check_geometry(area).equals(area)
    else:
        assert refused(area).position is not None
