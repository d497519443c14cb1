"""Who is acting in this request: the session of an account, or the cookie of a guest."""

import secrets
from typing import Any

from flask import Flask, Response, after_this_request, current_app, g, has_request_context, request, session
from flask_login import LoginManager, UserMixin, current_user, login_user, logout_user
from itsdangerous import BadSignature, URLSafeSerializer

from participation.accounts import queries, services
from participation.accounts.actors import STRANGER, Actor
from participation.accounts.models import User
from participation.errors import NotSignedIn
from participation.forms import GUEST_COOKIE, issue_token
from participation.languages import current_language
from participation.security import keyed_hash

GUEST_COOKIE_SECONDS = 365 * 24 * 3600
login_manager = LoginManager()


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
    """Return who is acting: a user, a known guest, or a stranger; asks the database once a request."""
    if "actor" not in g:
        g.actor = current_user.actor if current_user.is_authenticated else _guest()
    actor: Actor = g.actor
    return actor


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
    login_manager.init_app(app)
    login_manager.session_protection = "basic"
    login_manager.user_loader(load_session_user)

    @app.context_processor
    def give_actor() -> dict[str, Any]:
        return {"actor": current_actor() if has_request_context() else STRANGER}

    app.jinja_env.globals.update(signed_in_name=lambda: current_actor().name, form_token=issue_token)
