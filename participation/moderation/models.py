"""Moderation decisions, and what some of them leave: sealed texts, blocks."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from participation.contributions.states import PublicationState, is_limit
from participation.database import Base, Translated
from participation.proceedings.models import Rule


class Outcome(StrEnum):
    """What a moderator can decide; `undo` takes a decision back. contributions/states.STEPS says what leads where."""

    PUBLISH = "publish"
    REDACT = "redact"
    REJECT = "reject"
    HIDE = "hide"
    MERGE = "merge"
    MOVE = "move"
    WARN = "warn"
    BLOCK = "block"
    BLOCK_VOTER = "block_voter"
    UNDO = "undo"


# What needs the rule and words for the author though it may limit nothing.
EXPLAINED = frozenset({Outcome.WARN})
# What stands for itself: later decisions of another kind do not touch it, and it is taken back on its own.
BLOCKS = frozenset({Outcome.BLOCK, Outcome.BLOCK_VOTER})
INDEPENDENT = BLOCKS | {Outcome.WARN}
# What is about someone who voted on the contribution: nothing that its author, or anybody else, is told.
TO_VOTERS = frozenset({Outcome.BLOCK_VOTER})
# What is said to the author, and impossible where nobody knows who that is.
TO_AUTHORS = frozenset({Outcome.WARN, Outcome.BLOCK})
BLOCK_DAYS_LONGEST = 90


class ModerationDecision(Base):
    """One moderator's decision about one contribution or comment; the newest one counts.

    `changes` is what it changed besides the state, so that it can be read and taken back: ids, coordinates, offsets,
    instants; never a text of citizens. Its keys are described in steps/.

    Rows are added, never changed or deleted: authors and courts may ask. A decision is undone by another one.
    """

    __tablename__ = "moderation_decision"
    __table_args__ = (
        CheckConstraint("(contribution_id IS NULL) <> (comment_id IS NULL)", name="one_subject"),
        CheckConstraint(
            "(outcome NOT IN ('redact', 'block', 'block_voter', 'warn') AND (state_after = state_before"
            " OR (state_after NOT IN ('rejected', 'hidden')"
            " AND NOT (state_before <> 'hidden' AND state_after = 'merged')"
            " AND NOT (state_before IN ('published', 'merged') AND state_after = 'submitted'))))"
            " OR (rule_id IS NOT NULL AND length(trim(statement_of_reasons)) > 0)",
            name="limits_have_reasons",
        ),
        CheckConstraint("addressee_id IS NULL OR outcome IN ('block_voter', 'undo')", name="addressed_to_voters"),
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
    changes: Mapped[dict[str, Any]] = mapped_column(default=dict)
    decided_at: Mapped[datetime]
    language: Mapped[str] = mapped_column(String(8))  # of the statement
    addressee_id: Mapped[int | None] = mapped_column(  # who is told, if it is not the author: a voter
        ForeignKey("participant.id", ondelete="SET NULL"), index=True
    )
    rule: Mapped[Rule | None] = relationship(lazy="joined")

    @property
    def is_limit(self) -> bool:
        """Whether it takes something from people, or keeps it away."""
        return is_limit(self.state_before, self.state_after, self.outcome)

    @property
    def limits_text(self) -> bool:
        """Whether it limits what the text is to others, and not only what its author may do."""
        return self.is_limit and self.outcome not in BLOCKS


class SealedText(Base):
    """What a text said before a decision removed passages: for its author and the moderators of the proceeding.

    Nothing that lists, searches or sends reads this table. `opened_at` is set when the decision is taken back; of the
    rows still sealed, the oldest is what the author wrote.
    """

    __tablename__ = "sealed_text"
    __table_args__ = (CheckConstraint("(contribution_id IS NULL) <> (comment_id IS NULL)", name="one_subject"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    contribution_id: Mapped[int | None] = mapped_column(ForeignKey("contribution.id", ondelete="CASCADE"), index=True)
    comment_id: Mapped[int | None] = mapped_column(ForeignKey("comment.id", ondelete="CASCADE"), index=True)
    decision_id: Mapped[int] = mapped_column(ForeignKey("moderation_decision.id", ondelete="CASCADE"), unique=True)
    title: Mapped[str]  # empty for a comment
    text: Mapped[str]
    public_name: Mapped[str | None] = mapped_column(String(80))  # that was shown with it
    sealed_at: Mapped[datetime]
    opened_at: Mapped[datetime | None]
    decision: Mapped[ModerationDecision] = relationship(lazy="raise_on_sql")


class ParticipantBlock(Base):
    """For how long someone may not contribute, comment or vote in a proceeding; ends by time or when taken back."""

    __tablename__ = "participant_block"
    __table_args__ = (
        Index("ix_participant_block_participant", "participant_id", "proceeding_id", "ends_at"),
        CheckConstraint("ends_at > starts_at", name="ends_later"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    participant_id: Mapped[int] = mapped_column(ForeignKey("participant.id", ondelete="CASCADE"))
    proceeding_id: Mapped[int] = mapped_column(ForeignKey("proceeding.id", ondelete="CASCADE"), index=True)
    decision_id: Mapped[int] = mapped_column(ForeignKey("moderation_decision.id", ondelete="CASCADE"), unique=True)
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    lifted_at: Mapped[datetime | None]  # when it was taken back
    decision: Mapped[ModerationDecision] = relationship(lazy="raise_on_sql")


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
