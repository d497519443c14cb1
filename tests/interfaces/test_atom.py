"""Feeds: what is new and nothing else, legal Atom, read by real readers."""

import shutil
import subprocess
from datetime import timedelta
from urllib.parse import urlsplit

import pytest

from participation import clock
from participation.contributions.models import Contribution
from participation.contributions.services import set_state
from participation.contributions.states import PublicationState
from participation.database import transaction
from participation.interfaces.atom import MOST_ENTRIES
from participation.proceedings.models import ProceedingState
from tests.interfaces.reading import tree

FEED = "/feeds/churchyard.atom"
NAMES = {"a": "http://www.w3.org/2005/Atom", "georss": "http://www.georss.org/georss"}


def feed(client, path=FEED):
    return tree(client.get(path))


def titles(root):
    return [entry.findtext("a:title", namespaces=NAMES) for entry in root.findall("a:entry", NAMES)]


def respond(app, contribution, text="Wir bauen das.", at=None):
    with app.app_context(), transaction() as session:
        row = session.get_one(Contribution, contribution.id)
        row.response, row.responded_at = text, at or clock.now()


def test_a_feed_has_what_rfc_4287_asks_of_it(client, make_contribution):
    contribution = make_contribution(title="Mehr <Bäume> & Bänke", public_name="Marek Z.")
    response = client.get(FEED)
    assert response.headers["Content-Type"] == "application/atom+xml; charset=utf-8"
    root = tree(response)
    assert root.tag == "{http://www.w3.org/2005/Atom}feed"
    for name in ("id", "title", "updated", "rights", "author/a:name"):
        assert root.findtext(f"a:{name}", namespaces=NAMES)
    links = {link.get("rel"): link.get("href") for link in root.findall("a:link", NAMES)}
    assert urlsplit(links["self"]).path == FEED
    (entry,) = root.findall("a:entry", NAMES)
    text = {child.tag.partition("}")[2]: child.text for child in entry}
    assert text["title"] == "Mehr <Bäume> & Bänke"
    assert text["content"] == contribution.text
    assert text["published"].endswith("Z")
    assert entry.findtext("a:author/a:name", namespaces=NAMES) == "Marek Z."
    assert entry.find("a:category", NAMES).attrib == {"term": "green", "label": "Grün und Klima"}
    assert [float(number) for number in text["point"].split()] == pytest.approx([51.3421, 12.3707], abs=1e-5)
    page = urlsplit(entry.find("a:link", NAMES).get("href")).path
    assert client.get(page).status_code == 200


def test_the_newest_publication_comes_first_however_long_it_waited(app, client, make_proceeding, make_contribution):
    proceeding = make_proceeding()
    old = make_contribution(proceeding, title="Lange geprüft", state=PublicationState.SUBMITTED)
    make_contribution(proceeding, title="Gleich da", created_at=clock.now() - timedelta(hours=1))
    assert titles(feed(client)) == ["Gleich da"]
    with app.app_context(), transaction() as session:
        set_state(session, session.get_one(Contribution, old.id), PublicationState.PUBLISHED)
    assert titles(feed(client)) == ["Lange geprüft", "Gleich da"]


def test_an_answer_of_the_city_is_news_of_its_own(app, client, make_contribution):
    contribution = make_contribution(title="Bänke")
    respond(app, contribution)
    root = feed(client)
    assert titles(root) == ["Antwort: Bänke", "Bänke"]
    answer, entry = root.findall("a:entry", NAMES)
    assert answer.findtext("a:content", namespaces=NAMES) == "Wir bauen das."
    assert answer.findtext("a:id", namespaces=NAMES) == entry.findtext("a:id", namespaces=NAMES) + "#response"


def test_the_filter_of_the_page_makes_a_feed_for_each_category(client, make_proceeding, make_contribution):
    proceeding = make_proceeding()
    make_contribution(proceeding, title="Ein Baum")
    make_contribution(proceeding, title="Ein Weg", category="paths")
    root = feed(client, FEED + "?category=paths")
    assert titles(root) == ["Ein Weg"]
    assert root.findtext("a:title", namespaces=NAMES).endswith(": Wege")
    assert root.findtext("a:id", namespaces=NAMES).endswith("?category=paths")


def test_entries_keep_their_name_in_each_language(client, make_contribution):
    make_contribution()
    names = {
        entry.findtext("a:id", namespaces=NAMES)
        for path in (FEED, "/en" + FEED)
        for entry in feed(client, path).findall("a:entry", NAMES)
    }
    assert len(names) == 1


def test_a_feed_ends_after_fifty_entries(app, client, make_proceeding, make_contribution):
    proceeding = make_proceeding()
    contributions = [make_contribution(proceeding, title=f"Nummer {number}") for number in range(MOST_ENTRIES + 3)]
    respond(app, contributions[0])
    assert len(titles(feed(client))) == MOST_ENTRIES
    assert titles(feed(client))[0] == "Antwort: Nummer 0"


def test_a_reader_gets_it_again_only_when_something_is_new(client, make_proceeding, make_contribution):
    proceeding = make_proceeding()
    make_contribution(proceeding)
    first = client.get(FEED)
    assert first.headers["Cache-Control"] == "public, no-cache"
    assert client.get(FEED, headers={"If-None-Match": first.headers["ETag"]}).status_code == 304
    make_contribution(proceeding)
    assert client.get(FEED, headers={"If-None-Match": first.headers["ETag"]}).status_code == 200


def test_a_text_that_xml_cannot_hold_does_not_break_the_feed(app, client, make_contribution):
    contribution = make_contribution()
    with app.app_context(), transaction() as session:
        session.get_one(Contribution, contribution.id).text = "Vorher \x0b\ufffe\x1b nachher 🌳"
    (entry,) = feed(client).findall("a:entry", NAMES)
    assert entry.findtext("a:content", namespaces=NAMES) == "Vorher \ufffd\ufffd\ufffd nachher 🌳"


def test_a_draft_has_no_feed_for_strangers(client, make_proceeding):
    make_proceeding(state=ProceedingState.DRAFT)
    response = client.get(FEED)
    assert response.status_code == 404
    assert response.headers["Content-Type"] == "application/problem+json"


def test_a_wrong_filter_is_told_to_the_reader(client, make_proceeding):
    make_proceeding()
    assert client.get(FEED + "?sort=best").get_json()["field"] == "sort"


def test_pages_lead_to_the_feed_of_what_they_show(client, make_contribution):
    make_contribution()
    page = client.get("/proceedings/churchyard?category=green").get_data(as_text=True)
    assert 'href="/feeds/churchyard.atom?category=green"' in page
    assert 'href="/feeds/churchyard.atom"' in client.get("/proceedings/churchyard/about").get_data(as_text=True)


def test_geographic_software_reads_the_feed(client, make_proceeding, make_contribution, tmp_path):
    proceeding = make_proceeding()
    for number in range(3):
        make_contribution(proceeding, title=f"Nummer {number}")
    file = tmp_path / "feed.atom"
    file.write_bytes(client.get(FEED).data)
    program = shutil.which("ogrinfo")
    if program is None:
        pytest.fail("ogrinfo is missing. On Debian and Ubuntu: sudo apt-get install gdal-bin", pytrace=False)
    told = subprocess.run([program, "-so", "-al", str(file)], capture_output=True, text=True, check=True).stdout
    assert "Feature Count: 3" in told
    assert "Geometry: Point" in told
