"""Content negotiation: JSON for programs, HTML for browsers; `f` in the address wins over the Accept header."""

from flask import request

JSON, HTML = "json", "html"
FORMATS = (JSON, HTML)

JSON_TYPE = "application/json"
GEOJSON_TYPE = "application/geo+json"
HTML_TYPE = "text/html"
OPENAPI_TYPE = "application/vnd.oai.openapi+json;version=3.0"
SCHEMA_TYPE = "application/schema+json"
TILE_TYPE = "application/vnd.mapbox-vector-tile"


def negotiated_format(media_type: str) -> str | None:
    """Return JSON or HTML as the Accept header wants it, or None if it wants neither.

    Args:
        media_type: the one of the JSON form; plain JSON is always taken for it.
    """
    accepted = request.accept_mimetypes
    if not accepted.provided:
        return JSON
    best = accepted.best_match([media_type, media_type.partition(";")[0], JSON_TYPE, HTML_TYPE])
    return None if best is None else HTML if best == HTML_TYPE else JSON


def prefers_html() -> bool:
    """Whether an error is to be a page."""
    wanted = request.args.get("f")
    return wanted == HTML or (wanted not in FORMATS and negotiated_format(JSON_TYPE) == HTML)
