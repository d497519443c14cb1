"""What mails about decisions say: to the author of a text, of what it was merged into, and to who voted on it."""

from typing import Any

from flask_babel import lazy_gettext
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from participation.contributions.models import Contribution
from participation.contributions.receipts import receipt_secret
from participation.database import db
from participation.discussion.models import Comment
from participation.moderation.models import ModerationDecision
from participation.moderation.news import news_of
from participation.moderation.objections import objection_secret
from participation.moderation.permissions import is_superseded
from participation.moderation.queries import decisions_about
from participation.moderation.reasons import statement_of
from participation.notifications.services import MailContext, mail_context

DECISION_MAIL, GROUP_MAIL, VOTER_MAIL = "moderation/decision", "moderation/group", "moderation/voter"


@mail_context(DECISION_MAIL, lazy_gettext("Decision about a text"))
def decision_mail(ids: dict[str, Any]) -> MailContext | None:
    """Tell the author what was decided, and why, unless it was decided anew meanwhile."""
    decision = db.session.get(ModerationDecision, ids["decision_id"])
    comment = db.session.get(Comment, decision.comment_id) if decision and decision.comment_id else None
    contribution = _contribution(comment.contribution_id if comment else decision.contribution_id if decision else None)
    if decision is None or contribution is None:
        return None
    if is_superseded(decision, decisions_about(comment or contribution)):
        return None
    path = (
        f"/proceedings/{contribution.proceeding.slug}/contributions/{contribution.id}?comment={comment.id}#comment-{comment.id}"
        if comment
        else f"/receipts/{receipt_secret(contribution)}"
    )
    return MailContext(
        {
            "decision": decision,
            "statement_of": statement_of,  # called by the mail, which knows its language
            "news_of": news_of,
            "contribution": contribution,
            "comment": comment,
            "path": path,
            "objection_path": f"/decisions/{objection_secret(decision)}/complaint",
        }
    )


@mail_context(GROUP_MAIL, lazy_gettext("Contributions merged"))
def group_mail(ids: dict[str, Any]) -> MailContext | None:
    """Tell the author of a leading contribution that another one was merged into it, or stands alone again."""
    decision = db.session.get(ModerationDecision, ids["decision_id"])
    merged = _contribution(decision.contribution_id if decision else None)
    leading = _contribution(decision.changes.get("leading_id") if decision else None)
    if decision is None or merged is None or leading is None:
        return None
    if is_superseded(decision, decisions_about(merged)):
        return None
    is_merged = merged.leading_id == leading.id
    values = {"leading": leading, "merged": merged, "is_merged": is_merged}
    return MailContext({**values, "path": f"/receipts/{receipt_secret(leading)}"})


@mail_context(VOTER_MAIL, lazy_gettext("Decision about votes"))
def voter_mail(ids: dict[str, Any]) -> MailContext | None:
    """Tell someone who voted that they are blocked, and why, or that they no longer are."""
    decision = db.session.get(ModerationDecision, ids["decision_id"])
    contribution = _contribution(decision.contribution_id if decision else None)
    if decision is None or contribution is None or is_superseded(decision, decisions_about(contribution)):
        return None
    secret = objection_secret(decision)
    values = {"decision": decision, "statement_of": statement_of, "news_of": news_of, "contribution": contribution}
    paths = {"path": f"/decisions/{secret}", "objection_path": f"/decisions/{secret}/complaint"}
    return MailContext({**values, **paths})


def _contribution(id_: int | None) -> Contribution | None:
    if id_ is None:
        return None
    return db.session.scalar(
        select(Contribution).where(Contribution.id == id_).options(joinedload(Contribution.proceeding))
    )
