"""Programs that read DIPAS today, written after what is known of them (inventory, 4.4), read everything here."""

import json
from urllib.parse import urlsplit

import pytest

from participation.accounts.actors import STRANGER
from participation.contributions.counting import counts_by_proceeding
from participation.demo.seeding import seed
from participation.proceedings.queries import visible_proceedings

BASE = "https://example.org/drupal/dipas-pds/projects"


class Web:
    """Fetches as a browser on another site does: asks first, since it sends a content type with its GET."""

    headers = {"Accept": "application/json, application/geo+json", "Content-Type": "application/json"}  # noqa: RUF012

    def __init__(self, client):
        self.client = client

    def json(self, address):
        parts = urlsplit(address)
        path = f"{parts.path}?{parts.query}" if parts.query else parts.path
        before = self.client.options(path, headers={"Access-Control-Request-Headers": "content-type"})
        allowed = before.headers["Access-Control-Allow-Headers"].split(", ")
        assert {"content-type", "accept"} <= set(allowed)
        response = self.client.get(path, headers=self.headers)
        assert response.status_code == 200, (address, response.status_code)
        found = json.loads(response.data)
        assert "error" not in found
        return found


class MapTool:
    """The CoSI tool of Masterportal, newest generation."""

    def __init__(self, web):
        self.web = web

    def projects(self):
        found = self.web.json(BASE)["features"]
        drawn = [one for one in found if "type" in one["geometry"]]
        return [
            {
                "id": told["id"],
                "title": told["nameFull"],
                "categories": [category["name"] for category in values_of(told["standardCategories"])],
                "count": len(told["hasParticipatoryText"]),
                "state": told["proceedingState"],
                "website": told["website"],
                "dates": (told["dateStart"][:10], told["dateEnd"][:10]),
                "crs": f"EPSG:{told.get('referenceSystem', '4326')}",
            }
            for told in (one["properties"] for one in drawn)
            if told["isDipasProceeding"] is not False
        ]

    def contributions(self, project):
        found = self.web.json(f"{BASE}/{project['id']}/contributions")["features"]
        told = [one["properties"] for one in found]
        weights = [float(one["votingPro"]) + float(one["votingContra"]) for one in told]
        in_categories = [one for one in told if one["category"] in project["categories"]]
        assert len(in_categories) == len(told)
        return told, weights


def values_of(keyed):
    """Object.values: of an object its values, of a list its items."""
    return list(keyed.values()) if isinstance(keyed, dict) else keyed


@pytest.fixture
def city(app, make_proceeding):
    """Two proceedings with many contributions, and one without any."""
    with app.app_context():
        seed(slug="one", contributions=230, votes=400, comments=150)
        seed(slug="two", contributions=45, votes=80, comments=10)
    make_proceeding("empty")
    with app.app_context():
        proceedings = visible_proceedings(STRANGER)
        counts = counts_by_proceeding(proceedings)
        return {one.slug: counts.get(one.id, 0) for one in proceedings}


def test_the_map_tool_reads_all_projects_and_contributions(client, city):
    tool = MapTool(Web(client))
    projects = tool.projects()
    assert {project["id"]: project["count"] for project in projects} == city
    for project in projects:
        told, weights = tool.contributions(project)
        assert len(told) == len(weights) == city[project["id"]]
        assert {one["belongToProject"] for one in told} <= {project["id"]}


def test_the_language_work_reads_every_text_and_every_comment(client, city):
    web = Web(client)
    for slug, count in city.items():
        found = [one["properties"] for one in web.json(f"{BASE}/{slug}/commentedcontributions")["features"]]
        assert len(found) == count
        texts = [one["contributionContent"] for one in found]
        comments = [
            said["commentContent"]
            for one in found
            for first in one["commentedBy"]
            for said in (first, *first["commentedBy"])
        ]
        assert all(texts)
        assert all(comments)
        assert len(comments) == sum(one["commentsNumber"] for one in found)
        for one in found[:20]:
            single = web.json(f"{BASE}/{slug}/contributions/{one['id']}/comments")["features"]
            listed = [comment for feature in single for comment in feature["properties"]["comments"]]
            assert listed == one["commentedBy"]


def test_the_exchange_of_kiel_reads_place_picture_contact_and_description(client, city):
    web = Web(client)
    places = web.json("https://example.org/drupal/dipas/navigator/cockpitdatamap")["features"]
    for feature in web.json(BASE)["features"]:
        told = feature["properties"]
        (place,) = [one for one in places if one["properties"]["id"] == told["id"]]
        lon, lat = place["geometry"]["coordinates"]
        assert 12 < lon < 13
        assert 51 < lat < 52
        assert told["website"].endswith("/#")
        own = told["website"].removesuffix("/#")
        start = web.json(f"{own}/drupal/dipas/init")
        assert start["projecttitle"] == told["nameFull"]
        assert start["landingpage"]["image"]["path"] == ""
        contact = [start["projectowner"][name] for name in ("name", "street1", "street2", "zip", "city", "telephone")]
        assert contact[0] == told["owner"]
        blocks = web.json(f"{own}/drupal/dipas/projectinfo")["content"]
        text = next(one["field_text"] for one in blocks if (one["type"], one["bundle"]) == ("paragraph", "text"))
        assert isinstance(text, str)


def test_a_front_end_reads_the_whole_list_page_by_page_and_every_detail(client, city):
    web = Web(client)
    address = "https://example.org/proceedings/one/drupal/dipas/contributionlist?itemsPerPage=40&sort=comments"
    rows, pages = [], 0
    while address:
        page = web.json(address)
        rows += page["nodes"]
        pages += 1
        assert page["pager"]["lastPage"] is ("next" not in page["links"])
        address = page["links"].get("next") if isinstance(page["links"], dict) else None
    assert pages == page["pager"]["totalPages"]
    assert len(rows) == len({row["nid"] for row in rows}) == int(page["totalNodes"]) == city["one"]
    assert [int(row["comments"]) for row in rows] == sorted((int(row["comments"]) for row in rows), reverse=True)
    for row in rows[:15]:
        details = web.json(f"https://example.org/drupal/dipas/contributiondetails/{row['nid']}")
        assert (details["title"], str(details["category"])) == (row["title"], row["category"])
        assert str(details["rating"]["allVotes"]) == row["numVotes"]
        comments = web.json(f"https://example.org/drupal/dipas/getcomments/{row['nid']}")
        assert str(comments["commentcount"]) == row["comments"]
        assert comments["commentcount"] == sum(1 + len(one["replies"]) for one in comments["comments"])


def test_all_families_tell_the_same_numbers(client, city):
    web = Web(client)
    base = "https://example.org/proceedings/{}/drupal"
    cockpit = web.json("https://example.org/drupal/dipas/navigator/cockpitdatamap")["features"]
    assert {one["properties"]["id"]: one["properties"]["numberContributions"] for one in cockpit} == city
    total = web.json("https://example.org/drupal/dipas/navigator/contributions")["chart_data"]["total"]
    assert total == sum(city.values())
    for slug, count in city.items():
        rows = web.json(base.format(slug) + "/dipas/statistics")["contributionData"]
        located = web.json(base.format(slug) + "/masterportal/layer/contributions")["features"]
        pds = web.json(f"{BASE}/{slug}/contributions")["features"]
        assert len(rows) == len(pds) == count
        assert len(located) == sum(one["properties"]["dipasLocated"] for one in pds)
