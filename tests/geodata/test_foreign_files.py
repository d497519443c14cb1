"""Every file of the collected GeoJSON and JSON cases meets the verdict of its source, or a reason why not."""

import signal
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

import geojson
import pytest
import shapely

from participation.geodata.checking import check_geometry, check_project_area, looks_swapped
from participation.geodata.errors import GeodataError
from participation.geodata.reading import read_feature_collection, read_json
from participation.geodata.writing import geometry_json
from tests.conftest import SHARED_DATA

FOLDER = SHARED_DATA / "geojson-cases"
INDEX = FOLDER / "index.tsv"
SECONDS = 20

TAKEN = "taken"
SEVERAL = "several_parts"
MULTI = "legal, but a contribution is about one point, one line or one area"
WINDING = "winding is a recommendation for readers (RFC 7946, 3.1.6); we turn the ring round"
WIDE = "legal, but over half the globe; RFC 7946, 3.1.9, wants it cut at the antimeridian"
TWICE = "RFC 8259 leaves names that appear twice to the reader; ours must not guess which one counts"

# Where we differ from the source of a case: our verdict (a code of GeodataError), and why.
OURS = {
    "eudr-fixtures/invalid/feature-without-geometry.geojson": (TAKEN, "legal; a contribution may have no place"),
    "eudr-fixtures/invalid/missing-plot-id.geojson": (
        TAKEN,
        "a plot id is asked for by Regulation (EU) 2023/1115 only",
    ),
    "eudr-fixtures/invalid/reversed-lat-lon.geojson": (TAKEN, "in range; only looks_swapped, with an area, can tell"),
    "eudr-fixtures/valid/multipolygon-farm.geojson": (SEVERAL, MULTI),
    "geojson-schema/valid/feature/empty-polygon.json": ("empty", "legal, but the place somebody meant is lost"),
    "geojson-schema/valid/geometrycollection/3d.json": (SEVERAL, MULTI),
    "geojson-schema/valid/geometrycollection/basic.json": (SEVERAL, MULTI),
    "geojson-schema/valid/geometrycollection/bbox.json": (SEVERAL, MULTI),
    "geojson-schema/valid/linestring/3d.json": ("too_wide", WIDE),
    "geojson-schema/valid/linestring/basic.json": ("too_wide", WIDE),
    "geojson-schema/valid/linestring/bbox.json": ("too_wide", WIDE),
    "geojson-schema/valid/multilinestring/3d.json": (SEVERAL, MULTI),
    "geojson-schema/valid/multilinestring/basic.json": (SEVERAL, MULTI),
    "geojson-schema/valid/multilinestring/bbox.json": (SEVERAL, MULTI),
    "geojson-schema/valid/multipoint/3d.json": (SEVERAL, MULTI),
    "geojson-schema/valid/multipoint/basic.json": (SEVERAL, MULTI),
    "geojson-schema/valid/multipoint/bbox.json": (SEVERAL, MULTI),
    "geojson-schema/valid/multipolygon/3d.json": (SEVERAL, MULTI),
    "geojson-schema/valid/multipolygon/basic.json": (SEVERAL, MULTI),
    "geojson-schema/valid/multipolygon/bbox.json": (SEVERAL, MULTI),
    "geojson-validator/invalid_geometries/invalid_exterior_not_ccw.geojson": (TAKEN, WINDING),
    "geojson-validator/invalid_geometries/invalid_interior_not_cw.geojson": (TAKEN, WINDING),
    "geojson-validator/valid/valid_featurecollcetion_with_geometrycollection.geojson": (SEVERAL, MULTI),
    "geojson-validator/valid/valid_geometry_geometrycollection.geojson": (SEVERAL, MULTI),
    "geojson-validator/valid/valid_geometry_geometrycollection_empty_geometries.geojson": (SEVERAL, MULTI),
    "geojson-validator/valid/valid_geometry_multilinestring.geojson": (SEVERAL, MULTI),
    "geojson-validator/valid/valid_geometry_multipoint.geojson": (SEVERAL, MULTI),
    "geojson-validator/valid/valid_geometry_multipolygon.geojson": (SEVERAL, MULTI),
    "geojsonhint/bad/bad-polygon-interiorring-rhr.geojson": (TAKEN, WINDING),
    "geojsonhint/bad/excessive_precision_truncated.geojson": (TAKEN, "legal; we round to seven decimals"),
    "geojsonhint/bad/polygon_winding_order.geojson": (TAKEN, WINDING),
    "geojsonhint/good/good-geometrycollection.geojson": (SEVERAL, MULTI),
    "geojsonhint/good/good-multilinestring.geojson": (SEVERAL, MULTI),
    "geojsonhint/good/issue82.geojson": (SEVERAL, MULTI),
    "geojsonhint/good/multipolygon.geojson": (SEVERAL, MULTI),
    "jsontestsuite/y_object_duplicated_key.json": ("duplicate_name", TWICE),
    "jsontestsuite/y_object_duplicated_key_and_value.json": ("duplicate_name", TWICE),
    "real_world/leipzig_axis_swapped.geojson": (TAKEN, "in range; only looks_swapped, with an area, can tell"),
}

# What the sources call problematic is legal GeoJSON that hurts; this is how we treat each.
PROBLEMATIC = {
    "problematic_3d_coordinates": TAKEN,
    "problematic_crosses_antimeridian": "out_of_range",
    "problematic_duplicate_nodes": TAKEN,
    "problematic_excessive_coordinate_precision": TAKEN,
    "problematic_excessive_vertices": "too_many_vertices",
    "problematic_feature_null_geometry": TAKEN,
    "problematic_holes": TAKEN,
    "problematic_multitype_geometry_with_just_one_geometry": TAKEN,
    "problematic_outside_lat_lon_boundaries": "ring_not_closed",
    "problematic_self_intersection_large": "self_intersection",
    "problematic_self_intersection_small": "self_intersection",
    "problematic_wrong_bbox_coordinate_order": TAKEN,
    "problematic_zero_length_linestring": "line_too_short",
}


def listed_cases() -> list[tuple[str, str]]:
    lines = INDEX.read_text(encoding="utf-8").splitlines() if INDEX.is_file() else []
    return [(name, verdict) for name, verdict in (line.split("\t") for line in lines[1:])]


CASES = listed_cases()


@contextmanager
def ended_in_time() -> Iterator[None]:
    """Stop a file that would hang the reader; generous, since this is no measurement."""

    def stop(signal_number: int, frame: object) -> None:
        raise TimeoutError(f"not done after {SECONDS} seconds")

    before = signal.signal(signal.SIGALRM, stop)
    signal.alarm(SECONDS)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def places_and_codes(data: bytes) -> tuple[list[shapely.Geometry], list[str]]:
    """Send a file the way of an import: read it, check each shape; return what is taken and what is refused."""
    try:
        features = read_feature_collection(data)
    except GeodataError as error:
        return [], [error.code]
    places, codes = [], []
    for feature in features:
        codes += [problem.code for problem in feature.problems]
        if feature.geometry is not None:
            try:
                places.append(check_geometry(feature.geometry))
            except GeodataError as error:
                codes.append(error.code)
    return places, codes


def test_all_533_cases_are_there(shared_data):
    assert len(CASES) == 533
    assert {name for name, verdict in CASES if verdict == "problematic"} == {
        f"geojson-validator/problematic_geometries/{name}.geojson" for name in PROBLEMATIC
    }


@pytest.mark.parametrize("name, verdict", [case for case in CASES if case[1].startswith("json-")])
def test_json_is_taken_or_refused_as_its_source_says(name, verdict):
    expected = OURS.get(name, ({"json-accept": TAKEN, "json-reject": "refused"}.get(verdict, "either"), ""))[0]
    with ended_in_time():
        try:
            read_json((FOLDER / name).read_bytes())
            code = TAKEN
        except GeodataError as error:
            code = error.code
    if expected == "refused":
        assert code != TAKEN
    elif expected != "either":
        assert code == expected


@pytest.mark.parametrize("name, verdict", [case for case in CASES if not case[1].startswith("json-")])
def test_geojson_is_taken_or_refused_as_its_source_says_or_for_a_stated_reason(name, verdict):
    with ended_in_time():
        places, codes = places_and_codes((FOLDER / name).read_bytes())
    if name in OURS or verdict == "problematic":
        expected = OURS[name][0] if name in OURS else PROBLEMATIC[(FOLDER / name).stem]
        assert codes == ([] if expected == TAKEN else [expected])
    elif verdict == "valid":
        assert codes == []
    else:
        assert codes
    for place in places:
        written = geometry_json(place.wkb)
        assert geojson.loads(written).is_valid
        assert places_and_codes(written) == ([place], [])


def test_every_stated_reason_is_about_a_case_we_judge_otherwise():
    source = dict(CASES)
    for name, (code, reason) in OURS.items():
        assert reason
        assert (code == TAKEN) == source[name].startswith("invalid"), name


def test_several_faults_of_one_file_are_all_listed(shared_data):
    features = read_feature_collection((FOLDER / "geojsonhint/bad/multiple_problems.geojson").read_bytes())
    codes = {feature.index: [problem.code for problem in feature.problems] for feature in features}
    assert codes[0] == ["id", "position"]
    assert codes[1] == []
    assert codes[2] == ["not_a_feature"]


def test_a_published_file_with_latitude_first_is_recognised_by_the_city_it_is_about(shared_data):
    districts = read_feature_collection((shared_data / "leipzig/ortsteile.geojson").read_bytes())
    city = check_project_area(shapely.MultiPolygon([district.geometry for district in districts]))
    swapped = read_feature_collection((FOLDER / "real_world/leipzig_axis_swapped.geojson").read_bytes())
    assert Counter(looks_swapped(feature.geometry, city) for feature in swapped) == {True: 7}
    assert not any(looks_swapped(district.geometry, city) for district in districts)


def test_a_plot_in_ghana_with_latitude_first_is_recognised(shared_data):
    [feature] = read_feature_collection((FOLDER / "eudr-fixtures/invalid/reversed-lat-lon.geojson").read_bytes())
    assert looks_swapped(feature.geometry, shapely.box(-2.5, 6.0, -1.5, 7.0))


def test_swapped_columns_of_a_table_are_out_of_range_and_recognised():
    place = shapely.Point(11.943278, 108.893412)
    with pytest.raises(GeodataError, match="no place on Earth") as refused:
        check_geometry(place)
    assert refused.value.code == "out_of_range"
    assert looks_swapped(place, shapely.box(108.5, 11.5, 109.0, 12.5))
