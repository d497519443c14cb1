"""Links as OGC API documents have them, and as the Link header says them (RFC 8288)."""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from flask import request

from participation.interfaces.ogc.formats import FORMATS, HTML, HTML_TYPE, JSON
from participation.languages import current_language, page_url

QUERYABLES_REL = "http://www.opengis.net/def/rel/ogc/1.0/queryables"
ROOT = "/ogc"
Link = dict[str, Any]


def address(path: str = "/", query: Mapping[str, Any] | None = None) -> str:
    """Return the full address of something under /ogc in the language of the request."""
    return page_url(ROOT + path, current_language()) + (f"?{urlencode(query)}" if query else "")


def link(rel: str, href: str, media_type: str, title: str = "") -> Link:
    """Return one link."""
    made = {"rel": rel, "href": href, "type": media_type, "hreflang": current_language(), "title": title}
    return {name: value for name, value in made.items() if value}


def links_to_this(chosen: str, media_type: str) -> list[Link]:
    """Return the links from a document to itself and to its other form.

    Args:
        chosen: the form of this answer.
        media_type: the one of the JSON form.
    """
    path = request.path.removeprefix(ROOT) or "/"
    kept = {name: value for name, value in request.args.items() if name != "f"}
    types = {JSON: media_type, HTML: HTML_TYPE}
    return [
        link("self" if one == chosen else "alternate", address(path, kept | {"f": one}), types[one])
        for one in sorted(FORMATS, key=lambda one: one != chosen)
    ]


def link_header(links: Sequence[Link]) -> str:
    """Write links as a header; titles are left out, which may hold any character."""
    return ", ".join(f'<{one["href"]}>; rel="{one["rel"]}"; type="{one["type"]}"' for one in links)
