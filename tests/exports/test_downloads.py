"""Downloads: the filter of the page, never hidden content, legal GeoJSON, tables that run nothing."""

import csv
import gzip
import io
import json
import sqlite3
from datetime import timedelta
from zoneinfo import ZoneInfo

import geojson
import pyogrio
import pytest
from shapely import LineString
from sqlalchemy import event, select
from werkzeug.test import EnvironBuilder, run_wsgi_app

from participation import clock
from participation.accounts.actors import STRANGER
from participation.accounts.models import Role
from participation.audit.queries import events_about
from participation.audit.services import add_event
from participation.contributions.filters import ContributionFilter
from participation.contributions.models import Contribution
from participation.contributions.services import set_state
from participation.contributions.states import PublicationState
from participation.database import db, transaction
from participation.demo.seeding import seed
from participation.discussion.models import VoteValue
from participation.discussion.services import vote
from participation.exports.editions import Edition
from participation.exports.geojson_format import feature_json
from participation.exports.tables import CONTRIBUTIONS
from participation.imports.cells import plain_cell, safe_cell
from participation.proceedings.models import Category, Proceeding, ProceedingState
from participation.proceedings.queries import proceeding_by_slug
from tests.conftest import SHARED_DATA

GEOJSON = "/proceedings/churchyard/contributions.geojson"
CSV = "/proceedings/churchyard/contributions.csv"

WAY = LineString([(12.37, 51.34), (12.371, 51.342)])
TITLES = ["Ein Punkt im Grünen", "Ein Weg", "Eine Fläche", "Ohne Ort"]
PROPERTIES = {
    *("title", "text", "category", "type", "state", "status", "votes_for", "votes_against", "comments"),
    *("created_at", "updated_at", "language", "url", "licence", "response"),
}


def features(client, query=""):
    return json.loads(client.get(GEOJSON + query).data)["features"]


def rows(client, path=CSV):
    return list(csv.DictReader(io.StringIO(client.get(path).get_data(as_text=True), newline="")))


def test_the_geojson_is_legal_and_complete(client, three, tmp_path):
    data = client.get(GEOJSON).data
    collection = geojson.loads(data)
    assert collection.is_valid
    assert [feature["properties"]["title"] for feature in collection["features"]] == [
        "Ein Punkt im Grünen",
        "Ein Weg",
        "Eine Fläche",
        "Ohne Ort",
    ]
    assert collection["features"][3]["geometry"] is None
    assert collection["numberReturned"] == 4
    assert collection["licence"] == "dl-de/by-2-0"
    west, south, east, north = collection["bbox"]
    assert (west, east) == (12.37, 12.371)
    assert south < north
    assert set(collection["features"][0]["properties"]) == PROPERTIES
    file = tmp_path / "download.geojson"
    file.write_bytes(data)
    assert len(pyogrio.raw.read(file)[2]) == 4


@pytest.mark.parametrize("query, count", [
    ("?category=paths", 1), ("?type=question", 1), ("?q=fläche", 1), ("?bbox=12.3,51.3,12.4,51.4", 3), ("?q=geheim", 0),
])  # fmt: skip
def test_the_filter_of_the_page_is_that_of_the_download(client, three, query, count):
    assert len(features(client, query)) == count
    assert len(rows(client, CSV + query)) == count
    page = client.get(f"/proceedings/churchyard{query}").get_data(as_text=True)
    assert page.count('<li class="ccard') == count


def test_the_planners_get_their_own_columns(make_client, make_actor, three):
    planner = make_client(make_actor(three, Role.PLANNER))
    feature = json.loads(planner.get("/planning/churchyard/contributions.geojson").data)["features"][0]
    assert feature["properties"]["origin"] == "web"
    assert len(rows(planner, "/planning/churchyard/contributions.csv")) == 4


def test_a_file_is_sent_again_only_after_a_change(app, client, three, make_guest, make_contribution):
    first = client.get(GEOJSON)
    again = client.get(GEOJSON, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    assert client.get(GEOJSON).data == first.data
    contribution = make_contribution(three)
    second = client.get(GEOJSON, headers={"If-None-Match": first.headers["ETag"]})
    assert second.status_code == 200
    with app.app_context():
        vote(make_guest(), three, contribution.id, VoteValue.FOR)
    third = client.get(GEOJSON, headers={"If-None-Match": second.headers["ETag"]})
    assert third.status_code == 200
    with app.app_context(), transaction() as session:
        session.get_one(Proceeding, three.id).title = {"de": "Ein neuer Titel"}
    assert client.get(GEOJSON, headers={"If-None-Match": third.headers["ETag"]}).status_code == 200


def renamed(session, proceeding_id):
    session.get_one(Proceeding, proceeding_id).title = {"de": "Ein neuer Titel"}


def another_organiser(session, proceeding_id):
    session.get_one(Proceeding, proceeding_id).organiser = "Stadt Halle"


def another_category_key(session, proceeding_id):
    session.scalars(select(Category).where(Category.proceeding_id == proceeding_id)).first().key = "trees"


def answered(session, proceeding_id):
    contribution = session.scalars(select(Contribution).where(Contribution.proceeding_id == proceeding_id)).first()
    contribution.response = "Das wird gebaut."
    contribution.updated_at = clock.now()


def hidden(session, proceeding_id):
    set_state(session, session.scalars(select(Contribution).order_by(Contribution.id)).first(), PublicationState.HIDDEN)


def deleted(session, proceeding_id):
    session.delete(session.scalars(select(Contribution).order_by(Contribution.id)).first())


@pytest.mark.parametrize("change", [renamed, another_organiser, another_category_key, answered, hidden, deleted])
@pytest.mark.parametrize("path", [GEOJSON, CSV])
def test_every_change_of_what_is_in_the_file_changes_its_name(app, client, three, change, path):
    before = client.get(path)
    with app.app_context(), transaction() as session:
        change(session, three.id)
    after = client.get(path, headers={"If-None-Match": before.headers["ETag"]})
    assert after.status_code == 200


def test_a_name_given_right_after_a_change_is_good_for_seconds_only(client, three, set_clock):
    """Another change of the same moment may have become visible only after the file was made."""
    now = clock.now()
    set_clock(now)
    young = client.get(GEOJSON).headers["ETag"]
    assert client.get(GEOJSON, headers={"If-None-Match": young}).status_code == 304
    set_clock(now + timedelta(seconds=30))
    settled = client.get(GEOJSON, headers={"If-None-Match": young})
    assert settled.status_code == 200
    set_clock(now + timedelta(days=1))
    assert client.get(GEOJSON, headers={"If-None-Match": settled.headers["ETag"]}).status_code == 304


def test_each_language_address_and_filter_has_a_name_of_its_own(client, three):
    paths = [GEOJSON, "/en" + GEOJSON, GEOJSON + "?type=idea", CSV, CSV + "?excel=de"]
    assert len({client.get(path).headers["ETag"] for path in paths}) == len(paths)


def test_a_file_is_sent_while_it_is_read(app, monkeypatch):
    with app.app_context():
        seed(slug="churchyard", contributions=5_000)
    read, batches = [], Edition.json_batches

    def counted(edition):
        for batch in batches(edition):
            read.append(len(batch))
            yield batch

    monkeypatch.setattr(Edition, "json_batches", counted)
    answer, _status, headers = run_wsgi_app(app, EnvironBuilder(path=GEOJSON).get_environ())
    assert "Content-Length" not in headers
    chunks = iter(answer)
    first = next(chunks) + next(chunks)
    assert len(read) == 1
    whole = first + b"".join(chunks)
    answer.close()
    assert json.loads(whole)["numberReturned"] == sum(read) > 4_700


@pytest.mark.parametrize("state, cache", [("published", "public, no-cache"), ("draft", "private, no-cache")])
def test_only_what_is_public_may_lie_in_shared_caches(make_client, make_actor, make_proceeding, state, cache):
    proceeding = make_proceeding(state=ProceedingState(state))
    planner = make_client(make_actor(proceeding, Role.PLANNER))
    assert planner.get(GEOJSON).headers["Cache-Control"] == cache
    assert planner.get("/planning/churchyard/contributions.csv").headers["Cache-Control"] == "private, no-cache"


def test_names_are_in_the_file_only_on_request_and_that_is_kept_on_record(
    app, make_client, make_actor, make_proceeding, make_contribution
):
    proceeding = make_proceeding()
    make_contribution(proceeding, public_name="Marek Z.")
    actor = make_actor(proceeding, Role.PLANNER)
    planner, path = make_client(actor), "/planning/churchyard/contributions.csv"
    assert "public_name" not in rows(planner, path)[0]
    assert rows(planner, path + "?personal=1")[0]["public_name"] == "Marek Z."
    assert "public_name" not in rows(planner, CSV + "?personal=1")[0]
    with app.app_context():
        events = events_about(db.session.get_one(Proceeding, proceeding.id))
    assert [(one.action, one.user_id) for one in events] == [("exports.personal", actor.user_id)]


def test_head_tells_name_and_kind_without_the_file(client, three):
    response = client.head(GEOJSON)
    assert "Content-Length" not in response.headers
    assert response.status_code == 200
    assert response.data == b""
    assert response.headers["Content-Type"] == "application/geo+json"
    day = f"{clock.now().astimezone(ZoneInfo('Europe/Berlin')):%Y-%m-%d}"
    name = f'attachment; filename="churchyard-contributions-{day}.geojson"'
    assert response.headers["Content-Disposition"] == name


def test_what_begins_like_a_formula_is_defused_in_tables(client, make_contribution):
    make_contribution(title="=1+1 ist zwei", text="@SUM(A1:A9) und mehr")
    (row,) = rows(client)
    assert row["title"] == "'=1+1 ist zwei"
    assert row["text"] == "'@SUM(A1:A9) und mehr"
    assert [safe_cell(text) for text in ("+1", "-1", "\t=1", "a=1", 5)] == ["'+1", "'-1", "'\t=1", "a=1", 5]
    assert [safe_cell(text) for text in ("＝1", "'=1", "it's", "'a")] == ["'＝1", "''=1", "it's", "'a"]


def test_german_excel_gets_semicolons_and_a_byte_order_mark(client, three):
    text = client.get(CSV + "?excel=de").data.decode("utf-8")
    assert text.startswith("\ufeffid;lon;lat;wkt;title;")
    first = next(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline=""), delimiter=";"))
    assert (first["lon"], first["lat"]) == ("12,3707", "51,3421")
    assert first["wkt"] == "POINT (12.3707 51.3421)"


def test_naughty_strings_come_back_as_they_were_sent(client, make_proceeding, make_contribution):
    strings = json.loads((SHARED_DATA / "geojson-cases" / "naughty-strings.json").read_text(encoding="utf-8"))
    strings = [text.replace("\0", "") for text in strings]
    proceeding, now = make_proceeding(), clock.now()
    for number, text in enumerate(strings):
        make_contribution(proceeding, text=text, created_at=now - timedelta(days=1) + timedelta(seconds=number))
    assert [feature["properties"]["text"] for feature in features(client)] == strings
    with client.application.app_context():
        edition = Edition(CONTRIBUTIONS, proceeding_by_slug(STRANGER, proceeding.slug), ContributionFilter())
        written = [feature_json(row) for row in edition.rows_after(0, len(strings))]
    assert [line.rstrip(b",") for line in client.get(GEOJSON).data.split(b"\n")[1:-2]] == written
    cells = [row["text"] for row in rows(client)]
    assert [plain_cell(cell) for cell in cells] == strings
    assert not any(cell.startswith(("=", "+", "-", "@")) for cell in cells)


@pytest.mark.parametrize("path, headers", [
    (GEOJSON, {}), (GEOJSON, {"Accept-Encoding": "gzip"}), (CSV, {}),
    ("/drupal/dipas-pds/projects/churchyard/contributions", {}),
], ids=["GeoJSON", "compressed", "CSV", "PDS"])  # fmt: skip
def test_a_download_that_breaks_off_gives_its_cursor_and_its_connection_back(app, path, headers):
    cursors = []
    with app.app_context():
        seed(slug="churchyard", contributions=600)
        engine, before = db.engine, db.engine.pool.checkedout()

    def keep(_connection, cursor, statement, *_):
        if "contribution.text" in statement:
            cursors.append(cursor)  # held here, no garbage collector closes it

    event.listen(engine, "after_cursor_execute", keep)
    try:
        answer, status, _headers = run_wsgi_app(app, EnvironBuilder(path=path, headers=headers).get_environ())
        assert status == "200 OK"
        chunks = iter(answer)
        while not cursors:
            next(chunks)
        assert not is_closed(cursors[0])
        answer.close()
    finally:
        event.remove(engine, "after_cursor_execute", keep)
    assert [is_closed(cursor) for cursor in cursors] == [True]
    with app.app_context():
        assert db.engine.pool.checkedout() == before


def is_closed(cursor):
    """Whether a driver's cursor is closed; on PostgreSQL it is one of the server."""
    if isinstance(cursor, sqlite3.Cursor):
        try:
            cursor.fetchone()
        except sqlite3.ProgrammingError:
            return True
        return False
    return cursor.closed


def test_a_download_is_sent_while_it_is_read(app, make_proceeding, make_contribution):
    proceeding = make_proceeding()
    for _ in range(60):
        make_contribution(proceeding, text="Lang " * 290)
    answer, _status, headers = run_wsgi_app(app, EnvironBuilder(path=GEOJSON).get_environ())
    chunks = [len(chunk) for chunk in answer]
    answer.close()
    assert len(chunks) > 1
    assert "Content-Length" not in headers


@pytest.mark.parametrize("prefix", ["", "/en"])
def test_addresses_in_files_are_the_installations_whatever_the_host_header_says(client, make_contribution, prefix):
    contribution = make_contribution()
    page = f"http://127.0.0.1:5000{prefix}/proceedings/churchyard/contributions/{contribution.id}"
    for headers in ({}, {"Host": "evil.example"}):
        collection = json.loads(client.get(prefix + GEOJSON, headers=headers).data)
        table = client.get(prefix + CSV, headers=headers).get_data(as_text=True)
        assert collection["features"][0]["properties"]["url"] == page
        assert page in table
        assert "evil" not in table
    assert client.get(page.removeprefix("http://127.0.0.1:5000")).status_code == 200


def test_a_client_that_likes_it_gets_the_file_compressed_under_a_name_of_its_own(client, three):
    plain = client.get(GEOJSON)
    zipped = client.get(GEOJSON, headers={"Accept-Encoding": "gzip, br"})
    assert zipped.headers["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in plain.headers["Vary"]
    assert "Accept-Encoding" in zipped.headers["Vary"]
    assert gzip.decompress(zipped.data) == plain.data
    assert len(zipped.data) < len(plain.data)
    assert zipped.headers["ETag"] != plain.headers["ETag"]
    assert client.get(GEOJSON, headers={"Accept-Encoding": "gzip"}).data == zipped.data
    assert "Content-Encoding" not in client.get(GEOJSON, headers={"Accept-Encoding": "gzip;q=0"}).headers
    again = {"Accept-Encoding": "gzip", "If-None-Match": zipped.headers["ETag"]}
    assert client.get(GEOJSON, headers=again).status_code == 304
    assert client.get(GEOJSON, headers={"If-None-Match": zipped.headers["ETag"]}).status_code == 200


def test_a_client_without_names_asks_by_time(app, client, three, set_clock):
    with app.app_context(), transaction() as session:
        renamed(session, three.id)
        answered(session, three.id)
    assert "Last-Modified" not in client.get(GEOJSON).headers
    set_clock(clock.now() + timedelta(minutes=1))
    first = client.get(GEOJSON).headers["Last-Modified"]
    assert client.get(GEOJSON, headers={"If-Modified-Since": first}).status_code == 304
    with app.app_context(), transaction() as session:
        hidden(session, three.id)
    assert client.get(GEOJSON, headers={"If-Modified-Since": first}).status_code == 200
    set_clock(clock.now() + timedelta(minutes=1))
    second = client.get(GEOJSON).headers["Last-Modified"]
    with app.app_context(), transaction() as session:
        add_event(session, None, "proceedings.rename", three, proceeding_id=three.id)
    set_clock(clock.now() + timedelta(minutes=1))
    assert client.get(GEOJSON, headers={"If-Modified-Since": second}).status_code == 200
    etag = client.get(GEOJSON).headers["ETag"]
    late = {"If-Modified-Since": "Fri, 01 Jan 2100 00:00:00 GMT", "If-None-Match": '"another"'}
    assert client.get(GEOJSON, headers=late).status_code == 200
    assert client.get(GEOJSON, headers={**late, "If-None-Match": etag}).status_code == 304


@pytest.mark.parametrize("suffix", ["xlsx", "gpkg"])
def test_a_whole_file_leaves_nothing_behind(app, client, three, suffix, tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    path = f"/proceedings/churchyard/contributions.{suffix}"
    assert len(client.get(path).data) > 1_000
    answer, _status, _headers = run_wsgi_app(app, EnvironBuilder(path=path).get_environ())
    next(iter(answer))
    assert list(tmp_path.iterdir()) != []
    answer.close()
    assert list(tmp_path.iterdir()) == []
    assert client.head(path).data == b""
    assert list(tmp_path.iterdir()) == []
