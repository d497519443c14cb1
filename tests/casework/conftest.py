"""A consultation with three waiting contributions and two moderators (Lou also sets it up), and browsers for them."""

from datetime import timedelta

import pytest
from playwright.sync_api import Browser, Page, expect

from participation import clock
from participation.accounts.models import Role
from participation.accounts.services import add_role, create_user
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
def moderator(browser: Browser, live_server, place):
    """Opens a browser for a moderator who has signed in."""
    contexts = []

    def open_browser(name: str, **options) -> Page:
        context = browser.new_context(base_url=live_server, locale="en-GB", reduced_motion="reduce", **options)
        contexts.append(context)
        page = context.new_page()
        page.goto("/en/sign-in")
        page.get_by_label("E-mail").fill(f"{name}@example.org")
        page.get_by_label("Password").fill(PASSWORD)
        page.locator("main").get_by_role("button", name="Sign in").click()
        expect(page.locator("main")).not_to_contain_text("Sign in")
        return page

    yield open_browser
    for context in contexts:
        context.close()
