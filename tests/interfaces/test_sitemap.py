"""Sitemaps and robots.txt: all that is public is found, all that is not is left alone."""

from urllib.parse import urlsplit
from urllib.robotparser import RobotFileParser

import pytest

from participation.contributions.states import PublicationState
from participation.proceedings.models import ProceedingState
from participation.routes import PUBLIC_ENDPOINTS
from tests.interfaces.reading import tree

LOC = "{http://www.sitemaps.org/schemas/sitemap/0.9}loc"


def paths(client, path):
    return [urlsplit(loc.text).path for loc in tree(client.get(path)).iter(LOC)]


def test_the_sitemap_leads_to_every_public_page_and_to_no_other(client, make_proceeding, make_contribution):
    proceeding, draft = make_proceeding(), make_proceeding("draft", state=ProceedingState.DRAFT)
    shown = make_contribution(proceeding)
    for state in PublicationState:
        if state is not PublicationState.PUBLISHED:
            make_contribution(proceeding, state=state)
    make_contribution(draft)
    found = [page for file in paths(client, "/sitemap.xml") for page in paths(client, file)]
    here = "/proceedings/churchyard"
    contribution = f"{here}/contributions/{shown.id}"
    assert {page for page in found if "contributions" in page} == {contribution, f"/en{contribution}"}
    assert {here, f"{here}/about", f"/en{here}", "/", "/en/"} <= set(found)
    assert not any("draft" in page for page in found)
    for page in found:
        assert client.get(page, follow_redirects=True).status_code == 200, page


@pytest.mark.parametrize("block", ["0", "7", "99999999999999999999"])
def test_a_block_beyond_the_last_contribution_is_no_page(client, block):
    assert client.get(f"/sitemaps/contributions-{block}.xml").status_code == (200 if block == "0" else 404)


def test_robots_leave_desks_accounts_and_private_links_alone(app, client):
    text = client.get("/robots.txt").get_data(as_text=True)
    assert "Disallow: /moderation$" in text  # an end that this parser does not know
    parser = RobotFileParser()
    parser.parse(text.replace("/moderation$", "/moderation/").splitlines())
    addresses = {rule.endpoint: rule.rule.replace("<slug>", "churchyard") for rule in app.url_map.iter_rules()}
    for endpoint, path in addresses.items():
        if endpoint not in PUBLIC_ENDPOINTS and path != "/moderation":
            assert not parser.can_fetch("*", path), path
            assert not parser.can_fetch("*", f"/en{path}"), path
    for path in ("/", "/proceedings/churchyard", "/moderation-log/churchyard", "/feeds/churchyard.atom"):
        assert parser.can_fetch("*", path), path
    assert parser.site_maps() == ["http://127.0.0.1:5000/sitemap.xml"]
