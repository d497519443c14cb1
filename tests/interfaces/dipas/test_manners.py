"""What holds for every address: other origins, preflight, HEAD, caching, errors, whatever is asked."""

import json
import random
import string
from datetime import timedelta
from urllib.parse import urlencode

import pytest
from sqlalchemy import select

from participation import clock
from participation.contributions.models import Contribution
from participation.contributions.services import set_state
from participation.contributions.states import PublicationState
from participation.database import db, transaction
from participation.discussion.models import Comment
from participation.proceedings.models import Category
from tests.interfaces.dipas.contract import ERROR, differences

PATHS = [
    "/drupal/dipas-pds/projects",
    "/drupal/dipas-pds/projects/churchyard",
    "/drupal/dipas-pds/projects/churchyard/contributions",
    "/drupal/dipas-pds/projects/churchyard/contributions/{id}",
    "/drupal/dipas-pds/projects/churchyard/contributions/{id}/comments",
    "/drupal/dipas-pds/projects/churchyard/commentedcontributions",
    "/drupal/dipas-pds/projects/churchyard/conception_comments",
    *(f"/drupal/dipas/{key}" for key in ("init", "contributionlist", "contributionmap", "statistics", "schedule")),
    *(f"/drupal/dipas/{key}/{{id}}" for key in ("contributiondetails", "getcomments", "relatedcontributions")),
    *(f"/drupal/dipas/{key}" for key in ("projectinfo", "imprint", "dataprivacy")),
    *(f"/drupal/dipas/navigator/{key}" for key in ("cockpitdatamap", "contributions", "comments", "appointments")),
    *(
        f"/drupal/dipas/navigator/{key}"
        for key in ("recentcontributions", "mostcommentedcontributions", "page/privacy")
    ),
    *(f"/drupal/masterportal/layer/{key}" for key in ("contributions", "projectarea", "allprojectareas")),
]
CONTENT = [
    "/drupal/dipas-pds/projects/churchyard/contributions",
    "/drupal/dipas-pds/projects/churchyard/commentedcontributions",
    "/drupal/dipas-pds/projects/churchyard/contributions/{id}",
    *(f"/drupal/dipas/{key}" for key in ("contributionlist", "statistics", "contributiondetails/{id}")),
    "/drupal/masterportal/layer/contributions",
]
OF_COMMENTS = [
    path for path in PATHS if path.endswith(("{id}/comments", "/commentedcontributions", "getcomments/{id}"))
]


@pytest.fixture
def paths(churchyard):
    """Every address, of a proceeding with contributions."""
    _, (point, *_) = churchyard
    return [path.format(id=point.id) for path in PATHS]


def test_one_answer_serves_whoever_asks_whatever_cookies_come_along(client, paths):
    client.set_cookie("session", "anything")
    client.set_cookie("guest", "anybody")
    for path in paths:
        answer = client.get(path, headers={"Origin": "https://karte.example"})
        assert answer.headers["Vary"] == "Accept-Encoding", path
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
        assert "Set-Cookie" not in answer.headers


@pytest.fixture
def path_of(churchyard):
    _, (point, *_) = churchyard
    return lambda path: path.format(id=point.id)


def test_browsers_of_other_sites_may_ask_first(client, paths):
    asked = {
        "Origin": "https://masterportal.example",
        "Access-Control-Request-Method": "GET",
        "Access-Control-Request-Headers": "content-type",
    }
    for path in paths:
        response = client.options(path, headers=asked)
        assert response.status_code == 200
        assert response.data == b""
        assert response.headers["Access-Control-Allow-Origin"] == "*"
        assert response.headers["Access-Control-Allow-Headers"] == "content-type, accept"
        assert response.headers["Access-Control-Allow-Methods"] == "GET, HEAD, OPTIONS"
        assert "Access-Control-Allow-Credentials" not in response.headers


def test_other_sites_may_read(client, paths):
    for path in paths:
        headers = {"Origin": "https://masterportal.example", "Content-Type": "application/json"}
        response = client.get(path, headers=headers)
        assert response.headers["Access-Control-Allow-Origin"] == "*"
        assert response.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
        assert "Set-Cookie" not in response.headers


def test_what_is_kept_is_asked_for_again_and_not_sent_again(client, paths, set_clock):
    set_clock(clock.now() + timedelta(minutes=1))
    for path in paths:
        first = client.get(path)
        assert first.headers["Cache-Control"] == "public, no-cache"
        again = client.get(path, headers={"If-None-Match": first.headers["ETag"]})
        assert (again.status_code, again.data) == (304, b"")
        assert again.headers["Access-Control-Allow-Origin"] == "*"
        assert client.get(path).data == first.data
        head = client.head(path)
        assert (head.status_code, head.data) == (200, b"")
        assert head.headers["ETag"] == first.headers["ETag"]
        assert head.headers["Content-Type"] == "application/json"


def titled(session, contribution):
    contribution.title = "Ein neuer Titel"


def voted(session, contribution):
    contribution.votes_for += 1


def hidden(session, contribution):
    set_state(session, contribution, PublicationState.HIDDEN)


@pytest.mark.parametrize("change", [titled, voted, hidden])
def test_every_change_is_in_the_next_answer(app, client, path_of, churchyard, set_clock, change):
    now = clock.now() + timedelta(minutes=1)
    set_clock(now)
    _, (point, *_) = churchyard
    wanted = [path for path in CONTENT if (change, path) != (voted, "/drupal/masterportal/layer/contributions")]
    before = {path: client.get(path_of(path)).headers["ETag"] for path in wanted}
    set_clock(now + timedelta(minutes=1))
    with app.app_context(), transaction() as session:
        one = session.get_one(Contribution, point.id)
        change(session, one)
        one.updated_at = clock.now()
    for path, name in before.items():
        after = client.get(path_of(path), headers={"If-None-Match": name})
        text = after.get_data(as_text=True)
        assert after.status_code == 400 if "details" in path and change is hidden else after.status_code == 200
        assert ("Ein neuer Titel" in text) is (change is titled)
        assert ("Ein Punkt" in text) is (change is voted)


@pytest.mark.parametrize("path", OF_COMMENTS)
def test_a_changed_comment_is_in_the_next_answer(app, client, path_of, set_clock, path):
    set_clock(clock.now() + timedelta(minutes=1))
    path = path_of(path)
    before = client.get(path)
    with app.app_context(), transaction() as session:
        session.scalars(select(Comment).order_by(Comment.id)).first().text = "[entfernt]"
    after = client.get(path, headers={"If-None-Match": before.headers["ETag"]})
    assert after.status_code == 200
    assert "[entfernt]" in after.get_data(as_text=True)


@pytest.mark.parametrize("path", CONTENT[:2] + CONTENT[-1:])
def test_a_new_name_of_a_category_is_in_the_next_answer(app, client, churchyard, set_clock, path):
    set_clock(clock.now() + timedelta(minutes=1))
    before = client.get(path)
    with app.app_context(), transaction() as session:
        session.scalars(select(Category).order_by(Category.id)).first().name = {"de": "Bäume"}
    after = client.get(path, headers={"If-None-Match": before.headers["ETag"]})
    assert "Bäume" in after.get_data(as_text=True)


def test_the_name_of_a_project_follows_the_clock(client, churchyard, set_clock):
    set_clock(clock.now() + timedelta(minutes=1))
    before = client.get("/drupal/dipas-pds/projects")
    set_clock(clock.now() + timedelta(days=60))
    after = client.get("/drupal/dipas-pds/projects", headers={"If-None-Match": before.headers["ETag"]})
    assert json.loads(after.data)["features"][0]["properties"]["proceedingState"] == "inactive"


def test_the_time_in_init_is_no_change(client, churchyard, set_clock):
    set_clock(clock.now())
    before = client.get("/drupal/dipas/init")
    set_clock(clock.now() + timedelta(minutes=1))
    after = client.get("/drupal/dipas/init")
    assert after.headers["ETag"] == before.headers["ETag"]
    assert after.get_json()["timestamp"] == before.get_json()["timestamp"] + 60


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
@pytest.mark.parametrize("path", ["dipas/init", "dipas/addcontribution", "dipas-pds/projects", "", "x/y"])
def test_nothing_is_written_here(app, client, churchyard, method, path):
    path = f"/drupal/{path}"
    response = getattr(client, method)(path, json={"title": "Hallo"})
    assert response.status_code == 404
    assert differences(response.get_json(), ERROR) == []
    foreign = getattr(client, method)(path, json={}, headers={"Origin": "https://evil.example"})
    assert (foreign.status_code, foreign.get_json()["status"]) == (403, "error")
    with app.app_context():
        assert db.session.scalar(select(Contribution.id).where(Contribution.title == "Hallo")) is None


def test_nul_is_refused_in_the_form_of_dipas(check, churchyard):
    check("/drupal/dipas/contributionlist?sort=%00", ERROR, 400)
    check("/drupal/dipas-pds/projects/a%00", ERROR, 400)


def test_whatever_is_asked_nothing_breaks(client, churchyard):
    chance = random.Random(26)
    characters = string.ascii_letters + string.digits + "-_.,:;%&=?#/\\'\"<>{}[]()*+~^|üß٣🙂 \t\n\r\x7f"
    numbers = ["0", "-1", "1", "2147483647", "2147483648", "99999999999999999999", "1e9", "NaN", "01", "+1", "٣", "1.0"]
    words = ["page", "itemsPerPage", "category", "rubric", "sort", "direction", "node", "hideOthers", "castToPoint"]
    bases = [path.partition("{")[0] for path in PATHS]
    for _ in range(300):
        text = "".join(chance.choices(characters, k=chance.randrange(12)))
        query = {word: chance.choice([text, *numbers, "ASC", "rating", ""]) for word in chance.sample(words, 3)}
        path = chance.choice(bases) + chance.choice(["", "/", text, "/" + chance.choice(numbers), "/../" + text])
        response = client.get(f"{path}&{urlencode(query)}" if "?" in path else f"{path}?{urlencode(query)}")
        assert response.status_code in (200, 308, 400, 404), (path, query)
        if response.status_code != 308:
            assert json.loads(response.data), (path, query)


def test_the_host_of_a_request_is_in_no_answer(client, paths):
    for path in paths:
        for headers in ({"Host": "evil.example"}, {"X-Forwarded-Host": "evil.example"}):
            response = client.get(path, headers=headers)
            assert response.status_code == 200
            assert b"evil" not in response.data


def test_the_language_is_that_of_the_address(client, paths):
    for path in paths:
        german = {client.get(path).data, client.get(path.replace("/drupal/", "/drupal/de/")).data}
        english = {client.get("/en" + path).data, client.get(path.replace("/drupal/", "/drupal/en/")).data}
        assert len({text.split(b'"timestamp"')[0] for text in german}) == 1
        assert len({text.split(b'"timestamp"')[0] for text in english}) == 1
        assert all(b"Churchyard" not in text for text in german)
        assert all(b"Kirchhof" not in text for text in english)
