"""What comes in, what is refused, and what a second run does."""

import csv
import io
import json
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from participation import clock
from participation.audit.models import AuditEvent
from participation.contributions.models import Origin
from participation.contributions.states import PublicationState
from participation.database import db
from participation.proceedings.models import Phase, Placing
from tests.imports.conftest import HEAD


def test_one_bad_row_keeps_all_out_unless_bad_ones_are_to_be_skipped(run, stored, table):
    bad = "a2;Ein Titel;zu kurz;;"
    refused = run(table(bad))
    assert refused.exit_code == 1
    assert "1 row is bad, so nothing was imported." in refused.output
    assert stored() == []
    taken = run(table(bad), "--skip-bad")
    assert taken.exit_code == 0
    assert "Imported: 1 new, 1 bad row left out." in taken.output
    assert [row.import_key for row in stored()] == ["a1"]


def test_a_dry_run_tells_everything_and_writes_nothing(app, run, stored, table):
    result = run(table(), "--dry-run")
    assert result.exit_code == 0
    assert "Dry run, nothing was written: 1 new." in result.output
    assert stored() == []
    with app.app_context():
        assert db.session.scalars(select(AuditEvent)).all() == []


def test_a_second_run_adds_nothing_and_leaves_changed_rows_as_they_are(run, stored, table):
    run(table())
    again = run(table())
    assert "Imported: 0 new, 1 was here already.\nEvery row was here already." in again.output
    changed = run(table().replace("Zwei", "Drei") + "a9;Noch eine Bank;Am anderen Ende.;;\n")
    assert "Line 2: is here already with other content, and stays as it is." in changed.stderr
    assert "Imported: 1 new, 1 was here already, 1 of them differs." in changed.output
    assert [row.text for row in stored()] == ["Zwei Bänke im Schatten.", "Am anderen Ende."]


def test_without_ids_the_content_is_the_id_and_equal_rows_are_kept(run, stored):
    table = "title,text\n" + "Ein Titel,Der gleiche Text.\n" * 3 + "Ein Titel,Ein anderer Text.\n"
    assert "4 new" in run(table).output
    assert "0 new, 4 were here already" in run(table).output
    assert len(stored()) == 4


def test_an_id_twice_in_one_file_is_a_bad_row(run, table):
    result = run(table("a1;Noch ein Titel;Noch ein Text dazu.;;"))
    assert "Line 3, id: The id “a1” is that of row 2 already." in result.stderr


def test_two_files_that_number_from_one_are_kept_apart_by_their_source(run, stored, table):
    run(table(), "--source", "Bürgersaal")
    other = table().replace("Bänke am Ring", "Licht am Ring")
    assert "1 of them differs" in run(other, "--source", "Bürgersaal").output
    assert "1 new" in run(other, "--source", "Rathaus").output
    assert [row.import_key for row in stored()] == ["Bürgersaal:a1", "Rathaus:a1"]


def test_a_very_long_id_still_is_one(run, stored, table):
    long = table().replace("a1;", "x" * 500 + ";")
    run(long)
    assert "0 new" in run(long).output
    assert stored()[0].import_key.startswith("sha256:")


def test_what_comes_in_is_complete(app, run, stored, hall, set_clock):
    now = datetime(2026, 11, 20, 12, tzinfo=UTC)
    phase_starts = clock.now() - timedelta(days=10)
    set_clock(now := max(now, clock.now()))
    said_at = (phase_starts + timedelta(days=1)).strftime("%d.%m.%Y 14:30")
    row = f"7;Bänke;'=Zwei Bänke im Schatten;12,3707;51,3421;Wege;Question;{said_at};en;Marek Z.\n"
    result = run(
        "nr;titel;text;lon;lat;thema;art;datum;sprache;wer\n" + row,
        *("--public-name", "wer", "--origin", "hall", "--state", "submitted"),
        category="",
    )
    assert result.exit_code == 0, result.output
    (one,) = stored()
    assert (one.title, one.text, one.language, one.public_name) == (
        "Bänke",
        "=Zwei Bänke im Schatten",
        "en",
        "Marek Z.",
    )
    assert (one.state, one.origin, one.published_at) == (PublicationState.SUBMITTED, Origin.HALL, None)
    assert one.created_at.strftime("%d.%m.%Y") == said_at[:10]
    assert one.updated_at == now
    assert (one.pin_x is None, one.votes_for, one.comment_count, one.version) == (False, 0, 0, 1)
    assert len(one.fingerprint) == 64
    with app.app_context():
        assert one.phase_id == db.session.scalar(select(Phase.id).where(Phase.proceeding_id == hall.id))
        assert one.category_id == next(c.id for c in hall.categories if c.key == "paths")
        assert one.type_id == next(t.id for t in hall.types if t.key == "question")
        (event,) = db.session.scalars(select(AuditEvent)).all()
    assert (event.action, event.subject_id, event.details["added"]) == ("imports.import", hall.id, 1)
    assert "Marek" not in json.dumps(event.details)


@pytest.mark.parametrize("cells, problem", [
    ("12,3707;", "“lat” is empty, but the other coordinate is there."),
    ("x;51", "“x” in “lon” is no coordinate."),
    ("7031;50,7", "7031.0, 50.7 is no place on Earth"),
    ("0;0", "0, 0 is no place."),
    ("51,3421;12,3707", "The place is far away, but with its two coordinates exchanged it would be here."),
    ("508,93;11,94", "508.93, 11.94 is no place on Earth"),
])  # fmt: skip
def test_a_wrong_place_is_a_bad_row_and_never_another_place(run, stored, cells, problem):
    table = f"{HEAD}\nb1;Bänke am Ring;Zwei Bänke im Schatten.;{cells}\n"
    result = run(table)
    assert result.exit_code == 1
    assert f"Line 2, lon: {problem}" in result.stderr
    taken = run(table, "--without-place-if-wrong")
    assert "1 new, 1 without its wrong place" in taken.output
    assert [row.geometry for row in stored()] == [None]


def test_a_place_in_another_city_is_told_with_its_row(run, stored):
    result = run(f"{HEAD}\nb1;Bänke am Ring;Zwei Bänke im Schatten.;13,4;52,5\n")
    assert "Line 2, lon: This place is more than 20 kilometres away" in result.stderr
    assert stored() == []


def test_axes_are_exchanged_only_on_request(run, stored):
    table = f"{HEAD}\nb1;Bänke am Ring;Zwei Bänke im Schatten.;51,3421;12,3707\n"
    assert "--swap-axes" in run(table).stderr
    assert run(table, "--swap-axes").exit_code == 0
    assert stored()[0].geometry.coords[0] == (12.3707, 51.3421)


def test_a_wrong_place_stays_a_bad_row_where_a_place_is_required(run, make_proceeding):
    make_proceeding("strict", is_place_required=True, placing=Placing.INSIDE)
    table = f"{HEAD}\nb1;Bänke am Ring;Zwei Bänke im Schatten.;12,39;51,35\nb2;Ein Titel;Ein Text dazu.;;\n"
    result = run(table, "--without-place-if-wrong", slug="strict")
    assert result.exit_code == 1
    assert "Line 2, lon: This place is outside the planning area." in result.stderr
    assert "Line 3, lon: Choose a place on the map." in result.stderr


def test_a_topic_is_found_by_key_or_name_or_what_the_command_says(run, stored):
    rows = ["green", "GRÜN UND KLIMA", "Paths", "Bäume", "", "Verkehr"]
    table = "title;text;Kategorie\n" + "".join(f"Ein Titel;Ein Text zum Thema.;{word}\n" for word in rows)
    refused = run(table, category="")
    assert [line.split(":")[0] for line in refused.stderr.splitlines()[:3]] == [
        f"Line {n}, Kategorie" for n in (5, 6, 7)
    ]
    assert "“Bäume” is none of the topics." in refused.stderr
    taken = run(table, "--category-map", "bäume=green", category="paths")
    assert taken.exit_code == 0, taken.output
    with_category = [row.category_id for row in stored()]
    green, paths = with_category[0], with_category[2]
    assert with_category == [green, green, paths, green, paths, paths]


@pytest.mark.parametrize("arguments, message", [
    (["--category-default", "sports"], "There is no topic “sports”. Topics are: green, paths."),
    (["--category-map", "Bäume"], "Write --category-map as WORD=KEY."),
    (["--category-map", "Bäume=sports"], "There is no topic “sports”."),
    ([], "Name one with --category, or give all rows the same with --category-default."),
    (["--category-default", "green", "--delimiter", "xx"], "must be a single character"),
    (["--category-default", "green", "--title", "Titel"], "The file has no column “Titel”."),
])  # fmt: skip
def test_a_command_that_cannot_work_says_what_to_add(run, stored, table, arguments, message):
    result = run(table(), *arguments, category="")
    assert result.exit_code == 1
    assert message in result.output
    assert stored() == []


@pytest.mark.parametrize("column, cell, problem", [
    ("art", "Lob", "“Lob” is none of the types."),
    ("datum", "03/28/2026", "is no day as we read it"),
    ("datum", "28.03.2066", "cannot be right"),
    ("datum", "1888-01-01", "cannot be right"),
    ("sprache", "deutsch und englisch", "short code such as de or en"),
    ("wkt", "CIRCLE (1 2 3)", "is no POINT, LINESTRING or POLYGON"),
    ("wkt", "POLYGON ((0 0, 1 1", "is no POINT, LINESTRING or POLYGON"),
    ("wkt", "POINT (1e999 2)", "is no POINT, LINESTRING or POLYGON"),
    ("wkt", f"POINT ({'9' * 400} 2)", "is no POINT, LINESTRING or POLYGON"),
    ("wkt", "POINT EMPTY", "is no POINT, LINESTRING or POLYGON"),
    ("wkt", "POLYGON ((12 51, 13 52, 12 52, 13 51, 12 51))", "The outline crosses itself near 12.5, 51.5."),
    ("anzeigename", "x" * 81, "at most 80 characters"),
])  # fmt: skip
def test_every_other_cell_is_checked_too(run, column, cell, problem):
    result = run(f"title;text;{column}\nEin Titel;Ein Text dazu.;{cell}\n")
    assert result.exit_code == 1
    assert f"Line 2, {column}: " in result.stderr
    assert problem in result.stderr


def test_an_area_given_as_text_comes_in_with_its_ring_turned_round(run, stored):
    ring = "12.370 51.341, 12.370 51.342, 12.371 51.342, 12.370 51.341"
    shapes = [f"POLYGON (({ring}))", "LINESTRING Z (12.37 51.34 1, 12.38 51.35 1)"]
    run("title;text;wkt\n" + "".join(f"Ein Titel;Ein Text dazu.;{wkt}\n" for wkt in shapes))
    area, way = (row.geometry for row in stored())
    assert area.exterior.is_ccw
    assert not way.has_z


def test_bad_rows_are_written_to_a_file_that_can_be_mended_and_imported(run, stored, table, tmp_path):
    bad = tmp_path / "bad.csv"
    run(table("a2;Ein Titel;=kurz;12,37;51,34"), "--skip-bad", "--bad-rows", str(bad))
    text = bad.read_text(encoding="utf-8-sig")
    (row,) = csv.DictReader(io.StringIO(text, newline=""), delimiter=";")
    assert row["line"] == "3"
    assert row["column"] == "text"
    assert row["reason"] == "Write at least 10 characters."
    assert row["text"] == "'=kurz"
    assert run(text.replace("'=kurz", "'=lang genug")).exit_code == 0
    assert [(row.import_key, row.text) for row in stored()][1] == ("a2", "=lang genug")


def test_our_own_table_comes_in_again_as_it_went_out(run, stored, hall, make_contribution, client, make_proceeding):
    source = make_proceeding("source")
    make_contribution(source, title="=Ein Titel", text='-Text\n"mit", allem;', geometry=None, category="paths")
    make_contribution(source, title="'@Ein Titel", text="Ein Text dazu.", type="question")
    for query in ("", "?excel=de"):
        table = client.get("/proceedings/source/contributions.csv" + query).data
        result = run(table, "--source", query or "plain", category="")
        assert result.exit_code == 0, result.output
    told = [(row.title, row.text, row.geometry) for row in stored()]
    assert told[2:4] == told[4:6] == told[:2]


def test_the_words_are_german_on_a_german_terminal(run, table, monkeypatch):
    monkeypatch.setenv("LC_ALL", "de_DE.UTF-8")
    result = run(table("a2;Ein Titel;kurz;;"))
    assert "Zeile 3, text: " in result.stderr
    assert "1 Zeile ist fehlerhaft" in result.output


def test_features_are_named_by_their_place_in_the_file(run, stored):
    feature = {"type": "Feature", "geometry": None, "properties": {"titel": "Ein Titel", "text": 5, "lon": 99}}
    result = run(json.dumps({"type": "FeatureCollection", "features": [feature]}), name="x.geojson")
    assert "Feature 1, text: Write at least 10 characters." in result.stderr
    feature["properties"]["text"] = ["eine", "Liste"]
    result = run(json.dumps({"type": "FeatureCollection", "features": [feature]}), name="x.geojson")
    assert "There must be a text here" in result.stderr
    feature |= {"id": 12, "geometry": {"type": "Point", "coordinates": []}}
    feature["properties"] = {"titel": "Ein Titel", "text": "Ein Text dazu.", "lon": 12.3, "lat": 51.3}
    result = run(json.dumps({"type": "FeatureCollection", "features": [feature]}), name="x.geojson")
    assert "The place is empty." in result.stderr
    assert stored() == []
