"""The reporter's receipt: a secret link that the database alone does not reveal."""

from participation.notices.models import Notice
from participation.security import link_secret, row_by_secret


def notice_secret(notice: Notice) -> str:
    """Return the secret of `/notices/<secret>`."""
    return link_secret(notice.id, notice.receipt_nonce, "notice-receipt")


def notice_by_secret(secret: str) -> Notice:
    """Return the notice whose secret link this is.

    Raises:
        NotFound: the link is wrong.
    """
    return row_by_secret(Notice, secret, notice_secret)
