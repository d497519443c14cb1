"""What a batch does with one of its items: deciding, answering reports, taking either back."""

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from participation import clock
from participation.accounts.actors import Actor
from participation.batches.models import Batch, BatchItem, BatchOutcome, Problem
from participation.complaints.services import take_back_answer
from participation.contributions.models import Contribution
from participation.database import Session, db, locked
from participation.discussion.models import Comment
from participation.errors import Conflict, InvalidInput
from participation.moderation.models import ModerationDecision, Outcome
from participation.moderation.permissions import is_too_old, is_undo_over
from participation.moderation.text_blocks import fill
from participation.notices.queries import open_notices
from participation.notices.services import decide, refuse_notices, undo
from participation.proceedings.models import Proceeding


def carry_out(moderator: Actor, proceeding: Proceeding, batch: Batch, entry: BatchItem) -> Problem | None:
    """Decide about one item in a transaction of its own, or say why not."""
    item = _item(entry)
    if item is None:
        return Problem.GONE
    contribution = item.contribution if isinstance(item, Comment) else item

    def note(session: Session, decision: ModerationDecision) -> None:
        _hold(session, entry)
        entry.decision_id = decision.id
        entry.seen_version = item.version

    if batch.outcome is BatchOutcome.KEEP:
        return _answer(moderator, batch, entry, item)
    if batch.outcome is BatchOutcome.UNDO and entry.undoes_decision_id is None:
        return _open_again(moderator, batch, entry, item)
    template = batch.reasons.get(item.language) or next(iter(batch.reasons.values()), "")
    reasons: dict[str, Any] = {
        "ground": batch.ground,
        "statement_of_reasons": fill(template, proceeding, contribution, item),
    }
    try:
        if entry.undoes_decision_id is None:
            seen_notice = open_notices(moderator, item).newest_id
            decide(
                moderator,
                item,
                outcome=Outcome(batch.outcome or ""),
                seen_version=entry.seen_version,
                seen_notice=seen_notice,
                and_then=note,
                **reasons,
            )
        else:
            decision = db.session.get_one(ModerationDecision, entry.undoes_decision_id)
            if is_too_old(decision):
                return Problem.TOO_OLD
            undo(moderator, item, decision, seen_version=entry.seen_version, and_then=note, **reasons)
    except Conflict:
        return Problem.CHANGED
    except InvalidInput as error:
        return Problem.RULE_ENDED if error.field == "ground" else Problem.TOO_LONG
    return None


def _answer(moderator: Actor, batch: Batch, entry: BatchItem, item: Contribution | Comment) -> Problem | None:
    """Tell those who reported an item that it may stay."""

    def note(session: Session, settled_at: datetime) -> None:
        _hold(session, entry)
        entry.answered_at = settled_at

    try:
        refuse_notices(
            moderator,
            item,
            answer=next(iter(batch.reasons.values())),
            answers=batch.reasons,
            seen_version=entry.seen_version,
            seen_notice=entry.seen_notice or 0,
            and_then=note,
        )
    except Conflict:
        return Problem.CHANGED
    return None


def _open_again(moderator: Actor, batch: Batch, entry: BatchItem, item: Contribution | Comment) -> Problem | None:
    """Open the reports about an item again that the batch before answered, unless somebody objected to the answer."""
    answered_at = db.session.get_one(BatchItem, (batch.undoes_id, entry.position)).answered_at
    if answered_at is None or is_undo_over(answered_at):
        return Problem.TOO_OLD

    def note(session: Session) -> None:
        _hold(session, entry)
        entry.answered_at = clock.now()

    try:
        take_back_answer(moderator, item, settled_at=answered_at, seen_version=entry.seen_version, and_then=note)
    except Conflict:
        return Problem.CHANGED
    return None


def _hold(session: Session, entry: BatchItem) -> None:
    """Hold an entry to note what became of it; joins the transaction.

    Raises:
        Conflict: another process was here first.
    """
    locked(session, entry)
    if entry.decision_id is not None or entry.answered_at is not None or entry.problem is not None:
        raise Conflict


def _item(entry: BatchItem) -> Contribution | Comment | None:
    if entry.contribution_id is not None:
        return db.session.get(Contribution, entry.contribution_id)
    statement = select(Comment).where(Comment.id == entry.comment_id).options(joinedload(Comment.contribution))
    return db.session.scalar(statement.execution_options(populate_existing=True))
