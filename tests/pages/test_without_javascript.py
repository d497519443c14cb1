"""Without JavaScript everything works but drawing: list, filters, voting, commenting, contributing, deciding."""

import pytest
from playwright.sync_api import Browser, expect

from participation.accounts.models import Role
from participation.accounts.services import add_role, create_user
from participation.contributions.models import Contribution
from participation.contributions.states import PublicationState
from participation.database import db
from participation.proceedings.models import ModerationMode


@pytest.fixture
def page(browser: Browser, live_server):
    context = browser.new_context(base_url=live_server, java_script_enabled=False)
    yield context.new_page()
    context.close()


@pytest.fixture
def place(make_proceeding, make_contribution):
    proceeding = make_proceeding(moderation_mode=ModerationMode.AFTER)
    make_proceeding("elsewhere")
    make_contribution(proceeding, title="Linden pflanzen")
    make_contribution(proceeding, title="Radweg bauen", category="paths")
    return proceeding


def test_list_and_filters(page, place):
    page.goto("/en/proceedings/churchyard")
    expect(page.locator("li.ccard")).to_have_count(2)
    page.locator("input[name=category][value=paths]").check(force=True)
    page.get_by_role("button", name="Apply filters").click()
    expect(page.locator("li.ccard")).to_have_count(1)
    assert "category=paths" in page.url


def test_vote_change_take_back_comment_and_reply(app, page, place):
    page.goto("/en/proceedings/churchyard")
    page.get_by_role("link", name="Linden pflanzen").click()
    agree, disagree = page.locator("form.vote button").nth(0), page.locator("form.vote button").nth(1)
    for button, numbers in ((agree, ("1", "0")), (disagree, ("0", "1")), (disagree, ("0", "0"))):
        button.click()
        expect(agree.locator(".n")).to_have_text(numbers[0])
        expect(disagree.locator(".n")).to_have_text(numbers[1])
    page.locator("textarea[name=text]").fill("A comment without script.")
    page.locator("form:has(textarea[name=text]) [type=submit]").click()
    expect(page.get_by_text("A comment without script.")).to_be_visible()
    page.locator("a[href*='reply=']").first.click()
    page.locator("textarea[name=text]").fill("And a reply to it.")
    page.locator("form:has(textarea[name=text]) [type=submit]").click()
    expect(page.get_by_text("And a reply to it.")).to_be_visible()
    with app.app_context():
        assert db.session.query(Contribution).filter_by(title="Linden pflanzen").one().comment_count == 2


@pytest.mark.parametrize("with_place", [True, False])
def test_contribute_by_coordinates_or_without_a_place(app, page, place, with_place):
    page.goto("/en/proceedings/churchyard/contribute/place")
    page.locator(f"input[name=kind][value={'point' if with_place else 'none'}]").check(force=True)
    if with_place:
        page.locator("input[name=latitude]").fill("51,3421")
        page.locator("input[name=longitude]").fill("12,3707")
    page.get_by_role("button", name="Continue to the topic").click()
    page.locator("input[name=category][value=green]").check(force=True)
    page.locator("#topic-form .wiz__foot button").click()
    page.locator("input[name=title]").fill("Ab")
    page.locator("textarea[name=text]").fill("This text stays when the headline is too short.")
    page.locator("#text-form .wiz__foot button").click()
    expect(page.locator("textarea[name=text]")).to_have_value("This text stays when the headline is too short.")
    page.locator("input[name=title]").fill("Shade for everyone")
    page.locator("#text-form .wiz__foot button").click()
    page.locator("input[name=consent]").check(force=True)
    page.locator("#check-form .wiz__foot button").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Thank you")
    with app.app_context():
        stored = db.session.query(Contribution).filter_by(title="Shade for everyone").one()
        assert (stored.geometry is not None) is with_place
        if with_place:
            assert (stored.geometry.x, stored.geometry.y) == (12.3707, 51.3421)


def test_decide(app, page, place, make_actor, make_contribution, live_server):
    make_contribution(place, state=PublicationState.SUBMITTED, title="Wartet noch")
    with app.app_context():
        user = create_user(email="m@example.org", password="correct-horse-battery", name="M")
        add_role(user, place.id, Role.MODERATOR)
    page.goto("/en/sign-in")
    page.locator("input[name=email]").fill("m@example.org")
    page.locator("input[name=password]").fill("correct-horse-battery")
    page.locator("main form [type=submit]").first.click()
    page.goto("/en/moderation/churchyard")
    page.locator("input[name=outcome][value=reject]").check(force=True)
    page.locator("input[name=ground][value=insult]").check(force=True)
    page.locator("textarea[name=statement_of_reasons]").fill("The second sentence insults someone.")
    page.locator("form.decide [data-submit]").click()
    expect(page.get_by_text("Your decision is saved")).to_be_visible()
