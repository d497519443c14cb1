"""Batches and their items."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from participation.database import Base, Translated
from participation.moderation.models import Outcome

MOST_ITEMS = 5_000
SHOWN = 50


class BatchState(StrEnum):
    """`choosing → running → done`."""

    CHOOSING = "choosing"
    RUNNING = "running"
    DONE = "done"


class BatchOutcome(StrEnum):
    """What is decided about many: decisions of moderation, or that reported texts may stay."""

    PUBLISH = Outcome.PUBLISH.value
    REJECT = Outcome.REJECT.value
    HIDE = Outcome.HIDE.value
    KEEP = "keep"
    UNDO = Outcome.UNDO.value


class Problem(StrEnum):
    """Why an item was left alone."""

    CHANGED = "changed"  # somebody decided or changed it, or holds it
    GONE = "gone"  # it does not exist any more
    TOO_OLD = "too_old"  # the time for taking it back is over
    RULE_ENDED = "rule_ended"  # the rule that was named holds no longer
    TOO_LONG = "too_long"  # with what was put in, the reasons are too long for it


class Batch(Base):
    """Many items of one proceeding and, once it runs, the decision about them; `undoes_id`: the batch it takes back."""

    __tablename__ = "moderation_batch"
    __table_args__ = (
        CheckConstraint("(state = 'choosing') = (outcome IS NULL)", name="running_has_outcome"),
        {"sqlite_autoincrement": True},
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    proceeding_id: Mapped[int] = mapped_column(ForeignKey("proceeding.id", ondelete="CASCADE"), index=True)
    moderator_id: Mapped[int | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"), index=True)
    state: Mapped[BatchState] = mapped_column(default=BatchState.CHOOSING)
    outcome: Mapped[BatchOutcome | None]
    ground: Mapped[str | None] = mapped_column(String(40))  # key of the rule
    reasons: Mapped[dict[str, str]] = mapped_column(Translated)  # with placeholders; or answers to reporters
    undoes_id: Mapped[int | None] = mapped_column(ForeignKey("moderation_batch.id", ondelete="CASCADE"), unique=True)
    item_count: Mapped[int]
    created_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]


class BatchItem(Base):
    """One item of a batch: waiting, decided, or left alone."""

    __tablename__ = "moderation_batch_item"
    __table_args__ = (
        CheckConstraint("(contribution_id IS NULL) <> (comment_id IS NULL)", name="one_subject"),
        CheckConstraint(
            "(decision_id IS NULL OR problem IS NULL) AND (answered_at IS NULL OR problem IS NULL)"
            " AND (decision_id IS NULL OR answered_at IS NULL)",
            name="one_end",
        ),
        Index(
            "ix_moderation_batch_item_waiting",
            "batch_id",
            "position",
            sqlite_where=text("decision_id IS NULL AND answered_at IS NULL AND problem IS NULL"),
            postgresql_where=text("decision_id IS NULL AND answered_at IS NULL AND problem IS NULL"),
        ),
    )
    batch_id: Mapped[int] = mapped_column(ForeignKey("moderation_batch.id", ondelete="CASCADE"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    contribution_id: Mapped[int | None] = mapped_column(ForeignKey("contribution.id", ondelete="CASCADE"), index=True)
    comment_id: Mapped[int | None] = mapped_column(ForeignKey("comment.id", ondelete="CASCADE"), index=True)
    seen_version: Mapped[int]  # on the page; once it is decided: after that
    undoes_decision_id: Mapped[int | None] = mapped_column(
        ForeignKey("moderation_decision.id", ondelete="CASCADE"), index=True
    )
    decision_id: Mapped[int | None] = mapped_column(
        ForeignKey("moderation_decision.id", ondelete="CASCADE"), index=True
    )
    seen_notice: Mapped[int | None]  # the newest open report when it was chosen
    answered_at: Mapped[datetime | None]  # when its reports were answered or, taking that back, opened again
    problem: Mapped[Problem | None]
