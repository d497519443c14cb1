"""Who is acting in this request: the session of an account, the cookie of a guest, or a program with a token."""

import secrets
from enum import Enum
from typing import Any

from flask import Flask, Response, after_this_request, current_app, g, has_request_context, request, session
from flask.sessions import SecureCookieSessionInterface, SessionMixin
from flask_login import LoginManager, UserMixin, current_user, login_user, logout_user
from itsdangerous import BadSignature, URLSafeSerializer

from participation import clock
from participation.accounts import queries, services
from participation.accounts.actors import STRANGER, Actor
from participation.accounts.models import User
from participation.errors import InvalidToken, NotSignedIn
from participation.forms import GUEST_COOKIE, issue_token
from participation.languages import current_language, local
from participation.security import keyed_hash

GUEST_COOKIE_SECONDS = 365 * 24 * 3600
STAFF_PREFIX, GUEST_PREFIX = "staff_", "guest_"  # of tokens, so that whoever finds one knows what it is
LONGEST_TOKEN = 200
login_manager = LoginManager()


class Credentials(Enum):
    """By what an address knows who acts. Where a token counts and one is sent, cookies do not."""

    COOKIES = "cookies"  # pages
    EITHER = "either"  # downloads: links on pages, and programs
    TOKENS = "tokens"  # interfaces for programs
    NONE = "none"  # the same for everybody


class PageSessions(SecureCookieSessionInterface):
    """Sessions are for pages: where no cookie counts, one answer serves whatever browser asks (no `Vary: Cookie`)."""

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Note what changed, and that the answer depends on the cookie."""
        if app.extensions["credentials_here"]() in (Credentials.COOKIES, Credentials.EITHER):
            super().save_session(app, session, response)


class SessionUser(UserMixin):  # type: ignore[misc]
    """What Flask-Login keeps: the actor and the key that ends its sessions."""

    def __init__(self, actor: Actor, session_key: str) -> None:
        self.actor = actor
        self.session_key = session_key

    def get_id(self) -> str:
        """Return what stands in the session: “user id:session key”."""
        return f"{self.actor.user_id}:{self.session_key}"


def load_session_user(stored: str) -> SessionUser | None:
    """Turn the session's content into a user, unless the account ended it."""
    user_id, _, session_key = stored.partition(":")
    actor = queries.actor_of_user(int(user_id), session_key) if user_id.isdecimal() else None
    return None if actor is None else SessionUser(actor, session_key)


def sign_in(user: User) -> None:
    """Start a session under a new key: whatever the session held before is gone (session fixation).

    What this browser's guest began, and did not send, goes on under the account.
    """
    guest = _guest()
    if guest.participant_id is not None:
        services.hand_over(guest.participant_id, user)
    session.clear()
    session["key"] = secrets.token_urlsafe(16)
    actor = queries.actor_of_user(user.id, user.session_key)
    login_user(SessionUser(actor or STRANGER, user.session_key))
    g.pop("actor", None)


def sign_out() -> None:
    """End the session in this browser."""
    logout_user()
    session.clear()
    g.pop("actor", None)


def current_actor() -> Actor:
    """Return who is acting: a user, a known guest, a program, or a stranger; asks the database once a request.

    Raises:
        InvalidToken: a token was sent that is none (any more), where tokens count.
    """
    if "actor" not in g:
        g.actor = STRANGER  # also for the page that tells that a token is wrong
        g.actor = _actor_of_request(current_app.extensions["credentials_here"]())
    actor: Actor = g.actor
    return actor


def _actor_of_request(credentials: Credentials) -> Actor:
    if credentials is Credentials.NONE:
        return STRANGER
    if credentials is not Credentials.COOKIES and request.headers.get("Authorization"):
        return _actor_of_token(_sent_token())
    if credentials is Credentials.TOKENS:
        return STRANGER
    actor: Actor = current_user.actor if current_user.is_authenticated else _guest()
    return actor


def _sent_token() -> str:
    """Return the token of the request: as Bearer (RFC 6750), or as the password of Basic (RFC 7617), whoever asks."""
    sent = request.authorization
    if sent is not None and sent.type == "bearer":
        return sent.token or ""
    return (sent.password or "") if sent is not None and sent.type == "basic" else ""


def _actor_of_token(token: str) -> Actor:
    if len(token) <= LONGEST_TOKEN and "\0" not in token:
        if token.startswith(GUEST_PREFIX):
            actor = queries.actor_of_guest(guest_token_hash(token.removeprefix(GUEST_PREFIX)))
            if actor is not None:
                return actor
        elif token.startswith(STAFF_PREFIX):
            found = queries.access_token_by_hash(staff_token_hash(token))
            if found is not None:
                today = local(clock.now()).date()
                actor = queries.actor_of_token(found)
                if found.used_on != today:
                    services.note_token_use(found, today)
                return actor
    raise InvalidToken


def new_guest_token(language: str) -> str:
    """Make a guest who has no browser; return the token that stands for it, which is told once."""
    token = secrets.token_urlsafe(32)
    services.register_guest(guest_token_hash(token), language)
    return GUEST_PREFIX + token


def staff_token_hash(token: str) -> str:
    """Return what the database keeps of an account's token."""
    return keyed_hash(token, "access-token")


def signed_in_actor() -> Actor:
    """Return the signed-in user, or refuse."""
    actor = current_actor()
    if not actor.is_signed_in:
        raise NotSignedIn
    return actor


def participating_actor() -> Actor:
    """Return an actor who can leave something: at the first act a guest gets a cookie, a user a pseudonym."""
    actor = current_actor()
    if actor.participant_id is not None:
        return actor
    if actor.user_id is not None:
        services.register_user_as_participant(actor.user_id, actor.language)
        current_user.actor = queries.actor_of_user(actor.user_id, current_user.session_key)
        g.pop("actor", None)
        return current_actor()
    token = secrets.token_urlsafe(32)
    participant = services.register_guest(guest_token_hash(token), current_language())
    g.actor = Actor(participant_id=participant.id)
    after_this_request(lambda response: _set_guest_cookie(response, token))
    return current_actor()


def guest_token_hash(token: str) -> str:
    """Return what the database keeps of a guest's token."""
    return keyed_hash(token, "guest")


def _guest() -> Actor:
    cookie = request.cookies.get(GUEST_COOKIE)
    if not cookie:
        return STRANGER
    try:
        token = _cookie_signer().loads(cookie)
    except BadSignature:
        return STRANGER
    return queries.actor_of_guest(guest_token_hash(str(token))) or STRANGER


def _set_guest_cookie(response: Response, token: str) -> Response:
    response.set_cookie(
        GUEST_COOKIE,
        str(_cookie_signer().dumps(token)),
        max_age=GUEST_COOKIE_SECONDS,
        path="/",
        secure=current_app.extensions["settings"].has_https,
        httponly=True,
        samesite="Lax",
    )
    return response


def _cookie_signer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.secret_key or "", salt="guest-cookie")


def init_accounts(app: Flask) -> None:
    """Connect Flask-Login and give templates the actor."""
    app.session_interface = PageSessions()
    login_manager.init_app(app)
    login_manager.session_protection = "basic"
    login_manager.user_loader(load_session_user)

    @app.context_processor
    def give_actor() -> dict[str, Any]:
        return {"actor": current_actor() if has_request_context() else STRANGER}

    app.jinja_env.globals.update(signed_in_name=lambda: current_actor().name, form_token=issue_token)
