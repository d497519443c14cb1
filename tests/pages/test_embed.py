"""The map on other websites: managers say where, browsers keep to it, and no cookie is set."""

import contextlib
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from playwright.sync_api import Browser, expect

from participation.accounts.models import Role
from participation.audit.queries import events_about
from participation.database import db
from participation.errors import Conflict, InvalidInput, NotPermitted
from participation.proceedings.embedding import MOST_ORIGINS, checked_origins, frame_ancestors
from participation.proceedings.models import Embedding, Proceeding, ProceedingState
from participation.proceedings.services import allow_embedding

DESK, FRAME = "/manage/churchyard/embedding", "/embed/churchyard"
NOBODY = (Embedding.NOBODY, [])


@pytest.fixture
def allow(app, make_actor):
    """Say that websites may embed a proceeding's map."""

    def say(proceeding, embedding=Embedding.EVERYBODY, origins=(), seen=NOBODY):
        manager = make_actor(proceeding, Role.MANAGER)
        with app.app_context():
            row = db.session.get_one(Proceeding, proceeding.id)
            allow_embedding(manager, row, embedding, list(origins), seen=seen)

    return say


def policy(client):
    response = client.get(FRAME)
    assert response.status_code == 200
    return response.headers["Content-Security-Policy"].rpartition("frame-ancestors ")[2]


def test_nobody_may_embed_a_map_until_a_manager_allows_it(client, make_proceeding, allow):
    proceeding = make_proceeding()
    assert policy(client) == "'none'"
    allow(proceeding, Embedding.LISTED, ["https://www.example.org", "https://*.example.com"])
    assert policy(client) == "https://www.example.org https://*.example.com"
    assert "frame-ancestors 'none'" in client.get("/proceedings/churchyard").headers["Content-Security-Policy"]


def test_a_draft_is_in_no_frame_whatever_was_allowed(make_proceeding):
    draft = make_proceeding(state=ProceedingState.DRAFT)
    draft.embedding = Embedding.EVERYBODY
    assert frame_ancestors(draft) == "'none'"


@pytest.mark.parametrize("line, origin", [
    ("https://www.example.org", "https://www.example.org"), ("HTTPS://Example.ORG/seite?x=1", "https://example.org"),
    ("http://localhost:8080/", "http://localhost:8080"), ("https://*.example.org", "https://*.example.org"),
])  # fmt: skip
def test_an_address_counts_up_to_its_host(line, origin):
    assert checked_origins(line) == [origin]


@pytest.mark.parametrize("line", [
    "www.example.org", "*", "'self'", "https://", "https://a.org;script-src", "javascript:alert(1)", "https://a.org:x",
    "https://-a.org", "https://a..org", "https://ex ample.org", "https://" + "a" * 300 + ".org", "data:text/html,x",
])  # fmt: skip
def test_what_is_no_website_is_refused_by_its_line(app_context, line):
    with pytest.raises(InvalidInput) as refused:
        checked_origins(line)
    assert refused.value.field == "origins"
    assert line.split()[-1].lower()[:20] in str(refused.value.message) or line.split()[0] in str(refused.value.message)


def test_only_so_many_websites_can_be_named(app_context):
    lines = [f"https://{number}.example.org" for number in range(MOST_ORIGINS + 1)]
    assert len(checked_origins("\n".join(lines[:-1] * 2))) == MOST_ORIGINS
    with pytest.raises(InvalidInput):
        checked_origins("\n".join(lines))


@pytest.mark.parametrize("role", [None, Role.MODERATOR, Role.PLANNER])
def test_only_managers_allow_embedding(app, make_proceeding, make_actor, role):
    proceeding = make_proceeding()
    actor = make_actor(proceeding, role) if role else make_actor()
    with app.app_context(), pytest.raises(NotPermitted):
        allow_embedding(actor, proceeding, Embedding.EVERYBODY, [], seen=NOBODY)


def test_of_two_managers_the_second_is_told_and_changes_nothing(app, make_proceeding, allow):
    proceeding = make_proceeding()
    allow(proceeding)
    with pytest.raises(Conflict):
        allow(proceeding, Embedding.LISTED, ["https://example.org"])
    with app.app_context():
        row = db.session.get_one(Proceeding, proceeding.id)
        assert row.embedding is Embedding.EVERYBODY
        assert [event.action for event in events_about(row)] == ["proceedings.allow_embedding"]


def test_the_page_saves_and_what_was_typed_comes_back_with_an_error(make_client, make_actor, make_proceeding):
    proceeding = make_proceeding()
    manager = make_client(make_actor(proceeding, Role.MANAGER))
    seen = {"seen_embedding": "nobody", "seen_origins": ""}
    wrong = manager.send(DESK, {"embedding": "listed", "origins": "www.example.org", **seen})
    assert wrong.status_code == 422
    assert "www.example.org</textarea>" in wrong.get_data(as_text=True)
    none = manager.send(DESK, {"embedding": "listed", "origins": "", **seen})
    assert none.status_code == 422
    assert manager.send(DESK, {"embedding": "listed", "origins": "https://example.org", **seen}).status_code == 303
    page = manager.get(DESK).get_data(as_text=True)
    assert "&lt;iframe src=&#34;http://127.0.0.1:5000/embed/churchyard&#34;" in page
    late = manager.send(DESK, {"embedding": "everybody", **seen}, follow_redirects=True)
    assert "gleichzeitig" in late.get_data(as_text=True)
    assert policy(manager) == "https://example.org"


def test_a_frame_sets_no_cookie_and_takes_no_entries(client, make_contribution):
    make_contribution(title="Eine Bank")
    response = client.get(FRAME)
    assert "Set-Cookie" not in response.headers
    page = response.get_data(as_text=True)
    assert "Eine Bank" in page
    assert "<form" not in page


def test_the_filter_of_the_page_is_that_of_the_frame(client, make_proceeding, make_contribution):
    proceeding = make_proceeding()
    make_contribution(proceeding, title="Ein Baum")
    make_contribution(proceeding, title="Ein Weg", category="paths")
    page = client.get(FRAME + "?category=paths").get_data(as_text=True)
    assert "Ein Weg" in page
    assert "Ein Baum" not in page
    assert "1 Beitrag" in page
    assert client.get(FRAME + "?sort=best").status_code == 422


def oembed(client, url, **arguments):
    return client.get("/oembed", query_string={"url": url, **arguments})


@pytest.mark.parametrize("path, language", [
    ("/proceedings/churchyard", ""), ("/en/proceedings/churchyard/about?x=1#y", "/en"), ("/embed/churchyard", ""),
])  # fmt: skip
def test_programs_learn_how_to_embed_a_page(client, make_proceeding, allow, path, language):
    allow(make_proceeding())
    answer = oembed(client, f"http://127.0.0.1:5000{path}", maxwidth="500").get_json()
    assert (answer["version"], answer["type"], answer["width"], answer["height"]) == ("1.0", "rich", 500, 600)
    assert f'src="http://127.0.0.1:5000{language}/embed/churchyard"' in answer["html"]
    page = client.get("/proceedings/churchyard").get_data(as_text=True)
    assert "application/json+oembed" in page


@pytest.mark.parametrize("url", [
    "", "http://evil.example/proceedings/churchyard", "http://127.0.0.1:5000/imprint",
    "http://127.0.0.1:5000/proceedings/nowhere", "http://127.0.0.1:50001/proceedings/churchyard",
    "http://127.0.0.1:5000/proceedings/churchyard/contributions/1",
])  # fmt: skip
def test_other_addresses_cannot_be_embedded(client, make_proceeding, allow, url):
    allow(make_proceeding())
    answer = oembed(client, url)
    assert answer.status_code == 404
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.get_json()["field"] == "url"


def test_what_may_not_be_embedded_is_not_offered(client, make_proceeding):
    make_proceeding()
    assert oembed(client, "http://127.0.0.1:5000/proceedings/churchyard").status_code == 404
    assert "oembed" not in client.get("/proceedings/churchyard").get_data(as_text=True)


@pytest.mark.parametrize("arguments, status", [
    ({"maxwidth": "10"}, 422), ({"maxheight": "x"}, 422), ({"maxwidth": "-500"}, 422), ({"format": "xml"}, 501),
    ({"maxwidth": "9" * 400}, 200), ({"maxheight": "٣٠٠"}, 422),
])  # fmt: skip
def test_wrong_questions_get_a_clear_answer(client, make_proceeding, allow, arguments, status):
    allow(make_proceeding())
    answer = oembed(client, "http://127.0.0.1:5000/proceedings/churchyard", **arguments)
    assert answer.status_code == status
    if status == 422:
        assert answer.get_json()["field"] in arguments


@contextlib.contextmanager
def foreign_website(frame):
    """A real website on another origin with our frame in it."""

    class Site(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(f"<title>Zeitung</title><iframe src='{frame}' width=800 height=600></iframe>".encode())

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Site)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://localhost:{server.server_port}"
    server.shutdown()
    server.server_close()


def test_another_website_shows_the_map_once_it_is_named(
    browser: Browser, live_server, make_proceeding, make_contribution, allow
):
    proceeding = make_proceeding()
    contribution = make_contribution(proceeding, title="Eine Bank")
    context = browser.new_context(locale="de-DE", reduced_motion="reduce")
    page = context.new_page()
    with foreign_website(f"{live_server}{FRAME}") as website:
        page.goto(website)
        frame = page.frame_locator("iframe")
        expect(frame.get_by_role("link", name="Eine Bank", exact=True)).to_have_count(0)
        allow(proceeding, Embedding.LISTED, [website])
        page.reload()
        expect(frame.locator(".pin")).to_be_visible()
        with context.expect_page() as opened:
            frame.get_by_role("link", name="Eine Bank", exact=True).click()
        expect(opened.value.get_by_role("heading", name="Eine Bank")).to_be_visible()
        with context.expect_page() as by_pin:
            frame.get_by_role("link", name="Grün und Klima: Eine Bank").press("Enter")
        expect(by_pin.value).to_have_url(f"{live_server}/proceedings/churchyard/contributions/{contribution.id}")
        assert context.cookies() == []
    context.close()
