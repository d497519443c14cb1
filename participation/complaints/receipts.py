"""The receipt of a complaint: a secret link that the database alone does not reveal."""

from participation.complaints.models import Complaint
from participation.security import link_secret, row_by_secret


def complaint_secret(complaint: Complaint) -> str:
    """Return the secret of `/complaints/<secret>`."""
    return link_secret(complaint.id, complaint.receipt_nonce, "complaint-receipt")


def complaint_by_secret(secret: str) -> Complaint:
    """Return the complaint whose secret link this is.

    Raises:
        NotFound: the link is wrong.
    """
    return row_by_secret(Complaint, secret, complaint_secret)
