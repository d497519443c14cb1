"""The author's key to object to a decision: a secret link that the database alone does not reveal."""

from participation.contributions.models import Contribution
from participation.database import db
from participation.moderation.models import ModerationDecision
from participation.security import link_secret, row_by_secret


def objection_secret(decision: ModerationDecision) -> str:
    """Return the secret of `/decisions/<secret>/complaint`, for the author's receipt, own page and mail only.

    For a contribution it ends with the link to its receipt.
    """
    contribution = db.session.get(Contribution, decision.contribution_id) if decision.contribution_id else None
    return link_secret(decision.id, contribution.receipt_nonce if contribution else "", "objection-of-author")


def decision_by_secret(secret: str) -> ModerationDecision:
    """Return the decision whose author's link this is.

    Raises:
        NotFound: the link is wrong.
    """
    return row_by_secret(ModerationDecision, secret, objection_secret)
