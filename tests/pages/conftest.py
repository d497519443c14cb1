"""A proceeding with a few contributions, and its page in a browser of its own."""

import pytest
from playwright.sync_api import Browser, Page, expect
from shapely import Point

from tests.pages.map_page import PLACE, SPOTS, symbols


@pytest.fixture
def place(make_proceeding, make_contribution):
    proceeding = make_proceeding()
    make_proceeding("elsewhere")
    for title, (category, lon, lat) in SPOTS.items():
        make_contribution(proceeding, title=title, category=category, geometry=Point(lon, lat))
    make_contribution(proceeding, title="Benches everywhere", geometry=None)
    return proceeding


@pytest.fixture
def open_page(browser: Browser, live_server, place):
    """Opens a page of the proceeding for someone new and waits for the first answer to its map."""
    contexts = []

    def open_(path: str = PLACE, *, waits: bool = True, **options) -> Page:
        context = browser.new_context(base_url=live_server, reduced_motion="reduce", **options)
        contexts.append(context)
        page = context.new_page()
        if not waits:
            page.goto(path)
            return page
        with page.expect_response("**/map.json*"):
            page.goto(path)
        expect(symbols(page).first).to_be_attached()
        return page

    yield open_
    for context in contexts:
        context.close()
