"""Tokens for tests: of accounts and of guests, as programs send them."""

import secrets
from base64 import b64encode
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from participation import clock
from participation.accounts.actors import Actor
from participation.accounts.models import AccessToken, Scope
from participation.accounts.services import add_access_token
from participation.accounts.sessions import GUEST_PREFIX, STAFF_PREFIX, staff_token_hash
from participation.database import transaction
from participation.proceedings.models import Proceeding


@pytest.fixture
def make_token(in_app: Callable[[Callable[[], Any]], Any]) -> Callable[..., str]:
    """Make a token of an account; `ago` is how long ago it expired, `changes` are columns."""

    def make(
        owner: Actor,
        *scopes: Scope,
        proceeding: Proceeding | None = None,
        ago: timedelta = -timedelta(days=1),
        **changes: Any,
    ) -> str:
        secret = STAFF_PREFIX + secrets.token_urlsafe(32)

        def build() -> None:
            with transaction() as session:
                token = add_access_token(
                    session,
                    owner.user_id or 0,
                    secret_hash=staff_token_hash(secret),
                    name=secrets.token_hex(4),
                    scopes=scopes,
                    proceeding_id=proceeding.id if proceeding else None,
                    expires_at=clock.now() - ago,
                )
                for name, value in changes.items():
                    setattr(token, name, value)
                assert isinstance(token, AccessToken)

        in_app(build)
        return secret

    return make


@pytest.fixture
def guest_token(guest_tokens: dict[int, str]) -> Callable[[Actor], str]:
    """Return the token of a guest made by make_guest."""
    return lambda guest: GUEST_PREFIX + guest_tokens[guest.participant_id or 0]


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def basic(token: str, name: str = "anyone") -> dict[str, str]:
    return {"Authorization": "Basic " + b64encode(f"{name}:{token}".encode()).decode()}
