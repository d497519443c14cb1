"""Redacting and moving in a real browser: by keyboard and selection with script, by typing without."""

import pytest
from playwright.sync_api import Browser, Page, expect

from participation.accounts.models import Role
from participation.accounts.services import add_role, create_user
from participation.contributions.states import PublicationState

PASSWORD = "correct-horse-battery"
EMAIL = "moderator@example.org"
TEXT = "Wer Interesse hat: 0341 555 01 23. Frau Muster von nebenan weiß mehr."


@pytest.fixture
def contribution(app, make_proceeding, make_contribution):
    proceeding = make_proceeding()
    with app.app_context():
        add_role(create_user(email=EMAIL, password=PASSWORD, name="M. Krause"), proceeding.id, Role.MODERATOR)
    return make_contribution(proceeding, text=TEXT, state=PublicationState.SUBMITTED)


@pytest.fixture
def open_case(browser: Browser, live_server, contribution):
    """Opens the case, signed in, with script or without."""
    contexts = []

    def open_page(has_script: bool) -> Page:
        context = browser.new_context(base_url=live_server, locale="en-GB", java_script_enabled=has_script)
        contexts.append(context)
        page = context.new_page()
        page.goto("/en/sign-in")
        page.get_by_label("E-mail").fill(EMAIL)
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("main").get_by_role("button", name="Sign in").click()
        page.goto(f"/en/moderation/churchyard/contribution/{contribution.id}")
        if has_script:
            expect(page.locator("[data-listening]")).to_be_attached()
        return page

    yield open_page
    for context in contexts:
        context.close()


def give_reasons(page: Page) -> None:
    page.get_by_label("It names personal data of others (rule 3).").check()
    page.get_by_role("textbox", name="Reasons for the author").fill("It names a neighbour and a phone number.")


def see_public_text(page: Page, contribution) -> None:
    page.goto(f"/en/proceedings/churchyard/contributions/{contribution.id}")
    expect(page.get_by_text("Wer Interesse hat: [entfernt]. [entfernt] von nebenan weiß mehr.")).to_be_visible()


def test_passages_are_removed_by_keyboard_and_selection(open_case, contribution):
    page = open_case(True)
    words, preview = page.get_by_label("Words to remove"), page.locator("[data-preview=text]")
    expect(words).to_be_hidden()
    page.keyboard.press("s")
    expect(words).to_have_value("0341 555 01 23")
    page.evaluate("""() => {
      const text = document.querySelector("#case-text").lastChild;
      const at = text.data.indexOf("Frau Muster");
      getSelection().setBaseAndExtent(text, at, text, at + "Frau Muster".length);
    }""")
    page.get_by_role("button", name="Add what is selected in the text").click()
    expect(words).to_have_value("0341 555 01 23\nFrau Muster")
    expect(preview).to_have_text("Wer Interesse hat: [entfernt]. [entfernt] von nebenan weiß mehr.")
    give_reasons(page)
    page.get_by_role("button", name="Publish without passages").click()
    expect(page.get_by_text("Your decision is saved")).to_be_visible()
    see_public_text(page, contribution)


def test_passages_are_removed_without_script(open_case, contribution):
    page = open_case(False)
    page.get_by_label("Publish without passages").check()
    page.get_by_label("Words to remove").fill("0341 555 01 23\nFrau Muster")
    page.get_by_role("button", name="Show how it will look").click()
    expect(page.locator("[data-preview=text]")).to_contain_text("[entfernt] von nebenan")
    give_reasons(page)
    page.get_by_role("button", name="Save decision").click()
    see_public_text(page, contribution)


def test_a_place_is_moved_on_the_map_by_keyboard(open_case, contribution):
    page = open_case(True)
    page.keyboard.press("v")
    page.get_by_label("Point", exact=True).check()
    page.locator("#move-map [data-canvas]").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_label("Latitude (north)")).not_to_have_value("")
    latitude = page.get_by_label("Latitude (north)").input_value()
    page.get_by_role("button", name="Move", exact=True).click()
    expect(page.get_by_text("Your decision is saved")).to_be_visible()
    page.goto(f"/en/moderation/churchyard/contribution/{contribution.id}")
    expect(page.get_by_text("It has another place on the map.")).to_be_visible()
    assert latitude.startswith("51.3")
