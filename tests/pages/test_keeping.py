"""Nothing typed is lost: not by a reload, a lost connection or the back button; and nothing is sent twice."""

import re

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import func, select

from participation.contributions.models import Contribution
from participation.database import db

TEXT = "Under the four lime trees it is pleasant even in August."


@pytest.fixture
def text_step(page: Page, live_server, make_proceeding):
    """The third step of a contribution, in English."""
    make_proceeding()
    make_proceeding("elsewhere")
    page.goto(f"{live_server}/en/proceedings/churchyard/contribute/place")
    page.locator("input[name=kind][value=none]").check(force=True)
    page.locator("#place-form .wiz__foot button").click()
    page.locator("input[name=category][value=green]").check(force=True)
    page.locator("#topic-form .wiz__foot button").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("What would you like to say?")
    return page


def go_on(page: Page, step: str) -> None:
    page.locator(f"#{step}-form .wiz__foot button").click()


def heading(page: Page):
    return page.get_by_role("heading", level=1)


def test_a_mistake_keeps_what_was_typed_and_is_named(text_step):
    text_step.locator("input[name=title]").fill("Ab")
    text_step.locator("textarea[name=text]").fill(TEXT)
    go_on(text_step, "text")
    expect(text_step.locator("input[name=title][aria-invalid=true]")).to_have_value("Ab")
    expect(text_step.locator("textarea[name=text]")).to_have_value(TEXT)
    text_step.locator("input[name=title]").fill("A circle of benches")
    go_on(text_step, "text")
    for field, value in (("public_name", "Kim"), ("email", "kim@example")):
        text_step.locator(f"input[name={field}]").fill(value)
    go_on(text_step, "check")
    expect(text_step.locator("input[name=public_name]")).to_have_value("Kim")
    expect(text_step.locator("input[name=email]")).to_have_value("kim@example")
    expect(heading(text_step)).to_have_text("Is everything right?")


def test_what_was_typed_is_there_in_a_later_visit(text_step):
    text_step.locator("textarea[name=text]").fill(TEXT)
    text_step.wait_for_timeout(700)  # typing is kept a moment later, not at each key
    address = text_step.url
    later = text_step.context.new_page()
    text_step.close()
    later.goto(address)
    expect(later.locator("textarea[name=text]")).to_have_value(TEXT)


def test_what_was_sent_is_forgotten_on_this_device(text_step):
    text_step.locator("input[name=title]").fill("A circle of benches")
    text_step.locator("textarea[name=text]").fill(TEXT)
    go_on(text_step, "text")
    text_step.locator("input[name=consent]").check(force=True)
    go_on(text_step, "check")
    expect(heading(text_step)).to_contain_text("Thank you")
    assert TEXT not in text_step.evaluate("JSON.stringify({...localStorage})")


def test_the_first_step_can_be_sent_again_after_the_back_button(text_step):
    text_step.go_back()
    expect(heading(text_step)).to_have_text("Which topic fits?")
    text_step.go_back()
    expect(heading(text_step)).to_have_text("Which place is this about?")
    for step, title in (("place", "Which topic fits?"), ("topic", "What would you like to say?")):
        go_on(text_step, step)
        expect(heading(text_step)).to_have_text(title)


def test_two_tabs_that_were_open_before_the_first_answer_both_work(page: Page, live_server, make_proceeding):
    make_proceeding()
    make_proceeding("elsewhere")
    tabs = [page, page.context.new_page()]
    for tab in tabs:
        tab.goto(f"{live_server}/en/proceedings/churchyard/contribute/place")
        tab.locator("input[name=kind][value=none]").check(force=True)
    for tab in tabs:
        go_on(tab, "place")
        expect(heading(tab)).to_have_text("Which topic fits?")


def test_a_reload_brings_back_what_was_typed(text_step):
    text_step.locator("textarea[name=text]").fill(TEXT)
    text_step.wait_for_timeout(700)  # typing is kept a moment later, not at each key
    text_step.reload()
    expect(text_step.locator("textarea[name=text]")).to_have_value(TEXT)


def test_a_lost_connection_is_told_and_loses_nothing(text_step):
    text_step.locator("input[name=title]").fill("A circle of benches")
    text_step.locator("textarea[name=text]").fill(TEXT)
    text_step.context.set_offline(True)
    text_step.locator("#text-form .wiz__foot button").click()
    expect(text_step.get_by_text("Your text is saved on this device.")).to_be_visible()
    text_step.context.set_offline(False)
    text_step.reload()
    expect(text_step.locator("textarea[name=text]")).to_have_value(TEXT)
    text_step.locator("#text-form .wiz__foot button").click()
    expect(text_step.get_by_role("heading", level=1)).to_have_text("Is everything right?")


def test_the_back_button_leads_through_the_steps_with_their_answers(text_step):
    text_step.go_back()
    expect(text_step.get_by_role("heading", level=1)).to_have_text("Which topic fits?")
    expect(text_step.locator("input[name=category][value=green]")).to_be_checked()
    text_step.go_back()
    expect(text_step.get_by_role("heading", level=1)).to_have_text("Which place is this about?")
    expect(text_step.locator("input[name=kind][value=none]")).to_be_checked()


def test_two_clicks_and_two_tabs_send_one_contribution(app, text_step):
    text_step.locator("input[name=title]").fill("A circle of benches")
    text_step.locator("textarea[name=text]").fill(TEXT)
    text_step.locator("#text-form .wiz__foot button").click()
    expect(text_step.get_by_role("heading", level=1)).to_have_text("Is everything right?")
    second = text_step.context.new_page()
    second.goto(text_step.url)
    for tab in (text_step, second):
        tab.locator("input[name=consent]").check(force=True)
    text_step.locator("#check-form .wiz__foot button").dblclick()
    expect(text_step.get_by_role("heading", level=1)).to_contain_text("Thank you")
    second.locator("#check-form .wiz__foot button").click()
    second.wait_for_load_state("networkidle")
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Contribution)) == 1


STEPS = "/proceedings/churchyard/contribute"


@pytest.fixture
def ready_to_send(make_proceeding, make_guest, make_client):
    """A client with all answers given, and the key of its last step."""
    make_proceeding()
    client = make_client(make_guest())
    client.send(f"{STEPS}/place", {"kind": "none"})
    client.send(f"{STEPS}/topic", {"category": "green", "type": "idea"})
    client.send(f"{STEPS}/text", {"title": "A circle of benches", "text": TEXT})
    return client, key_of(client)


def key_of(client) -> str:
    return re.search(r'name="idempotency_key" value="([^"]+)"', client.get(f"{STEPS}/check").get_data(as_text=True))[1]


def test_what_is_sent_again_because_the_answer_was_lost_leads_to_the_same_receipt(app, ready_to_send):
    client, key = ready_to_send
    first, again = (client.send(f"{STEPS}/check", {"consent": "y", "idempotency_key": key}) for _ in range(2))
    assert (first.status_code, first.location) == (again.status_code, again.location)
    assert "/receipts/" in first.location
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Contribution)) == 1


def test_a_page_that_is_older_than_the_answers_is_shown_once_more_with_what_was_typed(app, ready_to_send):
    client, _ = ready_to_send
    answer = client.send(f"{STEPS}/check", {"consent": "y", "public_name": "Kim", "idempotency_key": "of-another-day"})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "Bitte prüfen Sie sie noch einmal." in page
    assert 'value="Kim"' in page
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Contribution)) == 0
