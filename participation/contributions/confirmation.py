"""The link by which a guest confirms an e-mail address: signed, for one address, good for some days."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from flask import current_app
from flask_babel import lazy_gettext
from itsdangerous import BadSignature, URLSafeSerializer

from participation import clock
from participation.contributions.models import Contribution
from participation.errors import NotFound

LIFETIME = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Confirmation:
    """What a link confirms: that the author of a contribution reads this address."""

    contribution_id: int
    email: str
    ends_at: datetime

    @property
    def is_over(self) -> bool:
        """Whether the link is too old: an address may belong to somebody else by then."""
        return clock.now() >= self.ends_at


def confirmation_token(contribution: Contribution, email: str) -> str:
    """Return the token of `/confirm/<token>`, good from now on."""
    ends_at = clock.now() + LIFETIME
    return _signer().dumps([contribution.id, email, int(ends_at.timestamp())])


def read_confirmation(token: str) -> Confirmation:
    """Return what a token confirms, even if it is over.

    Raises:
        NotFound: the token is none of ours, or not complete.
    """
    try:
        contribution_id, email, ends_at = _signer().loads(token)
    except BadSignature:
        raise NotFound(
            lazy_gettext("This link is not complete. Please copy the whole address from the mail.")
        ) from None
    return Confirmation(contribution_id, email, datetime.fromtimestamp(ends_at, UTC))


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.secret_key or "", salt="confirm-address")
