"""The moderators' desk in a browser, and what moderators do there in every story."""

import re

from playwright.sync_api import Locator, Page, expect

QUEUE = "/en/moderation/churchyard"
PUBLIC = "/en/proceedings/churchyard"
PHONE = {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True}


def title(page: Page, text: str) -> None:
    """Wait for a case, and until the page hears keys."""
    expect(page.get_by_role("heading", level=2, name=text)).to_be_visible()
    listens(page)


def listens(page: Page) -> None:
    expect(page.locator("[data-listening]")).to_be_attached()


def open_case(page: Page, item) -> None:
    """Open the case of a contribution or comment, and wait until one holds it or sees who does."""
    with page.expect_response(re.compile(r"/hold\b")):
        page.goto(f"{QUEUE}/{item.__tablename__}/{item.id}")
    listens(page)


def take_over(page: Page) -> None:
    """Take the case over from the colleague who has it open."""
    page.locator("#decision").get_by_role("button", name="Take it over").click()
    expect(page.locator("[data-submit]")).to_be_enabled()


def reasons(page: Page) -> Locator:
    return page.get_by_role("textbox", name="Reasons for the author")


def decide(page: Page, key: str, why: str) -> None:
    """Choose what the key stands for and give reasons, without sending them."""
    expect(page.locator("[data-submit]")).to_be_enabled()
    page.keyboard.press(key)
    page.get_by_label("It names personal data of others (rule 3).").check()
    reasons(page).fill(why)


def send(page: Page) -> None:
    """Send the decision, and wait for the next case."""
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("Your decision is saved")).to_be_visible()
    listens(page)


def is_late(page: Page, decided: str) -> None:
    """Send a decision about what a colleague has decided; theirs is told, and what was typed is still there."""
    typed = reasons(page).input_value()
    page.keyboard.press("Control+Enter")
    told = page.get_by_role("alert")
    expect(told.get_by_role("heading", name="Someone was faster.")).to_be_visible()
    expect(told).to_contain_text(decided)
    expect(reasons(page)).to_have_value(typed)


def take_back(page: Page) -> None:
    """Take the newest decision about the case back that can be."""
    page.get_by_role("button", name="Take this back").first.click()
    expect(page.get_by_text("The decision is taken back")).to_be_visible()


def read(page: Page, contribution) -> None:
    """Open the public page of a contribution."""
    page.goto(f"{PUBLIC}/contributions/{contribution.id}")


def comment(page: Page, contribution, text: str) -> None:
    """Send a comment on the public page of a contribution."""
    read(page, contribution)
    send_comment(page, text)


def send_comment(page: Page, text: str) -> None:
    """Send a comment on the page that is open."""
    page.get_by_label("Your comment").fill(text)
    page.get_by_role("button", name="Send comment").click()


def contribute(page: Page, headline: str, text: str) -> None:
    """Send a contribution without a place."""
    page.goto(f"{PUBLIC}/contribute/place")
    page.get_by_label("No place").check(force=True)
    page.get_by_role("button", name="Continue to the topic").click()
    page.get_by_label("Green and climate").check()
    page.get_by_role("button", name="Continue to the text").click()
    page.get_by_label("Headline").fill(headline)
    page.get_by_label("Description").fill(text)
    page.get_by_role("button", name="Continue").click()
    page.get_by_label("I keep to the").check()
    page.get_by_role("button", name="Send contribution").click()
