"""The outbox."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from participation.database import Base


class OutboxMail(Base):
    """One mail to one participant, waiting or sent. Ids only; the text is made when it is sent."""

    __tablename__ = "outbox_mail"
    __table_args__ = (
        Index(
            "ix_outbox_mail_waiting",
            "next_attempt_at",
            sqlite_where=text("sent_at IS NULL"),
            postgresql_where=text("sent_at IS NULL"),
        ),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    template: Mapped[str] = mapped_column(String(60))  # "moderation/decision": templates/mails/moderation/decision.txt
    participant_id: Mapped[int] = mapped_column(ForeignKey("participant.id", ondelete="CASCADE"), index=True)
    ids: Mapped[dict[str, Any]]
    message_key: Mapped[str] = mapped_column(String(32))  # stable part of the Message-ID: a repeat is recognised
    created_at: Mapped[datetime]
    next_attempt_at: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(default=0)
    sent_at: Mapped[datetime | None]  # also set when there turned out to be nobody to write to
    last_error: Mapped[str | None] = mapped_column(String(200))
