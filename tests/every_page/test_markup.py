"""Every page and state: valid HTML with one h1, a title of its own, landmarks, labels, tokens, and nothing inline."""

import re
from html.parser import HTMLParser

from tests.markup import markup_findings

__all__ = ["markup_findings"]

VOID_OF_LABELS = {"hidden", "submit", "button"}


class Outline(HTMLParser):
    """Collects what the checks below ask about."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.title = ""
        self.open_title = False
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self.open_title = tag == "title"

    def handle_data(self, data: str) -> None:
        if self.open_title:
            self.title += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "title":
            self.open_title = False

    def count(self, tag: str) -> int:
        return sum(name == tag for name, _ in self.tags)


def answers(demo_pages, sign_in_client):
    clients = {email: sign_in_client(email) for email in {page.email for page in demo_pages}}
    for page in demo_pages:
        if page.press:
            continue
        response = clients[page.email].get(page.path)
        yield page, response.status_code, response.get_data(as_text=True)


def kind_of(path: str) -> str:
    """States and languages of one kind of page may share a title."""
    return path.removeprefix("/en").partition("?")[0].split("/")[1]


def test_every_page_is_valid_html_and_has_its_parts(demo_pages, sign_in_client, markup_findings):
    wrong = []
    titles: dict[str, str] = {}
    for page, status, html in answers(demo_pages, sign_in_client):
        outline = Outline(html)
        forms = re.findall(r"<form[^>]*method=\"post\".*?</form>", html, re.DOTALL)
        ids = [attributes["id"] for _, attributes in outline.tags if "id" in attributes]
        language = "en" if page.path.startswith("/en") else "de"
        checks = {
            f"answers {status}": status == page.status,
            "one h1": outline.count("h1") == 1,
            "a title": len(outline.title.strip()) > 8,
            "a title of its own": titles.setdefault(outline.title, kind_of(page.path)) == kind_of(page.path),
            "one main": outline.count("main") == 1,
            "a header": outline.count("header") >= 1,
            "a navigation": outline.count("nav") >= 1,
            "unique ids": len(ids) == len(set(ids)),
            "a token in each form": all('name="csrf_token"' in form for form in forms),
            "no style attribute": not any("style" in attributes for _, attributes in outline.tags),
            "no inline event": not any(name.startswith("on") for _, attributes in outline.tags for name in attributes),
            "its language": f'<html lang="{language}"' in html,
            "no inline script": not re.search(r"<script(?![^>]*\bsrc=)(?![^>]*application/json)", html),
        }
        wrong += [f"{page.name}: not {name}" for name, is_right in checks.items() if not is_right]
        wrong += [f"{page.name}: {finding}" for finding in markup_findings(html)]
    assert wrong == []


def test_the_language_switch_leads_to_the_same_page(demo_pages, sign_in_client):
    client = sign_in_client("")
    for page in demo_pages:
        if page.email or page.status != 200 or page.path.startswith(("/en", "/receipts")):
            continue
        html = client.get(page.path).get_data(as_text=True)
        other = re.search(r'<a href="([^"]+)" lang="en" hreflang="en"', html)
        assert other, page.name
        assert other[1].replace("&amp;", "&") == "/en" + page.path
        assert client.get("/en" + page.path).status_code == 200
