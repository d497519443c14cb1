"""On paper and in the colours people choose for their system, nothing that matters goes missing."""

import pytest
from playwright.sync_api import Page, expect

from participation.accounts.models import Role, User
from participation.contributions.receipts import receipt_secret
from participation.contributions.states import PublicationState
from participation.database import db

LONG = "Ein Satz, der länger ist als zwei Zeilen einer Karte. " * 8


@pytest.fixture
def contribution(make_proceeding, make_contribution, make_comment):
    proceeding = make_proceeding(about={"de": "Siehe [die Satzung](https://stadt.example.org/satzung).", "en": ""})
    make_proceeding("elsewhere")
    contribution = make_contribution(proceeding, title="Bänke unter den Linden", text=LONG)
    make_comment(contribution, "Und ein Trinkbrunnen daneben.")
    return contribution


def open_page(page: Page, live_server: str, path: str) -> None:
    page.goto(f"{live_server}/proceedings/churchyard{path}")
    page.wait_for_load_state("networkidle")


def test_the_list_on_paper_has_the_map_first_every_text_in_full_and_no_controls(page, live_server, contribution):
    open_page(page, live_server, "")
    page.emulate_media(media="print")
    for gone in (".site-header .nav", ".actionbar", ".viewsw", ".leaflet-control-container", "form.filters .btn-s"):
        for place in page.locator(gone).all():
            expect(place).to_be_hidden()
    expect(page.locator("#map")).to_be_visible()
    text = page.locator(".ccard", has_text="Bänke unter den Linden")
    assert page.locator("#map").bounding_box()["y"] < text.bounding_box()["y"]
    part = text.get_by_text(LONG.strip()[:60])
    assert part.evaluate("one => one.scrollHeight <= one.clientHeight + 1"), "the text is cut"
    assert page.evaluate("document.scrollingElement.scrollWidth <= innerWidth")


def test_a_contribution_on_paper_has_its_discussion(page, live_server, contribution):
    open_page(page, live_server, f"/contributions/{contribution.id}")
    page.emulate_media(media="print")
    expect(page.get_by_role("heading", name="Bänke unter den Linden")).to_be_visible()
    expect(page.get_by_text("Und ein Trinkbrunnen daneben.")).to_be_visible()
    expect(page.locator("textarea[name=text]")).to_be_hidden()


def test_links_on_paper_say_where_they_lead(page, live_server, contribution):
    open_page(page, live_server, "/about")
    page.emulate_media(media="print")
    link = page.get_by_role("link", name="die Satzung")
    assert "https://stadt.example.org/satzung" in link.evaluate("one => getComputedStyle(one, '::after').content")


def test_in_forced_colours_pins_keep_theirs_and_what_is_chosen_has_an_outline(page, live_server, contribution):
    page.emulate_media(forced_colors="active")
    open_page(page, live_server, "?category=green")
    assert page.locator("#map .pin").first.evaluate("one => getComputedStyle(one).forcedColorAdjust") == "none"
    chip = page.locator(".chip", has=page.locator("input:checked")).first
    assert chip.evaluate("one => getComputedStyle(one).outlineStyle") == "solid"
    other = page.locator(".chip", has=page.locator("input:not(:checked)")).first
    assert other.evaluate("one => getComputedStyle(one).outlineStyle") == "none"


def test_a_receipt_on_paper_has_its_address_and_no_buttons(page, live_server, app, contribution):
    with app.test_request_context():
        path = f"/receipts/{receipt_secret(contribution)}"
        base = app.extensions["settings"].base_url
    page.goto(live_server + path)
    address = page.get_by_text(base + path, exact=True)
    expect(address).to_be_hidden()
    page.emulate_media(media="print")
    expect(address).to_be_visible()
    expect(page.locator(".kern-btn:visible, .tool:visible")).to_have_count(0)


def test_votes_on_paper_are_numbers(page, live_server, contribution):
    open_page(page, live_server, f"/contributions/{contribution.id}")
    page.emulate_media(media="print")
    button = page.locator("form.vote button").first
    expect(button).to_contain_text("0")
    assert button.evaluate("one => getComputedStyle(one).borderTopWidth") == "0px"
    expect(page.locator(".detail__nav")).to_be_hidden()


def test_what_the_map_showed_is_on_paper_too_and_the_screen_comes_back(page, live_server, contribution):
    page.set_viewport_size({"width": 1280, "height": 1000})
    open_page(page, live_server, "")
    edges = "[...document.querySelectorAll('#map .leaflet-shade-pane path')].at(-1).getBoundingClientRect().toJSON()"
    screen = page.evaluate(edges)
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    area, paper = page.evaluate(edges), page.locator("#map [data-canvas]").bounding_box()
    assert paper["x"] <= area["left"] < area["right"] <= paper["x"] + paper["width"]
    assert paper["y"] <= area["top"] < area["bottom"] <= paper["y"] + paper["height"]
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert page.evaluate(edges) == pytest.approx(screen, abs=1)


def test_in_forced_colours_what_floats_on_the_map_has_an_edge(page, live_server, contribution):
    page.emulate_media(forced_colors="active")
    open_page(page, live_server, "")
    for name in ("#map .mapbtns", "#map .legend", ".viewsw .seg"):
        assert page.locator(name).first.evaluate("one => getComputedStyle(one).borderTopStyle") == "solid", name


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_promise_is_dark_on_yellow(page, live_server, contribution, scheme):
    page.emulate_media(color_scheme=scheme)
    page.goto(live_server)
    pixel = page.locator(".hl").evaluate(
        "one => { const brush = document.createElement('canvas').getContext('2d');"
        "brush.fillStyle = getComputedStyle(one).color; brush.fillRect(0, 0, 1, 1);"
        "return [...brush.getImageData(0, 0, 1, 1).data].slice(0, 3) }"
    )
    assert max(pixel) < 60


def test_the_error_in_a_comment_is_no_larger_than_its_section(page, live_server, contribution):
    open_page(page, live_server, f"/contributions/{contribution.id}")
    page.get_by_role("button", name="Kommentar senden").click()
    size = "one => parseFloat(getComputedStyle(one).fontSize)"
    error = page.locator("#comment-form [data-module=error-summary] h2")
    assert error.evaluate(size) <= page.locator("#comments").evaluate(size)


def test_a_comment_without_a_connection_stays_on_the_page(page, live_server, contribution):
    open_page(page, live_server, f"/contributions/{contribution.id}")
    page.locator("textarea[name=text]").fill("Und ein Wasserspiel.")
    page.context.set_offline(True)
    page.get_by_role("button", name="Kommentar senden").click()
    note = page.get_by_text("Ihr Text steht noch hier.")
    expect(note).to_be_visible()
    expect(page.locator("textarea[name=text]")).to_have_value("Und ein Wasserspiel.")
    page.context.set_offline(False)
    expect(note).to_be_hidden()
    page.get_by_role("button", name="Kommentar senden").click()
    expect(page.locator(".cmt", has_text="Und ein Wasserspiel.")).to_be_visible()


def test_an_answer_begins_with_its_heading_in_sight(page, live_server, contribution):
    page.set_viewport_size({"width": 1280, "height": 640})
    open_page(page, live_server, f"/contributions/{contribution.id}")
    page.get_by_role("link", name="Antworten").first.click()
    heading, bar = page.get_by_role("heading", name="Ihre Antwort auf"), page.locator(".detail__nav")
    expect(heading).to_be_in_viewport()
    covered = bar.bounding_box()["y"] + bar.bounding_box()["height"]
    assert heading.bounding_box()["y"] >= covered


def test_the_primary_button_stands_once_on_the_page_about_a_proceeding(page, live_server, contribution):
    for width in (390, 901, 1280):
        page.set_viewport_size({"width": width, "height": 800})
        open_page(page, live_server, "/about")
        expect(page.locator(".kern-btn--primary:visible")).to_have_count(1)


@pytest.fixture
def sign_in_as(page, app, live_server, make_actor):
    def sign_in(proceeding, role):
        actor = make_actor(proceeding, role)
        cookie = app.test_client()
        with app.app_context():
            key = db.session.get_one(User, actor.user_id).session_key
        with cookie.session_transaction() as session:
            session.update({"_user_id": f"{actor.user_id}:{key}", "_fresh": True, "key": "test"})
        found = cookie.get_cookie("session") or cookie.get_cookie("__Host-session")
        page.context.add_cookies([{"name": found.key, "value": found.value, "url": live_server}])

    return sign_in


@pytest.mark.parametrize("width", [901, 948, 1024, 1100])
def test_the_moderators_desk_fits_narrow_windows_and_shows_the_case_at_hand(
    page, live_server, sign_in_as, make_proceeding, make_contribution, width
):
    proceeding = make_proceeding()
    waiting = [
        make_contribution(proceeding, title=f"Nummer {number}", state=PublicationState.SUBMITTED)
        for number in range(20)
    ]
    sign_in_as(proceeding, Role.MODERATOR)
    page.set_viewport_size({"width": width, "height": 768})
    page.goto(f"{live_server}/moderation/churchyard/contribution/{waiting[15].id}")
    page.wait_for_load_state("networkidle")
    expect(page.locator(".q[aria-current]")).to_be_in_viewport()
    assert page.evaluate("document.scrollingElement.scrollWidth <= innerWidth")
    assert page.locator("section.case").bounding_box()["width"] >= 500
    menu = page.locator(".menu summary:visible").bounding_box()
    assert menu["x"] + menu["width"] <= width


@pytest.mark.parametrize("width", [390, 901, 1280])
def test_one_endless_word_does_not_ruin_the_planners_table(
    page, live_server, sign_in_as, make_proceeding, make_contribution, width
):
    proceeding = make_proceeding()
    make_contribution(proceeding, title="Donaudampfschifffahrt" * 8)
    make_contribution(proceeding, title="Bänke")
    sign_in_as(proceeding, Role.PLANNER)
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(f"{live_server}/planning/churchyard")
    for cell in page.locator(".tbl__title").all():
        assert 100 < cell.bounding_box()["width"] < 420
    title = page.locator(".facets h1")
    assert title.evaluate("one => one.scrollWidth <= one.clientWidth")
