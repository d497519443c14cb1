"""How answers are given: DIPAS' envelope and errors, an ETag on each, long lists streamed, open to every origin."""

import hashlib
from collections.abc import Callable, Iterable, Iterator
from http import HTTPStatus
from typing import Any

import orjson
from flask import Response, request, stream_with_context
from werkzeug.exceptions import HTTPException

from participation import clock
from participation.contributions.queries import last_changes
from participation.database import db
from participation.discussion.queries import comment_versions
from participation.errors import ParticipationError
from participation.exports.editions import SETTLED_AFTER
from participation.exports.sending import closing
from participation.interfaces.dipas.asked import language_asked
from participation.interfaces.dipas.words import contribution_address
from participation.proceedings.models import Proceeding

# Raise it with every change of what an answer looks like.
FORMAT = 1
CHUNK_BYTES = 64 * 1024
CACHE = "public, no-cache"  # whoever keeps an answer asks before showing it again: what is hidden is gone at once
ONE_DAY_SECONDS = 86_400


def success(payload: dict[str, Any]) -> dict[str, Any]:
    """Return what the families `dipas` and `navigator` answer when all is well."""
    return {"status": "success", **payload}


def whole(payload: dict[str, Any], **passing: Any) -> Response:
    """Answer with something small; `passing` is what changes all the time and makes no new content."""
    body = orjson.dumps(payload | passing, option=orjson.OPT_INDENT_2)
    named = orjson.dumps(payload) if passing else body
    response = Response(body, content_type="application/json")
    return _named(response, hashlib.sha256(named).hexdigest()[:32])


def streamed(chunks: Callable[[], Iterator[bytes]], *basis: Any) -> Response:
    """Answer with something long, sent while it is read; `basis` is what its content depends on."""
    response = Response(content_type="application/json")
    # Asked for the length, Werkzeug would collect the whole answer in memory first.
    response.automatically_set_content_length = False
    words = repr((FORMAT, request.full_path, language_asked(), basis))
    _named(response, hashlib.sha256(words.encode()).hexdigest()[:32])
    if response.status_code == HTTPStatus.OK and request.method == "GET":
        response.response = stream_with_context(closing(chunks()))
    return response


def list_chunks(head: bytes, items: Iterable[bytes], tail: bytes) -> Iterator[bytes]:
    """Yield a list of any length between its head and tail, an item a line."""
    buffer = bytearray(head)
    separator = b"\n"
    for item in items:
        buffer += separator + item
        separator = b",\n"
        if len(buffer) >= CHUNK_BYTES:
            yield bytes(buffer)
            buffer.clear()
    yield bytes(buffer + b"\n" + tail)


def state_of(proceedings: Iterable[Proceeding], *, with_comments: bool = False) -> list[Any]:
    """Return what the rows of these proceedings depend on; it changes with everything that is in them."""
    by_id = {proceeding.id: proceeding for proceeding in proceedings}
    changes = last_changes(by_id)
    now = clock.now()
    basis: list[Any] = []
    for id_, one in by_id.items():
        latest, count = changes.get(id_, (None, 0))
        terms = [[(part.id, part.name) for part in one.categories], [(part.id, part.name) for part in one.types]]
        is_settled = latest is None or now - latest > SETTLED_AFTER
        basis.append((id_, latest, count, is_settled, terms, contribution_address(one), one.project_area.wkb))
    return [basis, tuple(db.session.execute(comment_versions(list(by_id))).one())] if with_comments else [basis]


def _named(response: Response, etag: str) -> Response:
    """Let whoever has this answer already keep it."""
    response.headers["Cache-Control"] = CACHE
    response.set_etag(etag)
    response.make_conditional(request)
    return response


def refusal(status: int, message: Any) -> Response:
    """Answer an error as DIPAS does."""
    body = orjson.dumps({"status": "error", "message": str(message)}, option=orjson.OPT_INDENT_2)
    response = Response(body, status, content_type="application/json")
    response.headers["Cache-Control"] = "no-store"
    return response


def on_refusal(error: ParticipationError) -> Response:
    """Tell what the rules refuse."""
    return refusal(error.status, error.message or error.title)


def on_http_error(error: HTTPException) -> Any:
    """Tell what Flask refuses; a redirect stays one."""
    if error.code is None or error.code < HTTPStatus.BAD_REQUEST:
        return error
    return refusal(error.code, error.description or error.name)


def open_to_every_origin(response: Response) -> Response:
    """Let pages of other sites read the answer, and tell their browsers so when they ask first (OPTIONS).

    Without credentials: cookies change nothing here.
    """
    headers = response.headers
    headers["Access-Control-Allow-Origin"] = "*"
    headers["Access-Control-Expose-Headers"] = "ETag"
    headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    if request.method == "OPTIONS":
        headers["Allow"] = headers["Access-Control-Allow-Methods"] = "GET, HEAD, OPTIONS"
        headers["Access-Control-Allow-Headers"] = "content-type, accept"
        headers["Access-Control-Max-Age"] = str(ONE_DAY_SECONDS)
        headers["Cache-Control"] = CACHE
    return response
