"""The rules of a proceeding, what is remembered of each text, and what was found in it."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from participation.database import Base


class HoldingRule(StrEnum):
    """Why a text may be held for a person to look at, in the order of the pages."""

    LINKS = "links"
    WORDS = "words"
    BURST = "burst"
    SIMILAR = "similar"
    OUTSIDE = "outside"
    FIRST_POST = "first_post"


class RuleOfProceeding(Base):
    """One rule in one proceeding: its last trial on past texts, and whether it is armed.

    `settings` are in force while it is armed. They are those of the last finished trial (`tried_settings`).
    """

    __tablename__ = "holding_rule"
    __table_args__ = (
        UniqueConstraint("proceeding_id", "rule"),
        CheckConstraint("armed_at IS NULL OR settings IS NOT NULL", name="armed_with_settings"),
        CheckConstraint("tried_at IS NULL OR tried_settings IS NOT NULL", name="tried_with_settings"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    proceeding_id: Mapped[int] = mapped_column(ForeignKey("proceeding.id", ondelete="CASCADE"))
    rule: Mapped[HoldingRule]
    settings: Mapped[dict[str, Any] | None]
    armed_at: Mapped[datetime | None]  # none: it is not armed
    armed_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"))
    tried_settings: Mapped[dict[str, Any] | None]
    trial_begun_at: Mapped[datetime | None]
    tried_at: Mapped[datetime | None]  # none: never tried, or the trial is not finished
    read_to: Mapped[datetime | None]  # the trial has read the texts up to this one, …
    read_to_id: Mapped[int] = mapped_column(default=0)  # … a screened_text
    read_count: Mapped[int] = mapped_column(default=0)
    held_count: Mapped[int] = mapped_column(default=0)
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 – SQLAlchemy reads it as a plain dict

    @property
    def is_armed(self) -> bool:
        """Whether new texts are held by it."""
        return self.armed_at is not None

    @property
    def is_being_tried(self) -> bool:
        """Whether a trial has begun and has not read everything yet."""
        return self.trial_begun_at is not None and self.tried_at is None


class TrialHit(Base):
    """A past text that a rule would have held, in the order of time; replaced by the next trial."""

    __tablename__ = "trial_hit"
    __table_args__ = (Index("ix_trial_hit_rule", "holding_rule_id", "id"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    holding_rule_id: Mapped[int] = mapped_column(ForeignKey("holding_rule.id", ondelete="CASCADE"))
    item_kind: Mapped[str] = mapped_column(String(20))
    item_id: Mapped[int]
    evidence: Mapped[dict[str, Any]]


class ScreenedText(Base):
    """What is remembered of a contribution or comment to compare others with: no text, only who, when, what it is like.

    Text and item are kept apart as in the audit trail: no foreign key to the item.
    """

    __tablename__ = "screened_text"
    __table_args__ = (
        UniqueConstraint("item_kind", "item_id"),
        Index("ix_screened_text_time", "proceeding_id", "posted_at", "id"),
        Index("ix_screened_text_participant", "participant_id", "posted_at"),
        *(
            Index(f"ix_screened_text_band_{number}", "proceeding_id", f"band_{number}", "is_limited", "id")
            for number in range(1, 9)
        ),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    item_kind: Mapped[str] = mapped_column(String(20))
    item_id: Mapped[int]
    proceeding_id: Mapped[int] = mapped_column(ForeignKey("proceeding.id", ondelete="CASCADE"))
    participant_id: Mapped[int | None] = mapped_column(ForeignKey("participant.id", ondelete="SET NULL"))
    posted_at: Mapped[datetime]
    published_at: Mapped[datetime | None]  # none while it is not public, and after it was hidden or rejected
    is_limited: Mapped[bool] = mapped_column(default=False)  # hidden or rejected
    signature: Mapped[bytes | None] = mapped_column(LargeBinary)  # see signatures.py; none for a very short text
    band_1: Mapped[int | None]
    band_2: Mapped[int | None]
    band_3: Mapped[int | None]
    band_4: Mapped[int | None]
    band_5: Mapped[int | None]
    band_6: Mapped[int | None]
    band_7: Mapped[int | None]
    band_8: Mapped[int | None]


class ScreeningHit(Base):
    """A rule fired for a contribution or comment when it was sent. Only added; shown to moderators only."""

    __tablename__ = "screening_hit"
    __table_args__ = (
        UniqueConstraint("item_kind", "item_id", "rule"),
        Index("ix_screening_hit_rule", "proceeding_id", "rule", "item_kind", "item_id"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    item_kind: Mapped[str] = mapped_column(String(20))
    item_id: Mapped[int]
    proceeding_id: Mapped[int] = mapped_column(ForeignKey("proceeding.id", ondelete="CASCADE"))
    rule: Mapped[HoldingRule]
    evidence: Mapped[dict[str, Any]]  # {"spans": [["text", 3, 9], …]}, {"metres": 780}: see rules.py
    found_at: Mapped[datetime]
