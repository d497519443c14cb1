"""How answers are sent: in the form the client takes, with a name (ETag), with links, readable for other sites."""

import hashlib
from collections.abc import Callable, Sequence
from typing import Any

import orjson
from flask import Response, current_app, render_template, request
from flask_babel import gettext

from participation.accounts.sessions import current_actor
from participation.interfaces.ogc.addresses import Link, link_header, links_to_this
from participation.interfaces.ogc.formats import FORMATS, GEOJSON_TYPE, HTML, negotiated_format
from participation.interfaces.ogc.problems import InvalidParameter, NotAcceptable

LONGEST_LINK = 2_000  # proxies refuse long headers; the same links stand in the content
HEADERS_FOR_OTHER_SITES = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Allow-Methods": "GET, HEAD, OPTIONS",
    "Access-Control-Allow-Headers": "Accept, Accept-Language, Authorization, If-None-Match",
    "Access-Control-Expose-Headers": "Content-Crs, ETag, Link",
    "Access-Control-Max-Age": "86400",
    "Cross-Origin-Resource-Policy": "cross-origin",
}


def open_to_other_sites(response: Response) -> Response:
    """Let scripts of any site read what everybody may read: browsers send no cookies along."""
    response.headers.update(HEADERS_FOR_OTHER_SITES)
    response.vary.add("Accept")
    return response


def chosen_format(media_type: str) -> str:
    """Return JSON or HTML, as the client wants it.

    Raises:
        InvalidParameter: `f` is neither.
        NotAcceptable: the Accept header wants neither.
    """
    wanted = request.args.get("f")
    if wanted is None:
        wanted = negotiated_format(media_type)
        if wanted is None:
            types = f"{media_type}, text/html"
            raise NotAcceptable(gettext("This address answers as one of: %(types)s.", types=types))
    elif wanted not in FORMATS:
        raise InvalidParameter("f", gettext("“f” must be json or html."))
    return wanted


def answer(
    template: str, media_type: str, document: Callable[[list[Link]], dict[str, Any]], **context: Any
) -> Response:
    """Answer with a document, or with the page that shows it.

    Args:
        template: of the page; gets the document and its links.
        media_type: of the document.
        document: makes it of the links to itself and its other form.
        context: more for the page; functions are called with the document.
    """
    chosen = chosen_format(media_type)
    links = links_to_this(chosen, media_type)
    made = document(links)
    if chosen == HTML:
        more = {name: value(made) if callable(value) else value for name, value in context.items()}
        return page(template, None, links, document=made, **more)
    body = orjson.dumps(made)
    return _named(Response(body, content_type=media_type), body)


def geojson(body: bytes, name: str | None, crs: str, links: Sequence[Link]) -> Response:
    """Answer with features.

    Args:
        body: the GeoJSON.
        name: of what is in it, if that is not the whole of it.
        crs: the coordinate system.
        links: for the header, too.
    """
    response = _named(Response(body, content_type=GEOJSON_TYPE), name.encode() if name else body)
    return _with_headers(response, crs, links)


def page(template: str, crs: str | None, links: Sequence[Link], **context: Any) -> Response:
    """Answer with a page."""
    response = current_app.make_response(render_template(template, links=links, **context))
    return _with_headers(response, crs, links)


def _with_headers(response: Response, crs: str | None, links: Sequence[Link]) -> Response:
    link = link_header(links)
    if len(link) <= LONGEST_LINK:
        response.headers["Link"] = link
    if crs:
        response.headers["Content-Crs"] = f"<{crs}>"
    return response


def _named(response: Response, content: bytes) -> Response:
    """Give an answer its ETag: a weak one, since the time of the answer is not in it. Drafts are for their team."""
    response.set_etag(hashlib.sha256(content).hexdigest()[:32], weak=True)
    response.headers["Cache-Control"] = "private, no-cache" if current_actor().is_signed_in else "public, no-cache"
    response.make_conditional(request)
    return response
