"""Each format: complete, read back by programs of others, the same bytes again, and it says what it is."""

import csv
import json
import re
import sqlite3
import zipfile
from datetime import timedelta
from pathlib import Path

import geojson
import jsonschema
import pyogrio
import pytest

from participation import clock
from participation.demo.seeding import seed
from participation.exports.formats import FORMATS
from participation.exports.geopackage import _milliseconds
from participation.exports.tables import TABLES
from participation.imports.cells import plain_cell
from participation.proceedings.palette import rgb_color
from tests.conftest import SHARED_DATA

PLACE = "/proceedings/churchyard"
HERE = f"{PLACE}/contributions"
TITLES = ["Ein Punkt im Grünen", "Ein Weg", "Eine Fläche", "Ohne Ort"]


@pytest.fixture
def saved(client, tmp_path):
    """Return a function that downloads a file and saves it."""

    def save(address):
        response = client.get(address)
        assert response.status_code == 200
        path = tmp_path / f"file-{len(list(tmp_path.iterdir()))}{Path(address.partition('?')[0]).suffix}"
        path.write_bytes(response.data)
        return path

    return save


def table_of(path, layer=None):
    """Return the rows of a layer as GDAL reads them, as dicts."""
    meta, ids, geometry, values = pyogrio.raw.read(path, layer=layer, return_fids=True)
    names = list(meta["fields"])
    columns = [list(column) for column in values]
    rows = [dict(zip(names, row, strict=True)) for row in zip(*columns, strict=True)]
    return [{"fid": id_, **row} for id_, row in zip(ids, rows, strict=True)], geometry


def test_gdal_reads_every_layer_of_the_geopackage(saved, three):
    path = saved(HERE + ".gpkg")
    layers = dict(pyogrio.list_layers(path).tolist())
    assert layers == {
        "contributions_points": "Point",
        "contributions_lines": "LineString",
        "contributions_areas": "Polygon",
        "contributions_without_place": None,
        "layer_styles": None,
    }
    titles = [row["title"] for name in list(layers)[:4] for row in table_of(path, name)[0]]
    assert sorted(titles) == sorted(TITLES)
    info = pyogrio.read_info(path, layer="contributions_points")
    assert info["crs"] == "EPSG:4326"
    fields = dict(zip(info["fields"], info["dtypes"], strict=True))
    assert fields["votes_for"] == "int64"
    assert fields["created_at"].startswith("datetime64")


def test_qgis_finds_the_colours_of_the_categories_in_the_geopackage(saved, three):
    with sqlite3.connect(saved(HERE + ".gpkg")) as file:
        assert file.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert file.execute("PRAGMA foreign_key_check").fetchall() == []
        assert file.execute("PRAGMA application_id").fetchone() == (0x47504B47,)
        styles = file.execute("SELECT f_table_name, useAsDefault, styleQML FROM layer_styles").fetchall()
    assert [name for name, *_ in styles] == ["contributions_points", "contributions_lines", "contributions_areas"]
    for _, is_default, qml in styles:
        assert is_default
        for category in three.categories:
            assert f'value="{category.key}"' in qml
            assert ",".join(map(str, rgb_color(category.color))) in qml


def test_the_workbook_has_types_and_runs_nothing(saved, make_proceeding, make_contribution):
    proceeding = make_proceeding()
    make_contribution(
        proceeding, title="=1+1 ist zwei", text="https://example.org/ und mehr Text", created_at=clock.now()
    )
    make_contribution(proceeding, title="0012345", text="@SUM(A1:A9) und mehr Text", geometry=None)
    path = saved(HERE + ".xlsx")
    sheets = [name for name, _ in pyogrio.list_layers(path).tolist()]
    rows, _ = table_of(path, "contributions")
    assert sheets == ["contributions", "Über diese Datei"]
    assert [row["title"] for row in rows] == ["=1+1 ist zwei", "0012345"]
    assert rows[1]["text"] == "@SUM(A1:A9) und mehr Text"
    info = pyogrio.read_info(path, layer="contributions")
    fields = dict(zip(info["fields"], info["dtypes"], strict=True))
    assert (fields["id"], fields["votes_for"], fields["lon"]) == ("int32", "int32", "float64")
    assert fields["created_at"].startswith("datetime64")
    parts = zipfile.ZipFile(path)
    sheet = parts.read("xl/worksheets/sheet1.xml")
    assert b"<f>" not in sheet
    assert b"hyperlink" not in sheet
    assert not any("Target" in parts.read(name).decode() and "example.org" in parts.read(name).decode()
                   for name in parts.namelist() if name.endswith(".rels"))  # fmt: skip


def test_json_fg_tells_type_time_and_conformance(saved, three):
    path = saved(HERE + ".jsonfg")
    collection = json.loads(path.read_bytes())
    assert collection["conformsTo"][0] == "http://www.opengis.net/spec/json-fg-1/1.0/conf/core"
    assert collection["featureType"] == "contribution"
    assert collection["featureSchema"] == "http://127.0.0.1:5000/schemas/contribution-1.json"
    assert [feature["properties"]["title"] for feature in collection["features"]] == TITLES
    for feature in collection["features"]:
        assert feature["time"] == {"timestamp": feature["properties"]["created_at"]}
        assert feature["place"] is None
    assert geojson.loads(path.read_bytes()).is_valid
    assert len(table_of(path)[0]) == 4


@pytest.mark.parametrize("suffix", FORMATS)
def test_a_file_is_the_same_whenever_it_is_made(client, three, set_clock, suffix):
    first = client.get(f"{HERE}.{suffix}").data
    set_clock(clock.now() + timedelta(days=3))
    assert client.get(f"{HERE}.{suffix}").data == first


@pytest.mark.parametrize("suffix", FORMATS)
def test_every_file_tells_licence_attribution_time_and_filter(saved, make_contribution, set_clock, suffix):
    set_clock(clock.now().replace(year=2026, month=11, day=3, microsecond=0))
    make_contribution()
    path = saved(f"{HERE}.{suffix}?category=green&q=linden")
    data = path.read_bytes()
    if suffix == "xlsx":
        parts = zipfile.ZipFile(path)
        data = b"".join(parts.read(name) for name in parts.namelist())
    for word in (b"dl-de/by-2-0", b"Stadt Leipzig", b"2026-11-03T", b"category=green"):
        assert word in data, word


@pytest.mark.parametrize("suffix", FORMATS)
@pytest.mark.parametrize("query", ["", "?category=paths", "?q=geheim", "?bbox=12.3,51.3,12.4,51.4"])
def test_every_format_has_the_same_rows(saved, three, suffix, query):
    expected = {"": 4, "?category=paths": 1, "?q=geheim": 0, "?bbox=12.3,51.3,12.4,51.4": 3}[query]
    path = saved(f"{HERE}.{suffix}{query}")
    if suffix == "gpkg":
        layers = [name for name, _ in pyogrio.list_layers(path).tolist() if name != "layer_styles"]
        count = sum(len(table_of(path, layer)[0]) for layer in layers)
    elif suffix == "csv":
        count = len(table_of(path)[0])
    elif suffix == "xlsx":
        count = zipfile.ZipFile(path).read("xl/worksheets/sheet1.xml").count(b"<row ") - 1  # without the headings
    else:
        count = len(json.loads(path.read_bytes())["features"])
    assert count == expected


def test_naughty_strings_survive_or_are_replaced(saved, make_proceeding, make_contribution):
    strings = json.loads((SHARED_DATA / "geojson-cases" / "naughty-strings.json").read_text(encoding="utf-8"))
    strings = [text.replace("\0", "") for text in [*strings, "a\x01\x0b\x1fb\ufffe\uffff", "_x0041_ bleibt"]]
    proceeding, now = make_proceeding(), clock.now()
    for number, text in enumerate(strings):
        make_contribution(proceeding, text=text, created_at=now - timedelta(days=1) + timedelta(seconds=number))
    layer = saved(HERE + ".gpkg")
    with sqlite3.connect(layer) as file:
        assert [text for (text,) in file.execute("SELECT text FROM contributions_points ORDER BY id")] == strings
    collection = json.loads(saved(HERE + ".jsonfg").read_bytes())
    assert [feature["properties"]["text"] for feature in collection["features"]] == strings
    rows, _ = table_of(saved(HERE + ".xlsx"), "contributions")
    assert len(rows) == len(strings)
    assert rows[-1]["id"] - rows[0]["id"] == len(strings) - 1
    with saved(HERE + ".csv").open(encoding="utf-8", newline="") as file:
        assert [plain_cell(row["text"]) for row in csv.DictReader(file)] == strings


def test_features_keep_the_published_schema(client, three):
    schema = client.get("/schemas/contribution-1.json")
    assert schema.headers["Access-Control-Allow-Origin"] == "*"
    validator = jsonschema.Draft202012Validator(schema.get_json(force=True))
    for suffix in ("geojson", "jsonfg"):
        collection = json.loads(client.get(f"{HERE}.{suffix}").data)
        assert collection["numberReturned"] == 4
        for feature in collection["features"]:
            validator.validate(feature)
    assert set(collection["features"][0]["properties"]) == set(
        schema.get_json(force=True)["properties"]["properties"]["required"]
    )
    with pytest.raises(jsonschema.ValidationError):
        validator.validate({**collection["features"][0], "id": "1"})
    assert client.get("/schemas/contribution-9.json").status_code == 404


def test_a_format_that_does_not_exist_is_refused_with_those_that_do(client, three):
    response = client.get(HERE + ".shp")
    assert response.status_code == 404
    assert "geojson, csv, xlsx, gpkg, jsonfg" in response.get_data(as_text=True)
    assert client.get("/proceedings/churchyard/wishes.csv").status_code == 404


@pytest.mark.parametrize("suffix", FORMATS)
@pytest.mark.parametrize(
    "query, field", [("bbox=1,2,3", "bbox"), ("bbox=a,b,c,d", "bbox"), ("sort=random", "sort"), ("excel=fr", "excel")]
)
def test_a_broken_word_in_the_address_is_named(client, three, suffix, query, field):
    response = client.get(f"{HERE}.{suffix}?{query}", headers={"Accept": "application/json"})
    assert (response.status_code, response.get_json()["field"]) == (422, field)


def test_times_in_a_geopackage_have_milliseconds():
    assert _milliseconds("2026-11-03T10:00:00Z") == "2026-11-03T10:00:00.000Z"
    assert _milliseconds("2026-11-03T10:00:00.123456Z") == "2026-11-03T10:00:00.123Z"


def test_many_rows_of_all_kinds_are_in_workbook_and_geopackage(app, saved):
    with app.app_context():
        seed(slug="churchyard", contributions=3_000)
    total = json.loads(saved(HERE + ".geojson").read_bytes())["numberReturned"]
    path = saved(HERE + ".gpkg")
    layers = [name for name, _ in pyogrio.list_layers(path).tolist() if name != "layer_styles"]
    assert sum(pyogrio.read_info(path, layer=layer)["features"] for layer in layers) == total
    assert len(table_of(saved(HERE + ".xlsx"), "contributions")[0]) == total


@pytest.mark.parametrize("page, query", [("", "?category=green"), ("/about", "")], ids=["list", "about"])
def test_every_table_is_offered_in_every_format_wherever_downloads_are(client, three, page, query):
    offered = set(re.findall(r'href="(/proceedings/churchyard/\w+\.\w+[^"]*)"', client.get(PLACE + page + query).text))
    expected = {f"{PLACE}/{table}.{suffix}{query}" for table in TABLES for suffix in FORMATS}
    assert {address.replace("&amp;", "&") for address in offered if "excel" not in address} == expected
    assert len([address for address in offered if "excel=de" in address]) == 1
    assert {client.get(address).status_code for address in sorted(offered)} == {200}
