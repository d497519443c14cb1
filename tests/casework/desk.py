"""The moderators' desk in a browser."""

from playwright.sync_api import Page, expect

QUEUE = "/en/moderation/churchyard"
PHONE = {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True}


def title(page: Page, text: str) -> None:
    """Wait for a case, and until the page hears keys."""
    expect(page.get_by_role("heading", level=2, name=text)).to_be_visible()
    expect(page.locator("[data-listening]")).to_be_attached()
