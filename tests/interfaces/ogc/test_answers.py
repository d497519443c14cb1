"""How answers are sent: negotiated, named, open to other sites, in both languages, to drafts' teams only."""

import pytest

from participation.accounts.models import Role
from participation.proceedings.models import ProceedingState

ITEMS = "/ogc/collections/churchyard.contributions/items"
BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"


@pytest.mark.parametrize("accept, media_type", [
    (None, "application/geo+json"), ("*/*", "application/geo+json"), (BROWSER, "text/html"),
    ("application/geo+json", "application/geo+json"), ("application/json", "application/geo+json"),
    ("text/html;q=0.4, application/geo+json;q=0.5", "application/geo+json"), ("application/*", "application/geo+json"),
    ("text/*", "text/html"),
])  # fmt: skip
def test_the_accept_header_chooses(client, churchyard, accept, media_type):
    answer = client.get(ITEMS, headers={"Accept": accept} if accept else {})
    assert (answer.status_code, answer.mimetype) == (200, media_type)
    assert "Accept" in answer.headers["Vary"]


def test_f_wins_over_the_accept_header(client, churchyard):
    assert client.get(f"{ITEMS}?f=json", headers={"Accept": BROWSER}).mimetype == "application/geo+json"
    assert client.get(f"{ITEMS}?f=html", headers={"Accept": "application/json"}).mimetype == "text/html"


def test_what_is_not_offered_is_406_with_a_problem(client, churchyard):
    answer = client.get(ITEMS, headers={"Accept": "image/png"})
    assert (answer.status_code, answer.mimetype) == (406, "application/problem+json")
    assert "application/geo+json" in answer.get_json()["detail"]


def test_people_get_their_errors_as_pages(client, churchyard):
    for path, status in ((f"{ITEMS}?limit=0", 400), ("/ogc/collections/gibtesnicht", 404)):
        answer = client.get(path, headers={"Accept": BROWSER})
        assert (answer.status_code, answer.mimetype) == (status, "text/html")
    assert client.get(f"{ITEMS}?limit=0&f=json", headers={"Accept": BROWSER}).mimetype == "application/problem+json"


@pytest.mark.parametrize("path", ["/ogc/", "/ogc/api", "/ogc/collections", ITEMS, f"{ITEMS}?limit=0"])
def test_scripts_of_any_site_may_read(client, churchyard, path):
    answer = client.get(path, headers={"Origin": "https://karte.example.org"})
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert "Access-Control-Allow-Credentials" not in answer.headers
    assert answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    asked = client.options(
        path, headers={"Origin": "https://karte.example.org", "Access-Control-Request-Method": "GET"}
    )
    assert asked.status_code == 200
    assert "Authorization" in asked.headers["Access-Control-Allow-Headers"]


def test_head_says_what_get_says(client, churchyard):
    got, head = client.get(ITEMS), client.head(ITEMS)
    assert head.get_data() == b""
    for name in ("Content-Type", "ETag", "Link", "Content-Crs", "Content-Length"):
        assert head.headers[name] == got.headers[name]


def test_what_has_not_changed_is_not_sent_again(client, churchyard, make_contribution):
    first = client.get(ITEMS)
    again = client.get(ITEMS, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.get_data()) == (304, b"")
    make_contribution(churchyard.proceeding)
    assert client.get(ITEMS, headers={"If-None-Match": first.headers["ETag"]}).status_code == 200


def test_links_stand_in_the_header_too(client, churchyard):
    answer = client.get(f"{ITEMS}?limit=1")
    for one in answer.get_json(force=True)["links"]:
        assert f'<{one["href"]}>; rel="{one["rel"]}"; type="{one["type"]}"' in answer.headers["Link"]


def test_links_that_proxies_would_refuse_stand_in_the_content_only(client, churchyard):
    answer = client.get(f"{ITEMS}?q={'ä' * 1_000}")
    assert (answer.status_code, "Link" in answer.headers) == (200, False)
    assert answer.get_json(force=True)["links"]


def test_english_stands_under_en(client, churchyard):
    german, english = client.get("/ogc/collections").get_json(), client.get("/en/ogc/collections").get_json()
    assert german["collections"][1]["title"].startswith("Kirchhof churchyard")
    assert english["collections"][1]["title"] == "Churchyard churchyard: contributions"
    assert all("/en/ogc/" in one["href"] for one in english["links"])
    [feature] = client.get("/en/ogc/collections/proceedings/items").get_json(force=True)["features"]
    assert feature["properties"]["title"] == "Churchyard churchyard"
    assert "/en/proceedings/churchyard" in feature["properties"]["url"]


def test_a_draft_is_there_for_its_team_only(client, make_client, make_actor, make_proceeding):
    draft = make_proceeding("draft", state=ProceedingState.DRAFT)
    planner = make_client(make_actor(draft, Role.PLANNER))
    paths = [
        "/ogc/collections/draft.area",
        "/ogc/collections/draft.contributions/items",
        "/ogc/collections/draft.area/items",
    ]
    paths.append(f"/ogc/collections/proceedings/items/{draft.id}")
    for path in paths:
        assert client.get(path).status_code == 404
        seen = planner.get(path)
        assert seen.status_code == 200
        assert "private" in seen.headers["Cache-Control"]
    assert "draft" not in client.get("/ogc/collections").get_data(as_text=True)
    assert "draft.area" in planner.get("/ogc/collections").get_data(as_text=True)


def test_an_address_without_its_slash_leads_there(client):
    assert client.get("/ogc", follow_redirects=True).status_code == 200
