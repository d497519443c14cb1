"""Which rhythm each moderator chose, and which digests are done."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from participation.database import Base


class Rhythm(StrEnum):
    """How often a digest comes."""

    NEVER = "never"
    HOURLY = "hourly"
    DAILY = "daily"
    WEEKLY = "weekly"


DEFAULT_RHYTHM = Rhythm.DAILY


class DigestChoice(Base):
    """What one account chose; without a row it is the default."""

    __tablename__ = "digest_choice"
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), primary_key=True)
    rhythm: Mapped[Rhythm]
    chosen_at: Mapped[datetime]


class Digest(Base):
    """The last moment at which a digest was due for one account: a mail was put into the outbox, or nothing was new."""

    __tablename__ = "digest"
    __table_args__ = (UniqueConstraint("user_id", "due_at"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"))
    due_at: Mapped[datetime]
    seen: Mapped[dict[str, Any]]  # newest id by kind of item: what has a higher one is new to the next digest
