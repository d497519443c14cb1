"""The key to object to a decision, of the author or the voter whom it limits: the database alone does not reveal it."""

from participation.contributions.models import Contribution
from participation.database import db
from participation.moderation.models import TO_VOTERS, ModerationDecision
from participation.security import link_secret, row_by_secret


def objection_secret(decision: ModerationDecision) -> str:
    """Return the secret of `/decisions/<secret>`, for pages and mails of whoever is limited only.

    For a contribution it ends with the link to its receipt; what is about a voter has nothing to do with that.
    """
    is_authors = decision.contribution_id is not None and decision.outcome not in TO_VOTERS
    contribution = db.session.get(Contribution, decision.contribution_id) if is_authors else None
    return link_secret(decision.id, contribution.receipt_nonce if contribution else "", "objection-of-author")


def decision_by_secret(secret: str) -> ModerationDecision:
    """Return the decision whose author's link this is.

    Raises:
        NotFound: the link is wrong.
    """
    return row_by_secret(ModerationDecision, secret, objection_secret)
