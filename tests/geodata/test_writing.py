"""GeoJSON out of stored geometries."""

import json
import math

import geojson
import orjson
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from participation.geodata.checking import check_geometry
from participation.geodata.reading import read_feature_collection
from participation.geodata.writing import around_both, bbox_of, geometries_json, geometry_json, rounded_box

HOLED = shapely.Polygon([(0, 0), (4, 0), (4, 4), (0, 4)], [[(1, 1), (1, 2), (2, 2), (2, 1)]])


@pytest.mark.parametrize(
    "shape, text",
    [
        (shapely.Point(12.3707123, 51.3421), '{"type":"Point","coordinates":[12.3707123,51.3421]}'),
        (shapely.Point(100, -0.5), '{"type":"Point","coordinates":[100.0,-0.5]}'),
        (shapely.LineString([(0, 1.5), (2, 3)]), '{"type":"LineString","coordinates":[[0.0,1.5],[2.0,3.0]]}'),
        (shapely.box(0, 0, 4, 4, ccw=False), None),
        (HOLED, None),
        (shapely.MultiPoint([(1, 2)]), '{"type":"MultiPoint","coordinates":[[1.0,2.0]]}'),
        (shapely.MultiPolygon([shapely.box(0, 0, 1, 1)]), None),
        (shapely.MultiLineString([[(0, 0), (1, 1)]]), None),
        (shapely.GeometryCollection([shapely.Point(1, 2), HOLED]), None),
    ],
)
def test_a_stored_geometry_is_written_compactly_as_shapely_would(shape, text):
    written = geometry_json(shape.wkb)
    assert written.decode() == (text or shapely.to_geojson(shape))
    assert orjson.dumps(orjson.loads(written)) == written


@pytest.mark.parametrize("shape", [shapely.Point(1.5, 2), shapely.LineString([(0, 1), (2, 3)]), HOLED])
def test_byte_order_heights_and_a_stored_reference_system_make_no_difference(shape):
    expected = geometry_json(shape.wkb)
    assert geometry_json(shapely.to_wkb(shape, byte_order=0)) == expected
    assert geometry_json(shapely.to_wkb(shapely.set_srid(shape, 4326), include_srid=True)) == expected
    assert geometry_json(shapely.force_3d(shape, 100).wkb) == expected


def test_at_most_seven_decimals_and_no_minus_zero_are_written():
    assert geometry_json(shapely.Point(12.370712345678, 0.1 + 0.2).wkb).endswith(b"[12.3707123,0.3]}")
    assert geometry_json(shapely.Point(-0.0, -0.00000001).wkb).endswith(b"[0.0,0.0]}")
    assert geometry_json(shapely.Point(1.23e-6, 0.000000123).wkb).endswith(b"[1.2e-6,1e-7]}")
    line = shapely.LineString([(0.123456789, 1), (2, -0.0)])
    assert geometry_json(line.wkb).endswith(b"[[0.1234568,1.0],[2.0,0.0]]}")


@pytest.mark.parametrize("shape", [shapely.Point(), shapely.Point(math.inf, 1), shapely.Point(1, math.nan)])
def test_what_geojson_cannot_say_is_never_written(shape):
    with pytest.raises(ValueError, match="not a number"):
        geometry_json(shape.wkb)


@pytest.mark.parametrize("kind", ["LineString", "Polygon", "MultiPoint", "MultiPolygon"])
def test_an_empty_geometry_has_empty_coordinates(kind):
    shape = shapely.from_wkt(f"{kind.upper()} EMPTY")
    assert json.loads(geometry_json(shape.wkb)) == {"type": kind, "coordinates": []}


def test_a_polygon_that_is_longer_than_its_rings_is_refused():
    with pytest.raises(ValueError, match="does not end"):
        geometry_json(HOLED.wkb + b"\0")


def test_the_box_around_geometries_is_west_south_east_north():
    assert bbox_of([shapely.Point(12.123456789, 51), shapely.box(11, 50, 12, 50.5)]) == (11, 50, 12.1234568, 51)
    assert bbox_of([]) is None
    assert bbox_of([shapely.Polygon()]) is None


def test_many_geometries_are_written_as_one_by_one_with_the_box_around_them():
    shapes = [shapely.Point(12.3707123, 51.3421), HOLED, None, shapely.Point(1.23e-6, -0.0), shapely.Point(13, 5)]
    wkbs = [None if shape is None else shapely.to_wkb(shape) for shape in shapes]
    texts, box = geometries_json(wkbs)
    assert texts == ["null" if wkb is None else geometry_json(wkb).decode() for wkb in wkbs]
    assert box == (0, -0.0, 13, 51.3421)
    assert geometries_json([None, None]) == (["null", "null"], None)
    assert geometries_json([]) == ([], None)
    assert around_both(box, (-1, 2, 3, 60)) == (-1, -0.0, 13, 60)
    assert around_both(None, box) == around_both(box, None) == box
    assert str(rounded_box((-0.0, 1.123456789, 2, 3))) == "(0.0, 1.1234568, 2.0, 3.0)"


def test_a_point_that_is_not_a_number_is_refused_among_many():
    with pytest.raises(ValueError, match="not a number"):
        geometries_json([shapely.Point(1, 2).wkb, shapely.Point(math.inf, 1).wkb])


positions = st.tuples(st.floats(-180, 180), st.floats(-90, 90))


@given(positions.map(shapely.Point) | st.lists(positions, min_size=2, max_size=20).map(shapely.LineString))
def test_what_is_written_is_read_again_as_the_same_bytes(shape):
    written = geometry_json(shape.wkb)
    [item] = read_feature_collection(written)
    assert item.geometry is not None
    assert geometry_json(item.geometry.wkb) == written
    assert geojson.loads(written)["type"] == shape.geom_type
    assert item.geometry.equals_exact(shape, 1e-7)


@given(positions)
def test_a_checked_place_loses_nothing_on_its_way_out_and_in(position):
    place = check_geometry(shapely.Point(position))
    [item] = read_feature_collection(geometry_json(place.wkb))
    assert item.geometry == place
