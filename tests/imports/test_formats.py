"""Spreadsheets and GeoPackages come in as CSV and GeoJSON do; hostile ones are refused."""

import io
import struct
import zipfile
from datetime import datetime

import pytest
import shapely
from pyproj import Transformer

from tests.imports.foreign_formats import blob, geopackage, workbook

HERE = shapely.Point(12.3707, 51.3421)
NO_SHAPE = "The place is no point, line or area that can be read."
TEXT = "Zwei Bänke im Schatten."
ROW = (blob(HERE), "Bänke am Ring", TEXT)


def test_a_spreadsheet_comes_in_with_its_numbers_and_days(run, stored):
    day = datetime(2026, 9, 2, 14, 30)  # noqa: DTZ001 – a sheet has no zones
    rows = [("nr", "titel", "text", "lon", "lat", "datum"), (7.0, "'=Bänke", TEXT, 12.3707, 51.3421, day)]
    result = run(workbook(*rows), name="Rückläufe.xlsx")
    assert result.exit_code == 0, result.output
    assert "XLSX, 1 row" in result.output
    (one,) = stored()
    assert (one.import_key, one.title, one.text) == ("7", "=Bänke", TEXT)
    assert one.created_at.isoformat() == "2026-09-02T12:30:00+00:00"
    assert one.geometry.equals(HERE)


def test_one_of_several_sheets_is_named(run, stored):
    data = workbook(("titel", "text"), ("Bänke am Ring", TEXT), sheets=("Saal", "Post"))
    assert "several sheets or layers: “Saal”, “Post”" in run(data, name="a.xlsx").output
    assert "no sheet or layer “Keller”" in run(data, "--layer", "Keller", name="a.xlsx").output
    assert run(data, "--layer", "Post", name="a.xlsx").exit_code == 0
    assert len(stored()) == 1


def test_a_formula_is_taken_as_the_value_that_was_saved(run, stored):
    data = workbook(("titel", "text"), ("Bänke am Ring", '=REPT("Bank ",3)'))
    assert run(data, name="a.xlsx").exit_code == 1  # xlsxwriter saves 0 as its value: too short for a text
    assert stored() == []


def bomb():
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(5):
            archive.writestr(f"xl/worksheets/sheet{number}.xml", b"\0" * 100_000_000)
    return stream.getvalue()


def lying_bomb():
    """What the directory says about the size is a lie: 10 bytes each."""
    data = bytearray(bomb())
    while (place := data.find(struct.pack("<I", 100_000_000))) >= 0:
        data[place : place + 4] = struct.pack("<I", 10)
    return bytes(data)


def with_part(name, content):
    """Return a workbook with one of its parts replaced."""
    source, target = io.BytesIO(workbook(("titel", "text"), ("Bänke am Ring", TEXT))), io.BytesIO()
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for member in old.namelist():
            new.writestr(member, content if member == name else old.read(member))
    return target.getvalue()


LAUGHS = "<!DOCTYPE x [<!ENTITY a0 'lol'>" + "".join(f"<!ENTITY a{n} '{f'&a{n - 1};' * 10}'>" for n in range(1, 12))
SHEET = "xl/worksheets/sheet1.xml"
LAUGHING = LAUGHS + "]><worksheet><sheetData><row><c><v>&a11;</v></c></row></sheetData></worksheet>"


@pytest.mark.parametrize("data", [
    bomb(),
    lying_bomb(),
    b"PK\x03\x04" + b"\xff" * 500,
    with_part(SHEET, b"<worksheet><sheetData><row"),
    with_part(SHEET, LAUGHING.encode()),
    with_part(SHEET, b"<worksheet/>"),
    with_part("xl/workbook.xml", b"<nothing/>"),
    with_part("xl/sharedStrings.xml", b""),
    with_part("[Content_Types].xml", b"<Types xmlns='http://schemas.openxmlformats.org/package/2006/content-types'/>"),
], ids=["bomb", "lying", "no zip", "cut off", "laughs", "empty", "no book", "no strings", "no types"])  # fmt: skip
def test_a_hostile_spreadsheet_is_refused_with_a_sentence(run, stored, data):
    result = run(data, name="a.xlsx")
    assert result.exit_code == 1
    assert isinstance(result.exception, SystemExit)
    assert result.output.startswith("Error: ")
    assert stored() == []


def test_a_sheet_that_says_it_is_endless_is_read_as_far_as_it_has_rows(run, stored):
    far = workbook(("titel", "text"), ("Bänke am Ring", TEXT), *[()] * 1_000, ("",) * 16_000 + ("weit weg",))
    assert run(far, name="a.xlsx").exit_code == 0
    assert len(stored()) == 1


def test_a_geopackage_brings_its_coordinate_system_along(run, stored):
    x, y = Transformer.from_crs(4326, 25833, always_xy=True).transform(HERE.x, HERE.y)
    box = struct.pack("<4d", x, x, y, y)
    rows = [(blob(shapely.Point(x, y), flags=0b0011, envelope=box), "Bänke am Ring", TEXT)]
    result = run(geopackage(rows, epsg=25833), name="hinweise.gpkg")
    assert result.exit_code == 0, result.output
    assert "GeoPackage, 1 row" in result.output
    (one,) = stored()
    assert one.import_key == "1"
    assert one.geometry.distance(HERE) < 1e-6


def test_a_geopackage_with_an_open_journal_is_read(run, stored):
    assert run(geopackage([ROW], journal="wal"), name="a.gpkg").exit_code == 0
    assert len(stored()) == 1


def nested(depth):
    """A MultiPoint of a MultiPoint of …, as no program writes it."""
    return b"".join(struct.pack("<BII", 1, 4, 1) for _ in range(depth)) + shapely.to_wkb(HERE)


@pytest.mark.parametrize("place, reason", [
    (blob(shapely.MultiPoint([(12.37, 51.34), (12.38, 51.34)])), "Several places in one"),
    (blob(shapely.GeometryCollection([HERE])), NO_SHAPE),
    (blob(nested(1_000_000)), NO_SHAPE),
    (blob(b"\x01\x01"), NO_SHAPE),
    (blob(HERE, flags=0b1111), NO_SHAPE),
    (blob(HERE, flags=0b100001), NO_SHAPE),
    (b"GP", NO_SHAPE),
    ("POINT (12 51)", NO_SHAPE),
    (blob(struct.pack("<BII", 1, 2, 4_000_000_000)), NO_SHAPE),
], ids=["several", "collection", "nested", "cut", "envelope", "extended", "head", "text", "endless"])  # fmt: skip
def test_a_wrong_shape_is_a_bad_row_and_the_others_come_in(run, stored, place, reason):
    result = run(geopackage([(place, "Ein Titel", TEXT), ROW]), "--skip-bad", name="a.gpkg")
    assert result.exit_code == 0, result.output
    assert f"Feature 1: {reason}" in result.stderr
    assert len(stored()) == 1


def test_triggers_views_and_virtual_tables_of_a_geopackage_do_nothing(run, stored):
    more = """
      CREATE TRIGGER t AFTER INSERT ON hinweise BEGIN DELETE FROM hinweise; END;
      CREATE VIEW endless AS WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT x AS titel FROM c;
      INSERT INTO gpkg_geometry_columns VALUES ('endless', 'geom', 'POINT', 4326, 0, 0);
      CREATE VIRTUAL TABLE found USING fts5(titel, text);
      INSERT INTO gpkg_geometry_columns VALUES ('found', 'geom', 'POINT', 4326, 0, 0);
    """
    assert run(geopackage([ROW], more=more), name="a.gpkg").exit_code == 0
    assert len(stored()) == 1


@pytest.mark.parametrize("data", [
    b"SQLite format 3\x00" + b"\x00" * 84,
    b"SQLite format 3\x00" + b"\xff" * 5_000,
    geopackage([ROW])[:6_000],
    geopackage([ROW], more="DROP TABLE gpkg_geometry_columns"),
    geopackage([ROW], more="DELETE FROM gpkg_geometry_columns"),
    geopackage([ROW], more="DROP TABLE gpkg_geometry_columns; CREATE VIEW gpkg_geometry_columns AS WITH RECURSIVE "
               "c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT 'a' AS table_name, x AS column_name FROM c "
               "WHERE x < 0"),
    geopackage([ROW], layers=("a", "b")),
], ids=["head", "noise", "cut", "no register", "no layer", "endless register", "two layers"])  # fmt: skip
def test_a_hostile_geopackage_is_refused_with_a_sentence(run, stored, data):
    result = run(data, name="a.gpkg")
    assert result.exit_code == 1
    assert isinstance(result.exception, SystemExit)
    assert result.output.startswith("Error: ")
    assert stored() == []
