"""The link in each digest that stops them, without signing in: signed, for one account (RFC 8058)."""

from flask import current_app
from flask_babel import lazy_gettext
from itsdangerous import BadSignature, URLSafeSerializer

from participation.errors import NotFound


def stopping_path(user_id: int) -> str:
    """Return the address of the page that stops the digests of an account."""
    return f"/stop-mails/{_signer().dumps(user_id)}"


def user_id_to_stop(token: str) -> int:
    """Return whose digests a link stops.

    Raises:
        NotFound: the link is none of ours, or not complete.
    """
    try:
        user_id = _signer().loads(token)
    except BadSignature:
        raise NotFound(
            lazy_gettext("This link is not complete. Please copy the whole address from the mail.")
        ) from None
    return int(user_id)


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.secret_key or "", salt="stop-digests")
