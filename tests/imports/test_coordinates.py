"""Coordinates in metres: converted by their EPSG code, turned only if that is wished, guessed only to be offered."""

import csv

import pytest
import shapely
from pyproj import Transformer

from participation.imports.coordinates import conversion_from, likely_code
from tests.app_fixtures import AREA
from tests.conftest import SHARED_DATA

ZURICH = SHARED_DATA / "contributions" / "zuerich_zueriwieneu_2016-2025.csv"
X, Y = Transformer.from_crs(4326, 25833, always_xy=True).transform(12.3707, 51.3421)
HEAD = "titel;text;rechtswert;hochwert\n"


def table(x, y):
    return f"{HEAD}Bänke am Ring;Zwei Bänke im Schatten.;{x:.2f};{y:.2f}\n"


def test_metres_become_degrees_by_their_code(run, stored):
    assert run(table(X, Y), "--epsg", "25833").exit_code == 0
    (one,) = stored()
    assert one.geometry.distance(shapely.Point(12.3707, 51.3421)) < 1e-6


def test_exchanged_metres_are_noticed_and_turned_when_wished(run, stored):
    refused = run(table(Y, X), "--epsg", "25833")
    assert "with its two coordinates exchanged it would be here" in refused.stderr
    assert "import with --swap-axes" in refused.stderr
    assert stored() == []
    assert run(table(Y, X), "--epsg", "25833", "--swap-axes").exit_code == 0
    assert stored()[0].geometry.distance(shapely.Point(12.3707, 51.3421)) < 1e-6


@pytest.mark.parametrize("code", ["0", "-1", "4979", "5703", "99999999", "32767"])
def test_a_code_that_is_no_system_of_places_is_refused(run, code):
    result = run(table(X, Y), "--epsg", code)
    assert result.exit_code == 1
    assert f"EPSG:{code} is no coordinate system that we know" in result.output


def test_coordinates_that_the_system_does_not_have_are_a_bad_row(run):
    result = run(table(1e18, 5), "--epsg", "25833")
    assert "Line 2, rechtswert: These coordinates are no place in EPSG:25833." in result.stderr


@pytest.mark.parametrize("code", [4326, 25833, 3857])
def test_the_likely_system_is_the_one_in_which_the_places_are_here(code):
    transformer = Transformer.from_crs(4326, code, always_xy=True)
    shapes = [shapely.Point(*transformer.transform(12.3707, 51.3421 + step / 1e5)) for step in range(5)]
    assert likely_code(shapes, AREA) == code
    assert likely_code([shapely.Point(1, 2)], AREA) == 0


def test_all_of_zurich_lies_in_zurich():
    convert = conversion_from(2056)
    with ZURICH.open(encoding="utf-8") as stream:
        places = [convert(shapely.Point(float(row["e"]), float(row["n"]))) for row in csv.DictReader(stream)]
    around = shapely.box(8.44, 47.31, 8.63, 47.44)
    assert len(places) == 62_245
    assert all(around.contains(place) for place in places)
    assert likely_code([shapely.Point(2683920, 1245604)], around) == 2056
