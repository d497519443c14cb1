"""The operations of the API. Each is declared once; routing, checking and the OpenAPI document follow from that."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from functools import partial, wraps
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Response, request
from flask_babel import lazy_gettext
from pydantic import BaseModel

from participation.accounts.actors import Actor
from participation.accounts.sessions import current_actor, signed_in_actor
from participation.errors import NotPermitted, NotSignedIn
from participation.interfaces.api.base import NoQuery
from participation.interfaces.api.reading import idempotency_key, read_body, read_query
from participation.languages import current_language, page_url
from participation.security import api_limit, is_no_post, limiter

PREFIX = "/api/v1"
JSON, GEOJSON = "application/json", "application/geo+json"
bp = Blueprint("api", __name__, url_prefix=PREFIX)
limiter.limit(api_limit, exempt_when=lambda: not is_no_post())(bp)  # posts count with those of the pages


class Access(StrEnum):
    """Who may call an operation; in each proceeding the rules of its subject decide."""

    ANYONE = "anyone"
    GUEST = "guest"
    MODERATE = "moderate"
    PLAN = "plan"


@dataclass(frozen=True, slots=True)
class Operation:
    """One thing that programs can do."""

    name: str
    method: str
    rule: str
    view: Callable[..., Any]
    tag: str
    summary: Any
    answer: type[BaseModel]
    query: type[BaseModel]
    body: type[BaseModel] | None
    status: int
    access: Access
    takes_key: bool
    media_type: str

    def __call__(self, **arguments: Any) -> Response:
        """Let in who may, read what was sent, do it, and tell."""
        actor = _actor(self.access)
        if self.query is not NoQuery:
            arguments["query"] = read_query(self.query)
        else:
            read_query(NoQuery)
        if self.body is not None:
            arguments["body"] = read_body(self.body)
        if self.takes_key:
            arguments["key"] = idempotency_key()
        told = self.view(actor, **arguments)
        data = told if isinstance(told, bytes) else told.model_dump_json().encode()
        response = Response(data, status=self.status, content_type=self.media_type)
        if request.method in ("GET", "HEAD"):
            response.headers["Cache-Control"] = "no-cache, private" if actor != _NOBODY else "public, no-cache"
            response.set_etag(hashlib.sha256(data).hexdigest()[:32])
            response.make_conditional(request)
        else:
            response.headers["Cache-Control"] = "no-store"
        return response


OPERATIONS: list[Operation] = []
_NOBODY = Actor()


def operation(
    method: str,
    rule: str,
    *,
    tag: str,
    summary: Any,
    answer: type[BaseModel],
    query: type[BaseModel] = NoQuery,
    body: type[BaseModel] | None = None,
    status: int = 200,
    access: Access = Access.ANYONE,
    takes_key: bool = False,
    media_type: str = JSON,
) -> Callable[[Callable[..., Any]], Operation]:
    """Declare an operation.

    The function gets the actor, what stands in the address, and as far as declared: query, body, key (Idempotency-Key).
    It returns the answer's model, or its JSON as bytes.
    """

    def declare(view: Callable[..., Any]) -> Operation:
        declared = Operation(
            name=view.__name__,
            method=method,
            rule=rule,
            view=view,
            tag=tag,
            summary=summary,
            answer=answer,
            query=query,
            body=body,
            status=status,
            access=access,
            takes_key=takes_key,
            media_type=media_type,
        )
        OPERATIONS.append(declared)
        bp.add_url_rule(rule, endpoint=declared.name, view_func=wraps(view)(partial(declared)), methods=[method])
        return declared

    return declare


def next_url(cursor: str | None) -> str | None:
    """Return the address of the page after this one."""
    if cursor is None:
        return None
    query = [(name, value) for name, value in request.args.items(multi=True) if name != "after"]
    return f"{page_url(request.path, current_language())}?{urlencode([*query, ('after', cursor)])}"


def _actor(access: Access) -> Actor:
    if access is Access.ANYONE:
        return current_actor()
    if access is not Access.GUEST:
        return signed_in_actor()
    actor = current_actor()
    if actor.participant_id is None and actor.is_signed_in:
        raise NotPermitted(lazy_gettext("Nobody takes part with a token of the staff. Ask for the token of a guest."))
    if actor.participant_id is None:
        raise NotSignedIn(lazy_gettext("Ask for the token of a guest first: POST /api/v1/guests."))
    return actor


@bp.after_request
def share(response: Response) -> Response:
    """Let pages of other sites read (CORS); they cannot write, and no cookie counts here."""
    headers = response.headers
    headers["Access-Control-Allow-Origin"] = "*"
    headers["Access-Control-Expose-Headers"] = (
        "ETag, Retry-After, X-RateLimit-Limit, X-RateLimit-Remaining, X-RateLimit-Reset"
    )
    headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    headers.add("Vary", "Authorization")
    if request.method == "OPTIONS":
        headers["Access-Control-Allow-Methods"] = "GET, HEAD, OPTIONS"
        headers["Access-Control-Allow-Headers"] = "Authorization, If-None-Match"
        headers["Access-Control-Max-Age"] = "86400"
    return response
