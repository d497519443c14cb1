"""The outbox."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from participation.database import Base

IS_WAITING = text("state = 'waiting'")


class MailState(StrEnum):
    """What became of a mail."""

    WAITING = "waiting"
    SENT = "sent"
    MOOT = "moot"  # when its turn came, there was nothing left to say or nobody to say it to
    GIVEN_UP = "given_up"  # refused for good, or tried too often
    BOUNCED = "bounced"  # the recipient's mail server does not have it: said at once, or reported later


FAILED_STATES = (MailState.GIVEN_UP, MailState.BOUNCED)


class MailProblem(StrEnum):
    """Why a mail did not arrive, as far as mail servers tell."""

    NO_SUCH_ADDRESS = "no_such_address"
    MAILBOX_FULL = "mailbox_full"
    NOT_REACHED = "not_reached"  # the recipient's mail server
    REFUSED = "refused"
    POSTPONED = "postponed"
    NO_SERVER = "no_server"  # ours does not answer
    NOT_WRITTEN = "not_written"  # a fault of ours


class OutboxMail(Base):
    """One mail to one participant or one account. Ids only; the text is made when it is sent."""

    __tablename__ = "outbox_mail"
    __table_args__ = (
        CheckConstraint("(participant_id IS NULL) <> (user_id IS NULL)", name="one_recipient"),
        CheckConstraint(
            "(state <> 'sent' OR sent_at IS NOT NULL) AND (state NOT IN ('waiting', 'moot') OR sent_at IS NULL)",
            name="sent_whole",
        ),
        CheckConstraint("state NOT IN ('given_up', 'bounced') OR problem IS NOT NULL", name="failure_is_explained"),
        Index("ix_outbox_mail_waiting", "next_attempt_at", sqlite_where=IS_WAITING, postgresql_where=IS_WAITING),
        Index("ix_outbox_mail_of_proceeding", "proceeding_id", "state", "id"),
        Index("ix_outbox_mail_state", "state", "id"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    template: Mapped[str] = mapped_column(String(60))  # "moderation/decision": templates/mails/moderation/decision.txt
    participant_id: Mapped[int | None] = mapped_column(ForeignKey("participant.id", ondelete="CASCADE"), index=True)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), index=True)
    proceeding_id: Mapped[int | None] = mapped_column(ForeignKey("proceeding.id", ondelete="CASCADE"))
    ids: Mapped[dict[str, Any]]
    message_key: Mapped[str] = mapped_column(String(32), unique=True)  # of the Message-ID: repeats and bounces name it
    created_at: Mapped[datetime]
    next_attempt_at: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(default=0)
    state: Mapped[MailState] = mapped_column(default=MailState.WAITING)
    sent_at: Mapped[datetime | None]
    problem: Mapped[MailProblem | None]
    last_error: Mapped[str | None] = mapped_column(String(200))  # in the servers' words, for operators
    masked_address: Mapped[str | None] = mapped_column(String(254))  # "j…@example.org", once it was tried
    address_hash: Mapped[str | None] = mapped_column(String(64))  # tells whether the address is still in use
