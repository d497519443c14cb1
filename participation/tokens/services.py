"""Making and revoking tokens."""

import secrets
from collections.abc import Collection
from datetime import timedelta
from typing import NamedTuple

from flask_babel import lazy_gettext
from sqlalchemy import func, select

from participation import clock
from participation.accounts.actors import Actor, require
from participation.accounts.models import AccessToken, Scope, User
from participation.accounts.services import add_access_token
from participation.accounts.sessions import STAFF_PREFIX, staff_token_hash
from participation.audit.services import add_event
from participation.database import db, locked, transaction
from participation.errors import InvalidInput, NotFound
from participation.tokens.permissions import may_have_tokens, scopes_of

NAME_LONGEST = 80
DAYS = (7, 30, 90, 365)
MOST_TOKENS = 20


class NewToken(NamedTuple):
    """A token and, this once, its secret."""

    token: AccessToken
    secret: str


def create_token(
    actor: Actor, *, name: str, scopes: Collection[Scope], proceeding_id: int | None, days: int
) -> NewToken:
    """Make a token that lets a program act for the actor.

    Args:
        actor: a person of a team, not a program.
        name: what it is for; tells the actor's tokens apart, so a form sent twice makes one.
        scopes: one or more that the actor's roles cover.
        proceeding_id: where it counts; None: wherever the actor's roles do.
        days: until it expires; one of DAYS.

    Raises:
        NotPermitted: the actor has no role anywhere, or is a program.
        InvalidInput: `field` says what is wrong.
    """
    require(may_have_tokens(actor), actor=actor)
    name = _checked_name(name)
    _check_scopes(actor, scopes, proceeding_id)
    if days not in DAYS:
        raise InvalidInput(lazy_gettext("Choose how long it is valid."), field="days")
    secret = STAFF_PREFIX + secrets.token_urlsafe(32)
    with transaction() as session:
        locked(session, session.get_one(User, actor.user_id))
        running = select(AccessToken).where(
            AccessToken.user_id == actor.user_id,
            AccessToken.revoked_at.is_(None),
            AccessToken.expires_at > clock.now(),
        )
        if session.scalar(running.where(AccessToken.name == name).limit(1)) is not None:
            raise InvalidInput(lazy_gettext("You have a token with this name. Choose another one."), field="name")
        if (session.scalar(select(func.count()).select_from(running.subquery())) or 0) >= MOST_TOKENS:
            raise InvalidInput(
                lazy_gettext("You can have %(count)s tokens. Revoke one first.", count=MOST_TOKENS), field="name"
            )
        token = add_access_token(
            session,
            actor.user_id or 0,
            secret_hash=staff_token_hash(secret),
            name=name,
            scopes=set(scopes),
            proceeding_id=proceeding_id,
            expires_at=clock.now() + timedelta(days=days),
        )
        add_event(session, actor, "tokens.create", token, proceeding_id=proceeding_id, scopes=sorted(scopes), days=days)
    return NewToken(token, secret)


def revoke_token(actor: Actor, token_id: int) -> None:
    """End a token at once; twice is the same as once.

    Raises:
        NotFound: the actor has none with this number.
    """
    token = db.session.get(AccessToken, token_id)
    if token is None or token.user_id != actor.user_id or actor.token_id is not None:
        raise NotFound(lazy_gettext("You have no token with this number."))
    with transaction() as session:
        locked(session, token)
        if token.revoked_at is None:
            token.revoked_at = clock.now()
            add_event(session, actor, "tokens.revoke", token, proceeding_id=token.proceeding_id)


def _checked_name(name: str) -> str:
    name = " ".join(name.split())
    if not name.isprintable() or not name:
        raise InvalidInput(lazy_gettext("Say what the token is for, for example “QGIS at my desk”."), field="name")
    if len(name) > NAME_LONGEST:
        raise InvalidInput(
            lazy_gettext("The name may have at most %(count)s characters.", count=NAME_LONGEST), field="name"
        )
    return name


def _check_scopes(actor: Actor, scopes: Collection[Scope], proceeding_id: int | None) -> None:
    held = scopes_of(actor, proceeding_id)
    if not held:
        raise InvalidInput(lazy_gettext("Choose one of your consultations."), field="proceeding")
    if not scopes:
        raise InvalidInput(lazy_gettext("Choose what the token is good for."), field="scopes")
    if not set(scopes) <= set(held):
        raise InvalidInput(lazy_gettext("Your own roles in this consultation do not allow that."), field="scopes")
