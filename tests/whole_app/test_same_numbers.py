"""Page, map, every download, OGC API, JSON API and DIPAS' reads count the same for the same filter, whatever it is."""

import csv
import io
import json
import sqlite3
import zipfile

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from participation.accounts.actors import STRANGER
from participation.demo.seeding import seed
from participation.proceedings.queries import proceeding_by_slug
from tests.whole_app.reading import category_counts

SLUG = "churchyard"
HERE = f"/proceedings/{SLUG}"
WORLD = "-180,-85,180,85"
WORDS = st.sampled_from(["", "", "linde", "Fahrrad", "der", "gibtesnicht", "%"])
BOXES = st.sampled_from(["", "", WORLD, "12.30,51.30,12.37,51.34", "12.37,51.30,12.40,51.40"])


@pytest.fixture
def words(app):
    """Fill a proceeding – places, none, waiting ones – and return its categories and types as {key: id}."""
    with app.app_context():
        seed(slug=SLUG, contributions=200)
        proceeding = proceeding_by_slug(STRANGER, SLUG)
        return {
            "category": {one.key: one.id for one in proceeding.categories},
            "type": {one.key: one.id for one in proceeding.types},
        }


def in_downloads(client, query, tmp_path):
    """Count the rows of each format."""

    def data(suffix, table="contributions"):
        answer = client.get(f"{HERE}/{table}.{suffix}", query_string=query)
        assert answer.status_code == 200, suffix
        return answer.data

    collection = json.loads(data("geojson"))
    assert collection["numberReturned"] == len(collection["features"])
    counted = {"geojson": len(collection["features"]), "jsonfg": json.loads(data("jsonfg"))["numberReturned"]}
    for name, table in (("csv", "contributions"), ("votes", "votes")):
        counted[name] = len(list(csv.DictReader(io.StringIO(data("csv", table).decode(), newline=""))))
    package = tmp_path / "package.gpkg"
    package.write_bytes(data("gpkg"))
    with sqlite3.connect(package) as connection:
        layers = [name for (name,) in connection.execute("SELECT table_name FROM gpkg_contents ORDER BY 1")]
        layers = [name for name in layers if name.startswith("contributions")]
        counted["gpkg"] = sum(connection.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0] for name in layers)
    connection.close()
    with zipfile.ZipFile(io.BytesIO(data("xlsx"))) as workbook:
        counted["xlsx"] = workbook.read("xl/worksheets/sheet1.xml").count(b"<row ") - 1
    placed = sum(feature["geometry"] is not None for feature in collection["features"])
    return counted, placed


def in_interfaces(client, query, words):
    """Count what each interface finds; none of them knows the box of the page."""
    keys = {name: [key for key in query[name] if key in words[name]] for name in words}
    chosen = [
        f"{name} IN ({', '.join(map(repr, keys[name]))})" if keys[name] else "FALSE" for name in words if query[name]
    ]
    ogc = {"filter": " AND ".join(chosen) or "TRUE", "q": query["q"], "limit": 1}
    items = client.get(f"/ogc/collections/{SLUG}.contributions/items", query_string=ogc).get_json(force=True)
    counted = {"OGC API": items["numberMatched"]}
    asked = {name: value for name, value in query.items() if value and name != "bbox"}
    answer = client.get(f"/api/v1{HERE}/contributions", query_string={**asked, "limit": 100})
    listed = answer.get_json(force=True)
    counted["JSON API"] = len(listed["features"])
    while listed.get("next"):
        listed = client.get(listed["next"].partition("5000")[2]).get_json(force=True)
        counted["JSON API"] += len(listed["features"])
    if not query["q"]:
        ids = {name: ",".join(str(words[name].get(key, 0)) for key in query[name]) for name in words}
        named = {"category": ids["category"], "rubric": ids["type"]}
        dipas = {name: value for name, value in named.items() if value} | {"itemsPerPage": 1}
        answer = client.get(f"{HERE}/drupal/dipas/contributionlist/0", query_string=dipas)
        counted["DIPAS"] = answer.get_json(force=True)["pager"]["totalPages"]  # of one item each
    return counted


@settings(max_examples=50, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_everything_counts_the_same(client, words, tmp_path, data):
    query = {
        name: data.draw(st.lists(st.sampled_from([*keys, "gibtesnicht"]), unique=True, max_size=3), label=name)
        for name, keys in words.items()
    }
    query |= {"q": data.draw(WORDS, label="q"), "bbox": data.draw(BOXES, label="bbox")}
    page = client.get(HERE, query_string=query)
    assert page.status_code == 200
    by_category = category_counts(page.get_data(as_text=True))
    total = sum(count for key, count in by_category.items() if not query["category"] or key in query["category"])
    counted, placed = in_downloads(client, query, tmp_path)
    assert counted == dict.fromkeys(counted, total)
    for zoom in (3, 14):
        view = client.get(f"{HERE}/map.json", query_string=query | {"box": WORLD, "zoom": zoom}).get_json(force=True)
        shown = sum(feature["properties"].get("count", 1) for feature in view["features"])
        assert (view["in_view"], shown) == (placed, placed)
    if not query["bbox"]:
        interfaces = in_interfaces(client, query, words)
        assert interfaces == dict.fromkeys(interfaces, total)
