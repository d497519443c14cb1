"""Markdown of the staff to safe HTML: no HTML inside Markdown, and only known elements come out."""

import nh3
from markdown_it import MarkdownIt
from markupsafe import Markup

TAGS = {
    "a",
    "blockquote",
    "br",
    "code",
    "em",
    "h2",
    "h3",
    "h4",
    "hr",
    "li",
    "ol",
    "p",
    "strong",
    "table",
    "tbody",
    "td",
    "th",
    "thead",
    "tr",
    "ul",
}
_parser = MarkdownIt("commonmark", {"html": False}).enable("table")


def to_html(text: str) -> Markup:
    """Return safe HTML; links open in the same window and tell other sites nothing."""
    html = _parser.render(text)
    return Markup(nh3.clean(html, tags=TAGS, attributes={"a": {"href"}}, url_schemes={"http", "https", "mailto"}))  # noqa: S704
