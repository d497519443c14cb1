"""The story in real browsers: hidden, objected to from the receipt, upheld by a second moderator, public again."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from participation.accounts.models import Role
from participation.accounts.services import add_role, create_user
from participation.contributions.receipts import receipt_secret
from participation.notifications.services import send_waiting_mail
from tests.inbox import plain_text

PASSWORD = "correct-horse-battery"
FIRST, SECOND = "first@example.org", "second@example.org"
WHY = "I only quote what the newspaper wrote."


@pytest.fixture
def contribution(app, make_proceeding, make_contribution, make_guest):
    proceeding = make_proceeding()
    make_proceeding("elsewhere")
    contribution = make_contribution(proceeding, title="Linden pflanzen", author=make_guest("author@example.org"))
    with app.app_context():
        for email in (FIRST, SECOND):
            add_role(create_user(email=email, password=PASSWORD, name=email), proceeding.id, Role.MODERATOR)
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


def sign_in(page: Page, email: str) -> Page:
    page.goto("/en/sign-in")
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.locator("main").get_by_role("button", name="Sign in").click()
    return page


def hide(moderator: Page, contribution) -> None:
    moderator.goto(f"/en/moderation/churchyard/contribution/{contribution.id}")
    moderator.locator("input[name=outcome][value=hide]").check(force=True)
    moderator.locator("input[name=ground][value=insult]").check(force=True)
    moderator.locator("textarea[name=statement_of_reasons]").fill("The second sentence insults a person.")
    moderator.locator("form.decide [data-submit]").click()
    expect(moderator.get_by_text("Your decision is saved")).to_be_visible()


def object_from_receipt(author: Page, address: str) -> str:
    """Object, after a first try with a mistake; return the address of the complaint's receipt."""
    author.goto(address)
    author.get_by_role("link", name="Object", exact=True).click()
    expect(author.get_by_text("The second sentence insults a person.")).to_be_visible()
    author.get_by_role("button", name="Send complaint").click()
    expect(author.get_by_role("link", name="Write at least 10 characters.")).to_be_visible()
    author.get_by_label("Why is the decision wrong?").fill(WHY)
    author.get_by_role("button", name="Send complaint").click()
    expect(author.get_by_role("heading", level=1)).to_have_text("We have your complaint")
    expect(author.get_by_text(WHY)).to_be_visible()
    assert re.search(r"/en/complaints/\d+-[0-9a-f]{32}", author.url)
    return author.url


def test_a_second_moderator_upholds_what_the_first_hid(app, inbox, new_page, contribution):
    first, second = sign_in(new_page(), FIRST), sign_in(new_page(), SECOND)
    author, other = new_page(), new_page()
    with app.app_context():
        receipt = f"/en/receipts/{receipt_secret(contribution)}"
    hide(first, contribution)
    other.goto(f"/en/proceedings/churchyard/contributions/{contribution.id}")
    expect(other.get_by_role("heading", level=1)).to_have_text("This is no longer public.")
    complaint = object_from_receipt(author, receipt)

    first.goto("/en/moderation/churchyard")
    first.get_by_role("link", name="Complaints 1").first.click()
    first.get_by_role("link", name="Look at complaint").click()
    expect(first.get_by_text(WHY)).to_be_visible()
    expect(first.get_by_text("Another person decides.")).to_be_visible()
    expect(first.get_by_role("button", name="Save decision")).to_have_count(0)

    second.goto("/en/moderation/churchyard")
    second.get_by_role("link", name="Complaints 1").first.click()
    second.get_by_role("link", name="Look at complaint").click()
    expect(second.get_by_text("The second sentence insults a person.")).to_be_visible()
    second.locator("input[name=outcome][value=upheld]").check(force=True)
    second.get_by_label("Your reasons").fill("The quotation is marked as one.")
    second.locator("form.decide [data-submit]").click()
    expect(second.get_by_text("Your decision about the complaint is saved.")).to_be_visible()
    expect(second.get_by_text("No complaint waits")).to_be_visible()

    author.goto(complaint)
    expect(author.get_by_role("heading", level=1)).to_have_text("Your complaint is decided")
    expect(author.get_by_text("The quotation is marked as one.")).to_be_visible()
    expect(author.get_by_text("Another person than the first decided this")).to_be_visible()
    author.get_by_role("link", name="Linden pflanzen").click()
    expect(author.get_by_role("heading", name="Linden pflanzen")).to_be_visible()
    author.goto(receipt)
    expect(author.get_by_role("heading", level=1)).to_have_text("Your contribution is public")
    other.reload()
    expect(other.get_by_role("heading", name="Linden pflanzen")).to_be_visible()
    with app.app_context():
        send_waiting_mail()
    bodies = [plain_text(message) for message in inbox.messages if message["To"] == "author@example.org"]
    assert any("The quotation is marked as one." in body for body in bodies)


def test_of_two_who_decide_at_once_the_second_sees_the_first(app, new_page, contribution, make_actor):
    first, second = sign_in(new_page(), FIRST), sign_in(new_page(), SECOND)
    with app.app_context():
        third = create_user(email="third@example.org", password=PASSWORD, name="third")
        add_role(third, contribution.proceeding_id, Role.MODERATOR)
        receipt = f"/en/receipts/{receipt_secret(contribution)}"
    late = sign_in(new_page(), "third@example.org")
    hide(first, contribution)
    object_from_receipt(new_page(), receipt)
    for moderator, words in ((second, "The insult is plain to see."), (late, "I would have published it.")):
        moderator.goto("/en/moderation/churchyard/complaints")
        moderator.get_by_label("Your reasons").fill(words)
    second.locator("input[name=outcome][value=not_upheld]").check(force=True)
    second.locator("form.decide [data-submit]").click()
    expect(second.get_by_text("No complaint waits")).to_be_visible()
    late.locator("input[name=outcome][value=upheld]").check(force=True)
    late.locator("form.decide [data-submit]").click()
    expect(late.get_by_text("Someone was faster.")).to_be_visible()
    expect(late.get_by_text("The insult is plain to see.")).to_be_visible()
    expect(late.get_by_label("Your reasons were not sent")).to_have_value("I would have published it.")
