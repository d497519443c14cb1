"""Sitemaps and robots.txt: what search engines should find, and what they need not try (sitemaps.org, RFC 9309)."""

from collections.abc import Iterable
from xml.etree import ElementTree as ET

from flask import Blueprint, Response
from sqlalchemy import func, select

from participation.accounts.actors import STRANGER
from participation.contributions.models import Contribution
from participation.contributions.states import LISTED_STATES
from participation.database import db
from participation.errors import NotFound
from participation.interfaces.xml import add, conditional, xml_response
from participation.languages import LANGUAGES, PREFIXES, page_url
from participation.proceedings.models import Proceeding
from participation.proceedings.permissions import PUBLIC_STATES
from participation.proceedings.queries import visible_proceedings

bp = Blueprint("sitemap", __name__)

SITEMAP = "http://www.sitemaps.org/schemas/sitemap/0.9"
XHTML = "http://www.w3.org/1999/xhtml"
MEDIA_TYPE = "application/xml; charset=utf-8"
IDS_IN_A_FILE = 10_000  # sitemaps.org allows 50,000 addresses in one file
PAGES = ("/", "/imprint", "/privacy", "/accessibility")
# Desks, accounts, pages behind secret links; `$` ends an address (RFC 9309, 2.2.3).
NOT_FOR_ROBOTS = (
    *(
        "/account",
        "/admin/",
        "/api/v1/",
        "/complaints/",
        "/confirm/",
        "/decisions/",
        "/embed/",
        "/manage",
        "/moderation$",
    ),
    *("/moderation/", "/notices/", "/planning", "/receipts/", "/sign-in", "/sign-out", "/stop-mails/"),
)

ET.register_namespace("xhtml", XHTML)


@bp.route("/robots.txt")
def robots() -> Response:
    """Keep robots away from desks, private links and the countless filtered views of one list."""
    closed = [prefix + path for prefix in PREFIXES.values() for path in NOT_FOR_ROBOTS]
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in closed), "Disallow: /*?"]
    lines += ["", f"Sitemap: {page_url('/sitemap.xml', LANGUAGES[0])}", ""]
    return conditional(Response("\n".join(lines), content_type="text/plain; charset=utf-8"))


@bp.route("/sitemap.xml")
def index() -> Response:
    """Name the files: one with pages, and contributions by blocks of their numbers."""
    root = ET.Element("sitemapindex", {"xmlns": SITEMAP})
    last_id = db.session.scalar(select(func.max(Contribution.id))) or 0
    names = ["pages", *(f"contributions-{block}" for block in range(last_id // IDS_IN_A_FILE + 1) if last_id)]
    for name in names:
        add(add(root, "sitemap"), "loc", page_url(f"/sitemaps/{name}.xml", LANGUAGES[0]))
    return conditional(xml_response(root, MEDIA_TYPE))


@bp.route("/sitemaps/pages.xml")
def pages() -> Response:
    """Name the pages of the site and of each public proceeding."""
    paths = list(PAGES)
    for proceeding in visible_proceedings(STRANGER):
        paths += [f"/proceedings/{proceeding.slug}", f"/proceedings/{proceeding.slug}/about"]
    return _sitemap((path, "") for path in paths)


@bp.route("/sitemaps/contributions-<int:block>.xml")
def contributions(block: int) -> Response:
    """Name the public contributions of one block of numbers."""
    last_id = db.session.scalar(select(func.max(Contribution.id))) or 0
    if block * IDS_IN_A_FILE > last_id:
        raise NotFound
    statement = (
        select(Proceeding.slug, Contribution.id, Contribution.updated_at)
        .join(Contribution.proceeding)
        .where(
            Contribution.id >= block * IDS_IN_A_FILE,
            Contribution.id < (block + 1) * IDS_IN_A_FILE,
            Contribution.state.in_(sorted(LISTED_STATES)),
            Proceeding.state.in_(sorted(PUBLIC_STATES)),
        )
        .order_by(Contribution.id)
    )
    rows = db.session.execute(statement)
    return _sitemap((f"/proceedings/{slug}/contributions/{id_}", f"{at:%Y-%m-%d}") for slug, id_, at in rows)


def _sitemap(pages: Iterable[tuple[str, str]]) -> Response:
    root = ET.Element("urlset", {"xmlns": SITEMAP})
    for path, changed_on in pages:
        for language in LANGUAGES:
            url = add(root, "url")
            add(url, "loc", page_url(path, language))
            if changed_on:
                add(url, "lastmod", changed_on)
            for other in LANGUAGES:
                add(url, f"{{{XHTML}}}link", rel="alternate", hreflang=other, href=page_url(path, other))
    return conditional(xml_response(root, MEDIA_TYPE))
