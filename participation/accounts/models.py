"""People with an account, their roles in proceedings and their tokens for programs, and pseudonymous participants."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from participation.database import Base


class Role(StrEnum):
    """What someone may do in one proceeding; what each role allows is in the subjects' permissions."""

    MODERATOR = "moderator"
    PLANNER = "planner"
    MANAGER = "manager"


class Scope(StrEnum):
    """What a token is good for; each is at most what its owner may do at that moment."""

    READ = "read"  # see what the team of a proceeding sees before the public does
    MODERATE = "moderate"
    PLAN = "plan"


class User(Base):
    """An account: someone who signs in."""

    __tablename__ = "user"
    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(String(254), unique=True)  # lower case
    password_hash: Mapped[str]
    name: Mapped[str] = mapped_column(String(80))  # shown to colleagues, never to the public
    language: Mapped[str] = mapped_column(String(8))
    is_administrator: Mapped[bool] = mapped_column(default=False)
    is_demo: Mapped[bool] = mapped_column(default=False)  # known password: a production start refuses it
    session_key: Mapped[str] = mapped_column(String(32))  # a new one ends all sessions of this account
    created_at: Mapped[datetime]
    memberships: Mapped[list["Membership"]] = relationship(lazy="raise_on_sql", back_populates="user")


class Membership(Base):
    """A user's role in one proceeding."""

    __tablename__ = "membership"
    __table_args__ = (UniqueConstraint("user_id", "proceeding_id", "role"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"))
    proceeding_id: Mapped[int] = mapped_column(ForeignKey("proceeding.id", ondelete="CASCADE"), index=True)
    role: Mapped[Role]
    user: Mapped[User] = relationship(lazy="raise_on_sql", back_populates="memberships")


class AccessToken(Base):
    """What lets a program act for an account, in one proceeding or all of its owner's. Its secret is not kept."""

    __tablename__ = "access_token"
    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), index=True)
    name: Mapped[str] = mapped_column(String(80))  # what it is for, said by its owner
    secret_hash: Mapped[str] = mapped_column(String(64), unique=True)  # keyed
    scopes: Mapped[list[Any]]  # values of Scope
    proceeding_id: Mapped[int | None] = mapped_column(ForeignKey("proceeding.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    used_on: Mapped[date | None]  # the day of its last use: more would be a protocol of its owner
    user: Mapped[User] = relationship(lazy="raise_on_sql")


class Participant(Base):
    """The pseudonym behind contributions, comments and votes: a guest's browser or a user.

    Everything a resident does points here and to nobody else, so that erasing this row's data erases the person.
    """

    __tablename__ = "participant"
    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str | None] = mapped_column(String(64), unique=True)  # keyed hash of the guest cookie's token
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"), unique=True)
    email: Mapped[str | None] = mapped_column(String(254))  # of a guest; used only once confirmed, never shown
    email_confirmed_at: Mapped[datetime | None]
    language: Mapped[str] = mapped_column(String(8))
    created_at: Mapped[datetime]
