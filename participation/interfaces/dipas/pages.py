"""Pages as DIPAS sends them: a heading and blocks of HTML."""

import re
from datetime import datetime
from typing import Any

import nh3
from flask import current_app
from flask_babel import force_locale
from markupsafe import Markup

from participation.errors import NotFound
from participation.interfaces.dipas.asked import language_asked
from participation.interfaces.dipas.periods import moment_words
from participation.interfaces.dipas.words import words
from participation.proceedings.markdown import TAGS, to_html
from participation.proceedings.models import Proceeding

HEADING = re.compile(r"<h1.*?</h1>", re.DOTALL)
# Pages of the installation by DIPAS' names, in the families of proceedings and of the navigator.
FOOTER_PAGES = {"dataprivacy": "pages/privacy.html", "imprint": "pages/imprint.html"}
NAVIGATOR_PAGES = {
    "privacy": "pages/privacy.html",
    "imprint": "pages/imprint.html",
    "accessibility": "pages/accessibility.html",
}
# DIPAS has these pages, we have none of the kind.
UNSET_PAGES = frozenset({"custompage", "conceptionlist", "frontpage", "faq", "contact"})


def project_info(proceeding: Proceeding) -> dict[str, Any]:
    """Return what a proceeding is about."""
    text = str(to_html(words(proceeding.about)))
    return _page(
        words(proceeding.title), words(proceeding.subtitle), text, nid=str(proceeding.id), created=proceeding.created_at
    )


def site_page(template: str) -> dict[str, Any]:
    """Return a page of the installation; it comes with the software, so it has neither an id nor a day."""
    with force_locale(language_asked()):
        page = current_app.jinja_env.get_template(template)
        values: dict[str, Any] = {}
        current_app.update_template_context(values)
        title, content = ("".join(page.blocks[name](page.new_context(values))) for name in ("title", "content"))
    text = nh3.clean(HEADING.sub("", content), tags=TAGS, attributes={"a": {"href"}}).strip()
    return _page(Markup(title).unescape(), "", text)  # noqa: S704 – only read


def unset_page() -> NotFound:
    """Return the error for a page that is not set."""
    return NotFound("This page is not set.")


def _page(title: str, headline: str, html: str, *, nid: str = "", created: datetime | None = None) -> dict[str, Any]:
    block = {"type": "paragraph", "bundle": "text", "field_headline": headline, "field_text": html}
    return {
        "nid": nid,
        "bundle": "page",
        "langcode": language_asked(),
        "title": title,
        "created": "" if created is None else moment_words(created),
        "author": "",
        "content": [block],
    }
