"""What guests do and two moderators answer, in real browsers: a guest is blocked, reports a text, has one held."""

from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from participation.database import db
from participation.discussion.models import Comment
from tests.casework.desk import (
    QUEUE,
    comment,
    contribute,
    decide,
    open_case,
    read,
    send,
    send_comment,
    take_back,
    take_over,
    title,
)

WHY = "You posted the number of a neighbour."
LINKED = "Alles dazu auf www.example.org"


@pytest.fixture
def newest_comment(app):
    """Finds the comment that was sent last."""

    def find() -> Comment:
        with app.app_context():
            return db.session.scalars(select(Comment).order_by(Comment.id.desc())).first()

    return find


def test_a_guest_is_blocked_learns_why_until_when_and_what_helps_and_a_colleague_lifts_it(
    moderator, visitor, written, newest_comment
):
    item = written(title="Linden pflanzen")
    kim, lou, guest = moderator("Kim"), moderator("Lou"), visitor()
    comment(guest, item, "Ruft Frau Muster an.")
    expect(guest.get_by_text("Your comment is being checked")).to_be_visible()
    open_case(kim, newest_comment())
    kim.keyboard.press("b")
    kim.get_by_label("For how many days?").fill("3")
    decide(kim, "b", WHY)
    read(guest, item)
    send(kim)

    guest.get_by_role("button", name="Agree").first.click()
    is_refused(guest)
    send_comment(guest, "Ruft sie trotzdem an.")
    is_refused(guest)
    expect(guest.get_by_label("Your comment")).to_have_value("Ruft sie trotzdem an.")
    read(guest, item)
    expect(guest.get_by_role("button", name="Agree")).to_have_count(0)
    expect(guest.get_by_text("You cannot write or vote here until")).to_be_visible()
    contribute(guest, "Noch etwas", "Dann eben als eigener Beitrag.")
    is_refused(guest)
    guest.goto(urlsplit(guest.get_by_role("alert").get_by_role("link").get_attribute("href")).path)
    expect(guest.get_by_role("heading", level=1)).to_have_text("Object to a decision")

    open_case(lou, newest_comment())
    expect(lou.get_by_text("The author is blocked until")).to_be_visible()
    take_back(lou)
    expect(lou.get_by_text("The author is blocked until")).to_have_count(0)
    comment(guest, item, "Dann halt ohne Nummer.")
    expect(guest.get_by_text("Your comment is being checked")).to_be_visible()


def is_refused(guest: Page) -> None:
    """What a blocked guest reads: until when, the rule, the reasons, and where to object."""
    told = guest.get_by_role("alert")
    for words in ("it ends on", "rule 3", WHY, "You can object free of charge.", "To object: http"):
        expect(told).to_contain_text(words)


def test_reports_arrive_before_two_moderators_and_are_answered_once(moderator, visitor, written, make_notice):
    first, item = written(title="Schon gemeldet"), written(title="Linden pflanzen")
    make_notice(first)
    kim, lou, guest = moderator("Kim"), moderator("Lou"), visitor()
    for page in (kim, lou):
        page.clock.install()
        page.goto(f"{QUEUE}?kind=notice")
        title(page, "Schon gemeldet")
    receipt = report(guest, item)
    answers = {kim: "It is sharp, but it attacks nobody.", lou: "I see no insult in it."}
    for page, words in answers.items():
        with page.expect_response("**/news?*"):
            page.clock.run_for(31_000)
        expect(page.get_by_role("link", name="1 new case")).to_be_visible()
        title(page, "Schon gemeldet")
        open_case(page, item)
        page.get_by_text("The text may stay", exact=True).click()
        page.get_by_label("Answer to those who reported it").fill(words)
    settle(kim)
    expect(kim.get_by_text("Your answer is saved")).to_be_visible()
    settle(lou)
    expect(lou.get_by_role("alert").get_by_role("heading", name="Someone was faster.")).to_be_visible()
    expect(lou.get_by_role("alert")).to_contain_text(answers[kim])
    expect(lou.get_by_label("Your answer was not sent.")).to_have_value(answers[lou])
    expect(lou.get_by_text("Report not upheld")).to_be_visible()
    guest.goto(receipt)
    expect(guest.get_by_role("heading", level=1)).to_have_text("Your report is decided")
    expect(guest.get_by_text(answers[kim])).to_be_visible()


def settle(page: Page) -> None:
    page.get_by_role("button", name="Settle the reports with this answer").click()


def report(guest: Page, contribution) -> str:
    """Report a contribution; return the address of the receipt."""
    read(guest, contribution)
    guest.get_by_role("link", name="Report this contribution", exact=True).click()
    guest.get_by_label("It insults or threatens people (rule 2).").check()
    guest.get_by_label("What exactly, and why?").fill("It calls my neighbour a liar.")
    guest.get_by_role("button", name="Send report").click()
    expect(guest.get_by_role("heading", level=1)).to_have_text("We have your report")
    return guest.url


def test_a_rule_that_was_tried_holds_a_text_and_one_of_two_moderators_publishes_it(
    moderator, visitor, written, newest_comment
):
    item = written(title="Linden pflanzen")
    written(title="Werbung", text=LINKED)
    kim, lou, guest = moderator("Kim"), moderator("Lou"), visitor()
    lou.goto("/en/manage/churchyard/holding-rules")
    lou.get_by_label("Only what a rule points out").check()
    lou.get_by_role("button", name="Save").click()
    expect(lou.get_by_text("No rule is on.")).to_be_visible()
    links = lou.get_by_role("region", name="Links")
    links.get_by_role("button", name="Try it on").click()
    expect(links).to_contain_text("it would have held 1 of 5 texts.")
    links.get_by_role("button", name="Switch on with these settings").click()
    expect(lou.get_by_text("The rule is on.")).to_be_visible()
    comment(guest, item, "Ein schöner Platz.")
    expect(guest.get_by_text("Ein schöner Platz.")).to_be_visible()
    comment(guest, item, LINKED)
    expect(guest.get_by_text("Your comment is being checked")).to_be_visible()

    held = newest_comment()
    open_case(kim, held)
    expect(kim.get_by_role("region", name="Checked in advance")).to_contain_text("link")
    open_case(lou, held)
    expect(lou.get_by_text("Kim is checking this just now.")).to_be_visible()
    take_over(lou)
    lou.keyboard.press("f")
    send(lou)
    kim.keyboard.press("f")
    kim.keyboard.press("Control+Enter")
    expect(kim.get_by_role("alert")).to_contain_text("Published")
    public = visitor()
    read(public, item)
    for words in ("Ein schöner Platz.", LINKED):
        expect(public.get_by_text(words)).to_be_visible()
