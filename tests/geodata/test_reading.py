"""Rules of GeoJSON files, RFC 7946."""

import json
from contextlib import suppress
from typing import Any

import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from participation.geodata.checking import check_geometry
from participation.geodata.errors import GeodataError
from participation.geodata.reading import ReadFeature, read_feature_collection
from participation.geodata.structure import geometry_from_object

POINT = {"type": "Point", "coordinates": [12.3707, 51.3421]}
RING = [[0, 0], [1, 0], [1, 1], [0, 0]]


def feature(**members: Any) -> dict[str, Any]:
    return {"type": "Feature", "geometry": POINT, "properties": {}} | members


def read(value: Any) -> list[ReadFeature]:
    return read_feature_collection(json.dumps(value).encode())


def faults(value: Any) -> list[tuple[str, str]]:
    """Code and path of everything that is wrong with the features of a file."""
    return [(problem.code, problem.path) for item in read(value) for problem in item.problems]


def test_a_collection_a_feature_and_a_bare_geometry_are_taken():
    collection = read(
        {"type": "FeatureCollection", "features": [feature(id="a"), feature(id=7, properties={"x": [1]})]}
    )
    assert [(item.index, item.id, item.properties) for item in collection] == [(0, "a", {}), (1, 7, {"x": [1]})]
    for single in (feature(), POINT):
        assert [(item.index, item.geometry) for item in read(single)] == [(0, shapely.Point(12.3707, 51.3421))]
    assert read({"type": "FeatureCollection", "features": []}) == []


def test_the_fault_of_one_feature_does_not_hide_the_others():
    broken = feature(id=True, properties=[], geometry={"type": "Point", "coordinates": [1]})
    items = read({"type": "FeatureCollection", "features": [feature(), broken, None, feature(id="last")]})
    assert [[(problem.code, problem.path) for problem in item.problems] for item in items] == [
        [],
        [
            ("id", "features[1].id"),
            ("properties", "features[1].properties"),
            ("position", "features[1].geometry.coordinates"),
        ],
        [("not_a_feature", "features[2]")],
        [],
    ]
    assert items[1].geometry is None
    assert items[3].id == "last"


@pytest.mark.parametrize("value", [[], None, 1, "Point", {}, {"type": "Topology"}, {"type": ["Point"]}])
def test_what_is_no_geojson_at_all_is_refused_as_a_whole(value):
    with pytest.raises(GeodataError) as refused:
        read(value)
    assert refused.value.code == "not_geojson"


def test_no_place_is_null_and_must_be_said():
    [item] = read(feature(geometry=None))
    assert (item.geometry, item.problems) == (None, [])
    assert faults({"type": "Feature", "properties": {}}) == [("no_geometry", "geometry")]


def test_properties_are_an_object_or_null_and_must_be_said():
    assert faults(feature(properties=None)) == []
    assert faults({"type": "Feature", "geometry": None}) == [("properties", "properties")]


def test_members_geojson_does_not_know_are_passed_over():
    assert faults(feature(title="x", style={"color": "red"}, geometry=POINT | {"accuracy": 5})) == []


@pytest.mark.parametrize("name", ["coordinates", "geometries", "features"])
def test_members_of_other_objects_are_refused_in_a_feature(name):
    assert faults(feature(**{name: []})) == [("misplaced_member", name)]


@pytest.mark.parametrize("name", ["geometry", "properties", "features"])
def test_members_of_other_objects_are_refused_in_a_geometry(name):
    assert faults(POINT | {name: None}) == [("misplaced_member", name)]


@pytest.mark.parametrize("name", ["coordinates", "geometries", "geometry", "properties"])
def test_members_of_other_objects_are_refused_in_a_collection(name):
    with pytest.raises(GeodataError, match=f"“{name}”"):
        read({"type": "FeatureCollection", "features": [], name: None})


@pytest.mark.parametrize("bbox", [[1, 2, 3], "1,2,3,4", [1, 2, 3, "4"], [1, 2, 3, True], None, [1, 2, [3, 4], 5]])
def test_a_bbox_is_four_or_six_numbers_wherever_it_stands(bbox):
    assert faults(feature(bbox=bbox)) == [("bbox", "bbox")]
    assert faults(feature(geometry=POINT | {"bbox": bbox})) == [("bbox", "geometry.bbox")]
    with pytest.raises(GeodataError) as refused:
        read({"type": "FeatureCollection", "features": [], "bbox": bbox})
    assert refused.value.code == "bbox"


@pytest.mark.parametrize(
    "name",
    [
        "urn:ogc:def:crs:OGC:1.3:CRS84",
        "urn:ogc:def:crs:OGC::CRS84",
        "http://www.opengis.net/def/crs/OGC/1.3/CRS84",
        "https://www.opengis.net/def/crs/EPSG/0/4326",
        "EPSG:4326",
        "urn:ogc:def:crs:EPSG::4326",
        "urn:x-ogc:def:crs:EPSG:6.9:4326",
        "epsg:4326",
    ],
)
def test_the_old_crs_member_may_name_wgs_84(name):
    crs = {"type": "name", "properties": {"name": name}}
    assert len(read({"type": "FeatureCollection", "features": [feature(crs=crs)], "crs": crs})) == 1


@pytest.mark.parametrize(
    "crs",
    [
        {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::25833"}},
        {"type": "name", "properties": {"name": "EPSG:43260"}},
        {"type": "name", "properties": {"name": 4326}},
        {"type": "name", "properties": None},
        {"type": "link", "properties": {"href": "https://example.org/crs/42"}},
        "EPSG:4326",
    ],
)
def test_another_crs_is_refused(crs):
    with pytest.raises(GeodataError, match="WGS 84") as refused:
        read({"type": "FeatureCollection", "features": [], "crs": crs})
    assert (refused.value.code, refused.value.path) == ("crs", "crs")


@pytest.mark.parametrize(
    "position",
    [
        [],
        [1],
        [1, 2, 3, 4],
        ["1", 2],
        [1, None],
        [1, True],
        [1, 2, "f"],
        [[1, 2]],
        {"lon": 1, "lat": 2},
        "1,2",
        10**308 * 10,
    ],
)
def test_a_position_is_two_or_three_numbers(position):
    with pytest.raises(GeodataError) as refused:
        geometry_from_object({"type": "LineString", "coordinates": [[0, 0], position]})
    assert (refused.value.code, refused.value.path) == ("position", "coordinates[1]")


@pytest.mark.parametrize("number", [float("nan"), float("inf"), 10**400])
def test_numbers_from_python_must_be_finite_too(number):
    with pytest.raises(GeodataError) as refused:
        geometry_from_object({"type": "Point", "coordinates": [number, 1]})
    assert refused.value.code == "position"


@pytest.mark.parametrize(
    "kind, coordinates, fault",
    [
        ("Point", [[1, 2]], ("position", "coordinates")),
        ("Point", "1 2", ("coordinates", "coordinates")),
        ("LineString", [1, 2], ("position", "coordinates[0]")),
        ("LineString", [[1, 2]], ("line_too_short", "coordinates")),
        ("LineString", {"0": [1, 2]}, ("coordinates", "coordinates")),
        ("Polygon", [[0, 0], [1, 0]], ("position", "coordinates[0][0]")),
        ("Polygon", [[]], ("ring_too_short", "coordinates[0]")),
        ("Polygon", [RING, RING[:3]], ("ring_too_short", "coordinates[1]")),
        ("Polygon", [[*RING[:3], [9, 9]]], ("ring_not_closed", "coordinates[0]")),
        ("Polygon", [[[0, 0, 1], [1, 0], [1, 1], [0, 0, 2]]], ("ring_not_closed", "coordinates[0]")),
        ("MultiPoint", [1, 2], ("position", "coordinates[0]")),
        ("MultiLineString", [[[0, 0], [1, 1]], []], ("empty_part", "coordinates[1]")),
        ("MultiPolygon", [[RING], []], ("empty_part", "coordinates[1]")),
        ("MultiPolygon", [RING], ("position", "coordinates[0][0][0]")),
        ("MultiPolygon", None, ("coordinates", "coordinates")),
    ],
)
def test_coordinates_must_fit_their_type(kind, coordinates, fault):
    assert faults({"type": kind, "coordinates": coordinates}) == [fault]


def test_an_open_outline_is_marked_at_its_end():
    [item] = read({"type": "Polygon", "coordinates": [[[0, 0], [1, 0], [1, 1], [8, 9]]]})
    assert [problem.position for problem in item.problems] == [(8, 9)]


@pytest.mark.parametrize("kind", ["Point", "LineString", "Polygon", "MultiPoint", "MultiLineString", "MultiPolygon"])
def test_a_geometry_needs_coordinates_and_empty_ones_are_an_empty_shape(kind):
    assert faults({"type": kind}) == [("no_coordinates", "coordinates")]
    [item] = read({"type": kind, "coordinates": []})
    assert item.geometry is not None
    assert item.geometry.is_empty


@pytest.mark.parametrize("geometry", ["Point", 5, [1, 2], False])
def test_a_geometry_is_an_object(geometry):
    assert faults(feature(geometry=geometry)) == [("not_a_geometry", "geometry")]


@pytest.mark.parametrize("kind", ["point", "Line", "Feature", None, {}, 1])
def test_the_type_of_a_geometry_is_one_of_seven_words(kind):
    assert faults(feature(geometry=POINT | {"type": kind})) == [("unknown_type", "geometry.type")]


def test_a_collection_of_geometries_is_flat():
    def collection(*parts: Any) -> dict[str, Any]:
        return {"type": "GeometryCollection", "geometries": list(parts)}

    [item] = read(collection(POINT, {"type": "Polygon", "coordinates": [RING]}))
    assert item.geometry == shapely.GeometryCollection([shapely.Point(12.3707, 51.3421), shapely.Polygon(RING)])
    assert faults(collection(POINT, collection())) == [("nested_collection", "geometries")]
    assert faults(collection(POINT, None)) == [("not_a_geometry", "geometries[1]")]
    assert faults({"type": "GeometryCollection", "geometries": {}}) == [("no_geometries", "geometries")]


def test_heights_are_dropped():
    [item] = read({"type": "LineString", "coordinates": [[1, 2, 300], [3, 4]]})
    assert item.geometry == shapely.LineString([(1, 2), (3, 4)])
    assert not item.geometry.has_z
    assert not geometry_from_object({"type": "Point", "coordinates": [1, 2, 3]}).has_z
    assert not geometry_from_object({"type": "MultiPoint", "coordinates": [[1, 2, 3]]}).has_z


def test_bounds_of_size_and_depth_are_passed_on():
    data = json.dumps(feature()).encode()
    for bounds in ({"max_bytes": 10}, {"max_depth": 2}):
        with pytest.raises(GeodataError):
            read_feature_collection(data, **bounds)


OBJECTS = ["Feature", "FeatureCollection", "GeometryCollection", "Point", "LineString", "Polygon", "MultiPolygon"]
MEMBERS = ["type", "features", "geometry", "geometries", "coordinates", "properties", "bbox", "crs", "name", "id"]
words = st.sampled_from(OBJECTS + MEMBERS)
almost_geojson = st.recursive(
    st.none() | st.booleans() | st.integers(-200, 200) | st.floats(allow_nan=False, allow_infinity=False) | words,
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(words, inner, max_size=5),
    max_leaves=30,
)


@given(almost_geojson, st.sampled_from(OBJECTS))
def test_anything_that_resembles_geojson_is_read_or_refused(value, kind):
    if isinstance(value, dict):
        value["type"] = kind
    with suppress(GeodataError):
        for item in read(value):
            if item.geometry is not None:
                check_geometry(item.geometry)
