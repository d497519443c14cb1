"""What axe finds on the page that a browser test has open."""

from pathlib import Path

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

# WCAG 2.2, levels A and AA, and axe' own advice on landmarks and headings.
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
AXE = Axe().axe_script
LOOK = Path(__file__).with_suffix(".js").read_text(encoding="utf-8").rstrip(";\n")
QUIET_MS = 200  # longer than any script waits before it asks the server: the map does 150 ms after it moved


class Looker:
    """Looks at one page after another; texts whose colours were good once need not be judged again."""

    def __init__(self) -> None:
        self.approved: set[str] = set()

    def findings(self, page: Page, *, only_colors: bool = False) -> list[str]:
        """List axe' findings, one line for each node: rule, what is wrong, where. An empty list is a good page."""
        if not page.evaluate("'axe' in window"):
            page.evaluate(AXE)
        findings: list[str]
        findings, approved = page.evaluate(LOOK, [None if only_colors else RULES, sorted(self.approved)])
        self.approved.update(approved)
        return findings


def axe_findings(page: Page) -> list[str]:
    """List axe' findings on a single page."""
    return Looker().findings(page)


class Traffic:
    """What a page asks for, from now on."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.asked = self.ended = 0
        page.on("request", self._note_asked)
        page.on("requestfinished", self._note_ended)
        page.on("requestfailed", self._note_ended)

    def _note_asked(self, _request: object) -> None:
        self.asked += 1

    def _note_ended(self, _request: object) -> None:
        self.ended += 1

    def wait_until_quiet(self) -> None:
        """Wait until the page is loaded and has asked for nothing more for a while."""
        self.page.wait_for_load_state("load")
        while True:
            asked = self.asked
            self.page.wait_for_timeout(QUIET_MS)
            if asked == self.asked == self.ended:
                return
