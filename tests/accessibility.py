"""What axe finds on the page that a browser test has open."""

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

# WCAG 2.2, levels A and AA, and axe' own advice on landmarks and headings.
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
_axe = Axe()


def axe_findings(page: Page, *, only_colors: bool = False) -> list[str]:
    """List axe' findings, one line for each node: rule, what is wrong, where. An empty list is a good page."""
    which = {"type": "rule", "values": ["color-contrast"]} if only_colors else {"type": "tag", "values": RULES}
    results = _axe.run(page, options={"runOnly": which, "resultTypes": ["violations"]})
    return [
        f"{violation['id']} ({violation['impact']}): {violation['help']} – {' '.join(map(str, node['target']))}"
        for violation in results.response["violations"]
        for node in violation["nodes"]
    ]
