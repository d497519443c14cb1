"""The trail of acts."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from participation.database import Base


class AuditEvent(Base):
    """One act: who, what, on which object, when. Never changed, never deleted while the proceeding exists."""

    __tablename__ = "audit_event"
    __table_args__ = (Index("ix_audit_event_subject", "subject_kind", "subject_id"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    happened_at: Mapped[datetime]
    action: Mapped[str] = mapped_column(String(60))  # "moderation.reject", "contributions.submit"
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"), index=True)
    participant_id: Mapped[int | None] = mapped_column(ForeignKey("participant.id", ondelete="SET NULL"), index=True)
    proceeding_id: Mapped[int | None] = mapped_column(ForeignKey("proceeding.id", ondelete="CASCADE"), index=True)
    subject_kind: Mapped[str] = mapped_column(String(30))
    subject_id: Mapped[int]
    details: Mapped[dict[str, Any]]  # ids, states, counts; no text of citizens, no names
