"""Every form of refusal is a problem document that names what is wrong, and never a 500."""

import json

import pytest
from sqlalchemy.exc import OperationalError

from participation.database import db
from participation.errors import Busy
from tests.conftest import SHARED_DATA
from tests.interfaces.api.conftest import API, HERE, NEW, problem

CASES = SHARED_DATA / "geojson-cases"
CONTRIBUTIONS = f"{HERE}/contributions"


@pytest.fixture
def place(make_proceeding):
    return make_proceeding()


@pytest.mark.parametrize("query, field", [
    ("limit=0", "limit"), ("limit=501", "limit"), ("limit=x", "limit"), ("limit=1.5", "limit"), ("limit=1_0", "limit"),
    ("limit=", "limit"), ("limit=99999999999999999999", "limit"), ("limit=1&limit=2", "limit"), ("sort=cats", "sort"),
    ("after=cats", "after"), ("after=W10", "after"), ("after=" + "x" * 1001, "after"), ("bbox=1,2,3", "bbox"),
    ("bbox=a,b,c,d", "bbox"), ("bbox=nan,0,1,1", "bbox"), ("colour=red", "colour"), ("q=" + "x" * 201, "q"),
    ("category=", "category[0]"), ("&".join("category=a" for _ in range(51)), "category"),
])  # fmt: skip
def test_a_wrong_parameter_is_named(program, place, query, field):
    assert problem(program().get(f"{CONTRIBUTIONS}?{query}"), 422)["field"] == field


@pytest.mark.parametrize("path", [
    f"{API}/cats", f"{API}/proceedings/cats", f"{API}/proceedings/cats/contributions", f"{CONTRIBUTIONS}/99",
    f"{CONTRIBUTIONS}/0", f"{CONTRIBUTIONS}/99999999999", f"{CONTRIBUTIONS}/x", f"{HERE}/planning", f"{API}/",
])  # fmt: skip
def test_what_is_not_there_is_not_found(program, place, path):
    problem(program().get(path), 404)


def test_a_nul_in_the_address_is_refused(program, place):
    problem(program().get(f"{CONTRIBUTIONS}?q=%00"), 400)
    problem(program().get(f"{API}/proceedings/%00"), 400)


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "TRACE"])
def test_what_an_address_does_not_do_is_told(program, place, method):
    answer = program().send(method, HERE)
    problem(answer, 405)
    assert set(answer.headers["Allow"].replace(",", "").split()) == {"GET", "HEAD", "OPTIONS"}


@pytest.mark.parametrize("media_type", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""])
def test_only_json_is_taken(guest_program, place, media_type):
    guest = guest_program()
    headers = guest.headers | {"Content-Type": media_type}
    problem(guest.client.post(CONTRIBUTIONS, data=json.dumps(NEW), headers=headers), 415)


@pytest.mark.parametrize("body", [
    b"", b"{", b"[1,]", b'{"title": NaN}', b'{"title": "a", "title": "b"}', b'{"title": "\\ud800"}', b"\xff\xfe",
    b"[" * 100_000, b'{"a":' * 5_000, b'{"title": 1e999}', b"null garbage",
])  # fmt: skip
def test_what_is_no_json_is_refused_before_anything_is_read(guest_program, place, body):
    guest = guest_program()
    answer = guest.client.post(CONTRIBUTIONS, data=body, headers=guest.headers, content_type="application/json")
    assert problem(answer, 400)["field"] == "body"


@pytest.mark.parametrize("body", [b"null", b"[]", b"1", b'"x"', b"true"])
def test_a_body_that_is_no_object_is_refused(guest_program, place, body):
    guest = guest_program()
    answer = guest.client.post(CONTRIBUTIONS, data=body, headers=guest.headers, content_type="application/json")
    assert problem(answer, 422)["field"] == "body"


@pytest.mark.parametrize("name", ["title", "text", "category", "type", "public_name", "email"])
def test_a_nul_is_refused_in_every_text(guest_program, place, name):
    assert problem(guest_program().post(CONTRIBUTIONS, NEW | {name: "abcdef\0abcdef"}), 422)["field"] == name


def test_what_is_too_large_is_refused(guest_program, place):
    problem(guest_program().post(CONTRIBUTIONS, NEW | {"text": "x" * 2_000_000}), 413)


def test_a_busy_database_says_when_to_come_back(guest_program, place, monkeypatch):
    def busy(*_arguments, **_how):
        raise Busy

    monkeypatch.setattr("participation.interfaces.api.contributions.submit_contribution", busy)
    answer = guest_program().post(CONTRIBUTIONS, NEW)
    problem(answer, 503)
    assert answer.headers["Retry-After"] == "2"  # not when the limit begins anew


def test_a_fault_of_ours_tells_nothing_of_itself(app, program, place, monkeypatch):
    monkeypatch.setitem(app.config, "TESTING", False)

    def broken(*_arguments, **_how):
        raise OperationalError("SELECT secret", {}, ConnectionError("down"))

    monkeypatch.setattr("participation.interfaces.api.contributions.queries.page_of_contributions", broken)
    answer = program().get(CONTRIBUTIONS)
    problem(answer, 500)
    assert "SELECT" not in answer.get_data(as_text=True)


def test_too_many_requests_are_told_when_to_go_on(app, program, place):
    answers = [program().get(HERE) for _ in range(601)]
    assert {one.status_code for one in answers[:600]} == {200}
    assert answers[0].headers["X-RateLimit-Limit"] == "600"
    assert "Retry-After" not in answers[0].headers
    problem(answers[600], 429)
    assert 1 <= int(answers[600].headers["Retry-After"]) <= 60
    with app.app_context():
        db.session.rollback()


def with_places_of(data):
    """Return contributions about what a file calls its geometries; a file that is no JSON stands there itself."""
    try:
        value = json.loads(data)
    except (ValueError, RecursionError):
        return [json.dumps(NEW).encode().replace(json.dumps(NEW["geometry"]).encode(), data)]
    places = [value]
    if isinstance(value, dict) and "geometry" in value:
        places = [value["geometry"]]
    elif isinstance(value, dict) and isinstance(value.get("features"), list):
        places = [one.get("geometry") if isinstance(one, dict) else one for one in value["features"][:3]]
    return [json.dumps(NEW | {"geometry": place}).encode() for place in places]


def test_every_collected_case_of_broken_geojson_is_taken_or_refused_with_its_place_named(
    shared_data, guest_program, place, unlimited
):
    """A file of the collection stands as the body, and what it calls geometries as the place of a contribution."""
    guest = guest_program()
    names = [line.split("\t")[0] for line in (CASES / "index.tsv").read_text(encoding="utf-8").splitlines()[1:]]
    wrong, refused = [], 0
    for name in names:
        data = (CASES / name).read_bytes()
        for number, body in enumerate((data, *with_places_of(data))):
            answer = guest.client.post(CONTRIBUTIONS, data=body, headers=guest.headers, content_type="application/json")
            if number and answer.status_code == 201:
                continue
            refused += 1
            if answer.status_code == 413 and len(body) > 1024 * 1024:
                continue
            if answer.status_code not in (400, 422) or not answer.get_json().get("field"):
                wrong.append((name, number, answer.status_code, answer.get_json()))
    assert wrong == []
    assert refused > 700
