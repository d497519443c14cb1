"""Real input: 2,163 contributions from Bonn go in as they are, and the download holds exactly what went in."""

import csv
import io
import json
import re
from decimal import Decimal

import pytest
from shapely import box
from shapely.geometry import MultiPolygon
from sqlalchemy import select

from participation.contributions.models import Contribution
from participation.database import db, spatial_index_problems
from participation.imports.commands import import_file
from tests.conftest import SHARED_DATA

FILE = SHARED_DATA / "contributions" / "bonn_raddialog_2017.csv"
AREA = MultiPolygon([box(7.00, 50.62, 7.25, 50.78)])
WITHOUT_TEXT = 28
WRONG_LONGITUDE = "B2371"


@pytest.fixture
def bonn(make_proceeding):
    return make_proceeding("bonn", project_area=AREA, text_max=2000)


@pytest.fixture
def run(app, monkeypatch):
    """Run `flask import bonn FILE …` on an English terminal; returns click's result."""
    monkeypatch.setenv("LC_ALL", "C")

    def call(*arguments):
        return app.test_cli_runner().invoke(import_file, ["bonn", str(FILE), "--category-default", "paths", *arguments])

    return call


def rows_of_the_file():
    text = FILE.read_bytes().decode("windows-1252")
    return list(csv.DictReader(io.StringIO(text, newline=""), delimiter=";"))


def legal_rows():
    return {
        row["document_id"]: row
        for row in rows_of_the_file()
        if len(row["text"].strip()) >= 10
        and 5 <= len(row["title"].strip()) <= 200
        and row["document_id"] != WRONG_LONGITUDE
    }


def test_all_or_nothing_is_the_rule_and_each_bad_row_is_named(run, bonn, app):
    result = run()
    assert result.exit_code == 1
    lines = [line for line in result.stderr.splitlines() if line.startswith("Line ")]
    rows = rows_of_the_file()
    assert len(lines) == len(rows) - len(legal_rows())
    numbers = [int(re.match(r"Line (\d+)", line)[1]) for line in lines]
    physical = FILE.read_bytes().decode("windows-1252").splitlines()
    assert all(rows[number - 2]["document_id"] in physical[number - 1] for number in numbers)
    assert sum("text: Write at least 10 characters." in line for line in lines) >= WITHOUT_TEXT
    assert any("7031.0, 50.7" in line and "no place on Earth" in line for line in lines)
    with app.app_context():
        assert db.session.scalar(select(Contribution.id).limit(1)) is None


def test_what_went_in_comes_out_of_the_download_unchanged(run, bonn, app, client):
    result = run("--skip-bad")
    assert result.exit_code == 0, result.output
    legal = legal_rows()
    assert "windows-1252, “;”, 2163 rows" in result.output
    assert f"Imported: {len(legal)} new, {2163 - len(legal)} bad rows left out." in result.output

    collection = json.loads(client.get("/proceedings/bonn/contributions.geojson").data)
    assert collection["numberReturned"] == len(collection["features"]) == len(legal)
    with app.app_context():
        keys = dict(db.session.execute(select(Contribution.id, Contribution.import_key)).all())
        assert spatial_index_problems(db.session.connection()) == []
    for feature in collection["features"]:
        row = legal.pop(keys[feature["id"]])
        properties = feature["properties"]
        assert properties["title"] == " ".join(row["title"].split())
        assert properties["text"] == row["text"].strip()
        place = [float(round(Decimal(row[name].replace(",", ".")), 7)) for name in ("lon", "lat")]
        assert feature["geometry"] == {"type": "Point", "coordinates": place}
    assert legal == {}


def test_a_second_run_adds_nothing_and_says_so(run, bonn, app):
    run("--skip-bad")
    second = run("--skip-bad")
    assert second.exit_code == 0
    assert "0 new, 2132 were here already" in second.output
    assert "Every row was here already." in second.output


def test_rows_without_text_and_with_a_wrong_place_can_be_taken_on_request(run, bonn, app):
    result = run("--text-default", "Ohne Beschreibung.", "--without-place-if-wrong", "--skip-bad")
    assert result.exit_code == 0, result.output
    assert "Imported: 2161 new, 1 without its wrong place, 2 bad rows left out." in result.output
    with app.app_context():
        lost = db.session.scalar(select(Contribution).where(Contribution.import_key == WRONG_LONGITUDE))
        assert lost is not None
        assert lost.geometry is None
        assert lost.pin_x is None
