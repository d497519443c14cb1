"""The reporter's receipt: a secret link that the database alone does not reveal."""

import hmac

from participation.database import db, id_in
from participation.errors import NotFound
from participation.notices.models import Notice
from participation.security import keyed_hash

SECRET_LENGTH = 32


def notice_secret(notice: Notice) -> str:
    """Return the secret of `/notices/<secret>`: the id and half of an HMAC over id and nonce."""
    return f"{notice.id}-{_proof(notice)}"


def notice_by_secret(secret: str) -> Notice:
    """Return the notice whose secret link this is.

    Raises:
        NotFound: the link is wrong.
    """
    number, _, proof = secret.partition("-")
    id_ = id_in(number)
    notice = None if id_ is None else db.session.get(Notice, id_)
    if notice is None or not hmac.compare_digest(_proof(notice).encode(), proof.encode()):
        raise NotFound
    return notice


def _proof(notice: Notice) -> str:
    return keyed_hash(f"{notice.id}:{notice.receipt_nonce}", "notice-receipt")[:SECRET_LENGTH]
