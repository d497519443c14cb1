"""The map and list for other websites' frames, and what programs learn of it (oEmbed 1.0)."""

import re
from http import HTTPStatus
from typing import Any

from flask import Blueprint, Response, abort, current_app, jsonify, make_response, render_template, request
from flask_babel import lazy_gettext

from participation.accounts.actors import STRANGER
from participation.accounts.sessions import current_actor
from participation.contributions import queries
from participation.contributions.counting import counted
from participation.contributions.filters import ContributionFilter
from participation.errors import InvalidInput, NotFound
from participation.languages import LANGUAGES, PREFIXES, page_url, text_in
from participation.proceedings.embedding import frame_ancestors, may_be_embedded
from participation.proceedings.models import Proceeding
from participation.proceedings.queries import proceeding_by_slug
from participation.security import content_security_policy

bp = Blueprint("embed", __name__)
bp.add_app_template_global(may_be_embedded)
bp.add_app_template_global(page_url)

WIDTH, HEIGHT = 800, 600
SMALLEST = 240  # pixels; a smaller map shows nothing
PAGE = re.compile(r"/(?:proceedings|embed)/(?P<slug>[a-z0-9-]{1,60})(?:/about)?/?")


@bp.route("/embed/<slug>")
def page(slug: str) -> Response:
    """Show map and list without the site around them; every link opens the site itself."""
    proceeding = proceeding_by_slug(current_actor(), slug)
    wanted = ContributionFilter.from_arguments(request.args)
    total = counted(proceeding, wanted).total
    shown = queries.page_of_contributions(proceeding, wanted, expected=total)
    response = make_response(
        render_template("pages/embed.html", proceeding=proceeding, wanted=wanted, page=shown, total=total)
    )
    policy = content_security_policy(_settings(), frame_ancestors=frame_ancestors(proceeding))
    response.headers["Content-Security-Policy"] = policy
    return response


@bp.route("/oembed")
def oembed() -> Response:
    """Tell a program how to embed the page whose address it has."""
    if request.args.get("format", "json") != "json":
        abort(HTTPStatus.NOT_IMPLEMENTED)
    proceeding, language = _page_at(request.args.get("url", ""))
    width, height = _pixels("maxwidth", WIDTH), _pixels("maxheight", HEIGHT)
    response = jsonify(
        version="1.0",
        type="rich",
        title=text_in(proceeding.title, language),
        provider_name=_settings().site_name,
        provider_url=page_url("/", language),
        cache_age=3600,
        width=width,
        height=height,
        html=embed_code(proceeding, language, width, height),
    )
    response.headers["Access-Control-Allow-Origin"] = "*"
    return response


def embed_code(proceeding: Proceeding, language: str, width: int = WIDTH, height: int = HEIGHT) -> str:
    """Return the HTML that shows a proceeding's map on another website."""
    address = page_url(f"/embed/{proceeding.slug}", language)
    title = text_in(proceeding.title, language)
    return render_template("pages/embed_code.html", address=address, title=title, width=width, height=height)


def _page_at(address: str) -> tuple[Proceeding, str]:
    """Return whose page an address leads to and in which language.

    Raises:
        NotFound: none of ours, or one that nobody may embed.
    """
    path = address.partition("?")[0].partition("#")[0]
    base = page_url("", LANGUAGES[0])
    if not path.startswith(base):
        raise _nothing_there()
    path = path.removeprefix(base)
    language = next((one for one, prefix in PREFIXES.items() if prefix and path.startswith(prefix + "/")), LANGUAGES[0])
    match = PAGE.fullmatch(path.removeprefix(PREFIXES[language]))
    if match is None:
        raise _nothing_there()
    try:
        proceeding = proceeding_by_slug(STRANGER, match["slug"])
    except NotFound:
        raise _nothing_there() from None
    if not may_be_embedded(proceeding):
        raise _nothing_there()
    return proceeding, language


def _nothing_there() -> NotFound:
    return NotFound(lazy_gettext("Nothing can be embedded from this address."), field="url")


def _pixels(name: str, usual: int) -> int:
    given = request.args.get(name, type=_whole_number)
    if name in request.args and (given is None or given < SMALLEST):
        raise InvalidInput(
            lazy_gettext("This must be a whole number of pixels, %(least)s or more.", least=SMALLEST), field=name
        )
    return min(given or usual, usual)


def _whole_number(text: str) -> int:
    if not text.isascii() or not text.isdecimal():
        raise ValueError
    return int(text[:9])


def _settings() -> Any:
    return current_app.extensions["settings"]
