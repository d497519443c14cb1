"""The receipt of a complaint: a secret link that the database alone does not reveal."""

import hmac

from participation.complaints.models import Complaint
from participation.database import db, id_in
from participation.errors import NotFound
from participation.security import keyed_hash

SECRET_LENGTH = 32


def complaint_secret(complaint: Complaint) -> str:
    """Return the secret of `/complaints/<secret>`: the id and half of an HMAC over id and nonce."""
    return f"{complaint.id}-{_proof(complaint)}"


def complaint_by_secret(secret: str) -> Complaint:
    """Return the complaint whose secret link this is.

    Raises:
        NotFound: the link is wrong.
    """
    number, _, proof = secret.partition("-")
    id_ = id_in(number)
    complaint = None if id_ is None else db.session.get(Complaint, id_)
    if complaint is None or not hmac.compare_digest(_proof(complaint).encode(), proof.encode()):
        raise NotFound
    return complaint


def _proof(complaint: Complaint) -> str:
    return keyed_hash(f"{complaint.id}:{complaint.receipt_nonce}", "complaint-receipt")[:SECRET_LENGTH]
