"""The ledger of a proceeding: its secret, its chain, and what waits to be put into the chain."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, Integer, SmallInteger, String
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column

from participation.database import Base

COUNTER = BigInteger().with_variant(Integer, "sqlite")  # SQLite numbers rows only in a column of this type


class Kind(StrEnum):
    """What happened; the words of the public file."""

    BEGIN = "begin"  # of the chain
    STAND = "stand"  # what was there before the ledger, or came in by a load
    SUBMIT = "submit"
    IMPORT = "import"
    COMMENT = "comment"
    VOTE = "vote"
    DECIDE = "decide"  # of moderators, also what takes another decision back
    SETTLE = "settle"  # reports and complaints: answered, or open again
    REMOVE = "remove"  # an import was undone


class Publicity(StrEnum):
    """As much of a state as the public sees."""

    PUBLIC = "public"
    NOT_PUBLIC = "not_public"
    MERGED = "merged"
    REMOVED = "removed"


class Ledger(Base):
    """The secret from which pseudonyms in a proceeding's ledger are made. Without it nobody can be traced any more."""

    __tablename__ = "ledger"
    proceeding_id: Mapped[int] = mapped_column(
        ForeignKey("proceeding.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    secret: Mapped[str] = mapped_column(String(64))


class LedgerEntry(Base):
    """One sealed entry. The database lets nobody change it, nor delete it while the proceeding exists."""

    __tablename__ = "ledger_entry"
    __table_args__: Any = (
        Index(
            "ix_ledger_entry_found_by",
            *("proceeding_id", "found_by"),
            postgresql_where=sql("found_by IS NOT NULL"),
            sqlite_where=sql("found_by IS NOT NULL"),
        ),
        {"sqlite_with_rowid": False},
    )
    proceeding_id: Mapped[int] = mapped_column(
        ForeignKey("proceeding.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    number: Mapped[int] = mapped_column(COUNTER, primary_key=True, autoincrement=False)
    body: Mapped[str]  # the entry as it is published: JSON as RFC 8785 writes it
    hash: Mapped[str] = mapped_column(String(64))  # SHA-256 of the body
    found_by: Mapped[int | None] = mapped_column(BigInteger)  # first digits of the commitment, see commitments.py


class WaitingEntry(Base):
    """What happened, on its way into the chain: committed together with the act, sealed and deleted soon after.

    It refers to nothing by foreign keys: what is deleted meanwhile stays in the ledger, and votes wait for no lock on
    the row of the proceeding.
    """

    __tablename__ = "ledger_waiting"
    __table_args__ = (Index("ix_ledger_waiting_next", "proceeding_id", "id"), {"sqlite_autoincrement": True})
    id: Mapped[int] = mapped_column(COUNTER, primary_key=True)
    proceeding_id: Mapped[int]
    kind: Mapped[Kind]
    happened_at: Mapped[datetime]
    contribution_id: Mapped[int | None]  # what it is about, or what the comment is on
    comment_id: Mapped[int | None]
    state: Mapped[Publicity | None]  # afterwards
    leading_id: Mapped[int | None]  # the contribution it is, or was, merged into
    votes_for: Mapped[int | None]  # of the leading contribution, counted jointly
    votes_against: Mapped[int | None]
    participant_id: Mapped[int | None]  # who voted
    value: Mapped[int | None] = mapped_column(SmallInteger)  # of the vote: 1, -1, 0 for none
    before: Mapped[int | None] = mapped_column(SmallInteger)  # how it counted before
    commitment: Mapped[str | None] = mapped_column(String(64))  # to the text
    details: Mapped[str | None] = mapped_column(String(64))  # commitment to what was decided
