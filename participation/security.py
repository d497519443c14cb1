"""Response headers, origin check, closed-by-default routes, rate limits, secret links: what protects every route."""

import hashlib
import hmac
from collections.abc import Callable
from http import HTTPStatus
from ipaddress import IPv6Address, ip_address, ip_network
from typing import TypeVar
from urllib.parse import urlsplit

from flask import Flask, Response, current_app, g, request, session
from flask_babel import lazy_gettext
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from werkzeug.exceptions import BadRequest

from participation import clock
from participation.config import Settings
from participation.counting import SCHEME
from participation.database import Base, db, id_in
from participation.errors import NotFound, NotPermitted

Row = TypeVar("Row", bound=Base)
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
# Contributions, votes, comments, notices and complaints count together; see `post_limit`.
POSTS = frozenset(
    {
        "contributing.check",
        "contribution_page.vote",
        "contribution_page.comment",
        "notices.report",
        "complaints.about_decision",
        "complaints.about_answer",
        "exports.prepare_public",
        "api.add_guest",
        "api.add_contribution",
        "api.vote",
        "api.take_back_vote",
        "api.add_comment",
        "api.add_notice",
    }
)
UPLOADS = frozenset({"import_desk.imports"})
# A Redis that is silent must not keep every visitor waiting.
REDIS_TIMEOUTS = {"socket_connect_timeout": 1, "socket_timeout": 1}
SECRET_LENGTH = 32
PERMISSIONS_POLICY = "geolocation=(self), camera=(), microphone=(), payment=(), usb=(), interest-cohort=()"


def keyed_hash(text: str, purpose: str) -> str:
    """Hash a secret or an address with the installation's key, so that the database alone does not tell it.

    `purpose` separates uses: the same text gives different hashes. 64 hexadecimal characters (HMAC-SHA-256).
    """
    key = hashlib.sha256(f"{purpose}:{_settings().secret_key}".encode()).digest()
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()


def link_secret(id_: int, nonce: str, purpose: str) -> str:
    """Return the secret in a row's private link: the id and half of an HMAC over id and nonce.

    The database alone does not tell it, and another nonce makes the link void.
    """
    return f"{id_}-{keyed_hash(f'{id_}:{nonce}', purpose)[:SECRET_LENGTH]}"


def row_by_secret(model: type[Row], secret: str, secret_of: Callable[[Row], str]) -> Row:
    """Return the row whose private link this is.

    Args:
        model: what the link leads to.
        secret: as it stands in the address.
        secret_of: tells the right one, see `link_secret`.

    Raises:
        NotFound: the link is wrong, or was replaced by a new one.
    """
    id_ = id_in(secret.partition("-")[0])
    row = None if id_ is None else db.session.get(model, id_)
    if row is None or not hmac.compare_digest(secret_of(row).encode(), secret.encode()):
        raise NotFound
    return row


def private_page(page: str, status: int = HTTPStatus.OK) -> Response:
    """Answer with a page behind a secret link: kept nowhere, found nowhere."""
    response = current_app.make_response((page, status))
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def client_address() -> str:
    """Return a keyed hash of the client's network: limits need to tell clients apart, not to know them."""
    return keyed_hash(client_network(get_remote_address()), "client-address")


def client_network(address: str) -> str:
    """Return what one connection to the internet has: an IPv4 address, or the /64 of an IPv6 address.

    A single machine chooses freely among the addresses of its /64 (RFC 6177, RFC 8981).
    """
    try:
        found = ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if isinstance(found, IPv6Address):
        return str(found.ipv4_mapped or ip_network((found, 64), strict=False))
    return str(found)


def is_no_post() -> bool:
    """Whether this request is none of the acts that `POST_LIMIT` counts together."""
    return request.method in SAFE_METHODS or request.endpoint not in POSTS


def sign_in_limit() -> str:
    """Return the configured limit for sign-in tries."""
    return _settings().sign_in_limit


def post_limit() -> str:
    """Return the configured limit for contributions, comments, votes, notices and complaints."""
    return _settings().post_limit


def report_limit() -> str:
    """Return the configured limit for notices that come in, apart from what `post_limit` counts."""
    return _settings().report_limit


def api_limit() -> str:
    """Return the configured limit for requests of programs."""
    return _settings().api_limit


def _settings() -> Settings:
    settings: Settings = current_app.extensions["settings"]
    return settings


limiter = Limiter(
    key_func=client_address,
    strategy="moving-window",
    headers_enabled=True,
    application_limits=[post_limit],
    application_limits_exempt_when=is_no_post,
)


def content_security_policy(settings: Settings, *, frame_ancestors: str = "") -> str:
    """Allow our own files, the configured map hosts, and nothing else; no `unsafe-…`.

    Args:
        settings: of this installation.
        frame_ancestors: who may put the page into a frame, if not whom the installation allows.
    """
    rules = {
        "default-src": "'none'",
        "script-src": "'self'",
        "style-src": "'self'",
        "img-src": " ".join(["'self'", "data:", *settings.basemap.hosts]),
        "font-src": "'self'",
        "connect-src": "'self'",
        "manifest-src": "'self'",
        "form-action": "'self'",
        "base-uri": "'none'",
        "frame-ancestors": frame_ancestors or settings.frame_ancestors,
    }
    return "; ".join(f"{name} {value}" for name, value in rules.items())


def refuse_foreign_origin() -> None:
    """Refuse writes that another site's page sends through the visitor's browser (OWASP: verify origin)."""
    if request.method in SAFE_METHODS:
        return
    fetch_site = request.headers.get("Sec-Fetch-Site", "same-origin")
    origin = request.headers.get("Origin")
    is_foreign = origin is not None and (origin == "null" or urlsplit(origin).netloc != request.host)
    if fetch_site not in ("same-origin", "none") or is_foreign:
        raise NotPermitted(lazy_gettext("This request came from another website. Please open our page and try again."))


def bound_upload() -> None:
    """Let people with an account send a file where one is expected; everywhere else the bound for forms holds."""
    if request.endpoint in UPLOADS and "_user_id" in session:
        request.max_content_length = _settings().max_upload_megabytes * 1024 * 1024


def refuse_nul() -> None:
    """Refuse U+0000 in addresses and forms: no text needs it, and PostgreSQL takes none that has it."""
    if request.endpoint in UPLOADS and (request.content_length or 0) > (request.max_content_length or 0):
        return  # the page itself tells how large a file may be
    fields = (value for sent in (request.args, request.form) for _, values in sent.lists() for value in values)
    if "\0" in request.path or any("\0" in value for value in fields):
        raise BadRequest


def mend_retry_after(response: Response) -> Response:
    """Say when to come back only where one has to, and rightly: Flask-Limiter says it in every answer it counted."""
    limit = limiter.current_limit
    wanted = g.pop("retry_after", None)
    if response.status_code == HTTPStatus.TOO_MANY_REQUESTS and limit is not None:
        wanted = str(max(1, int(limit.reset_at - clock.now().timestamp())))
    response.headers.pop("Retry-After", None)
    if wanted is not None:
        response.headers["Retry-After"] = wanted
    return response


def init_security(app: Flask, settings: Settings) -> None:
    """Connect the checks before and the headers after each request."""
    app.config.update(
        RATELIMIT_STORAGE_URI=settings.redis_url or f"{SCHEME}://",
        RATELIMIT_IN_MEMORY_FALLBACK_ENABLED=bool(settings.redis_url),
        RATELIMIT_STORAGE_OPTIONS=REDIS_TIMEOUTS if settings.redis_url else {},
        RATELIMIT_KEY_PREFIX="participation",
    )
    app.after_request(mend_retry_after)  # the first one registered is the last one called
    limiter.init_app(app)
    app.before_request(refuse_foreign_origin)
    app.before_request(bound_upload)
    app.before_request(refuse_nul)
    policy = content_security_policy(settings)

    @app.after_request
    def add_headers(response: Response) -> Response:
        headers = response.headers
        g.retry_after = headers.get("Retry-After")
        headers.setdefault("Content-Security-Policy", policy)
        headers["X-Content-Type-Options"] = "nosniff"
        headers["Referrer-Policy"] = "same-origin"
        headers["Permissions-Policy"] = PERMISSIONS_POLICY
        headers["Cross-Origin-Opener-Policy"] = "same-origin"
        headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        if settings.has_https:
            headers["Strict-Transport-Security"] = "max-age=31536000; includeSubDomains"
        if "Cache-Control" not in headers:
            headers["Cache-Control"] = "no-cache, private"
        return response
