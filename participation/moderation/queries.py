"""What waits for moderators, and what was decided."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from flask_babel import lazy_gettext
from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from participation.accounts.actors import Actor, require
from participation.accounts.models import Role
from participation.contributions.models import Contribution
from participation.contributions.receipts import receipt_secret
from participation.contributions.states import LIMITED_STATES, PublicationState
from participation.database import db
from participation.discussion.models import Comment
from participation.errors import NotFound
from participation.moderation.models import ModerationDecision
from participation.moderation.permissions import is_undoable
from participation.moderation.reasons import StatementOfReasons, statement_of
from participation.notifications.services import MailContext, mail_context
from participation.proceedings.models import Proceeding
from participation.proceedings.permissions import may_moderate

Kind = Literal["contribution", "comment"]
QUEUE_LENGTH = 50
QUEUE_STATES = (
    PublicationState.SUBMITTED,
    PublicationState.PUBLISHED,
    PublicationState.HIDDEN,
    PublicationState.REJECTED,
)


@dataclass(frozen=True, slots=True)
class QueueItem:
    """One row of the queue: a contribution, or a comment with the contribution it is on."""

    kind: Kind
    item: Contribution | Comment
    contribution: Contribution

    @property
    def proceeding(self) -> Proceeding:
        """The proceeding it belongs to."""
        return self.contribution.proceeding


def proceeding_ids_to_moderate(actor: Actor) -> list[int]:
    """Return the ids of the proceedings this actor moderates."""
    return sorted(actor.proceeding_ids(Role.MODERATOR))


def queue(
    actor: Actor,
    proceeding_ids: Sequence[int],
    state: PublicationState = PublicationState.SUBMITTED,
    limit: int = QUEUE_LENGTH,
) -> list[QueueItem]:
    """Return what stands in a state, for these proceedings: waiting items oldest first, decided ones newest first.

    Raises:
        NotPermitted: not a moderator of one of them.
    """
    require(all(may_moderate(actor, id_) for id_ in proceeding_ids), actor=actor)
    is_waiting = state is PublicationState.SUBMITTED
    contributions = (
        select(Contribution)
        .where(Contribution.proceeding_id.in_(proceeding_ids), Contribution.state == state)
        .options(joinedload(Contribution.category), joinedload(Contribution.type), joinedload(Contribution.proceeding))
        .order_by(Contribution.created_at if is_waiting else Contribution.created_at.desc())
        .limit(limit)
    )
    comments = (
        select(Comment)
        .where(Comment.proceeding_id.in_(proceeding_ids), Comment.state == state)
        .options(
            joinedload(Comment.contribution).joinedload(Contribution.category),
            joinedload(Comment.contribution).joinedload(Contribution.type),
            joinedload(Comment.contribution).joinedload(Contribution.proceeding),
        )
        .order_by(Comment.created_at if is_waiting else Comment.created_at.desc())
        .limit(limit)
    )
    items = [QueueItem("contribution", one, one) for one in db.session.scalars(contributions)]
    items += [QueueItem("comment", one, one.contribution) for one in db.session.scalars(comments)]
    items.sort(key=lambda one: one.item.created_at, reverse=not is_waiting)
    return items[:limit]


def waiting_counts(actor: Actor, proceeding_ids: Sequence[int]) -> dict[PublicationState, int]:
    """Return how many contributions and comments stand in each state of the queue."""
    require(all(may_moderate(actor, id_) for id_ in proceeding_ids), actor=actor)
    counts = dict.fromkeys(QUEUE_STATES, 0)
    of_contributions = (
        select(Contribution.state, func.count())
        .where(Contribution.proceeding_id.in_(proceeding_ids))
        .group_by(Contribution.state)
    )
    of_comments = (
        select(Comment.state, func.count()).where(Comment.proceeding_id.in_(proceeding_ids)).group_by(Comment.state)
    )
    for statement in (of_contributions, of_comments):
        for state, count in db.session.execute(statement):
            if state in counts:
                counts[state] += count
    return counts


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
