"""A place is drawn by mouse, finger or keyboard, and what is stored is what was drawn."""

import json

import pytest
from playwright.sync_api import Browser, Page, expect
from shapely.geometry import shape

from participation.contributions.models import Contribution
from participation.database import db

STEP = "/en/proceedings/churchyard/contribute/place"
CENTRE = (12.37075, 51.3421)  # of the planning area, which is what the map shows at first
PIXEL = 4e-6  # degrees; about a pixel at the zoom of the planning area


@pytest.fixture
def open_step(browser: Browser, live_server, make_proceeding):
    """Opens the first step for someone new; it has the whole area in view."""
    make_proceeding()
    make_proceeding("elsewhere")
    contexts = []

    def open_(**options) -> Page:
        context = browser.new_context(base_url=live_server, reduced_motion="reduce", **options)
        contexts.append(context)
        page = context.new_page()
        page.goto(STEP)
        expect(page.locator("#map [data-canvas][role=application]")).to_be_visible()
        return page

    yield open_
    for context in contexts:
        context.close()


def choose(page: Page, kind: str) -> None:
    page.locator(f"input[name=kind][value={kind}]").check(force=True)


def click(page: Page, *offsets: tuple[int, int]) -> None:
    """Click on the map, so many pixels right of and below its middle."""
    box = page.locator("#map [data-canvas]").bounding_box()
    for right, down in offsets:
        page.mouse.click(box["x"] + box["width"] / 2 + right, box["y"] + box["height"] / 2 + down)
        page.wait_for_timeout(350)  # two clicks in a moment are a double click, which zooms


def drawn(page: Page):
    value = page.locator("input[name=geometry]").input_value()
    return json.loads(value) if value else None


def send(page: Page) -> None:
    """Go on through the other steps."""
    page.locator("#place-form .wiz__foot button").click()
    page.locator("input[name=category][value=green]").check(force=True)
    page.locator("#topic-form .wiz__foot button").click()
    page.locator("input[name=title]").fill("A place that was drawn")
    page.locator("textarea[name=text]").fill("What is stored is what was drawn on the map.")
    page.locator("#text-form .wiz__foot button").click()
    page.locator("input[name=consent]").check(force=True)
    page.locator("#check-form .wiz__foot button").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Thank you")


def stored(app):
    with app.app_context():
        return db.session.query(Contribution).one().geometry


def test_a_point_by_mouse_stands_where_the_mouse_was_and_can_be_moved(app, open_step):
    page = open_step()
    click(page, (0, 0))
    assert drawn(page)["coordinates"] == pytest.approx(CENTRE, abs=PIXEL)
    click(page, (120, -80))
    lon, lat = drawn(page)["coordinates"]
    assert lon > CENTRE[0] + 20 * PIXEL
    assert lat > CENTRE[1] + 10 * PIXEL
    corner = page.get_by_role("button", name="Point 1, can be moved with the arrow keys")
    corner.press("ArrowLeft")
    corner.press("Shift+ArrowDown")
    moved = drawn(page)["coordinates"]
    assert (moved[0] < lon, moved[1] < lat) == (True, True)
    box = corner.locator(".pin").bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x - 100, y, steps=5)
    page.mouse.up()
    dragged = drawn(page)["coordinates"]
    assert dragged[0] < moved[0] - 50 * PIXEL / 2
    assert dragged[1] == pytest.approx(moved[1], abs=PIXEL)
    send(page)
    assert stored(app).equals_exact(shape({"type": "Point", "coordinates": dragged}), 0)


def test_a_line_by_mouse_is_stored_as_it_was_drawn(app, open_step):
    page = open_step()
    choose(page, "line")
    click(page, (-100, 0))
    expect(page.locator("[data-place-note]")).to_have_text("A line needs two points.")
    assert drawn(page) is None
    click(page, (0, 0), (100, 0), (100, 90))
    expect(page.locator("[data-points]")).to_have_text("4 points")
    page.locator("[data-drawbar] [data-undo]").click()
    line = drawn(page)
    (west, _), middle, (east, _) = line["coordinates"]
    assert middle == pytest.approx(CENTRE, abs=PIXEL)
    assert east - middle[0] == pytest.approx(middle[0] - west, abs=PIXEL)
    send(page)
    assert stored(app).equals_exact(shape(line), 0)


def test_an_area_by_keyboard_is_stored_with_its_ring_the_right_way_round(app, open_step):
    page = open_step()
    choose(page, "area")
    page.locator("#map [data-canvas]").focus()
    for keys in (["Enter"], ["ArrowRight"] * 2 + ["Enter"], ["ArrowDown"] * 2 + ["Enter"], ["ArrowUp", "Enter"]):
        for key in keys:
            page.keyboard.press(key)
            page.wait_for_timeout(300)  # the map glides to its next place
    expect(page.locator("[data-points]")).to_have_text("4 points")
    page.keyboard.press("Backspace")
    expect(page.locator("[data-place-note]")).to_have_text("Inside the planning area")
    area = drawn(page)
    first, east, south, last = area["coordinates"][0]
    assert first == last == pytest.approx(CENTRE, abs=PIXEL)
    assert (east[0] > first[0], south[1] < east[1]) == (True, True)
    assert (east[1], south[0]) == pytest.approx((first[1], east[0]), abs=PIXEL)
    assert not shape(area).exterior.is_ccw
    send(page)
    geometry = stored(app)
    assert geometry.exterior.is_ccw
    assert geometry.equals(shape(area))


def test_escape_takes_all_points_away(open_step):
    page = open_step()
    choose(page, "line")
    page.locator("#map [data-canvas]").focus()
    for key in ("Enter", "ArrowRight", "Enter"):
        page.keyboard.press(key)
    expect(page.locator("[data-points]")).to_have_text("2 points")
    page.keyboard.press("Escape")
    expect(page.locator("[data-place]")).to_have_text("No place chosen yet")
    assert drawn(page) is None


def test_an_area_that_crosses_itself_is_refused_with_the_place_and_stays_on_the_map(app, open_step):
    page = open_step()
    choose(page, "area")
    click(page, (-80, -80), (80, 80), (80, -80), (-80, 80))
    expect(page.locator("[data-place-note]")).to_contain_text("The lines cross each other.")
    before = drawn(page)
    page.locator("#place-form .wiz__foot button").click()
    summary = page.locator("#place-form [role=group], #place-form .note--bad").filter(has_text="crosses itself").first
    expect(summary).to_be_visible()
    lon, lat = summary.inner_text().split("near ")[1].split(". Move")[0].split(", ")
    assert (float(lon), float(lat)) == pytest.approx(CENTRE, abs=2 * PIXEL)
    assert drawn(page) == before
    expect(page.locator("#map .vertex")).to_have_count(4)
    corner = page.get_by_role("button", name="Point 4, can be moved with the arrow keys")
    corner.press("Delete")
    send(page)
    assert stored(app).is_valid


def test_by_finger_the_map_moves_under_the_point(app, open_step):
    page = open_step(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    page.locator("[data-drawbar] [data-set]").tap()
    before = page.locator("input[name=geometry]").input_value()
    first = drawn(page)["coordinates"]
    box = page.locator("#map [data-canvas]").bounding_box()
    page.touchscreen.tap(box["x"] + box["width"] / 2 + 60, box["y"] + box["height"] / 2)
    expect(page.locator("input[name=geometry]")).not_to_have_value(before)
    page.wait_for_timeout(400)  # the map glides to its next place
    second = drawn(page)["coordinates"]
    assert second[0] > first[0]
    assert second[1] == pytest.approx(first[1], abs=3 * PIXEL)
    send(page)
    assert list(stored(app).coords[0]) == second


def test_a_place_by_the_devices_location_or_by_coordinates_is_the_same_point(open_step):
    page = open_step(geolocation={"latitude": 51.3425, "longitude": 12.3715}, permissions=["geolocation"])
    page.get_by_role("button", name="Use my location").click()
    expect(page.locator("input[name=geometry]")).to_have_value('{"type":"Point","coordinates":[12.3715,51.3425]}')
    page.locator("summary", has_text="Enter coordinates").click()
    page.locator("input[name=latitude]").fill("51,3420")
    page.locator("input[name=latitude]").press("Tab")
    assert drawn(page)["coordinates"] == [12.3715, 51.342]


def test_what_was_drawn_is_there_again_on_the_way_back(open_step):
    page = open_step()
    choose(page, "line")
    click(page, (-60, 0), (60, 0))
    before = drawn(page)
    page.locator("#place-form .wiz__foot button").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Which topic fits?")
    page.get_by_role("link", name="Back", exact=True).click()
    expect(page.locator("#map .vertex")).to_have_count(2)
    expect(page.locator("input[name=kind][value=line]")).to_be_checked()
    assert drawn(page) == before


def test_the_hint_on_the_map_is_that_of_the_tool(open_step):
    page = open_step()
    hint = page.locator("[data-hint]:visible")
    for tool, words in (
        ("line", "Click on the map, point by point."),
        ("area", "Click on the corners of the area, one by one."),
        ("point", "Click on the map or drag the point."),
    ):
        choose(page, tool)
        expect(hint).to_have_text(words)
    choose(page, "none")
    expect(hint).to_have_count(0)


def test_a_refused_location_is_told_on_the_map(open_step):
    page = open_step()
    page.get_by_role("button", name="Use my location").click()
    expect(page.locator("[data-not-located]")).to_contain_text("Your location is not available.")
