"""Answers go out small, or not at all: compressed, and as 304 where the browser has the same bytes already (RFC 9110).

Compression gives secrets away to whoever can make a browser send chosen words next to them (BREACH, CVE-2013-3587).
Other sites cannot: our cookies are `SameSite=Lax`, so their requests for parts of a page carry none.
"""

from flask import Flask, Response, request
from flask_compress import Compress

ALGORITHMS = ["br", "gzip"]  # the first is taken where a browser likes both
TYPES = [
    *("text/html", "text/css", "text/plain", "text/csv", "text/xml", "text/javascript", "text/turtle", "image/svg+xml"),
    *("application/json", "application/geo+json", "application/fg+json", "application/ld+json"),
    *("application/problem+json", "application/schema+json", "application/vnd.oai.openapi+json"),
    *("application/atom+xml", "application/xml", "application/vnd.mapbox-vector-tile"),
]


def init_compression(app: Flask) -> None:
    """Send answers compressed, and only if the browser has not kept them; called before all that changes answers."""
    app.config.update(
        COMPRESS_REGISTER=False,
        COMPRESS_MIMETYPES=TYPES,
        COMPRESS_ALGORITHM=ALGORITHMS,
        COMPRESS_ALGORITHM_STREAMING=ALGORITHMS,
        COMPRESS_EVALUATE_CONDITIONAL_REQUEST=False,
    )
    compress = Compress(app)

    @app.after_request
    def send_small(response: Response) -> Response:
        if response.status_code != 200 or request.method not in ("GET", "HEAD"):
            # A range (206) is one of the bytes as they are stored; the others are short.
            return response
        is_kept = "no-store" not in response.headers.get("Cache-Control", "")
        if is_kept and not response.is_streamed:
            response.add_etag()
        response.vary.add("Accept-Encoding")
        if any(request.accept_encodings[name] for name in ALGORITHMS):  # Flask-Compress takes “gzip;q=0” for a wish
            response = compress.after_request(response)
        if is_kept:
            response.make_conditional(request)
        return response
