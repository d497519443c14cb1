"""One item with what was decided about it."""

from collections.abc import Sequence
from typing import Any

from flask_babel import lazy_gettext
from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from participation.accounts.actors import Actor, require
from participation.contributions.models import Contribution
from participation.contributions.permissions import may_read_contribution
from participation.database import db
from participation.discussion.models import Comment
from participation.errors import NotFound
from participation.moderation.models import TO_VOTERS, ModerationDecision, SealedText
from participation.moderation.permissions import is_superseded, is_undoable
from participation.moderation.queue import Kind, QueueItem
from participation.moderation.reasons import StatementOfReasons, statement_of
from participation.proceedings.models import Proceeding
from participation.proceedings.permissions import may_moderate


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
        joinedload(Contribution.proceeding).options(
            selectinload(Proceeding.categories), selectinload(Proceeding.types)
        ),
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


def told_to_author(decisions: Sequence[ModerationDecision]) -> list[ModerationDecision]:
    """Return those decisions about an item that its author may know: not those about people who voted on it."""
    about_voters = {decision.id for decision in decisions if decision.outcome in TO_VOTERS}
    return [one for one in decisions if not {one.id, one.undoes_id} & about_voters]


def undoable_decisions(
    item: Contribution | Comment, decisions: Sequence[ModerationDecision] | None = None
) -> list[ModerationDecision]:
    """Return the decisions about an item that can still be taken back, newest first; `decisions` are all, if known."""
    about = decisions_about(item) if decisions is None else decisions
    return [decision for decision in about if is_undoable(decision, item.state, about)]


def undoable_decision(item: Contribution | Comment) -> ModerationDecision | None:
    """Return the newest decision about an item that can still be taken back."""
    return next(iter(undoable_decisions(item)), None)


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


def statements_in_force(
    decisions: Sequence[ModerationDecision],
) -> list[tuple[ModerationDecision, StatementOfReasons]]:
    """Return what holds of the decisions about an item, with its reasons; both newest first."""
    return [
        (decision, statement)
        for decision in decisions
        if not is_superseded(decision, decisions) and (statement := statement_of(decision)) is not None
    ]


def own_statements(
    actor: Actor, comments: Sequence[Comment]
) -> dict[int, list[tuple[ModerationDecision, StatementOfReasons]]]:
    """Return what holds for each of the actor's own comments, with its reasons, by comment id."""
    own = [comment.id for comment in comments if comment.participant_id == actor.participant_id]
    if actor.participant_id is None or not own:
        return {}
    by_comment: dict[int, list[ModerationDecision]] = {}
    for decision in db.session.scalars(
        select(ModerationDecision).where(ModerationDecision.comment_id.in_(own)).order_by(ModerationDecision.id.desc())
    ):
        by_comment.setdefault(decision.comment_id or 0, []).append(decision)
    return {id_: statements_in_force(decisions) for id_, decisions in by_comment.items()}


def sealed_texts(item: Contribution | Comment) -> Sequence[SealedText]:
    """Return what an item said before each removal of passages, oldest first, also of those taken back.

    For the author and the moderators of the proceeding: callers check the right.
    """
    return db.session.scalars(
        select(SealedText).filter_by(**{f"{item.__tablename__}_id": item.id}).order_by(SealedText.id)
    ).all()


def sealed_original(item: Contribution | Comment) -> SealedText | None:
    """Return what the author wrote, if passages are removed now; who may read it, see `sealed_texts`."""
    return next((one for one in sealed_texts(item) if one.opened_at is None), None)


def own_originals(actor: Actor, comments: Sequence[Comment]) -> dict[int, SealedText]:
    """Return what the actor wrote in own comments from which passages are removed now, by comment id."""
    own = [comment.id for comment in comments if comment.participant_id == actor.participant_id]
    if actor.participant_id is None or not own:
        return {}
    newest_first = (
        select(SealedText)
        .where(SealedText.comment_id.in_(own), SealedText.opened_at.is_(None))
        .order_by(SealedText.id.desc())
    )
    return {sealed.comment_id or 0: sealed for sealed in db.session.scalars(newest_first)}  # the oldest one stays


def leading_of(actor: Actor, contribution: Contribution) -> Contribution | None:
    """Return what a contribution is merged into, as far as the actor may read that."""
    leading = db.session.get(Contribution, contribution.leading_id) if contribution.leading_id else None
    return leading if leading is not None and may_read_contribution(actor, leading) else None


def merged_ids(contribution: Contribution) -> Sequence[int]:
    """Return the ids of the contributions that are merged into this one."""
    return db.session.scalars(
        select(Contribution.id).where(Contribution.leading_id == contribution.id).order_by(Contribution.id)
    ).all()
