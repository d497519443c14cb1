"""Comments and votes."""

from datetime import datetime
from enum import IntEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, SmallInteger, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from participation.contributions.models import Contribution
from participation.contributions.states import PublicationState
from participation.database import Base

COMMENT_SHORTEST, COMMENT_LONGEST = 2, 2_000


class Comment(Base):
    """A comment on a contribution, or a reply to one. The tree is kept as it is; pages show two levels."""

    __tablename__ = "comment"
    __table_args__ = (
        UniqueConstraint("contribution_id", "idempotency_key"),
        Index("ix_comment_contribution", "contribution_id", "id"),
        Index("ix_comment_state", "proceeding_id", "state", "created_at", "id"),
        Index("ix_comment_received", "proceeding_id", "created_at", "id"),
        {"sqlite_autoincrement": True},
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    proceeding_id: Mapped[int] = mapped_column(ForeignKey("proceeding.id", ondelete="CASCADE"))
    contribution_id: Mapped[int] = mapped_column(ForeignKey("contribution.id", ondelete="CASCADE"))
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("comment.id", ondelete="CASCADE"), index=True)
    participant_id: Mapped[int | None] = mapped_column(ForeignKey("participant.id", ondelete="SET NULL"), index=True)
    state: Mapped[PublicationState]
    text: Mapped[str]
    salt: Mapped[str | None] = mapped_column(String(32))  # of the commitment in the ledger; erased with the text
    language: Mapped[str] = mapped_column(String(8))
    public_name: Mapped[str | None] = mapped_column(String(80))
    idempotency_key: Mapped[str | None] = mapped_column(String(64))
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime]
    published_at: Mapped[datetime | None]
    contribution: Mapped[Contribution] = relationship(lazy="raise_on_sql")

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 – SQLAlchemy reads it as a plain dict


class VoteValue(IntEnum):
    """For or against."""

    FOR = 1
    AGAINST = -1


class Vote(Base):
    """One participant's vote on one contribution; changing it changes the row, withdrawing deletes it."""

    __tablename__ = "vote"
    __table_args__ = (
        CheckConstraint("value IN (1, -1)", name="value"),
        Index("ix_vote_cast", "contribution_id", "cast_at"),
    )
    contribution_id: Mapped[int] = mapped_column(ForeignKey("contribution.id", ondelete="CASCADE"), primary_key=True)
    participant_id: Mapped[int] = mapped_column(
        ForeignKey("participant.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    value: Mapped[int] = mapped_column(SmallInteger)
    cast_at: Mapped[datetime]
