"""Deciding about many in a real browser: by keyboard, while a colleague decides about one of them, and back again."""

import pytest
from playwright.sync_api import Browser, expect
from sqlalchemy import select

from participation.accounts.models import Role
from participation.accounts.services import add_role, create_user
from participation.contributions.models import Contribution
from participation.contributions.states import PublicationState as State
from participation.database import db
from participation.moderation.models import ModerationDecision, Outcome
from participation.moderation.services import decide

PASSWORD = "correct-horse-battery"


@pytest.fixture
def place(app, make_proceeding):
    proceeding = make_proceeding()
    with app.app_context():
        add_role(create_user(email="kim@example.org", password=PASSWORD, name="Kim"), proceeding.id, Role.MODERATOR)
    return proceeding


def test_many_are_hidden_at_once_one_is_left_alone_and_all_is_taken_back(
    app, browser: Browser, live_server, place, make_contribution, make_actor
):
    items = [make_contribution(place, title=f"Linde {number}") for number in range(3)]
    colleague = make_actor(place, Role.MODERATOR)
    context = browser.new_context(base_url=live_server, locale="en-GB", reduced_motion="reduce")
    page = context.new_page()
    page.goto("/en/sign-in?next=/en/moderation/churchyard?state=published")
    page.get_by_label("E-mail").fill("kim@example.org")
    page.get_by_label("Password").fill(PASSWORD)
    page.locator("main").get_by_role("button", name="Sign in").click()
    expect(page.locator("[data-listening]")).to_be_attached()
    boxes = page.locator(".qlist input[type=checkbox]")
    boxes.first.check()
    page.locator(".qlist a").first.focus()
    for _ in range(2):
        page.keyboard.press("j")
        page.keyboard.press("x")
    expect(page.locator(".qlist input[type=checkbox]:checked")).to_have_count(3)
    page.get_by_role("button", name="The ticked ones").click()
    expect(page.get_by_role("heading", name="3 texts chosen")).to_be_visible()
    with app.app_context():
        reasons = {"ground": "insult", "statement_of_reasons": "Der zweite Satz."}
        item = db.session.get_one(Contribution, items[1].id)
        decide(colleague, item, outcome=Outcome.HIDE, seen_version=1, **reasons)
        reject = {"ground": "insult", "statement_of_reasons": "Doch nicht."}
        item = db.session.get_one(Contribution, items[1].id)
        decide(colleague, item, outcome=Outcome.PUBLISH, seen_version=2, **reject)
    page.locator("input[name=outcome][value=hide]").check(force=True)
    page.locator("input[name=ground][value=repetition]").check(force=True)
    page.locator("#batch-form textarea").fill("„{title}“ kam schon einmal.")
    page.locator("#batch-form [type=submit]").click()
    expect(page.get_by_role("heading", name="1 text was left alone")).to_be_visible()
    with app.app_context():
        statement = select(ModerationDecision.statement_of_reasons).order_by(ModerationDecision.id)
        told = [text for text in db.session.scalars(statement) if "kam schon einmal" in text]
        assert sorted(told) == ["„Linde 0“ kam schon einmal.", "„Linde 2“ kam schon einmal."]
    page.get_by_role("button", name="Take everything back").click()
    expect(page.get_by_role("heading", name="Take back: 2 texts")).to_be_visible()
    expect(page.get_by_text("2 texts are decided")).to_be_visible()
    with app.app_context():
        assert {db.session.get_one(Contribution, one.id).state for one in items} == {State.PUBLISHED}
    context.close()
