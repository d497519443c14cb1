"""The author's key to object to a decision: a secret link that the database alone does not reveal."""

import hmac

from participation.contributions.models import Contribution
from participation.database import db, id_in
from participation.errors import NotFound
from participation.moderation.models import ModerationDecision
from participation.security import keyed_hash

SECRET_LENGTH = 32


def objection_secret(decision: ModerationDecision) -> str:
    """Return the secret of `/decisions/<secret>/complaint`, for the author's receipt, own page and mail only.

    For a contribution it ends with the link to its receipt.
    """
    return f"{decision.id}-{_proof(decision)}"


def decision_by_secret(secret: str) -> ModerationDecision:
    """Return the decision whose author's link this is.

    Raises:
        NotFound: the link is wrong.
    """
    number, _, proof = secret.partition("-")
    id_ = id_in(number)
    decision = None if id_ is None else db.session.get(ModerationDecision, id_)
    if decision is None or not hmac.compare_digest(_proof(decision).encode(), proof.encode()):
        raise NotFound
    return decision


def _proof(decision: ModerationDecision) -> str:
    contribution = db.session.get(Contribution, decision.contribution_id) if decision.contribution_id else None
    nonce = contribution.receipt_nonce if contribution else ""
    return keyed_hash(f"{decision.id}:{nonce}", "objection-of-author")[:SECRET_LENGTH]
