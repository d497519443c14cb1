"""The story in a real browser: a guest reports, a moderator looks and settles, the guest's receipt tells."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from participation.accounts.models import Role
from participation.accounts.services import add_role, create_user

PASSWORD = "correct-horse-battery"
EMAIL = "moderator@example.org"


@pytest.fixture
def contribution(app, make_proceeding, make_contribution, make_comment):
    proceeding = make_proceeding()
    make_proceeding("elsewhere")
    contribution = make_contribution(proceeding, title="Linden pflanzen")
    make_comment(contribution, "Die Nachbarin lügt.", public_name="Kim")
    with app.app_context():
        add_role(create_user(email=EMAIL, password=PASSWORD, name="M. Krause"), proceeding.id, Role.MODERATOR)
    return contribution


@pytest.fixture(params=[True, False], ids=["with JavaScript", "without JavaScript"])
def new_page(request, browser: Browser, live_server):
    """Opens a page for another person."""
    contexts = []

    def open_page() -> Page:
        context = browser.new_context(base_url=live_server, locale="en-GB", java_script_enabled=request.param)
        contexts.append(context)
        return context.new_page()

    yield open_page
    for context in contexts:
        context.close()


def send_report(guest: Page, contribution, link: str) -> str:
    """Report what the link stands at, after a first try with a mistake; return the address of the receipt."""
    guest.goto(f"/en/proceedings/churchyard/contributions/{contribution.id}")
    guest.get_by_role("link", name=link, exact=True).click()
    expect(guest.get_by_text("Nothing is hidden by a report alone")).to_be_visible()
    guest.get_by_label("What exactly, and why?").fill("It calls my neighbour a liar.")
    guest.get_by_label("Which passage?").fill("lügt")
    guest.get_by_role("button", name="Send report").click()
    expect(guest.get_by_role("link", name="Choose what is wrong.")).to_be_visible()
    expect(guest.get_by_label("What exactly, and why?")).to_have_value("It calls my neighbour a liar.")
    guest.get_by_label("It insults or threatens people (rule 2).").check()
    guest.get_by_role("button", name="Send report").click()
    expect(guest.get_by_role("heading", level=1)).to_have_text("We have your report")
    assert re.search(r"/en/notices/\d+-[0-9a-f]{32}", guest.url)
    return guest.url


def open_reports(moderator: Page) -> None:
    moderator.goto("/en/sign-in")
    moderator.get_by_label("E-mail").fill(EMAIL)
    moderator.get_by_label("Password").fill(PASSWORD)
    moderator.locator("main").get_by_role("button", name="Sign in").click()
    moderator.goto("/en/moderation/churchyard")
    moderator.get_by_role("link", name="Reported 1").first.click()
    expect(moderator.get_by_text("It calls my neighbour a liar.")).to_be_visible()


def test_a_reported_comment_is_hidden_and_the_reporter_learns_it(new_page, contribution):
    guest, moderator, other = new_page(), new_page(), new_page()
    receipt = send_report(guest, contribution, "Report the comment of Kim")
    other.goto(f"/en/proceedings/churchyard/contributions/{contribution.id}")
    expect(other.get_by_text("Die Nachbarin lügt.")).to_be_visible()

    open_reports(moderator)
    moderator.locator("input[name=outcome][value=hide]").check(force=True)
    moderator.locator("input[name=ground][value=insult]").check(force=True)
    moderator.locator("textarea[name=statement_of_reasons]").fill("The sentence calls a person a liar.")
    moderator.locator("form.decide [data-submit]").click()
    expect(moderator.get_by_text("Your decision is saved")).to_be_visible()
    expect(moderator.get_by_text("Nothing is reported")).to_be_visible()

    guest.goto(receipt)
    expect(guest.get_by_role("heading", level=1)).to_have_text("Your report is decided")
    expect(guest.get_by_text("It is no longer public, until a moderator decides otherwise.")).to_be_visible()
    expect(guest.get_by_text("You can object free of charge.")).to_be_visible()
    expect(guest.get_by_text("lügt")).to_have_count(0)
    other.reload()
    expect(other.get_by_text("Die Nachbarin lügt.")).to_have_count(0)


def test_a_report_that_is_not_upheld_is_answered(new_page, contribution):
    guest, moderator = new_page(), new_page()
    receipt = send_report(guest, contribution, "Report this contribution")
    open_reports(moderator)
    moderator.get_by_text("The text may stay", exact=True).click()
    moderator.get_by_role("button", name="Settle the reports with this answer").click()
    expect(moderator.get_by_role("link", name="Write at least 10 characters.")).to_be_visible()
    moderator.get_by_label("Answer to those who reported it").fill("It is sharp, but it attacks nobody.")
    moderator.get_by_role("button", name="Settle the reports with this answer").click()
    expect(moderator.get_by_text("Your answer is saved")).to_be_visible()

    guest.goto(receipt)
    expect(guest.get_by_text("The text stays as it is.")).to_be_visible()
    expect(guest.get_by_text("It is sharp, but it attacks nobody.")).to_be_visible()
    guest.get_by_role("link", name="Linden pflanzen").click()
    expect(guest.get_by_role("heading", name="Linden pflanzen")).to_be_visible()
    guest.get_by_role("link", name="Report this contribution", exact=True).click()
    assert guest.url == receipt
