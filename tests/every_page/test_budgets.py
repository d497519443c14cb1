"""What a page costs somebody who comes for the first time (product.md, section 9): bytes, requests, shifts, work."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from participation.demo.seeding import seed
from tests.every_page.conftest import SLUG

PHONE = {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True}
PLACE = f"/proceedings/{SLUG}"
# Kilobytes as sent (gzip), and requests; the base map and other pictures are not counted.
BUDGETS = {
    "/": (205, 18),
    PLACE: (205, 20),
    f"{PLACE}?view=list": (205, 20),
    f"{PLACE}/about": (130, 14),
    f"{PLACE}/contributions/1": (195, 20),
    f"{PLACE}/contribute/place": (195, 17),
    f"/moderation-log/{SLUG}": (125, 14),
    "/sign-in": (100, 13),
}
MOST_SHIFTED = 0.05  # of the window; 0.1 counts as good (web.dev/cls)
MOST_WORK = 2.0  # seconds of the main thread for the whole page, script, layout and drawing: a fraction of it is usual
SHIFTS = """
new PerformanceObserver((list) => {
  for (const { hadRecentInput, value } of list.getEntries()) {
    if (!hadRecentInput) window.shifted = (window.shifted ?? 0) + value;
  }
}).observe({ type: "layout-shift", buffered: true });
"""


@pytest.fixture
def first_visit(browser: Browser, demo_server: str) -> Callable[[str], Any]:
    """Opens a page in a browser that has kept nothing; tells what came over the line, and how the page moved."""

    def visit(path: str) -> dict[str, float]:
        context = browser.new_context(base_url=demo_server, **PHONE)
        page = context.new_page()
        page.add_init_script(SHIFTS)
        sent = watched(page)
        page.goto(path)
        page.wait_for_load_state("networkidle")
        shifted = page.evaluate("window.shifted ?? 0")
        context.close()
        return {"kB": sum(sent.values()) / 1000, "requests": len(sent), "shifted": shifted}

    return visit


def watched(page: Page) -> dict[str, float]:
    """Return what will be sent for a page, in bytes by request, as it comes over the line."""
    sent: dict[str, float] = {}
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    pictures: set[str] = set()

    def note(event: dict[str, Any]) -> None:
        if event["type"] == "Image" or event["response"]["url"].endswith("/basemap.geojson"):
            pictures.add(event["requestId"])

    def count(event: dict[str, Any]) -> None:
        if event["requestId"] not in pictures:
            sent[event["requestId"]] = event["encodedDataLength"]

    session.on("Network.responseReceived", note)
    session.on("Network.loadingFinished", count)
    return sent


def test_a_first_visit_stays_within_its_budget_and_nothing_moves(first_visit):
    seen = {path: first_visit(path) for path in BUDGETS}
    assert {
        path: costs
        for path, costs in seen.items()
        if costs["kB"] > BUDGETS[path][0] or costs["requests"] > BUDGETS[path][1] or costs["shifted"] > MOST_SHIFTED
    } == {}


def test_hundreds_of_symbols_cost_a_browser_little_work(browser: Browser, demo, demo_server):
    with demo.app_context():
        seed(slug="many", contributions=8_000)
    context = browser.new_context(base_url=demo_server, viewport={"width": 3800, "height": 2100})
    page = context.new_page()
    session = context.new_cdp_session(page)
    session.send("Performance.enable")
    page.goto("/proceedings/many")
    page.wait_for_load_state("networkidle")
    symbols = page.locator(".leaflet-marker-icon").count()
    metrics = {one["name"]: one["value"] for one in session.send("Performance.getMetrics")["metrics"]}
    context.close()
    print(symbols, metrics["ThreadTime"])
    assert symbols > 300
    assert metrics["ThreadTime"] < MOST_WORK
