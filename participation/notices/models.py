"""Notices about contributions and comments."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from participation.database import Base
from participation.proceedings.models import Rule

EXPLANATION_SHORTEST, EXPLANATION_LONGEST = 10, 2_000
PASSAGE_LONGEST = 500
ANSWER_LONGEST = 2_000


class NoticeState(StrEnum):
    """Whether someone has looked at it."""

    OPEN = "open"
    SETTLED = "settled"


class NoticeOutcome(StrEnum):
    """What came of it."""

    UPHELD = "upheld"
    NOT_UPHELD = "not_upheld"


class Notice(Base):
    """One person's report about one contribution or comment; open again when the decision that settled it is undone.

    `answer` is what a moderator writes to the reporter where no decision about the content says it.
    """

    __tablename__ = "notice"
    __table_args__ = (
        UniqueConstraint("participant_id", "contribution_id"),
        UniqueConstraint("participant_id", "comment_id"),
        CheckConstraint("(contribution_id IS NULL) <> (comment_id IS NULL)", name="one_subject"),
        CheckConstraint(
            "(state = 'open') = (settled_at IS NULL) AND (state = 'open') = (outcome IS NULL)", name="settled_whole"
        ),
        CheckConstraint(
            "state = 'open' OR decision_id IS NOT NULL OR length(trim(answer)) > 0", name="settled_is_explained"
        ),
        Index("ix_notice_state", "proceeding_id", "state", "created_at"),
        {"sqlite_autoincrement": True},
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    proceeding_id: Mapped[int] = mapped_column(ForeignKey("proceeding.id", ondelete="CASCADE"))
    contribution_id: Mapped[int | None] = mapped_column(ForeignKey("contribution.id", ondelete="CASCADE"), index=True)
    comment_id: Mapped[int | None] = mapped_column(ForeignKey("comment.id", ondelete="CASCADE"), index=True)
    participant_id: Mapped[int | None] = mapped_column(ForeignKey("participant.id", ondelete="SET NULL"))
    rule_id: Mapped[int] = mapped_column(ForeignKey("rule.id"), index=True)  # said to be broken
    explanation: Mapped[str]  # what exactly, and why
    passage: Mapped[str]  # where exactly; may be empty
    name: Mapped[str | None] = mapped_column(String(80))
    email: Mapped[str | None] = mapped_column(String(254))  # as typed: gets two mails, and nothing that someone typed
    language: Mapped[str] = mapped_column(String(8))
    idempotency_key: Mapped[str] = mapped_column(String(64), unique=True)
    receipt_nonce: Mapped[str] = mapped_column(String(32))  # a new one ends the secret link
    created_at: Mapped[datetime]
    state: Mapped[NoticeState] = mapped_column(default=NoticeState.OPEN)
    settled_at: Mapped[datetime | None]
    settled_by: Mapped[int | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"))
    decision_id: Mapped[int | None] = mapped_column(ForeignKey("moderation_decision.id"), index=True)
    outcome: Mapped[NoticeOutcome | None]
    answer: Mapped[str] = mapped_column(default="")
    rule: Mapped[Rule] = relationship(lazy="joined", innerjoin=True)
