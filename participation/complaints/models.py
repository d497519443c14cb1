"""Complaints about moderation decisions and about answers to notices."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from participation.contributions.models import Contribution
from participation.database import Base
from participation.discussion.models import Comment
from participation.moderation.models import ModerationDecision
from participation.notices.models import Notice

TEXT_SHORTEST, TEXT_LONGEST = 10, 4_000
ANSWER_SHORTEST, ANSWER_LONGEST = 10, 4_000


class Complainant(StrEnum):
    """Who objects: the author of a limited text, someone who reported one, or someone blocked for how they voted."""

    AUTHOR = "author"
    REPORTER = "reporter"
    VOTER = "voter"


class ComplaintState(StrEnum):
    """Whether a second person has decided about it."""

    OPEN = "open"
    SETTLED = "settled"


class ComplaintOutcome(StrEnum):
    """What came of it."""

    UPHELD = "upheld"
    NOT_UPHELD = "not_upheld"


class Complaint(Base):
    """One person's objection, once per decision: to a decision (by whom it limits) or to the answer to a notice.

    A reporter's complaint names the decision too where one settled the notice. `answer` are the reasons of whoever
    decides about it; `settling_decision_id` is what they decided about the text itself, if anything.
    """

    __tablename__ = "complaint"
    __table_args__ = (
        CheckConstraint("(contribution_id IS NULL) <> (comment_id IS NULL)", name="one_subject"),
        CheckConstraint("(complainant = 'reporter') = (notice_id IS NOT NULL)", name="reporters_name_the_notice"),
        CheckConstraint("decision_id IS NOT NULL OR notice_id IS NOT NULL", name="about_something"),
        CheckConstraint(
            "(state = 'open') = (settled_at IS NULL) AND (state = 'open') = (outcome IS NULL)", name="settled_whole"
        ),
        CheckConstraint("state = 'open' OR length(trim(answer)) > 0", name="settled_is_explained"),
        UniqueConstraint("notice_id", "decision_id"),
        Index(
            "uq_complaint_of_author",
            "decision_id",
            unique=True,
            sqlite_where=text("notice_id IS NULL"),
            postgresql_where=text("notice_id IS NULL"),
        ),
        Index(
            "uq_complaint_about_answer",
            "notice_id",
            unique=True,
            sqlite_where=text("decision_id IS NULL"),
            postgresql_where=text("decision_id IS NULL"),
        ),
        Index("ix_complaint_state", "proceeding_id", "state", "created_at"),
        {"sqlite_autoincrement": True},
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    proceeding_id: Mapped[int] = mapped_column(ForeignKey("proceeding.id", ondelete="CASCADE"))
    contribution_id: Mapped[int | None] = mapped_column(ForeignKey("contribution.id", ondelete="CASCADE"), index=True)
    comment_id: Mapped[int | None] = mapped_column(ForeignKey("comment.id", ondelete="CASCADE"), index=True)
    complainant: Mapped[Complainant]
    decision_id: Mapped[int | None] = mapped_column(ForeignKey("moderation_decision.id"), index=True)
    notice_id: Mapped[int | None] = mapped_column(ForeignKey("notice.id"))
    participant_id: Mapped[int | None] = mapped_column(  # who sent it
        ForeignKey("participant.id", ondelete="SET NULL"), index=True
    )
    text: Mapped[str]  # read by moderators, and in the browser that sent it
    email: Mapped[str | None] = mapped_column(String(254))  # as typed: gets two mails, and nothing that someone typed
    language: Mapped[str] = mapped_column(String(8))
    receipt_nonce: Mapped[str] = mapped_column(String(32))  # a new one ends the secret link
    created_at: Mapped[datetime]
    state: Mapped[ComplaintState] = mapped_column(default=ComplaintState.OPEN)
    outcome: Mapped[ComplaintOutcome | None]
    answer: Mapped[str] = mapped_column(default="")
    settled_at: Mapped[datetime | None]
    settled_by: Mapped[int | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"), index=True)
    settling_decision_id: Mapped[int | None] = mapped_column(ForeignKey("moderation_decision.id"), index=True)
    contribution: Mapped[Contribution | None] = relationship(lazy="raise_on_sql")
    comment: Mapped[Comment | None] = relationship(lazy="raise_on_sql")
    decision: Mapped[ModerationDecision | None] = relationship(lazy="raise_on_sql", foreign_keys=decision_id)
    notice: Mapped[Notice | None] = relationship(lazy="raise_on_sql")
    settling_decision: Mapped[ModerationDecision | None] = relationship(
        lazy="raise_on_sql", foreign_keys=settling_decision_id
    )
