"""Moderation decisions."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from participation.contributions.states import PublicationState
from participation.database import Base, Translated
from participation.proceedings.models import Rule


class Outcome(StrEnum):
    """What a moderator can decide; `undo` takes the newest decision back."""

    PUBLISH = "publish"
    REJECT = "reject"
    HIDE = "hide"
    UNDO = "undo"


STATE_AFTER = {
    Outcome.PUBLISH: PublicationState.PUBLISHED,
    Outcome.REJECT: PublicationState.REJECTED,
    Outcome.HIDE: PublicationState.HIDDEN,
}


class ModerationDecision(Base):
    """One moderator's decision about one contribution or comment; the newest one counts.

    Rows are added, never changed or deleted: authors and courts may ask. A decision is undone by another one.
    """

    __tablename__ = "moderation_decision"
    __table_args__ = (
        CheckConstraint("(contribution_id IS NULL) <> (comment_id IS NULL)", name="one_subject"),
        CheckConstraint(
            "(state_after NOT IN ('rejected', 'hidden')"
            " AND NOT (state_before = 'published' AND state_after = 'submitted'))"
            " OR (rule_id IS NOT NULL AND length(trim(statement_of_reasons)) > 0)",
            name="limits_have_reasons",
        ),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    contribution_id: Mapped[int | None] = mapped_column(ForeignKey("contribution.id", ondelete="CASCADE"), index=True)
    comment_id: Mapped[int | None] = mapped_column(ForeignKey("comment.id", ondelete="CASCADE"), index=True)
    moderator_id: Mapped[int | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"))
    outcome: Mapped[Outcome]
    state_before: Mapped[PublicationState]
    state_after: Mapped[PublicationState]
    undoes_id: Mapped[int | None] = mapped_column(ForeignKey("moderation_decision.id", ondelete="CASCADE"), unique=True)
    rule_id: Mapped[int | None] = mapped_column(ForeignKey("rule.id"), index=True)  # the ground, as it was worded then
    statement_of_reasons: Mapped[str]  # the facts, plain text, shown to the author
    was_automated: Mapped[bool] = mapped_column(default=False)  # whether a machine pointed it out or decided
    decided_at: Mapped[datetime]
    language: Mapped[str] = mapped_column(String(8))  # of the statement
    rule: Mapped[Rule | None] = relationship(lazy="joined")


class TextBlock(Base):
    """Reasons to start from. Text by language, with placeholders such as `{title}`; see text_blocks.py."""

    __tablename__ = "text_block"
    id: Mapped[int] = mapped_column(primary_key=True)
    proceeding_id: Mapped[int] = mapped_column(ForeignKey("proceeding.id", ondelete="CASCADE"), index=True)
    rule_key: Mapped[str] = mapped_column(String(40), default="")  # of the rule it is about, in any wording; or empty
    name: Mapped[str] = mapped_column(String(80))  # said among moderators
    text: Mapped[dict[str, str]] = mapped_column(Translated)
    version: Mapped[int] = mapped_column(default=1)
    updated_at: Mapped[datetime]

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 – SQLAlchemy reads it as a plain dict
