"""Cases, internal notes, saved views."""

from datetime import datetime, timedelta

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from participation.accounts.models import User
from participation.database import Base

HOLD = timedelta(minutes=5)
NOTE_LONGEST = 2_000
PAGE_LONGEST = 40
VIEW_NAME_LONGEST = 60
VIEW_QUERY_LONGEST = 1_000
MOST_VIEWS = 30


class ModerationCase(Base):
    """Whose an item is, and who is looking at it just now; there is a row only while one of them is said.

    `held_until` is when the look ends by itself, unless it is renewed.
    """

    __tablename__ = "moderation_case"
    __table_args__ = (
        UniqueConstraint("contribution_id"),
        UniqueConstraint("comment_id"),
        CheckConstraint("(contribution_id IS NULL) <> (comment_id IS NULL)", name="one_subject"),
        CheckConstraint("(assigned_to IS NULL) = (assigned_at IS NULL)", name="assigned_whole"),
        CheckConstraint("(held_by IS NULL) = (held_until IS NULL)", name="held_whole"),
        Index("ix_moderation_case_assigned", "proceeding_id", "assigned_to"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    proceeding_id: Mapped[int] = mapped_column(ForeignKey("proceeding.id", ondelete="CASCADE"))
    contribution_id: Mapped[int | None] = mapped_column(ForeignKey("contribution.id", ondelete="CASCADE"))
    comment_id: Mapped[int | None] = mapped_column(ForeignKey("comment.id", ondelete="CASCADE"))
    assigned_to: Mapped[int | None] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), index=True)
    assigned_at: Mapped[datetime | None]
    held_by: Mapped[int | None] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), index=True)
    held_until: Mapped[datetime | None]
    held_page: Mapped[str] = mapped_column(String(PAGE_LONGEST), default="")  # which opened page said so last
    assignee: Mapped[User | None] = relationship(lazy="raise_on_sql", foreign_keys=[assigned_to])
    holder: Mapped[User | None] = relationship(lazy="raise_on_sql", foreign_keys=[held_by])


class InternalNote(Base):
    """What a moderator tells the others about an item. Rows are added, never changed."""

    __tablename__ = "internal_note"
    __table_args__ = (
        CheckConstraint("(contribution_id IS NULL) <> (comment_id IS NULL)", name="one_subject"),
        CheckConstraint("length(trim(text)) > 0", name="text"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    contribution_id: Mapped[int | None] = mapped_column(ForeignKey("contribution.id", ondelete="CASCADE"), index=True)
    comment_id: Mapped[int | None] = mapped_column(ForeignKey("comment.id", ondelete="CASCADE"), index=True)
    author_id: Mapped[int | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"))
    text: Mapped[str]
    written_at: Mapped[datetime]
    author: Mapped[User | None] = relationship(lazy="raise_on_sql")


class SavedView(Base):
    """A filter of the queue under a name: the query of its address, of one proceeding or of all one moderates."""

    __tablename__ = "saved_view"
    __table_args__ = (
        UniqueConstraint("user_id", "proceeding_id", "name"),
        CheckConstraint("NOT is_shared OR proceeding_id IS NOT NULL", name="shared_in_a_proceeding"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"))
    proceeding_id: Mapped[int | None] = mapped_column(ForeignKey("proceeding.id", ondelete="CASCADE"), index=True)
    name: Mapped[str] = mapped_column(String(VIEW_NAME_LONGEST))
    query: Mapped[str] = mapped_column(String(VIEW_QUERY_LONGEST))
    is_shared: Mapped[bool]
    created_at: Mapped[datetime]
    user: Mapped[User] = relationship(lazy="raise_on_sql")
