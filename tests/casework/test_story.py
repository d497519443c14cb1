"""The desk in real browsers: by keyboard alone, two moderators at one case, what is new, on a phone."""

import re

from playwright.sync_api import expect

from participation.contributions.states import PublicationState as State
from tests.casework.desk import PHONE, QUEUE, take_over, title


def test_two_keystrokes_clear_a_case_and_the_next_one_comes(moderator):
    page = moderator("Kim")
    page.goto(QUEUE)
    for number in range(1, 4):
        title(page, f"Case {number}")
        expect(page.locator("[data-submit]")).to_be_enabled()
        page.keyboard.press("f")
        page.keyboard.press("Control+Enter")
    expect(page.get_by_text("Everything is checked")).to_be_visible()
    expect(page.get_by_text("0 waiting")).to_be_visible()


def test_letters_move_search_assign_and_are_silent_in_fields_and_when_switched_off(moderator):
    page = moderator("Kim")
    page.goto(QUEUE)
    title(page, "Case 1")
    page.keyboard.press("j")
    expect(page.locator(".q a").nth(1)).to_be_focused()
    page.keyboard.press("n")
    title(page, "Case 2")
    page.keyboard.press("p")
    expect(page.locator(".q[aria-current] .badge")).to_have_text("Kim")
    title(page, "Case 2")
    page.keyboard.press("r")
    expect(page.locator("input[value=reject]")).to_be_checked()
    page.keyboard.press("/")
    expect(page.get_by_label("Search the queue")).to_be_focused()
    page.keyboard.type("Case 3 nf")
    expect(page.get_by_label("Search the queue")).to_have_value("Case 3 nf")
    page.get_by_label("Search the queue").fill("Case 3")
    page.keyboard.press("Enter")
    expect(page.get_by_text("1 found")).to_be_visible()
    page.get_by_role("button", name="Keys").click()
    for key in ("N", "P", "/", "Ctrl + Enter"):
        expect(page.locator("dialog kbd", has_text=re.compile(f"^{re.escape(key)}$"))).to_be_visible()
    page.get_by_label("Use these keys on this device").uncheck()
    page.keyboard.press("Escape")
    title(page, "Case 3")
    page.keyboard.press("f")
    expect(page.locator("input[value=publish]")).not_to_be_checked()


def test_the_second_moderator_reads_takes_over_and_the_first_is_told(moderator):
    kim, lou = moderator("Kim"), moderator("Lou")
    kim.goto(QUEUE)
    title(kim, "Case 1")
    with kim.expect_response("**/hold"):
        kim.locator(".q a").first.click()
    lou.goto(kim.url)
    expect(lou.get_by_text("Kim is checking this just now.")).to_be_visible()
    expect(lou.locator("[data-submit]")).to_be_disabled()
    expect(lou.get_by_text("Only who is checking a case can decide about it.")).to_be_visible()
    take_over(lou)
    expect(lou.get_by_text("Kim is checking this just now.")).to_be_hidden()
    expect(lou.get_by_text("Only who is checking a case can decide about it.")).to_be_hidden()
    kim.locator("input[value=publish]").check(force=True)
    kim.keyboard.press("Control+Enter")
    expect(kim.get_by_role("heading", name="Someone else is checking this.")).to_be_visible()
    expect(kim.locator("input[value=publish]")).to_be_checked()
    kim.goto(QUEUE)
    title(kim, "Case 2")
    lou.locator("input[value=publish]").check(force=True)
    lou.keyboard.press("Control+Enter")
    expect(lou.get_by_text("Your decision is saved")).to_be_visible()


def test_who_leaves_lets_go(moderator):
    kim, lou = moderator("Kim"), moderator("Lou")
    with kim.expect_response("**/hold"):
        kim.goto(QUEUE)
    kim.goto("/en/")  # tells the server on the way out, and waits for no answer
    for _ in range(20):
        lou.goto(QUEUE)
        if lou.get_by_role("heading", level=2, name="Case 1").is_visible():
            break
    title(lou, "Case 1")
    expect(lou.locator("[data-submit]")).to_be_enabled()


def test_what_is_new_is_said_without_moving_the_list(moderator, place, make_contribution):
    page = moderator("Kim")
    page.clock.install()
    page.goto(QUEUE)
    title(page, "Case 1")
    page.wait_for_load_state("networkidle")  # the script that asks is there, too
    make_contribution(place, state=State.SUBMITTED, title="Brand new")
    with page.expect_response("**/news?*"):
        page.clock.run_for(31_000)
    link = page.get_by_role("link", name="1 new case")
    expect(link).to_be_visible()
    expect(page.locator(".q")).to_have_count(3)
    title(page, "Case 1")
    link.click()
    title(page, "Brand new")


def test_on_a_phone_list_and_case_are_two_views(moderator):
    page = moderator("Kim", **PHONE)
    page.goto(QUEUE)
    expect(page.locator(".case")).to_be_hidden()
    expect(page.locator(".actionbar")).to_have_count(0)
    page.get_by_role("link", name="Case 2").click()
    title(page, "Case 2")
    expect(page.locator(".queue")).to_be_hidden()
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    page.get_by_role("link", name="Decide", exact=True).click()
    page.locator("label", has=page.locator("input[value=publish]")).click()
    page.locator("[data-submit]").click()
    title(page, "Case 3")
    page.get_by_role("link", name="To the list").click()
    expect(page.locator(".q")).to_have_count(2)
    expect(page.locator(".case")).to_be_hidden()
