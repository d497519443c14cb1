"""The queue and the case on screen: ticks stay, long words fit, what one searched is in sight."""

import pytest
from playwright.sync_api import expect

from participation.contributions.states import PublicationState as State
from tests.casework.desk import PHONE, QUEUE, title

WORD = "Donaudampfschifffahrt" * 15
TOO_WIDE = """() => [...document.querySelectorAll("main, main *")].filter((element) => {
  if (element.closest(".sr, .fg, svg, .leaflet-container") || !element.checkVisibility()) return false;
  const { left, right } = element.getBoundingClientRect();
  const column = element.closest(".queue, .case, .decide")?.getBoundingClientRect();
  return right - left > 0 && right > Math.min(innerWidth, column?.right ?? innerWidth) + 1;
}).map((element) => `${element.tagName}.${element.className}`)"""


def tick(page, text):
    return page.get_by_role("checkbox", name=f"Tick {text}")


def test_ticks_are_kept_while_one_looks_at_cases_until_they_are_sent(moderator):
    page = moderator("Kim")
    page.goto(QUEUE)
    title(page, "Case 1")
    for number in (1, 2, 3):
        tick(page, f"Case {number}").check()
    many = page.get_by_role("button", name="The ticked ones")
    expect(many).to_have_text("The ticked ones (3)")
    page.get_by_role("link", name="Case 3").click()
    title(page, "Case 3")
    expect(many).to_have_text("The ticked ones (3)")
    page.keyboard.press("f")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("Your decision is saved")).to_be_visible()
    expect(many).to_have_text("The ticked ones (2)")
    expect(tick(page, "Case 2")).to_be_checked()
    many.click()
    expect(page.locator("main")).to_contain_text("Case 2")
    page.goto(QUEUE)
    title(page, "Case 1")
    expect(many).to_have_text("The ticked ones")
    expect(tick(page, "Case 1")).not_to_be_checked()


@pytest.mark.parametrize("size", [{"viewport": {"width": 1280, "height": 800}}, PHONE], ids=["desk", "phone"])
def test_a_long_word_widens_nothing(moderator, place, make_contribution, size):
    long = make_contribution(place, state=State.SUBMITTED, title=WORD[:120], text=WORD)
    page = moderator("Kim", **size)
    page.goto(QUEUE)
    assert page.evaluate(TOO_WIDE) == []
    page.goto(f"{QUEUE}/contribution/{long.id}")
    page.get_by_role("button", name="Give it to me").wait_for()
    assert page.evaluate(TOO_WIDE) == []
    assert page.evaluate("document.documentElement.scrollWidth") == size["viewport"]["width"]


def test_a_finger_finds_the_tick_boxes(moderator):
    page = moderator("Kim", **PHONE)
    page.goto(QUEUE)
    area, box = page.locator(".tick-one").first, page.locator(".tick-one input").first
    assert min(area.bounding_box()["width"], area.bounding_box()["height"]) >= 44
    assert min(box.bounding_box()["width"], box.bounding_box()["height"]) >= 24


def test_contributions_found_to_lead_are_in_sight_and_focused(moderator, place, make_contribution):
    make_contribution(place, title="A bench by the pond")
    page = moderator("Kim")
    page.goto(QUEUE)
    title(page, "Case 1")
    expect(page.locator("[data-submit]")).to_be_enabled()
    page.keyboard.press("m")
    page.get_by_label("Or find it by words").fill("bench")
    page.get_by_role("button", name="Find contributions").click()
    found = page.get_by_role("group", name="Found")
    expect(found).to_be_focused()
    expect(found).to_be_in_viewport()


def test_a_case_that_a_colleague_decided_says_so(moderator):
    kim, lou = moderator("Kim"), moderator("Lou")
    kim.goto(QUEUE)
    title(kim, "Case 1")
    lou.goto(kim.get_by_role("link", name="Case 2").get_attribute("href"))
    title(lou, "Case 2")
    expect(lou.locator("[data-submit]")).to_be_enabled()
    lou.keyboard.press("f")
    lou.keyboard.press("Control+Enter")
    expect(lou.get_by_text("Your decision is saved")).to_be_visible()
    kim.keyboard.press("n")
    title(kim, "Case 2")
    expect(kim.get_by_text("A colleague has decided this: Published")).to_be_visible()


@pytest.mark.parametrize("size", [{"viewport": {"width": 1280, "height": 800}}, PHONE], ids=["desk", "phone"])
def test_no_tab_of_the_setting_up_is_cut_and_nothing_gapes_around_them(moderator, size):
    page = moderator("Lou", **size)
    page.goto("/en/manage/churchyard/rules")
    tabs = page.get_by_role("navigation", name="Set up")
    box = tabs.bounding_box()
    for tab in tabs.get_by_role("link").all():
        one = tab.bounding_box()
        assert one["x"] >= box["x"]
        assert one["x"] + one["width"] <= min(box["x"] + box["width"], size["viewport"]["width"]) + 1
    heading = page.get_by_role("heading", level=1).bounding_box()
    assert box["y"] - (heading["y"] + heading["height"]) < 48
