"""Reads of batches."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask_babel import lazy_gettext
from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from participation.accounts.actors import Actor, require
from participation.batches.models import SHOWN, Batch, BatchItem, BatchOutcome
from participation.contributions.models import Contribution
from participation.contributions.states import is_limit
from participation.database import db
from participation.discussion.models import Comment
from participation.errors import NotFound
from participation.languages import LANGUAGE_NAMES
from participation.moderation.models import ModerationDecision
from participation.notices.models import Notice, NoticeState
from participation.proceedings.models import Proceeding
from participation.proceedings.permissions import may_moderate


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a batch is: items decided, left alone, and still waiting."""

    decided: int
    left_alone: int
    waiting: int


@dataclass(frozen=True, slots=True)
class Reports:
    """How many items of a batch were reported when it was chosen; languages: in which reporters read the answer."""

    items: int
    languages: Sequence[str]


@dataclass(frozen=True, slots=True)
class ShownItem:
    """An item of a batch with what it is about; the contribution of a comment is loaded, too."""

    entry: BatchItem
    item: Contribution | Comment
    contribution: Contribution


def batch_of(actor: Actor, proceeding: Proceeding, batch_id: int) -> Batch:
    """Return a batch of a proceeding, for its moderators.

    Raises:
        NotPermitted: not a moderator here.
        NotFound: there is none with this number here.
    """
    require(may_moderate(actor, proceeding.id), actor=actor)
    batch = db.session.get(Batch, batch_id)
    if batch is None or batch.proceeding_id != proceeding.id:
        raise NotFound(lazy_gettext("There is no such batch."))
    return batch


def progress_of(batch: Batch) -> Progress:
    """Return how far a batch is."""
    done = func.count(BatchItem.decision_id) + func.count(BatchItem.answered_at)
    counted = select(done, func.count(BatchItem.problem)).where(BatchItem.batch_id == batch.id)
    decided, left_alone = db.session.execute(counted).one()
    return Progress(decided, left_alone, batch.item_count - decided - left_alone)


def shown_items(batch: Batch, *, only_problems: bool = False, limit: int = SHOWN) -> list[ShownItem]:
    """Return the first items of a batch, or of those that were left alone."""
    statement = select(BatchItem).where(BatchItem.batch_id == batch.id).order_by(BatchItem.position).limit(limit)
    if only_problems:
        statement = statement.where(BatchItem.problem.is_not(None))
    entries = db.session.scalars(statement).all()
    found = []
    for entry, item in zip(entries, _items(entries), strict=True):
        if item is not None:
            found.append(ShownItem(entry, item, item.contribution if isinstance(item, Comment) else item))
    return found


def _items(entries: Sequence[BatchItem]) -> list[Contribution | Comment | None]:
    parts = joinedload(Contribution.category)
    contribution_ids = [entry.contribution_id for entry in entries if entry.contribution_id]
    comment_ids = [entry.comment_id for entry in entries if entry.comment_id]
    contributions = select(Contribution).where(Contribution.id.in_(contribution_ids)).options(parts)
    comments = (
        select(Comment).where(Comment.id.in_(comment_ids)).options(joinedload(Comment.contribution).options(parts))
    )
    by_id: dict[tuple[str, int | None], Contribution | Comment] = {
        **{("contribution", one.id): one for one in db.session.scalars(contributions)},
        **{("comment", one.id): one for one in db.session.scalars(comments)},
    }
    return [
        by_id.get(("comment", entry.comment_id) if entry.comment_id else ("contribution", entry.contribution_id))
        for entry in entries
    ]


def languages_of(batch: Batch, proceeding: Proceeding) -> list[str]:
    """Return the languages in which the authors of a batch read: those of its items that the proceeding has."""
    found: set[str] = set()
    for model in (Contribution, Comment):
        column = getattr(BatchItem, f"{model.__tablename__}_id")
        statement = select(model.language).join(BatchItem, column == model.id).where(BatchItem.batch_id == batch.id)
        found.update(db.session.scalars(statement.distinct()))
    spoken = [language for language in proceeding.languages if language in found]
    return spoken or list(proceeding.languages[:1])


def reports_in(batch: Batch) -> Reports:
    """Return how many of a batch's items are reported and not settled, and in which languages people reported them."""
    items = select(BatchItem.contribution_id, BatchItem.comment_id, BatchItem.seen_notice).where(
        BatchItem.batch_id == batch.id
    )
    seen = items.subquery()
    languages: set[str] = set()
    for column, about in ((Notice.contribution_id, seen.c.contribution_id), (Notice.comment_id, seen.c.comment_id)):
        statement = select(Notice.language).join(seen, about == column).where(Notice.state == NoticeState.OPEN)
        languages.update(db.session.scalars(statement.distinct()))
    counted = select(func.count(BatchItem.seen_notice)).where(BatchItem.batch_id == batch.id)
    spoken = [language for language in LANGUAGE_NAMES if language in languages]
    return Reports(db.session.scalar(counted) or 0, spoken)


def undoing_batch(batch: Batch) -> Batch | None:
    """Return the batch that takes this one back, if there is one."""
    return db.session.scalar(select(Batch).where(Batch.undoes_id == batch.id))


def undo_needs_reasons(batch: Batch) -> bool:
    """Whether taking a batch back takes something from the public again."""
    statement = (
        select(ModerationDecision.state_after, ModerationDecision.state_before)
        .join(BatchItem, BatchItem.decision_id == ModerationDecision.id)
        .where(BatchItem.batch_id == batch.id)
        .distinct()
    )
    return batch.outcome is not BatchOutcome.UNDO and any(
        is_limit(present, former) for present, former in db.session.execute(statement)
    )
