"""The very first visit: the page was opened as a stranger, and all of it works after the first act, too."""

import pytest
from playwright.sync_api import Page, expect

from participation.forms import GUEST_COOKIE
from participation.proceedings.models import ModerationMode


@pytest.fixture
def contribution(make_proceeding, make_contribution):
    make_proceeding("elsewhere")
    return make_contribution(make_proceeding(moderation_mode=ModerationMode.AFTER))


def numbers(page: Page) -> list[str]:
    return page.locator("form.vote .n").all_inner_texts()


def test_a_stranger_votes_changes_takes_back_and_comments_without_opening_the_page_again(
    page: Page, live_server, contribution
):
    page.goto(f"{live_server}/en/proceedings/churchyard/contributions/{contribution.id}")
    assert page.context.cookies() == []
    agree, disagree = page.locator("form.vote button").nth(0), page.locator("form.vote button").nth(1)
    for button, expected in ((agree, ["1", "0"]), (disagree, ["0", "1"]), (disagree, ["0", "0"]), (agree, ["1", "0"])):
        with page.expect_response("**/vote") as answered:
            button.click()
        assert answered.value.status == 200
        expect(page.locator("form.vote[data-busy]")).to_have_count(0)
        assert numbers(page) == expected
    assert [cookie["name"] for cookie in page.context.cookies()] == [GUEST_COOKIE]
    page.locator("textarea[name=text]").fill("And a comment on the same page.")
    page.locator("form:has(textarea[name=text]) [type=submit]").click()
    expect(page.get_by_text("And a comment on the same page.")).to_be_visible()
    assert numbers(page) == ["1", "0"]
    page.reload()
    assert numbers(page) == ["1", "0"]
    expect(agree).to_have_attribute("aria-pressed", "true")
