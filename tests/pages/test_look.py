"""On paper and in the colours people choose for their system, nothing that matters goes missing."""

import pytest
from playwright.sync_api import Page, expect

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
    expect(page.locator("form.vote")).to_be_hidden()
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
