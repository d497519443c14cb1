"""Nothing a moderator typed is lost, and nothing is chosen that nobody chose."""

import re

from playwright.sync_api import Page, expect

from tests.casework.desk import QUEUE, decide, reasons, take_over, title

REASONS = "The second sentence insults a person."


def reject(page: Page) -> None:
    """Choose to reject and give reasons, without sending them."""
    decide(page, "r", REASONS)


def test_after_going_back_nothing_is_chosen_and_nothing_is_undone(moderator):
    page = moderator("Kim")
    page.goto(QUEUE)
    page.get_by_role("link", name="Case 1").click()
    title(page, "Case 1")
    reject(page)
    page.keyboard.press("Control+Enter")
    title(page, "Case 2")
    page.go_back()
    title(page, "Case 1")
    expect(page.locator("[data-submit]")).to_be_enabled()
    expect(page.locator("input[name=outcome]:checked")).to_have_count(0)
    expect(page.locator("[data-submit] .kern-label")).to_have_text("Save decision")
    expect(reasons(page)).to_be_hidden()
    page.locator("input[value=undo]").focus()
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("link", name="Choose a decision.")).to_be_visible()


def test_reasons_outlive_the_end_of_the_session(moderator):
    page = moderator("Kim")
    page.goto(QUEUE)
    title(page, "Case 1")
    reject(page)
    signed_in = page.context.cookies()
    page.context.clear_cookies()
    page.locator("[data-submit]").click()
    expect(page.get_by_role("heading", name="Please sign in.")).to_be_visible()
    expect(page.get_by_text("What you typed is kept on this device")).to_be_visible()
    page.context.add_cookies(signed_in)
    page.goto(QUEUE)
    title(page, "Case 1")
    expect(page.locator("input[value=reject]")).to_be_checked()
    expect(reasons(page)).to_have_value(REASONS)
    expect(page.locator("[data-submit] .kern-label")).to_have_text("Reject")


def test_giving_a_case_and_writing_a_note_leave_the_decision_alone_and_the_other_way_round(moderator):
    page = moderator("Kim")
    page.goto(QUEUE)
    title(page, "Case 1")
    reject(page)
    page.locator("input[value=reject]").focus()
    page.keyboard.press("p")
    expect(page.locator(".q[aria-current] .badge")).to_have_text("Kim")
    expect(reasons(page)).to_have_value(REASONS)
    page.get_by_text("Write a note").click()
    note = page.locator("form", has=page.get_by_role("button", name="Save note")).get_by_role("textbox")
    note.fill("Seen before")
    page.get_by_role("button", name="Save note").click()
    page.wait_for_url(re.compile("sent="))
    title(page, "Case 1")
    expect(page.get_by_text("Seen before")).to_be_visible()
    expect(note).to_be_hidden()
    expect(reasons(page)).to_have_value(REASONS)
    page.get_by_text("Write a note").click()
    expect(note).to_have_value("")
    note.fill("Half a note")
    page.locator("[data-submit]").click()
    title(page, "Case 2")
    page.go_back()
    title(page, "Case 1")
    expect(note).to_have_value("Half a note")


def test_a_colleague_who_decides_meanwhile_is_announced_and_takes_nothing_away(moderator):
    kim, lou = moderator("Kim"), moderator("Lou")
    with kim.expect_response(lambda response: "/hold" in response.url):
        kim.goto(QUEUE)
    title(kim, "Case 1")
    reject(kim)
    lou.goto(kim.get_by_role("link", name="Case 1").get_attribute("href"))
    take_over(lou)
    lou.locator("input[value=publish]").focus()
    lou.keyboard.press("f")
    lou.keyboard.press("Control+Enter")
    title(lou, "Case 2")
    kim.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(kim.get_by_role("status").filter(has_text="This has changed meanwhile: Published.")).to_be_visible()
    expect(reasons(kim)).to_have_value(REASONS)
    expect(kim.locator("[data-submit]")).to_be_disabled()
    kim.get_by_role("link", name="Look at it as it is now").click()
    title(kim, "Case 1")
    expect(kim.locator(".case .badge").first).to_have_text("Published")
    expect(kim.locator("input[name=outcome]:checked")).to_have_count(0)
    expect(reasons(kim)).to_have_value(REASONS)
