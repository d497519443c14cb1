"""The map where it is hard: long lists, narrow and short windows, no connection, no location, a walk by keys."""

import re

import pytest
from playwright.sync_api import expect
from shapely import Point

from tests.pages.map_page import PLACE, SPOTS, names_on_map, press, query_of

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}


@pytest.mark.parametrize("path, options", [(PLACE, PHONE), (f"{PLACE}?view=map", {})], ids=["phone", "map only"])
def test_a_pin_whose_card_the_list_does_not_show_opens_its_page(open_page, place, make_contribution, path, options):
    if options:  # the first page of the list holds forty
        for number in range(45):
            make_contribution(place, title=f"Newer one {number}", geometry=None)
    page = open_page(path, **options)
    press(page, "Benches in the middle", by_finger=bool(options))
    expect(page.get_by_role("heading", name="Benches in the middle")).to_be_visible()


def test_the_other_language_shows_the_same_filter_and_the_same_part_of_the_map(open_page):
    page = open_page()
    page.locator("input[name=category][value=paths]").check(force=True)
    expect(page.locator("#count b")).to_have_text("3")
    page.locator("[data-zoom='1']").first.click()
    page.wait_for_url(re.compile("map="))
    before = query_of(page)
    page.locator("a[hreflang=de]").first.click()
    page.wait_for_url(re.compile("/proceedings/churchyard"))
    expect(page.locator("html")).to_have_attribute("lang", "de")
    expect(page.locator("#count b")).to_have_text("3")
    assert query_of(page)["category"] == ["paths"]
    assert query_of(page)["map"] == before["map"]
    page.go_back()
    expect(page.locator("input[name=category][value=paths]")).to_be_checked()


def test_the_walk_reaches_every_symbol_once_from_north_to_south(open_page, place, make_contribution):
    for number in range(24):  # a zigzag over the whole view: each step is at another edge
        lon = 12.36969 if number % 2 else 12.37191
        make_contribution(place, title=f"Stop {number}", geometry=Point(lon, 51.34285 - number * 0.00007))
    page = open_page(f"{PLACE}?map=51.34210,12.37080,19")
    names = names_on_map(page)
    focused = "document.activeElement.getAttribute('aria-label')"
    asked = []
    page.on("request", lambda request: asked.append(request.url) if "map.json" in request.url else None)
    page.locator("#map .leaflet-marker-pane [tabindex='0']").focus()
    page.keyboard.press("Home")
    walked = [page.evaluate(focused)]
    for _ in range(len(names) + 3):
        page.keyboard.press("ArrowDown")
        page.wait_for_timeout(20)
        if page.evaluate(focused) != walked[-1]:
            walked.append(page.evaluate(focused))
    assert walked == names
    page.keyboard.press("Home")
    assert page.evaluate(focused) == names[0]
    page.keyboard.press("End")
    page.wait_for_timeout(300)
    assert page.evaluate(focused) == names[-1]
    symbol_box, map_box = page.locator(":focus > *").bounding_box(), page.locator("#map").bounding_box()
    assert symbol_box["y"] + symbol_box["height"] <= map_box["y"] + map_box["height"]
    assert asked == []
    with page.expect_request("**/map.json*"):  # who leaves the row finds the map up to date
        page.keyboard.press("Escape")


def test_a_group_says_what_most_of_it_is_about(open_page, place, make_contribution):
    for category, spot in (("green", 12.3718), ("green", 12.3718), ("paths", 12.3698), ("green", 12.3698)):
        make_contribution(place, category=category, geometry=Point(spot, 51.3418))
    page = open_page(f"{PLACE}?map=51.3418,12.3708,18.5")
    names = [name for name in names_on_map(page) if name[0].isdigit()]
    assert any("here, Green and climate, zoom in" in name for name in names)
    assert any("and others, zoom in" in name for name in names)
    assert any("mostly Paths, zoom in" in name for name in names)


def test_the_filter_to_the_map_follows_the_map(open_page):
    page = open_page(f"{PLACE}?map=51.34285,12.36950,20")
    page.locator("summary", has_text="More filters").click()
    page.locator("[data-view-bbox]").check(force=True)
    expect(page.locator("li.ccard")).to_have_count(1)
    steps = page.evaluate("history.length")
    for _ in range(6):
        page.locator("[data-zoom='-1']").first.click()
        page.wait_for_timeout(250)
    expect(page.locator("li.ccard")).to_have_count(6)
    expect(page.locator("#count b")).to_have_text("6")
    west, south, east, north = map(float, query_of(page)["bbox"][0].split(","))
    assert all(west < lon < east and south < lat < north for _, lon, lat in SPOTS.values())
    assert page.evaluate("history.length") == steps


def test_without_a_connection_the_filter_stays_as_it_was_and_says_so(open_page):
    page = open_page()
    page.context.set_offline(True)
    chip = page.locator("input[name=category][value=paths]")
    chip.click(force=True)
    expect(page.get_by_text("The list is the same as before.")).to_be_visible()
    expect(chip).not_to_be_checked()
    expect(page.locator("li.ccard")).to_have_count(7)
    assert "category" not in query_of(page)
    page.context.set_offline(False)
    chip.check(force=True)
    expect(page.locator("li.ccard")).to_have_count(3)
    expect(page.get_by_text("The list is the same as before.")).to_be_hidden()


def test_a_refused_location_is_told_where_one_looks(open_page):
    page = open_page()
    page.get_by_role("button", name="Show my location").click()
    note = page.locator("[data-not-located]")
    expect(note).to_be_visible()
    expect(note).to_contain_text("Your location is not available.")
    page.locator("[data-zoom='1']").first.click()
    expect(note).to_be_hidden()


def test_no_pin_of_the_area_begins_under_switch_or_legend(open_page, place, make_contribution):
    for lon, lat in ((12.36901, 51.34319), (12.37249, 51.34319), (12.36901, 51.34101), (12.37249, 51.34101)):
        make_contribution(place, title="At a corner", geometry=Point(lon, lat))
    page = open_page(viewport={"width": 1280, "height": 800})
    corners = page.locator("#map .leaflet-marker-pane [aria-label*='At a corner'] > *")
    expect(corners).to_have_count(4)
    for selector in (".viewsw", ".legend"):
        floating = page.locator(selector).bounding_box()
        for corner in corners.all():
            box = corner.bounding_box()
            apart = (
                box["y"] >= floating["y"] + floating["height"]
                or box["y"] + box["height"] <= floating["y"] + 2
                or box["x"] >= floating["x"] + floating["width"]
            )
            assert apart, selector


def test_a_phone_held_sideways_scrolls_past_the_map_and_keeps_the_button_in_sight(open_page):
    page = open_page(viewport={"width": 844, "height": 390}, has_touch=True, is_mobile=True)
    area = page.locator("#map").bounding_box()
    assert area["height"] <= 390 / 2 + 1
    assert area["x"] >= 20, "no room for a finger that scrolls the page"
    button = page.locator(".actionbar").get_by_role("link", name="Add your contribution")
    expect(button).to_be_in_viewport()
    page.mouse.move(5, 250)
    page.mouse.wheel(0, 400)
    expect(page.locator("li.ccard").first).to_be_in_viewport()
    expect(button).to_be_in_viewport()
    assert page.evaluate("document.scrollingElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize("width", [901, 1024, 1180])
def test_a_narrow_window_shows_the_phase_and_covers_nothing(open_page, width):
    page = open_page(viewport={"width": width, "height": 768})
    expect(page.locator(".pbar .badge")).to_be_visible()
    tabs, search = page.locator(".pbar .tabs").bounding_box(), page.locator(".search").first.bounding_box()
    assert tabs["y"] + tabs["height"] <= search["y"]
    assert page.evaluate("document.scrollingElement.scrollWidth <= innerWidth")


def test_in_the_list_view_the_other_filters_stand_beside_the_number(open_page):
    page = open_page(f"{PLACE}?view=list", waits=False)
    number, more = page.locator("#count p").bounding_box(), page.locator(".more-filters summary").bounding_box()
    assert 0 < more["x"] - number["x"] - number["width"] < 60
