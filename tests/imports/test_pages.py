"""The way of a file through the page: upload, columns, preview, check, import, undo."""

import csv
import io
import os
import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from participation import clock
from participation.accounts.models import Role
from participation.audit.models import AuditEvent
from participation.contributions.models import Contribution, Origin
from participation.contributions.states import PublicationState
from participation.database import db, transaction
from participation.imports import runs
from participation.imports.models import ImportedContribution, ImportRun, RunState
from participation.screening.models import ScreenedText
from tests.imports.desk import Desk
from tests.imports.foreign_formats import blob, geopackage, workbook
from tests.imports.test_formats import HERE, TEXT, bomb

GOOD = "a1;Bänke am Ring;Zwei Bänke im Schatten.;12,3707;51,3421;green\n"
TABLE = "nr;titel;text;lon;lat;thema\n" + GOOD


def rows(count):
    return TABLE + "".join(
        f"b{n};Linde {n};Eine Linde mehr an Stelle {n}.;12,3707;51,3421;green\n" for n in range(count)
    )


FEATURE = """{"type": "FeatureCollection", "features": [{"type": "Feature", "geometry": {"type": "Point", "coordinates":
[12.3707, 51.3421]}, "properties": {"titel": "Bänke am Ring", "text": "Zwei Bänke im Schatten."}}]}"""


def contributions(app):
    with app.app_context():
        return db.session.scalars(select(Contribution).order_by(Contribution.id)).all()


@pytest.mark.parametrize("data, name", [
    (TABLE, "table.csv"),
    (workbook(*[line.split(";") for line in TABLE.splitlines()]), "table.xlsx"),
    (geopackage([(blob(HERE), "Bänke am Ring", TEXT)]), "table.gpkg"),
    (FEATURE, "table.geojson"),
], ids=["csv", "xlsx", "gpkg", "geojson"])  # fmt: skip
def test_a_file_comes_in_with_its_columns_guessed_and_its_origin_kept(app, desk, manager, data, name):
    assert desk.upload(data, name).status_code == 303
    page = desk.text()
    assert "Bänke am Ring" in page
    assert 'data-module="features-map"' in page
    assert desk.check(category="green").status_code == 303
    assert "1 row can come in" in desk.text()
    assert contributions(app) == []
    assert desk.act("import").status_code == 303
    desk.go_on()
    (one,) = contributions(app)
    assert (one.title, one.origin, one.state) == ("Bänke am Ring", Origin.PAPER, PublicationState.PUBLISHED)
    assert one.geometry.distance(HERE) < 1e-6
    run = desk.run()
    assert (run.state, run.added_count, run.user_id) == (RunState.DONE, 1, manager.user_id)
    assert name in desk.client.get("/en/manage/churchyard/import").get_data(as_text=True)
    with app.app_context():
        event = db.session.scalars(select(AuditEvent).where(AuditEvent.action == "imports.import")).one()
        assert (event.user_id, event.details["added"]) == (manager.user_id, 1)
        assert db.session.scalar(select(func.count()).select_from(ScreenedText)) == 1


def test_a_preview_shows_what_other_columns_would_mean_and_keeps_nothing(desk):
    desk.upload(TABLE)
    before = desk.run().choices
    answer = desk.client.send(desk.path(), desk.fields() | {"column_title": "nr", "preview": "1"})
    assert answer.status_code == 200
    assert "The headline needs at least" in answer.get_data(as_text=True)
    assert desk.run().choices == before


def test_metres_are_guessed_and_exchanged_ones_offered_to_be_turned(app, desk):
    desk.upload("titel;text;rechtswert;hochwert\nBänke am Ring;Zwei Bänke im Schatten.;5691230;316900\n")
    assert desk.fields()["epsg"] == "25833"
    desk.check(category="green")
    assert "would be here with its two coordinates exchanged" in desk.text()
    desk.act("turn")
    desk.go_on()
    assert "1 row can come in" in desk.text()
    desk.act("import")
    assert contributions(app)[0].geometry.distance(HERE) < 0.01


@pytest.mark.parametrize("change, message", [
    ({"column_title": ""}, "Choose a column for the headline, or enter one for all rows."),
    ({"column_text": ""}, "Choose a column for the text, or enter one for all rows."),
    ({"column_category": ""}, "Choose a column for the topic, or a topic for all rows."),
    ({"column_lon": ""}, "Choose both columns of the place, or none."),
    ({"epsg": ""}, "Enter a number such as 25832."),
    ({"epsg": "9999999999"}, "is no coordinate system that we know"),
    ({"column_title": "no such"}, "Not a valid choice"),
    ({"origin": "web"}, "Not a valid choice"),
    ({"state": "hidden"}, "Not a valid choice"),
])  # fmt: skip
def test_what_cannot_be_checked_is_told_at_its_field(desk, change, message):
    desk.upload(TABLE)
    answer = desk.check(**change)
    assert answer.status_code == 422
    assert message in answer.get_data(as_text=True)
    assert desk.run().state is RunState.OPEN


def test_bad_rows_are_counted_by_reason_and_come_back_as_a_safe_table(app, desk):
    bad = "=cmd|x;Ein Titel;kurz;;;green\nb2;Noch ein Titel;kurz;;;green\n"
    desk.upload(TABLE + bad)
    desk.check()
    page = desk.text()
    assert "2 rows cannot come in" in page
    assert "Write at least 10 characters." in page
    answer = desk.client.get(desk.path("/bad-rows.csv"))
    assert answer.headers["Content-Disposition"].startswith("attachment;")
    head, first, _ = csv.reader(io.StringIO(answer.data.decode("utf-8-sig")), delimiter=";")
    assert head == ["line", "column", "reason", "nr", "titel", "text", "lon", "lat", "thema"]
    assert first == ["3", "text", "Write at least 10 characters.", "'=cmd|x", "Ein Titel", "kurz", "", "", "green"]
    desk.act("import")
    desk.go_on()
    assert len(contributions(app)) == 1
    assert "2 rows cannot come in" in desk.text()


@pytest.mark.parametrize("data, name, message", [
    (b"", "a.csv", "must name its columns"),
    (bomb(), "a.xlsx", "unpacks to more than 400 megabytes"),
    (b"PK\x03\x04" + b"\x00" * 50, "a.xlsx", "damaged, or no XLSX file"),
    (b"SQLite format 3\x00" + b"\xff" * 500, "a.gpkg", "damaged, or no GeoPackage file"),
    (b"{", "a.geojson", "JSON"),
    (workbook(("titel",), ("x",), sheets=("A", "B")), "a.xlsx", "Name the one to read"),
], ids=["empty", "bomb", "zip", "gpkg", "json", "sheets"])  # fmt: skip
def test_a_file_that_cannot_be_read_is_refused_with_a_sentence(app, desk, data, name, message):
    answer = desk.upload(data, name)
    assert answer.status_code == 422
    assert message in answer.get_data(as_text=True)
    with app.app_context():
        assert db.session.scalars(select(ImportRun)).all() == []


def test_a_file_that_is_too_large_is_refused_before_it_is_read(app, desk, settings_with):
    settings_with(max_upload_megabytes=1)
    answer = desk.upload_large("x" * 2_000_000)
    assert answer.status_code == 422
    assert "larger than 1 megabytes" in answer.get_data(as_text=True)


def test_other_forms_keep_their_own_bound(desk):
    assert desk.client.send("/en/sign-in", {"email": "x" * 2_000_000}).status_code == 413


@pytest.fixture
def settings_with(app, monkeypatch):
    def change(**values):
        monkeypatch.setitem(app.extensions, "settings", replace(app.extensions["settings"], **values))

    return change


def test_a_check_that_is_broken_off_goes_on_where_it_was_and_finds_the_same(app, desk, monkeypatch):
    monkeypatch.setattr(runs, "CHECKED_AT_A_TIME", 2)
    content = "titel;text\n" + "Ein Titel;Der gleiche Text.\n" * 5
    desk.upload(content)
    desk.client.send(desk.path(), desk.fields() | {"category": "green", "check": "1"})
    first = desk.client.send(desk.path("/go"), headers={"Accept": "application/json"}).json
    assert first == {"done": 2, "total": 5}
    assert "<b data-done>2</b>" in desk.text()
    desk.go_on()
    desk.act("import")
    desk.go_on()
    assert len(contributions(app)) == 5
    desk.upload(content)
    desk.check(category="green")
    desk.act("import")
    desk.go_on()
    assert len(contributions(app)) == 5
    assert "5 rows were here already" in desk.text()


def test_an_import_that_fails_in_between_leaves_nothing_and_can_be_repeated(app, desk, monkeypatch):
    desk.upload(rows(3))
    desk.check()
    with monkeypatch.context() as patched:
        patched.setattr(runs, "insert_rows", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            desk.act("import")
    assert contributions(app) == []
    assert desk.run().state is RunState.CHECKED
    desk.act("import")
    desk.go_on()
    assert len(contributions(app)) == 4


def test_importing_twice_imports_once(app, desk):
    desk.upload(rows(2))
    desk.check()
    desk.act("import")
    answer = desk.client.send(desk.path("/act"), {"act": "import"}, follow_redirects=True)
    assert "This import has gone on meanwhile." in answer.get_data(as_text=True)
    desk.go_on()
    assert len(contributions(app)) == 3
    for name in ("turn", "change", "discard"):
        desk.act(name)
        assert desk.run().state is RunState.DONE


def test_undoing_deletes_what_nobody_touched_and_says_what_stays_and_why(app, desk, make_comment, monkeypatch):
    monkeypatch.setattr(runs, "UNDONE_AT_A_TIME", 2)
    desk.upload(rows(4))
    desk.check()
    desk.act("import")
    desk.go_on()
    _, commented, answered, changed, _ = contributions(app)
    make_comment(commented)
    with app.app_context(), transaction() as session:
        session.get(Contribution, answered.id).response = "Das machen wir."
        session.get(Contribution, changed.id).title = "Ein anderer Titel"
    assert "There are comments: 1 contribution" in desk.text()
    desk.act("undo")
    desk.go_on()
    assert [one.id for one in contributions(app)] == [commented.id, answered.id, changed.id]
    page = desk.text()
    assert "2 contributions were taken back" in page
    for reason in ("There are comments", "The city answered it", "It was changed"):
        assert reason in page
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(ScreenedText)) == 3
        assert db.session.scalar(select(func.count()).select_from(ImportedContribution)) == 3
        actions = set(db.session.scalars(select(AuditEvent.action)))
        assert {"imports.take_file", "imports.import", "imports.undo", "imports.undone"} <= actions


def test_after_undoing_the_corrected_file_comes_in(app, desk):
    desk.upload(TABLE)
    desk.check()
    desk.act("import")
    desk.go_on()
    desk.act("undo")
    desk.go_on()
    assert contributions(app) == []
    desk.upload(TABLE.replace("Zwei", "Drei"))
    desk.check()
    desk.act("import")
    assert [one.text for one in contributions(app)] == ["Drei Bänke im Schatten."]


@pytest.mark.parametrize("later, is_possible", [(timedelta(), True), (timedelta(seconds=1), False)])
def test_an_import_can_be_undone_for_thirty_days(app, desk, set_clock, later, is_possible):
    set_clock(clock.now())
    desk.upload(TABLE)
    desk.check()
    desk.act("import")
    desk.go_on()
    set_clock(desk.run().imported_at + timedelta(days=30) + later)
    assert ("Those that people answered" in desk.text()) is is_possible
    desk.act("undo")
    assert (desk.run().state is RunState.UNDOING) is is_possible


def test_files_are_deleted_after_a_day_and_what_was_imported_stays(app, desk, set_clock):
    desk.upload(TABLE)
    desk.check()
    desk.act("import")
    desk.go_on()
    desk.upload(rows(1))
    folder = Path(app.instance_path) / "imports"
    before = set(folder.iterdir())
    for path in before:
        os.utime(path, (0, 0))
    set_clock(clock.now() + timedelta(days=1, seconds=1))
    desk.upload(TABLE)
    assert not set(folder.iterdir()) & before
    with app.app_context():
        states = db.session.scalars(select(ImportRun.state).order_by(ImportRun.id)).all()
    assert states == [RunState.DONE, RunState.OPEN]


def test_the_file_is_for_managers_alone_and_no_name_leads_out_of_its_folder(app, desk, place, make_actor, make_client):
    desk.upload(TABLE, "../../../etc/passwd\x00<b>.csv")
    assert "&lt;b&gt;.csv" in desk.text()
    planner = make_client(make_actor(place, Role.PLANNER))
    for more in ("", "/bad-rows.csv"):
        assert planner.get(desk.path(more)).status_code == 403
    names = {path.name for path in (Path(app.instance_path) / "imports").iterdir()}
    assert desk.run().token in names
    assert all(re.fullmatch(r"[\w-]{43}", name) for name in names)


def test_a_new_file_takes_the_place_of_the_one_that_was_left(app, desk):
    desk.upload(TABLE)
    token = desk.run().token
    desk.upload(rows(1))
    assert not (Path(app.instance_path) / "imports" / token).exists()
    with app.app_context():
        assert len(db.session.scalars(select(ImportRun)).all()) == 1
    desk.act("discard")
    with app.app_context():
        assert db.session.scalars(select(ImportRun)).all() == []


def test_only_whoever_has_an_account_may_send_more_than_a_form(app, client, desk):
    stranger = Desk(app, client)
    assert stranger.upload_large(TABLE + "\n" * 1_500_000).status_code == 401
    assert desk.upload_large(TABLE + "\n" * 1_500_000).status_code == 303


def test_more_rows_than_others_can_wait_for_are_split_where_only_one_can_write(app, desk, monkeypatch):
    monkeypatch.setattr(runs, "MOST_ON_SQLITE", 2)
    desk.upload(rows(2))
    desk.check()
    desk.act("import")
    with app.app_context():
        has_one_writer = db.engine.dialect.name == "sqlite"
    assert len(contributions(app)) == (0 if has_one_writer else 3)
    assert ("would keep everybody else from writing" in desk.text()) is has_one_writer
