"""Every page and state, in a real browser: no axe finding, nothing too wide, no error, no request to another host."""

import pytest
from playwright.sync_api import Browser, Page

from participation.demo import PASSWORD
from tests.accessibility import Looker, Traffic

SIZES = {"desktop": (1280, 860), "phone": (390, 844)}
NARROWEST = {"width": 320, "height": 640}


@pytest.fixture
def visit(browser: Browser, demo_server, demo_pages):
    """Visits every second page in one size, light and then dark, and returns what is wrong, page by page.

    Phones are then made as narrow as any (WCAG 2.2, 1.4.10: 320 CSS pixels without scrolling in two directions).
    """

    def visit_half(size: str, first: int) -> dict[str, list[str]]:
        width, height = SIZES[size]
        wrong: dict[str, list[str]] = {}
        pages = demo_pages[first::2]
        looker = Looker()
        for email in sorted({page.email for page in pages}):
            context = browser.new_context(
                base_url=demo_server,
                viewport={"width": width, "height": height},
                color_scheme="light",
                has_touch=size == "phone",
                is_mobile=size == "phone",
                reduced_motion="reduce",
            )
            page = context.new_page()
            problems: list[str] = []
            watch(page, problems, demo_server)
            traffic = Traffic(page)
            if email:
                sign_in(page, email)
            for state in (one for one in pages if one.email == email):
                problems.clear()
                page.goto(state.path)
                if state.press:
                    page.locator(state.press).first.click()
                traffic.wait_until_quiet()
                found = [problem for problem in problems if f" {state.status} " not in problem or state.status == 200]
                found += looker.findings(page)
                page.emulate_media(color_scheme="dark")  # other colours on the same page
                found += [f"dark: {finding}" for finding in looker.findings(page, only_colors=True)]
                page.emulate_media(color_scheme="light")
                if page.evaluate("document.documentElement.scrollWidth > innerWidth + 1"):
                    found.append("is wider than the window")
                if size == "phone":
                    page.set_viewport_size(NARROWEST)
                    if page.evaluate("document.documentElement.scrollWidth > 320"):
                        found.append("is wider than the narrowest phone")
                    page.set_viewport_size({"width": width, "height": height})
                if found:
                    wrong[state.name] = found
            context.close()
        return wrong

    return visit_half


def watch(page: Page, problems: list[str], server: str) -> None:
    """Note errors of the page and requests to other hosts."""

    def note_console(message):
        if message.type == "error":
            problems.append(message.text)

    def note_request(request):
        if not request.url.startswith((server, "data:", "blob:")):
            problems.append(request.url)

    page.on("console", note_console)
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on("request", note_request)


def sign_in(page: Page, email: str) -> None:
    page.goto("/sign-in")
    page.locator("input[name=email]").fill(email)
    page.locator("input[name=password]").fill(PASSWORD)
    page.locator("main form [type=submit]").first.click()
    page.wait_for_load_state("networkidle")


@pytest.mark.parametrize("first", [0, 1])
@pytest.mark.parametrize("size", SIZES)
def test_every_page_is_accessible_and_quiet(visit, size, first):
    assert visit(size, first) == {}
