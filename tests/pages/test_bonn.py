"""Real input in the browser: Bonn's contributions are grouped, filtered, searched and voted on, and come out again."""

import json
import re

import pytest
from playwright.sync_api import Page, expect
from shapely import box
from shapely.geometry import MultiPolygon

from participation.contributions.clusters import MOST_SYMBOLS
from participation.imports.commands import import_file
from tests.conftest import SHARED_DATA

FILE = SHARED_DATA / "contributions" / "bonn_raddialog_2017.csv"


@pytest.fixture
def bonn(app, make_proceeding):
    proceeding = make_proceeding("bonn", project_area=MultiPolygon([box(7.00, 50.62, 7.25, 50.78)]), text_max=2000)
    make_proceeding("elsewhere")
    arguments = ["bonn", str(FILE), "--category-default", "paths", "--skip-bad"]
    result = app.test_cli_runner().invoke(import_file, arguments)
    assert result.exit_code == 0, result.output
    return proceeding


def shown_number(page: Page) -> int:
    return int(re.sub(r"\D", "", page.locator("#count b").inner_text()))


def test_bonn_is_grouped_filtered_searched_voted_on_and_downloaded(page: Page, live_server, bonn):
    with page.expect_response("**/map.json*") as answered:
        page.goto(f"{live_server}/en/proceedings/bonn")
    features = answered.value.json()["features"]
    assert 1 < len(features) <= MOST_SYMBOLS
    total = shown_number(page)
    assert answered.value.json()["in_view"] == total
    assert total > 2_000
    expect(page.locator("#map .leaflet-marker-icon > *").first).to_be_visible()

    with page.expect_response(re.compile(r"map\.json.*q=Adenauerallee")) as searched:
        page.locator("input[name=q]").fill("Adenauerallee")
    expect(page.locator("#count b")).not_to_have_text(re.compile("^2[.,]"))
    found = shown_number(page)
    assert 10 < found < 200
    assert searched.value.json()["in_view"] == found

    page.locator("li.ccard a").first.click()
    title = page.locator("article h2").first.inner_text()
    with page.expect_response("**/vote"):
        page.locator("form.vote button").first.click()
    expect(page.locator("form.vote button .n").first).to_have_text("1")

    collection = json.loads(page.request.get(f"{live_server}/proceedings/bonn/contributions.geojson").body())
    assert collection["numberReturned"] == len(collection["features"]) == total
    voted = [feature for feature in collection["features"] if feature["properties"]["votes_for"] == 1]
    assert [feature["properties"]["title"] for feature in voted] == [title]
