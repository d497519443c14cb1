"""The main job, end to end, in a real browser: a resident pins, a moderator publishes, a planner downloads."""

import json
import re

import pytest
from playwright.sync_api import Browser, Page, expect

from participation.accounts.models import Role
from participation.accounts.services import add_role, create_user
from participation.proceedings.models import Placing

PASSWORD = "correct-horse-battery"
STAFF = {Role.MODERATOR: "moderator@example.org", Role.PLANNER: "planner@example.org"}


@pytest.fixture
def place(app, make_proceeding):
    """A proceeding with a moderator and a planner who sign in with a password."""
    proceeding = make_proceeding(placing=Placing.INSIDE)
    make_proceeding("elsewhere")
    with app.app_context():
        for role, email in STAFF.items():
            add_role(create_user(email=email, password=PASSWORD, name=f"A {role}"), proceeding.id, role)
    return proceeding


@pytest.fixture
def new_page(browser: Browser, live_server):
    """Opens a page for another person; console errors and requests to other hosts fail the test."""
    contexts, problems = [], []

    def open_page() -> Page:
        context = browser.new_context(base_url=live_server, locale="en-GB", accept_downloads=True)
        contexts.append(context)
        page = context.new_page()
        page.on(
            "console",
            lambda message: (
                problems.append(message.text) if message.type == "error" and "422" not in message.text else None
            ),
        )
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.on(
            "request",
            lambda request: (
                problems.append(request.url) if not request.url.startswith((live_server, "data:", "blob:")) else None
            ),
        )
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert problems == []


def press_until_focused(page: Page, selector: str, limit: int = 80) -> None:
    """Go with Tab to an element, as someone without a mouse does."""
    for _ in range(limit):
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"{selector} was not reached with Tab")


def contribute_by_keyboard(page: Page, title: str) -> str:
    """Write a contribution without a mouse; return the address of the receipt."""
    page.goto("/en/proceedings/churchyard/contribute/place")
    expect(page.get_by_role("heading", level=1)).to_have_text("Which place is this about?")
    expect(page.locator("#map [data-canvas][role=application]")).to_be_visible()
    press_until_focused(page, "#map .leaflet-container")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    expect(page.locator("[data-place-note]")).to_have_text("Inside the planning area")
    page.locator("#place-form").get_by_role("button", name="Continue to the topic").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Which topic fits?")
    press_until_focused(page, "input[name=category]")
    page.keyboard.press("Space")
    press_until_focused(page, "#topic-form .wiz__foot button")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("What would you like to say?")
    press_until_focused(page, "input[name=title]")
    page.keyboard.type(title)
    press_until_focused(page, "textarea[name=text]")
    page.keyboard.type("It is hot here in summer. Please plant lime trees.")
    press_until_focused(page, "#text-form .wiz__foot button")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Is everything right?")
    press_until_focused(page, "input[name=consent]")
    page.keyboard.press("Space")
    press_until_focused(page, "#check-form .wiz__foot button")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Thank you")
    assert re.search(r"/en/receipts/\d+-[0-9a-f]{32}", page.url)
    return page.url


def sign_in(page: Page, role: Role) -> None:
    page.goto("/en/sign-in")
    page.get_by_label("E-mail").fill(STAFF[role])
    page.get_by_label("Password").fill(PASSWORD)
    page.locator("main").get_by_role("button", name="Sign in").click()
    expect(page.get_by_text("You are signed in.")).to_be_visible()


def test_from_the_pin_to_the_download(place, new_page):
    guest, moderator, other, planner = (new_page() for _ in range(4))
    receipt = contribute_by_keyboard(guest, "Lime trees for the yard")
    expect(guest.get_by_text("Being checked").first).to_be_visible()

    other.goto("/en/proceedings/churchyard")
    expect(other.get_by_text("No contributions yet")).to_be_visible()

    sign_in(moderator, Role.MODERATOR)
    moderator.goto("/en/moderation/churchyard")
    expect(moderator.get_by_role("heading", name="Lime trees for the yard")).to_be_visible()
    moderator.locator("input[name=outcome][value=publish]").check(force=True)
    moderator.locator("form.decide [data-submit]").click()
    expect(moderator.get_by_text("Your decision is saved")).to_be_visible()

    other.goto("/en/proceedings/churchyard")
    other.get_by_role("link", name="Lime trees for the yard", exact=True).click()
    expect(other.get_by_role("heading", name="Lime trees for the yard")).to_be_visible()
    with other.expect_response("**/vote"):
        other.locator("form.vote button").first.click()
    expect(other.locator("form.vote button").first).to_have_attribute("aria-pressed", "true")
    expect(other.locator("form.vote button .n").first).to_have_text("1")
    other.reload()
    expect(other.locator("form.vote button").first).to_have_attribute("aria-pressed", "true")
    other.locator("textarea[name=text]").fill("A good idea, and benches below them.")
    other.locator("form:has(textarea[name=text]) [type=submit]").click()
    expect(other.get_by_text("Your comment is being checked")).to_be_visible()

    moderator.goto("/en/moderation/churchyard")
    expect(moderator.get_by_text("A good idea, and benches below them.").first).to_be_visible()
    moderator.locator("input[name=outcome][value=publish]").check(force=True)
    moderator.locator("form.decide [data-submit]").click()
    expect(moderator.get_by_text("Your decision is saved")).to_be_visible()

    sign_in(planner, Role.PLANNER)
    planner.goto("/en/planning/churchyard")
    for link in (
        "a[href*='/en/proceedings/churchyard/contributions.geojson']",
        "a[href*='/planning/churchyard/contributions.geojson']",
    ):
        with planner.expect_download() as started:
            planner.locator(link).first.click()
        (feature,) = json.loads(started.value.path().read_text(encoding="utf-8"))["features"]
        assert feature["geometry"]["type"] == "Point"
        assert 12.3690 < feature["geometry"]["coordinates"][0] < 12.3725
        wanted = {
            "title": "Lime trees for the yard",
            "votes_for": 1,
            "comments": 1,
            "state": "published",
            "language": "en",
        }
        assert wanted.items() <= feature["properties"].items()

    guest.goto(receipt)
    expect(guest.get_by_text("Being checked")).to_have_count(0)


def test_from_the_pin_to_the_reasons(place, new_page):
    guest, moderator, other = (new_page() for _ in range(3))
    receipt = contribute_by_keyboard(guest, "Call me under this number")
    sign_in(moderator, Role.MODERATOR)
    moderator.goto("/en/moderation/churchyard")
    moderator.locator("input[name=outcome][value=reject]").check(force=True)
    moderator.locator("form.decide [data-submit]").click()
    expect(moderator.locator("[role=group].note--bad, .note--bad").first).to_be_visible()
    moderator.locator("input[name=ground][value=personal_data]").check(force=True)
    moderator.locator("textarea[name=statement_of_reasons]").fill("The second sentence names a phone number.")
    moderator.locator("form.decide [data-submit]").click()
    expect(moderator.get_by_text("Your decision is saved")).to_be_visible()

    guest.goto(receipt)
    for part in (
        "The second sentence names a phone number.",
        "rule 3",
        "A person decided this, not a computer.",
        "object",
    ):
        expect(guest.get_by_text(part, exact=False).first).to_be_visible()

    other.goto("/en/proceedings/churchyard")
    expect(other.get_by_text("No contributions yet")).to_be_visible()


def test_a_decision_is_taken_back_at_once_by_keyboard_and_the_author_sees_it(place, new_page):
    guest, moderator = new_page(), new_page()
    receipt = contribute_by_keyboard(guest, "A bench in front of the church")
    sign_in(moderator, Role.MODERATOR)
    moderator.goto("/en/moderation/churchyard")
    moderator.locator("input[name=outcome][value=reject]").check(force=True)
    moderator.locator("input[name=ground][value=insult]").check(force=True)
    moderator.locator("textarea[name=statement_of_reasons]").fill("I read the wrong text.")
    moderator.locator("form.decide [data-submit]").click()
    expect(moderator.get_by_text("Your decision is saved")).to_be_visible()
    guest.goto(receipt)
    expect(guest.get_by_text("I read the wrong text.")).to_be_visible()
    press_until_focused(moderator, "form[action$='/undo'] button")
    moderator.keyboard.press("Enter")
    expect(moderator.get_by_text("The decision is taken back")).to_be_visible()
    expect(moderator.locator("input[name=outcome][value=publish]")).to_be_attached()
    expect(moderator.get_by_text("Decision taken back").first).to_be_visible()
    guest.goto(receipt)
    expect(guest.get_by_text("This no longer holds.").first).to_be_visible()
    expect(guest.get_by_text("Being checked").first).to_be_visible()


def test_taking_a_publication_back_asks_for_reasons(place, new_page):
    guest, moderator, other = (new_page() for _ in range(3))
    contribute_by_keyboard(guest, "A bench in front of the church")
    sign_in(moderator, Role.MODERATOR)
    moderator.goto("/en/moderation/churchyard")
    moderator.locator("input[name=outcome][value=publish]").check(force=True)
    moderator.locator("form.decide [data-submit]").click()
    moderator.locator("form[action$='/undo'] button").click()
    expect(moderator.get_by_text("To take this back, please tell the author why.")).to_be_visible()
    moderator.keyboard.press("z")
    moderator.locator("input[name=ground][value=off_topic]").check(force=True)
    moderator.locator("textarea[name=statement_of_reasons]").fill("It is about another square.")
    moderator.locator("form.decide [data-submit]").click()
    expect(moderator.get_by_text("Your decision is saved")).to_be_visible()
    other.goto("/en/proceedings/churchyard")
    expect(other.get_by_text("No contributions yet")).to_be_visible()
