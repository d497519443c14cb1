"""Pictures for the README and docs, taken from a running demo: `make run` in one terminal, then

    .venv/bin/python tools/screenshots.py [--url http://127.0.0.1:5000]

Every page at 1280 and 390 pixels into docs/screenshots/, with 256 colours so that they stay small.
"""

import argparse
import io
import os
import sys
from dataclasses import dataclass
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

PROJECT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(PROJECT))

from tests.browser.chromium import driver_environment, launch_options  # noqa: E402  # reads its own folder's path

TARGET = PROJECT / "docs/screenshots"
SIZES = {"desktop": (1280, 800), "phone": (390, 844)}
PASSWORD = "demo-participation"  # noqa: S105  # of the demo accounts, printed by `make run`
SLUG = "matthaeikirchhof"


@dataclass(frozen=True)
class Picture:
    """One page: where it is, who looks at it, and what to press there first."""

    name: str
    path: str
    email: str = ""
    press: str = ""  # CSS selector of a link to follow
    is_dark: bool = False


PICTURES = (
    Picture("portal", "/"),
    Picture("proceeding", f"/proceedings/{SLUG}"),
    Picture("proceeding-dark", f"/proceedings/{SLUG}", is_dark=True),
    Picture("proceeding-list", f"/en/proceedings/{SLUG}?view=list"),
    Picture("about", f"/proceedings/{SLUG}/about"),
    Picture("downloads", f"/proceedings/{SLUG}/about#data-title", press="#data-title ~ details summary"),
    Picture("ogc-collection", f"/ogc/collections/{SLUG}.contributions/items?f=html"),
    Picture(
        "contribution",
        f"/proceedings/{SLUG}?view=list&sort=votes",
        press=f"a[href*='/proceedings/{SLUG}/contributions/']",
    ),
    Picture("contribute-place", f"/proceedings/{SLUG}/contribute/place"),
    Picture("report", f"/en/proceedings/{SLUG}/contributions/1/report"),
    Picture("moderation-log", f"/moderation-log/{SLUG}"),
    Picture("sign-in", "/sign-in"),
    Picture("moderation", f"/moderation/{SLUG}", email="moderator@example.org"),
    Picture("planning", f"/planning/{SLUG}", email="planner@example.org"),
)


def sign_in(page: Page, base: str, email: str) -> None:
    page.goto(f"{base}/sign-in")
    page.locator("input[name=email]").fill(email)
    page.locator("input[name=password]").fill(PASSWORD)
    page.locator("main form button[type=submit]").first.click()
    page.wait_for_load_state("networkidle")


def take(browser: Browser, base: str, picture: Picture, size: str) -> bytes:
    """Open the page as its visitor would and return what the window shows, as PNG."""
    width, height = SIZES[size]
    context = browser.new_context(
        viewport={"width": width, "height": height},
        locale="de-DE",
        timezone_id="Europe/Berlin",
        color_scheme="dark" if picture.is_dark else "light",
        reduced_motion="reduce",
        has_touch=size == "phone",
        is_mobile=size == "phone",
    )
    page = context.new_page()
    if picture.email:
        sign_in(page, base, picture.email)
    response = page.goto(base + picture.path)
    if response is None or not response.ok:
        sys.exit(f"{picture.path} answers {response.status if response else 'nothing'}. Is the demo loaded?")
    if picture.press:
        page.locator(picture.press).first.click()
    page.wait_for_load_state("networkidle")
    page.evaluate("document.fonts.ready")
    shot = page.screenshot()
    context.close()
    return shot


def main() -> None:
    parser = argparse.ArgumentParser(description="Take the pictures for the README from a running demo.")
    parser.add_argument("--url", default="http://127.0.0.1:5000")
    parser.add_argument("--only", help="name of one picture")
    arguments = parser.parse_args()
    chosen = [picture for picture in PICTURES if arguments.only in (None, picture.name)]
    os.environ.update(driver_environment())
    TARGET.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(**launch_options())
        for picture in chosen:
            for size in SIZES:
                shot = Image.open(io.BytesIO(take(browser, arguments.url.rstrip("/"), picture, size)))
                target = TARGET / f"{picture.name}-{size}.png"
                shot.convert("RGB").quantize(256, dither=Image.Dither.NONE).save(target, optimize=True)
                print(f"  {target.relative_to(PROJECT)}: {target.stat().st_size // 1024} kB")
        browser.close()


if __name__ == "__main__":
    main()
