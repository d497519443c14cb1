"""What everybody reads: proceedings and contributions, the same as pages and downloads show."""

import json

import geojson
import pytest
from shapely import LineString

from participation.contributions.states import PublicationState as State
from participation.exports.tables import CONTRIBUTIONS, Audience
from tests.interfaces.api.conftest import API, HERE, problem


@pytest.fixture
def place(make_proceeding):
    return make_proceeding()


def test_a_proceeding_tells_all_that_a_front_end_needs(program, place):
    one = program().get(HERE).get_json()
    assert one["title"] == {"de": "Kirchhof churchyard", "en": "Churchyard churchyard"}
    assert one["open_for"] == ["contributing", "commenting", "voting"]
    assert [category["key"] for category in one["categories"]] == ["green", "paths"]
    assert [type_["key"] for type_ in one["types"]] == ["idea", "question"]
    assert one["area"]["type"] == "MultiPolygon"
    assert geojson.loads(json.dumps(one["area"])).is_valid
    assert "insult" in [rule["key"] for rule in one["rules"]]
    assert one["text_longest"] == 1500
    assert one["url"] == "http://127.0.0.1:5000/proceedings/churchyard"
    (listed,) = program().get(f"{API}/proceedings").get_json()["items"]
    assert listed == {name: one[name] for name in listed}
    assert program().get(f"{HERE}/phases").get_json()["items"] == one["phases"]
    assert program().get(f"{HERE}/categories").get_json()["items"] == one["categories"]


def test_contributions_have_the_columns_of_the_downloads(client, program, place, make_contribution):
    contribution = make_contribution(place, geometry=LineString([(12.37, 51.34), (12.371, 51.342)]))
    listed = program().get(f"{HERE}/contributions")
    assert listed.content_type == "application/geo+json"
    (feature,) = listed.get_json()["features"]
    downloaded = json.loads(client.get("/proceedings/churchyard/contributions.geojson").data)["features"]
    assert [feature] == downloaded
    assert program().get(f"{HERE}/contributions/{contribution.id}").get_json() == feature
    assert list(feature["properties"]) == [one.name for one in CONTRIBUTIONS.columns_for(Audience.PUBLIC)]
    assert geojson.loads(json.dumps(feature)).is_valid


@pytest.mark.parametrize("query, found", [
    ("", ["C", "B", "A"]), ("?sort=oldest", ["A", "B", "C"]), ("?category=paths", ["B"]), ("?q=ccc", ["C"]),
    ("?category=paths&category=green&type=question", ["C"]), ("?bbox=0,0,1,1", []), ("?category=unknown", []),
])  # fmt: skip
def test_the_filter_is_that_of_the_page(program, place, make_contribution, query, found):
    make_contribution(place, title="A")
    make_contribution(place, title="B", category="paths")
    make_contribution(place, title="C", text="ccc ccc ccc", type="question")
    answer = program().get(f"{HERE}/contributions{query}").get_json()
    assert [one["properties"]["title"] for one in answer["features"]] == found
    counted = program().get(f"{HERE}/counts{query.replace('?sort=oldest', '')}").get_json()
    assert counted["total"] == len(found)


@pytest.mark.parametrize("sort", ["newest", "oldest", "votes", "comments"])
def test_pages_follow_each_other_without_gap_or_repetition(program, place, make_contribution, sort):
    ids = {make_contribution(place, votes_for=number % 3).id for number in range(7)}
    seen, path = [], f"{HERE}/contributions?limit=2&sort={sort}&category=green"
    for _ in range(4):
        answer = program().get(path).get_json()
        seen += [one["id"] for one in answer["features"]]
        path = (answer["next"] or "").removeprefix("http://127.0.0.1:5000")
    assert path == ""
    assert len(seen) == 7
    assert set(seen) == ids


@pytest.mark.parametrize("state", list(State), ids=str)
def test_only_public_contributions_are_read_by_all(program, place, make_contribution, state):
    contribution = make_contribution(place, state=state)
    listed = program().get(f"{HERE}/contributions").get_json()["features"]
    assert bool(listed) is (state is State.PUBLISHED)
    status = {State.PUBLISHED: 200, State.MERGED: 200, State.HIDDEN: 410}.get(state, 404)
    answer = program().get(f"{HERE}/contributions/{contribution.id}")
    if status == 200:
        assert answer.status_code == 200
    else:
        problem(answer, status)
        problem(program().get(f"{HERE}/contributions/{contribution.id}/comments"), status)
        problem(program().get(f"{HERE}/contributions/{contribution.id}/vote"), status)


def test_a_guest_reads_what_the_guest_sent(guest_program, place, make_guest, make_contribution):
    guest = make_guest()
    waiting = make_contribution(place, state=State.SUBMITTED, author=guest)
    assert guest_program(guest).get(f"{HERE}/contributions/{waiting.id}").status_code == 200
    problem(guest_program().get(f"{HERE}/contributions/{waiting.id}"), 404)


def test_what_has_not_changed_is_not_sent_again(program, place, make_contribution):
    make_contribution(place)
    for path in (HERE, f"{HERE}/contributions", f"{API}/proceedings"):
        first = program().get(path)
        again = program().get(path, If_None_Match=first.headers["ETag"])
        assert (again.status_code, again.data) == (304, b"")
    before = program().get(f"{HERE}/contributions").headers["ETag"]
    make_contribution(place)
    assert program().get(f"{HERE}/contributions", If_None_Match=before).status_code == 200


def test_head_answers_as_get_without_the_body(program, place, make_contribution):
    make_contribution(place)
    told, headed = program().get(f"{HERE}/contributions"), program().send("HEAD", f"{HERE}/contributions")
    assert headed.data == b""
    assert headed.headers["ETag"] == told.headers["ETag"]
    assert headed.headers["Content-Length"] == told.headers["Content-Length"]


def test_pages_of_other_sites_read_and_do_not_write(program, place):
    answer = program().get(HERE, Origin="https://other.example")
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert "Access-Control-Allow-Credentials" not in answer.headers
    assert "X-RateLimit-Remaining" in answer.headers["Access-Control-Expose-Headers"]
    assert answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    flight = {"Origin": "https://other.example", "Access_Control_Request_Method": "GET"}
    preflight = program().send("OPTIONS", HERE, **flight)
    assert preflight.status_code == 200
    assert preflight.headers["Access-Control-Allow-Methods"] == "GET, HEAD, OPTIONS"
    assert "Authorization" in preflight.headers["Access-Control-Allow-Headers"]
    problem(program().post(f"{API}/guests", {"language": "de"}, Origin="https://other.example"), 403)
    missing = program().get(f"{API}/proceedings/missing", Origin="https://other.example")
    assert missing.headers["Access-Control-Allow-Origin"] == "*"


def test_messages_and_addresses_are_in_the_language_of_the_address(program, place, make_contribution):
    make_contribution(place)
    german, english = (
        problem(program().get(f"{prefix}{HERE}/contributions?limit=0"), 422)["detail"] for prefix in ("", "/en")
    )
    assert (german, english) == ("Das muss mindestens 1 sein.", "This must be at least 1.")
    (feature,) = program().get(f"/en{HERE}/contributions").get_json()["features"]
    assert "/en/proceedings/" in feature["properties"]["url"]


def test_comments_are_a_tree_told_as_a_list(program, guest_program, place, make_guest, make_contribution, make_comment):
    contribution, author = make_contribution(place), make_guest()
    first = make_comment(contribution, "Erster", public_name="Kim")
    hidden = make_comment(contribution, "Geheim", parent=first, state=State.HIDDEN, author=author, public_name="Toni")
    answer = make_comment(contribution, "Antwort", parent=hidden)
    path = f"{HERE}/contributions/{contribution.id}/comments"
    told = program().get(path)
    assert "Geheim" not in told.get_data(as_text=True)
    assert "Toni" not in told.get_data(as_text=True)
    page = told.get_json()
    assert [(one["id"], one["parent"], one["text"]) for one in page["items"]] == [
        (first.id, None, "Erster"), (hidden.id, first.id, None), (answer.id, hidden.id, "Antwort"),
    ]  # fmt: skip
    assert page["items"][1]["state"] is None
    assert page["next"] is None
    own = guest_program(author).get(path).get_json()["items"][1]
    assert (own["text"], own["is_own"]) == ("Geheim", True)


def test_long_discussions_are_read_on_from_where_one_was(program, place, make_contribution, make_comment):
    contribution = make_contribution(place)
    threads = [make_comment(contribution) for _ in range(41)]
    answer = make_comment(contribution, "Antwort", parent=threads[1])
    seen, path = [], f"{HERE}/contributions/{contribution.id}/comments?limit=20"
    sizes = []
    while path:
        page = program().get(path).get_json()
        sizes.append(len(page["items"]))
        seen += [one["id"] for one in page["items"]]
        path = (page["next"] or "").removeprefix("http://127.0.0.1:5000")
        if len(sizes) == 1:
            late = make_comment(contribution, "Zwischendurch")
    assert sizes == [21, 20, 2]
    first, second, *others = (one.id for one in threads)
    assert seen == [first, second, answer.id, *others, late.id]
    for query, field in (("page=2", "page"), ("after=x", "after"), ("limit=101", "limit"), ("limit=0", "limit")):
        told = program().get(f"{HERE}/contributions/{contribution.id}/comments?{query}")
        assert problem(told, 422)["field"] == field
