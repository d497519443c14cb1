"""The moderator that tools/measure_moderation.py measures: a smaller queue, the same keys, without a clock."""

from collections import Counter
from datetime import timedelta

import pytest
from playwright.sync_api import Browser
from sqlalchemy import select

from participation import clock
from participation.accounts.models import Role
from participation.accounts.services import add_role, create_user
from participation.contributions.models import Contribution
from participation.contributions.states import PublicationState as State
from participation.database import db, transaction
from participation.moderation.default_text_blocks import default_text_blocks
from participation.moderation.models import ModerationDecision
from tests.casework.by_keyboard import FACTS, KeyboardModerator

EMAIL, PASSWORD = "kim@example.org", "correct-horse-battery"
CASES, LEFT = 20, 2


@pytest.fixture
def waiting(app, make_proceeding, make_contribution):
    proceeding = make_proceeding()
    first = clock.now() - timedelta(hours=CASES + LEFT)
    with app.app_context():
        with transaction() as session:
            session.add_all(default_text_blocks(proceeding.id))
        add_role(create_user(email=EMAIL, password=PASSWORD, name="Kim"), proceeding.id, Role.MODERATOR)
    return [
        make_contribution(proceeding, state=State.SUBMITTED, created_at=first + timedelta(hours=number))
        for number in range(CASES + LEFT)
    ]


def test_a_queue_is_cleared_by_keys_alone_and_every_decision_is_the_one_that_was_taken(
    browser: Browser, live_server, app, waiting
):
    page = browser.new_context(base_url=live_server, locale="de-DE").new_page()
    page.goto("/sign-in")
    page.locator("input[name=email]").fill(EMAIL)
    page.locator("input[name=password]").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: "sign-in" not in url)
    page.goto("/moderation/churchyard")
    cleared = list(KeyboardModerator(page).clear(CASES, rejects_every=5, takes_back_every=10))
    page.context.close()

    assert [one.item_id for one in cleared] == [one.id for one in waiting[:CASES]]
    with app.app_context():
        states = db.session.scalars(select(Contribution.state).order_by(Contribution.created_at)).all()
        taken = db.session.scalars(select(ModerationDecision).order_by(ModerationDecision.id)).all()
    assert Counter(states) == {State.PUBLISHED: 18, State.REJECTED: 2, State.SUBMITTED: LEFT}
    assert states[CASES:] == [State.SUBMITTED] * LEFT
    assert [(one.contribution_id, one.outcome.value) for one in taken] == [
        (one.item_id, outcome) for one in cleared for outcome in one.outcomes
    ]
    assert all(one.rule_id and FACTS in one.statement_of_reasons for one in taken if one.outcome == "reject")
