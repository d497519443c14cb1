"""A consultation with three waiting contributions and two moderators (Lou also sets it up), and browsers for people."""

from datetime import timedelta

import pytest
from playwright.sync_api import Browser, Page, expect

from participation import clock
from participation.accounts.models import Role
from participation.accounts.services import add_role, create_user
from participation.contributions.receipts import receipt_secret
from participation.contributions.states import PublicationState as State

PASSWORD = "correct-horse-battery"


@pytest.fixture
def place(app, make_proceeding, make_contribution):
    proceeding = make_proceeding()
    now = clock.now()
    for number in range(1, 4):
        make_contribution(
            proceeding, state=State.SUBMITTED, title=f"Case {number}", created_at=now - timedelta(hours=9 - number)
        )
    with app.app_context():
        for name in ("Kim", "Lou"):
            user = create_user(email=f"{name}@example.org", password=PASSWORD, name=name)
            add_role(user, proceeding.id, Role.MODERATOR)
        add_role(user, proceeding.id, Role.MANAGER)
    return proceeding


@pytest.fixture
def visitor(browser: Browser, live_server):
    """Opens a browser for someone who has not signed in; no script may fail in it."""
    contexts, problems = [], []

    def open_browser(**options) -> Page:
        context = browser.new_context(base_url=live_server, locale="en-GB", reduced_motion="reduce", **options)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: problems.append(str(error)))
        return page

    yield open_browser
    for context in contexts:
        context.close()
    assert problems == []


@pytest.fixture
def moderator(visitor, place):
    """Opens a browser for a moderator who has signed in."""

    def open_browser(name: str, **options) -> Page:
        page = visitor(**options)
        page.goto("/en/sign-in?next=/en/imprint")  # the desk would open a case
        page.get_by_label("E-mail").fill(f"{name}@example.org")
        page.get_by_label("Password").fill(PASSWORD)
        page.locator("main").get_by_role("button", name="Sign in").click()
        expect(page.locator("main")).not_to_contain_text("Sign in")
        return page

    return open_browser


@pytest.fixture
def written(place, make_contribution, make_guest):
    """Makes a public contribution of a new guest."""

    def make(**values):
        return make_contribution(place, author=make_guest("author@example.org"), **values)

    return make


@pytest.fixture
def receipt_of(app, visitor):
    """Opens the receipt of a contribution in a browser of its author."""

    def open_receipt(contribution) -> Page:
        page = visitor()
        with app.app_context():
            page.goto(f"/en/receipts/{receipt_secret(contribution)}")
        return page

    return open_receipt
