"""Map and list of a proceeding are equals: one filter, one number, one address, and both work by keyboard."""

import json
import re
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import expect
from shapely import Point

from tests.pages.map_page import PLACE, names_on_map, press, query_of, symbol, symbols, zoom_of


def test_list_map_count_and_downloads_follow_one_filter_in_the_address(open_page):
    page = open_page()
    expect(page.locator("#count b")).to_have_text("7")
    expect(page.locator("[data-in-view]").first).to_have_text("6")
    with page.expect_response(re.compile(r"map\.json.*category=paths")) as answered:
        page.locator("input[name=category][value=paths]").check(force=True)
    expect(page.locator("#count b")).to_have_text("3")
    expect(page.locator("li.ccard")).to_have_count(3)
    assert answered.value.json()["in_view"] == 3
    with page.expect_response(re.compile(r"map\.json.*q=second")) as answered:
        page.locator("input[name=q]").fill("second")
    expect(page.locator("li.ccard")).to_have_count(1)
    expect(symbols(page)).to_have_count(1)
    assert names_on_map(page) == ["Paths: Steps to the second door, 0 in favour"]
    assert answered.value.json()["in_view"] == 1
    query = query_of(page)
    assert (query["category"], query["q"]) == (["paths"], ["second"])
    download = page.locator("a[href*='contributions.geojson']").first.get_attribute("href")
    titles = [feature["properties"]["title"] for feature in json.loads(page.request.get(download).body())["features"]]
    assert titles == ["Steps to the second door"]
    page.reload()
    expect(page.locator("li.ccard")).to_have_count(1)
    expect(page.locator("input[name=q]")).to_have_value("second")
    expect(page.locator("input[name=category][value=paths]")).to_be_checked()


def test_only_what_the_map_shows_is_a_filter_too(open_page):
    page = open_page(f"{PLACE}?map=51.34285,12.36950,20")
    page.locator("summary", has_text="More filters").click()
    page.locator("[data-view-bbox]").check(force=True)
    expect(page.locator("li.ccard")).to_have_count(1)
    expect(page.locator("li.ccard")).to_contain_text("Limes in the north")
    west, south, east, north = map(float, query_of(page)["bbox"][0].split(","))
    assert west < 12.36950 < east
    assert south < 51.34290 < north


def test_a_link_with_a_map_shows_that_part(open_page):
    page = open_page(waits=False, path="/privacy")
    with page.expect_request("**/map.json*") as asked:
        page.goto(f"{PLACE}?map=51.34290,12.36950,19.5")
    query = parse_qs(urlsplit(asked.value.url).query)
    west, south, east, north = map(float, query["box"][0].split(","))
    assert query["zoom"] == ["19.5"]
    assert (west + east) / 2 == pytest.approx(12.36950, abs=1e-5)
    assert (south + north) / 2 == pytest.approx(51.34290, abs=1e-5)
    expect(symbols(page).first).to_be_attached()
    assert any("Limes in the north" in name for name in names_on_map(page))


@pytest.mark.parametrize("view", ["", "1,2", "a,b,c", "91,181,99", "51,12,-1", "NaN,NaN,NaN"])
def test_a_broken_map_in_the_address_shows_the_whole_area(open_page, view):
    page = open_page(f"{PLACE}?map={view}")
    expect(page.locator("[data-in-view]").first).to_have_text("6")


def test_symbols_are_one_tab_stop_and_arrow_keys_walk_through_them(open_page):
    page = open_page()
    expect(page.locator("#map .leaflet-marker-pane [tabindex='0']")).to_have_count(1)
    names = names_on_map(page)
    assert [name.partition(":")[0] for name in names] == ["Green and climate", "Paths", "Green and climate", names[3]]
    assert names[3] == "3 contributions here, mostly Paths, zoom in"
    page.locator("#map .leaflet-marker-pane [tabindex='0']").focus()
    focused = "document.activeElement.getAttribute('aria-label')"
    for key, at in (
        ("ArrowRight", 1),
        ("ArrowDown", 2),
        ("ArrowUp", 1),
        ("End", 3),
        ("ArrowRight", 3),
        ("Home", 0),
        ("ArrowUp", 0),
    ):
        page.keyboard.press(key)
        assert page.evaluate(focused) == names[at], key
    expect(page.locator("#map .leaflet-marker-pane [tabindex='0']")).to_have_count(1)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Tab")
    assert not page.evaluate("document.activeElement.closest('.leaflet-marker-pane') !== null")
    page.keyboard.press("Shift+Tab")
    assert page.evaluate(focused) == names[1]
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.matches('#map [data-canvas]')")
    page.locator("#map .leaflet-marker-pane [tabindex='0']").focus()
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/en/proceedings/churchyard/contributions/\d+"))
    expect(page.get_by_role("heading", name="Cycle path to the market")).to_be_visible()


def test_a_group_zooms_in_by_click_and_by_key_and_keeps_the_focus(open_page):
    for act in ("click", "Enter"):
        page = open_page()
        if act == "click":
            press(page, "3 contributions here, mostly Paths, zoom in")
        else:
            symbol(page, "3 contributions here, mostly Paths, zoom in").focus()
            page.keyboard.press("Enter")
        expect(symbol(page, "third door")).to_be_attached()
        assert zoom_of(page.url) > 19
        assert sum("door" in name for name in names_on_map(page)) == 3
        if act == "Enter":
            assert page.evaluate("document.activeElement.closest('#map') !== null")


def test_what_stands_at_one_spot_leads_to_the_list(open_page, place, make_contribution):
    for number in range(2):
        make_contribution(place, title=f"At one spot {number}", geometry=Point(12.3718, 51.3418))
    page = open_page(f"{PLACE}?map=51.3418,12.3718,20")
    press(page, "2 contributions at this spot, Green and climate, show in the list")
    page.wait_for_url(re.compile("bbox="))
    expect(page.locator("li.ccard")).to_have_count(2)
    expect(page.locator("#count b")).to_have_text("2")


def test_a_pin_shows_its_card_first_and_opens_then(open_page):
    page = open_page()
    press(page, "Benches in the middle")
    card = page.locator(".ccard[aria-current=true]")
    expect(card).to_contain_text("Benches in the middle")
    press(page, "Benches in the middle")
    expect(page.get_by_role("heading", name="Benches in the middle")).to_be_visible()


def test_the_back_button_brings_back_filter_list_and_map(open_page):
    page = open_page()
    page.locator("input[name=category][value=paths]").check(force=True)
    expect(page.locator("li.ccard")).to_have_count(3)
    page.locator("input[name=q]").fill("second")
    expect(page.locator("li.ccard")).to_have_count(1)
    with page.expect_response(lambda response: re.search(r"map\.json\?category=paths&box", response.url)) as answered:
        page.go_back()
    expect(page.locator("li.ccard")).to_have_count(3)
    expect(page.locator("input[name=q]")).to_have_value("")
    assert answered.value.json()["in_view"] == 3
    page.go_back()
    expect(page.locator("li.ccard")).to_have_count(7)
    expect(page.locator("input[name=category][value=paths]")).not_to_be_checked()
    page.go_forward()
    expect(page.locator("li.ccard")).to_have_count(3)
    view = page.locator("[data-zoom='1']").first
    view.click()
    page.wait_for_url(re.compile("map="))
    page.wait_for_timeout(300)  # the address follows the map when it has come to rest
    seen = page.url
    page.locator("li.ccard a").first.click()
    page.wait_for_url(re.compile("/contributions/"))
    page.go_back()
    expect(page.locator("li.ccard")).to_have_count(3)
    assert page.url == seen
    expect(page.locator("input[name=category][value=paths]")).to_be_checked()


def test_the_view_is_in_the_address_and_stays(open_page):
    page = open_page()
    switch, side, area = page.locator("nav.viewsw"), page.locator("section.side"), page.locator("#map")
    for name, has_list, has_map in (("List", True, False), ("Map", False, True), ("Map and list", True, True)):
        switch.get_by_role("link", name=name, exact=True).click()
        for _ in range(2):
            expect(side).to_be_visible(visible=has_list)
            expect(area).to_be_visible(visible=has_map)
            expect(switch.locator("[aria-current=true]")).to_have_text(name)
            page.reload()
    assert "view" not in query_of(page)


def test_a_map_that_was_hidden_is_drawn_when_it_is_shown(open_page):
    page = open_page(f"{PLACE}?view=list", waits=False)
    with page.expect_response("**/map.json*"):
        page.locator("nav.viewsw").get_by_role("link", name="Map and list", exact=True).click()
    expect(symbols(page)).to_have_count(4)


def test_on_a_phone_the_list_is_a_sheet_over_the_map(open_page):
    page = open_page(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    handle, side = page.locator("[data-handle]"), page.locator("section.side")
    height = page.evaluate("innerHeight")
    tops = []
    for stop, expanded in enumerate(("false", "true", "true", "false")):
        expect(handle).to_have_attribute("aria-expanded", expanded)
        page.wait_for_timeout(300)
        tops.append(side.bounding_box()["y"])
        if stop < 2:
            handle.tap()
        else:
            handle.press("Enter")
    assert height > tops[0] > tops[1] > tops[2]
    assert tops[3] == pytest.approx(tops[0], abs=1)
    expect(handle).to_have_attribute("aria-expanded", "true")


def test_on_a_phone_a_pin_opens_the_sheet_at_its_card(open_page):
    page = open_page(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    handle = page.locator("[data-handle]")
    press(page, "Benches in the middle", by_finger=True)
    expect(handle).to_have_attribute("aria-expanded", "true")
    expect(page.locator(".ccard[aria-current=true]")).to_be_in_viewport()
    page.locator("[data-toggle-list]").tap()
    expect(page.locator("#map")).to_be_hidden()
    expect(page.locator("li.ccard")).to_have_count(7)
    page.locator("[data-toggle-list]").tap()
    expect(page.locator("#map")).to_be_visible()


@pytest.mark.parametrize("failure", ["no connection", "server error"])
def test_without_map_data_a_note_stands_there_and_the_list_works(open_page, failure):
    page = open_page("/privacy", waits=False)
    page.route(
        "**/map.json*",
        lambda route: route.abort() if failure == "no connection" else route.fulfill(status=503, body="{}"),
    )
    page.goto(PLACE)
    expect(page.get_by_text("The map is unavailable right now.")).to_be_visible()
    page.locator("input[name=category][value=paths]").check(force=True)
    expect(page.locator("li.ccard")).to_have_count(3)
    expect(page.get_by_text("The map is unavailable right now.")).to_be_visible()
    page.unroute("**/map.json*")
    page.get_by_role("button", name="Load the map again").click()
    expect(page.get_by_text("The map is unavailable right now.")).to_be_hidden()
    expect(symbols(page).first).to_be_attached()


def test_the_device_is_asked_for_its_place_only_on_press(open_page):
    page = open_page("/privacy", waits=False, geolocation={"latitude": 51.3425, "longitude": 12.3715})
    page.context.add_init_script(
        "window.asked = 0; const ask = navigator.geolocation.getCurrentPosition.bind(navigator.geolocation);"
        "navigator.geolocation.getCurrentPosition = (...all) => { asked += 1; ask(...all); };"
    )
    page.goto(PLACE)
    expect(symbols(page).first).to_be_attached()
    assert page.evaluate("asked") == 0
    locate = page.get_by_role("button", name="Show my location")
    locate.click()  # nothing was granted
    expect(page.locator("#live")).to_have_text("Your location is not available.")
    page.context.grant_permissions(["geolocation"])
    locate.click()
    expect(page.locator("#map .here")).to_be_visible()
    assert page.evaluate("asked") == 2
    latitude, longitude, _ = map(float, query_of(page)["map"][0].split(","))
    assert (latitude, longitude) == pytest.approx((51.3425, 12.3715), abs=2e-5)
