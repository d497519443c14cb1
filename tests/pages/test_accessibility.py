"""States one reaches by acting (errors, own waiting texts, notes, open menus): no axe finding, nothing too wide."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Browser, Page, expect

from participation.accounts.models import Role
from participation.accounts.services import add_role, create_user
from participation.casework.services import hold_case
from participation.contributions.models import Contribution
from participation.contributions.states import PublicationState
from participation.database import db
from participation.discussion.models import Comment
from participation.moderation.models import Outcome
from participation.moderation.services import decide
from participation.security import limiter
from tests.accessibility import Looker

PASSWORD = "correct-horse-battery"
PLACE = "/proceedings/churchyard"
SIZES = {"desktop": {"width": 1280, "height": 860}, "phone": {"width": 390, "height": 844}}
NARROWEST = 320
REFUSALS = ("422", "409", "410", "429", "503")  # these states are answers that refuse, and the console names them


@pytest.fixture
def proceeding(make_proceeding):
    return make_proceeding()


@pytest.fixture
def contribution(app, proceeding, make_proceeding, make_contribution, make_comment):
    """A contribution with talk, others that wait, and a moderator."""
    make_proceeding("elsewhere", allows=())
    contribution = make_contribution(proceeding, text="Ein langes Wort: Donaudampfschifffahrtsgesellschaft" * 2)
    make_comment(contribution, parent=make_comment(contribution))
    for _ in range(4):
        make_contribution(proceeding, state=PublicationState.SUBMITTED, title="Wartet auf Prüfung")
    with app.app_context():
        user = create_user(email="moderator@example.org", password=PASSWORD, name="M. Krause")
        add_role(user, proceeding.id, Role.MODERATOR)
    return contribution


@pytest.fixture
def decide_about(app, proceeding, make_actor):
    """Decides as another moderator does at the same time."""
    other = make_actor(proceeding, Role.MODERATOR)

    def take_decision(kind, id_, outcome):
        with app.test_request_context():
            item = db.session.get_one(kind, id_)
            reasons = {"ground": "personal_data", "statement_of_reasons": "Sie nennen eine Telefonnummer."}
            hold_case(other, item, takes_over=True)
            decide(other, item, outcome=outcome, seen_version=item.version, **reasons)

    return take_decision


def press(page: Page, selector: str) -> None:
    page.locator(selector).first.click()


def steps_of_contributing(page: Page) -> Iterator[str]:
    page.goto(f"{PLACE}/contribute/place")
    expect(page.locator("#map [data-canvas][role=application]")).to_be_visible()
    press(page, "#place-form .wiz__foot button")
    expect(page.locator("[data-module=error-summary]")).to_be_visible()
    yield "place, nothing chosen"
    page.locator("input[name=kind][value=area]").check(force=True)
    expect(page.locator("#map [data-canvas][role=application]")).to_be_visible()
    page.locator("#map [data-canvas]").focus()
    for key in ("Enter", "ArrowRight", "Enter", "ArrowDown", "Enter"):
        page.keyboard.press(key)
        page.wait_for_timeout(300)  # the map glides to its next place
    page.locator("#place-form details summary").first.click()
    yield "place, an area being drawn"
    press(page, "#place-form .wiz__foot button")
    expect(page.locator("#topic-form")).to_be_visible()
    yield "topic"
    press(page, "#topic-form .wiz__foot button")
    expect(page.locator("[data-module=error-summary]")).to_be_visible()
    yield "topic, nothing chosen"
    page.locator("input[name=category][value=green]").check(force=True)
    press(page, "#topic-form .wiz__foot button")
    expect(page.locator("#text-form")).to_be_visible()
    yield "text"
    press(page, "#text-form .wiz__foot button")
    expect(page.locator("[data-module=error-summary]")).to_be_visible()
    yield "text, nothing written"
    page.locator("input[name=title]").fill("Schatten für den ganzen Hof")
    page.locator("textarea[name=text]").fill("Es ist heiß hier im Sommer. Bitte pflanzen Sie Linden.")
    page.context.set_offline(True)
    press(page, "#text-form .wiz__foot button")
    expect(page.locator("[data-unsent]")).to_be_visible()
    yield "text, no connection"
    page.context.set_offline(False)
    press(page, "#text-form .wiz__foot button")
    expect(page.locator("#check-form")).to_be_visible()
    yield "check"
    page.locator("input[name=email]").fill("kim@example")
    press(page, "#check-form .wiz__foot button")
    expect(page.locator("[data-module=error-summary]")).to_be_visible()
    yield "check, with errors"
    page.locator("input[name=email]").fill("")
    page.locator("input[name=consent]").check(force=True)
    press(page, "#check-form .wiz__foot button")
    page.wait_for_url("**/receipts/**")
    yield "receipt, just sent"


def reading_and_talking(page: Page, contribution_id: int) -> Iterator[str]:
    page.goto(PLACE)
    expect(page.locator("#map .leaflet-marker-pane [role]").first).to_be_attached()
    yield "list with one's own waiting contribution"
    page.locator(".ccard a").first.click()
    expect(page.locator("article h2, h1").filter(has_text="Schatten für den ganzen Hof").first).to_be_visible()
    yield "one's own waiting contribution"
    page.goto(f"{PLACE}/contributions/{contribution_id}")
    press(page, "form:has(textarea[name=text]) [type=submit]")
    expect(page.locator("[aria-invalid=true]").first).to_be_visible()
    # axe takes a link that has scrolled half under the bar at the top for a small target
    page.locator(".detail").evaluate("one => one.scrollTo(0, 0)")
    yield "contribution, empty comment"
    page.locator("textarea[name=text]").fill("Das sehe ich auch so.")
    press(page, "form:has(textarea[name=text]) [type=submit]")
    expect(page.locator(".flash")).to_be_visible()
    with page.expect_response("**/vote"):
        press(page, "form.vote button")
    yield "contribution, voted, own waiting comment"
    page.route("**/map.json*", lambda route: route.fulfill(status=503, body="{}"))
    page.goto(PLACE)
    expect(page.locator("[data-map-failed]")).to_be_visible()
    yield "list, map failed"
    page.unroute("**/map.json*")
    page.goto(PLACE)
    page.locator("#map .leaflet-marker-pane [role] > *").first.click()
    expect(page.locator(".ccard[aria-current=true]")).to_be_visible()
    for menu in page.locator("details").all():
        menu.evaluate("details => details.open = true")
    yield "list, a pin chosen, all menus open"
    page.goto("/proceedings/elsewhere/contribute/place")
    yield "error: not open"


def talking_past_each_other(page: Page, contribution_id: int, decide_about, monkeypatch) -> Iterator[str]:
    """What one comments on is hidden while one types, one's own comment too; then the phase ends."""
    monkeypatch.setattr("participation.discussion.queries.THREADS_ON_A_PAGE", 1)
    page.goto(f"{PLACE}/contributions/{contribution_id}")
    page.locator("textarea[name=text]").fill("Ein Satz mit einer Telefonnummer.")
    press(page, "form:has(textarea[name=text]) [type=submit]")
    expect(page.locator(".flash")).to_be_visible()
    decide_about(Comment, newest_comment(page), Outcome.REJECT)
    page.reload()
    expect(page.locator(".cmt .letter")).to_be_visible()
    yield "own comment, rejected, on the last page"
    page.goto(f"{PLACE}/contributions/{contribution_id}?page=1")
    page.locator("a[href*='reply=']").first.click()
    decide_about(Comment, int(page.locator("input[name=parent_id]").input_value()), Outcome.HIDE)
    page.locator("textarea[name=text]").fill("Das sehe ich anders.")
    press(page, "form:has(textarea[name=text]) [type=submit]")
    expect(page.locator("[data-module=error-summary]")).to_be_visible()
    expect(page.locator("textarea[name=text]")).to_have_value("Das sehe ich anders.")
    yield "reply to a comment hidden meanwhile"
    monkeypatch.setattr("participation.clock.now", lambda: datetime.now(UTC) + timedelta(days=20))
    press(page, "form:has(textarea[name=text]) [type=submit]")
    expect(page.locator("textarea[readonly]")).to_have_value("Das sehe ich anders.")
    yield "comment after the phase"
    monkeypatch.setattr("participation.clock.now", lambda: datetime.now(UTC))
    page.goto(f"{PLACE}/contributions/{contribution_id}")
    page.locator("textarea[name=text]").fill("Das sehe ich anders.")
    decide_about(Contribution, contribution_id, Outcome.HIDE)
    press(page, "form:has(textarea[name=text]) [type=submit]")
    expect(page.locator("textarea[readonly]")).to_have_value("Das sehe ich anders.")
    yield "comment on what was hidden meanwhile"
    decide_about(Contribution, contribution_id, Outcome.PUBLISH)


def newest_comment(page: Page) -> int:
    """The id of the comment that the address leads to."""
    return int(page.url.rsplit("#comment-", 1)[1])


def open_first_case(page: Page) -> None:
    """On a phone the list stands alone at first."""
    page.locator(".q a").first.click()
    expect(page.locator(".case--none, .decide").first).to_be_visible()


def deciding_late(page: Page, decide_about) -> Iterator[str]:
    """Someone else decides while one writes reasons: much is left to decide, then only taking it back."""
    for other in (Outcome.PUBLISH, Outcome.REJECT):
        page.goto("/moderation/churchyard")
        open_first_case(page)
        page.wait_for_load_state("networkidle")  # the case is held before someone else takes it over
        page.locator("input[name=outcome][value=reject]").check(force=True)
        page.locator("input[name=ground][value=insult]").check(force=True)
        page.locator("textarea[name=statement_of_reasons]").fill("Der zweite Satz beleidigt eine Person.")
        case = page.locator("form.decide").get_attribute("action").partition("?")[0]
        decide_about(Contribution, int(case.rsplit("/", 1)[1]), other)
        press(page, "form.decide [data-submit]")
        expect(page.get_by_text("Jemand war schneller.")).to_be_visible()
        kept = page.locator("textarea[name=statement_of_reasons]")
        expect(kept).to_be_visible()
        expect(kept).to_have_value("Der zweite Satz beleidigt eine Person.")
        yield f"moderation, someone was faster: {other}"


def reporting(page: Page, contribution_id: int) -> Iterator[str]:
    page.goto(f"{PLACE}/contributions/{contribution_id}")
    page.locator(".cmt a[href*='/report']").first.click()
    expect(page.locator("#report-form blockquote")).to_be_visible()
    yield "reporting a comment"
    page.goto(f"{PLACE}/contributions/{contribution_id}/report")
    page.locator("textarea[name=explanation]").fill("Der zweite Satz beleidigt eine Person.")
    page.locator("input[name=email]").fill("kim@example")
    press(page, "#report-form .wiz__foot button")
    expect(page.locator("[data-module=error-summary]")).to_be_visible()
    yield "reporting, with errors"
    page.locator("input[name=email]").fill("")
    page.locator("input[name=reason][value=insult]").check(force=True)
    press(page, "#report-form .wiz__foot button")
    page.wait_for_url("**/notices/**")
    yield "receipt of a report"


def answering_reports(page: Page, receipt: str) -> Iterator[str]:
    page.goto("/moderation/churchyard?kind=notice")
    yield "moderation, reported"
    open_first_case(page)
    press(page, ".case details summary")
    press(page, "#refusal [type=submit]")
    expect(page.locator("#refusal [data-module=error-summary]")).to_be_visible()
    yield "moderation, no answer"
    page.locator("textarea[name=answer]").fill("Der Satz greift niemanden an.")
    page.locator("#refusal input[name=seen_notice]").evaluate("field => field.value = '0'")
    press(page, "#refusal [type=submit]")
    expect(page.get_by_text("Jemand war schneller.")).to_be_visible()
    yield "moderation, more was reported meanwhile"
    press(page, "#refusal [type=submit]")
    expect(page.locator(".flash")).to_be_visible()
    yield "moderation, nothing reported any more"
    page.goto(receipt)
    yield "receipt of a report, decided"


def moderating(page: Page) -> Iterator[str]:
    page.goto("/sign-in")
    page.locator("input[name=email]").fill("moderator@example.org")
    page.locator("input[name=password]").fill("wrong-password")
    press(page, "main form [type=submit]")
    expect(page.locator("[aria-invalid=true]").first).to_be_visible()
    yield "sign-in, wrong password"
    page.locator("input[name=password]").fill(PASSWORD)
    press(page, "main form [type=submit]")
    page.wait_for_url("**/moderation")
    yield "moderation, just signed in"
    open_first_case(page)
    page.locator("input[name=outcome][value=reject]").check(force=True)
    yield "moderation, rejecting"
    press(page, "form.decide [data-submit]")
    expect(page.locator("[data-module=error-summary]").first).to_be_visible()
    yield "moderation, no reasons"
    page.locator("input[name=outcome][value=publish]").check(force=True)
    press(page, "form.decide [data-submit]")
    expect(page.locator(".flash")).to_be_visible()
    yield "moderation, just decided"


def too_fast(page: Page, app, monkeypatch, contribution_id: int) -> Iterator[str]:
    limiter.reset()
    monkeypatch.setitem(app.extensions, "settings", replace(app.extensions["settings"], post_limit="1 per hour"))
    page.goto(f"{PLACE}/contributions/{contribution_id}")
    for text in ("Eins.", "Zwei, gleich danach."):
        if page.locator("textarea[name=text]").count():
            page.locator("textarea[name=text]").fill(text)
            press(page, "form:has(textarea[name=text]) [type=submit]")
            page.wait_for_load_state("load")
    expect(page.locator("h1")).to_have_text("Das war viel in kurzer Zeit.")
    yield "error: too many"


def use_theme(page: Page, theme: str) -> None:
    """Choose colours as the button at the top does; this page and the following ones have them."""
    page.evaluate(
        "one => { document.documentElement.dataset.kernTheme = one; localStorage.setItem('theme', one); }", theme
    )


@pytest.mark.parametrize("size", SIZES)
def test_every_state_is_accessible_and_quiet(
    app, browser: Browser, live_server, monkeypatch, contribution, decide_about, size
):
    context = browser.new_context(
        base_url=live_server, viewport=SIZES[size], has_touch=size == "phone", reduced_motion="reduce"
    )
    page = context.new_page()
    looker = Looker()
    theme = "dark" if size == "phone" else "light"  # each state is reached in one theme, and looked at in both
    page.goto(PLACE)
    use_theme(page, theme)
    problems: list[str] = []
    page.on("console", lambda message: problems.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on(
        "request",
        lambda request: (
            None if request.url.startswith((live_server, "data:", "blob:")) else problems.append(request.url)
        ),
    )
    wrong: dict[str, list[str]] = {}

    def check(states: Iterator[str]) -> None:
        for state in states:
            page.wait_for_load_state("load")
            assert page.evaluate("document.documentElement.dataset.kernTheme") == theme
            found = [problem for problem in problems if not any(f" {status} " in problem for status in REFUSALS)]
            found += looker.findings(page)
            other = "light" if theme == "dark" else "dark"
            use_theme(page, other)
            found += [f"{other}: {finding}" for finding in looker.findings(page, only_colors=True)]
            use_theme(page, theme)
            for width in (SIZES[size]["width"], NARROWEST) if size == "phone" else (SIZES[size]["width"],):
                page.set_viewport_size({**SIZES[size], "width": width})
                if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
                    found.append(f"is wider than {width} pixels")
            page.set_viewport_size(SIZES[size])
            if found:
                wrong[state] = found
            problems.clear()

    check(steps_of_contributing(page))
    check(reading_and_talking(page, contribution.id))
    check(talking_past_each_other(page, contribution.id, decide_about, monkeypatch))
    check(reporting(page, contribution.id))
    receipt = page.url
    check(moderating(page))
    check(answering_reports(page, receipt))
    check(deciding_late(page, decide_about))
    check(too_fast(page, app, monkeypatch, contribution.id))
    context.close()
    assert wrong == {}
