"""What tests of the map of a proceeding share: its contributions, and what stands on the map."""

from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import Page

PLACE = "/en/proceedings/churchyard"
# North to south; the last three stand so near to each other that they begin as one group.
SPOTS = {
    "Limes in the north": ("green", 12.36950, 51.34290),
    "Cycle path to the market": ("paths", 12.37200, 51.34260),
    "Benches in the middle": ("green", 12.37075, 51.34210),
    "Steps to the first door": ("paths", 12.37000, 51.34150),
    "Steps to the second door": ("paths", 12.37006, 51.34147),
    "Shade for the third door": ("green", 12.37003, 51.34144),
}


def symbols(page: Page):
    return page.locator("#map .leaflet-marker-pane [role]")


def symbol(page: Page, name: str):
    return symbols(page).and_(page.get_by_label(name))


def press(page: Page, name: str, *, by_finger: bool = False) -> None:
    """Press what is drawn: the symbol itself has no size, so that it stands exactly on its place."""
    drawing = symbol(page, name).locator("> *")
    if by_finger:
        drawing.tap()
    else:
        drawing.click()


def query_of(page: Page) -> dict[str, list[str]]:
    return parse_qs(urlsplit(page.url).query)


def zoom_of(address: str) -> float:
    return float(parse_qs(urlsplit(address).query)["map"][0].split(",")[2])


def names_on_map(page: Page) -> list[str]:
    """In the order in which one walks through them."""
    return symbols(page).evaluate_all(
        "all => all.sort((a, b) => a.getBoundingClientRect().top - b.getBoundingClientRect().top)"
        ".map(symbol => symbol.getAttribute('aria-label'))"
    )
