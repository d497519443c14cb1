"""One item with what was decided about it."""

from collections.abc import Sequence
from typing import Any

from flask_babel import lazy_gettext
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from participation.accounts.actors import Actor, require
from participation.contributions.models import Contribution
from participation.contributions.receipts import receipt_secret
from participation.contributions.states import PublicationState
from participation.database import db
from participation.discussion.models import Comment
from participation.errors import NotFound
from participation.moderation.models import ModerationDecision
from participation.moderation.permissions import is_undoable
from participation.moderation.queue import Kind, QueueItem
from participation.moderation.reasons import StatementOfReasons, statement_of
from participation.notifications.services import MailContext, mail_context
from participation.proceedings.models import Proceeding
from participation.proceedings.permissions import may_moderate

LIMITED_STATES = frozenset({PublicationState.REJECTED, PublicationState.HIDDEN})


def item_to_decide(actor: Actor, proceeding: Proceeding, kind: str, item_id: int) -> QueueItem:
    """Return one contribution or comment of a proceeding for its moderators.

    Raises:
        NotPermitted: not a moderator here.
        NotFound: there is none with this number here.
    """
    require(may_moderate(actor, proceeding.id), actor=actor)
    found = _item(kind, item_id)
    if found is None or found.proceeding.id != proceeding.id:
        raise NotFound(lazy_gettext("There is nothing to decide at this address."))
    return found


def _item(kind: str, item_id: int) -> QueueItem | None:
    parts: list[Any] = [
        joinedload(Contribution.category),
        joinedload(Contribution.type),
        joinedload(Contribution.proceeding),
    ]
    if kind == "comment":
        comment = db.session.scalar(
            select(Comment).where(Comment.id == item_id).options(joinedload(Comment.contribution).options(*parts))
        )
        return QueueItem("comment", comment, comment.contribution) if comment else None
    contribution = db.session.scalar(select(Contribution).where(Contribution.id == item_id).options(*parts))
    return QueueItem("contribution", contribution, contribution) if contribution else None


def decisions_about(item: Contribution | Comment) -> Sequence[ModerationDecision]:
    """Return all decisions about an item, newest first."""
    column = getattr(ModerationDecision, f"{item.__tablename__}_id")
    statement = select(ModerationDecision).where(column == item.id).order_by(ModerationDecision.id.desc())
    return db.session.scalars(statement).all()


def undoable_decision(item: Contribution | Comment) -> ModerationDecision | None:
    """Return the newest decision about an item if it can still be taken back."""
    decision = next(iter(decisions_about(item)), None)
    return decision if decision is not None and is_undoable(decision, item.state) else None


def decision_with_item(actor: Actor, decision_id: int) -> tuple[ModerationDecision, QueueItem]:
    """Return a decision and what it is about, for the moderators of its proceeding.

    Raises:
        NotPermitted: not a moderator there.
        NotFound: there is none with this number.
    """
    decision = db.session.get(ModerationDecision, decision_id)
    if decision is None:
        raise NotFound(lazy_gettext("There is nothing to decide at this address."))
    kind: Kind = "comment" if decision.comment_id else "contribution"
    found = _item(kind, decision.comment_id or decision.contribution_id or 0)
    if found is None:
        raise NotFound(lazy_gettext("There is nothing to decide at this address."))
    require(may_moderate(actor, found.proceeding.id), actor=actor)
    return decision, found


def own_statements(
    actor: Actor, comments: Sequence[Comment]
) -> dict[int, tuple[ModerationDecision, StatementOfReasons]]:
    """Return the decision and its reasons for each of the actor's own comments that is limited, by comment id."""
    limited = [
        comment.id
        for comment in comments
        if comment.participant_id == actor.participant_id and comment.state in LIMITED_STATES
    ]
    if actor.participant_id is None or not limited:
        return {}
    statement = (
        select(ModerationDecision).where(ModerationDecision.comment_id.in_(limited)).order_by(ModerationDecision.id)
    )
    newest = {decision.comment_id: decision for decision in db.session.scalars(statement)}
    return {
        id_: (decision, reasons)
        for id_, decision in newest.items()
        if id_ is not None and (reasons := statement_of(decision)) is not None
    }


@mail_context("moderation/decision")
def decision_mail(ids: dict[str, Any]) -> MailContext | None:
    """Tell the author what was decided, and why; the newest decision about the item only."""
    decision = db.session.get(ModerationDecision, ids["decision_id"])
    if decision is None or _is_outdated(decision):
        return None
    comment = db.session.get(Comment, decision.comment_id) if decision.comment_id else None
    contribution_id = comment.contribution_id if comment else decision.contribution_id
    contribution = db.session.scalar(
        select(Contribution).where(Contribution.id == contribution_id).options(joinedload(Contribution.proceeding))
    )
    if contribution is None:
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
            "contribution": contribution,
            "comment": comment,
            "path": path,
        }
    )


def _is_outdated(decision: ModerationDecision) -> bool:
    """Whether the same contribution or comment was decided about again."""
    of_same_item = (
        ModerationDecision.contribution_id == decision.contribution_id
        if decision.comment_id is None
        else ModerationDecision.comment_id == decision.comment_id
    )
    newer = select(ModerationDecision.id).where(of_same_item, ModerationDecision.id > decision.id)
    return db.session.scalar(newer.limit(1)) is not None
