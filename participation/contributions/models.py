"""Contributions and their drafts."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from shapely.geometry.base import BaseGeometry
from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, Integer, SmallInteger, String, UniqueConstraint
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column, relationship

from participation.contributions.states import PublicationState
from participation.database import Base, Geometry
from participation.proceedings.models import Category, ContributionType, GeometryKind, Proceeding


class Origin(StrEnum):
    """How a contribution came in."""

    WEB = "web"
    PAPER = "paper"
    HALL = "hall"
    IMPORT = "import"


class ResponseStatus(StrEnum):
    """What the city says became of it; shown to residents."""

    RECEIVED = "received"
    IN_REVIEW = "in_review"
    ADOPTED = "adopted"
    PARTLY_ADOPTED = "partly_adopted"
    NOT_ADOPTED = "not_adopted"
    OUTSIDE_THE_PLAN = "outside_the_plan"


class Contribution(Base):
    """One statement of a resident.

    `geometry` is Point, LineString or Polygon (lon, lat, WGS 84) or None without a place; `pin_x`, `pin_y` is where
    its pin stands, in Web Mercator pixels at zoom 20. Counters change only together with the rows they count.
    """

    __tablename__ = "contribution"
    __table_args__ = (
        UniqueConstraint("proceeding_id", "idempotency_key"),
        CheckConstraint("(state = 'merged') = (leading_id IS NOT NULL)", name="merged_leads_somewhere"),
        UniqueConstraint("proceeding_id", "import_key"),
        CheckConstraint("votes_for >= 0 AND votes_against >= 0 AND comment_count >= 0", name="counters"),
        CheckConstraint("(pin_x IS NULL) = (geometry IS NULL) AND (pin_y IS NULL) = (geometry IS NULL)", name="pin"),
        Index("ix_contribution_newest", "proceeding_id", "state", "created_at", "id"),
        Index("ix_contribution_votes", "proceeding_id", "state", "votes_for", "id"),
        Index("ix_contribution_comments", "proceeding_id", "state", "comment_count", "id"),
        Index("ix_contribution_map", "proceeding_id", "state", "pin_x", "pin_y", "category_id", "type_id"),
        Index("ix_contribution_category", "proceeding_id", "state", "category_id", "type_id", "created_at", "id"),
        Index("ix_contribution_received", "proceeding_id", "created_at", "id"),
        Index("ix_contribution_updated", "proceeding_id", "updated_at"),
        Index("ix_contribution_published", "proceeding_id", "state", "published_at", "id"),
        Index(
            "ix_contribution_responded",
            *("proceeding_id", "responded_at", "id"),
            postgresql_where=sql("responded_at IS NOT NULL"),
            sqlite_where=sql("responded_at IS NOT NULL"),
        ),
        {"sqlite_autoincrement": True},
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    proceeding_id: Mapped[int] = mapped_column(ForeignKey("proceeding.id", ondelete="CASCADE"))
    phase_id: Mapped[int | None] = mapped_column(ForeignKey("phase.id", ondelete="SET NULL"))
    category_id: Mapped[int] = mapped_column(ForeignKey("category.id"))
    type_id: Mapped[int | None] = mapped_column(ForeignKey("contribution_type.id"))
    participant_id: Mapped[int | None] = mapped_column(ForeignKey("participant.id", ondelete="SET NULL"), index=True)
    state: Mapped[PublicationState]
    leading_id: Mapped[int | None] = mapped_column(ForeignKey("contribution.id"), index=True)  # it was merged into
    title: Mapped[str] = mapped_column(String(200))
    text: Mapped[str]
    search_text: Mapped[str]  # title and text as searched: see text.search_form
    language: Mapped[str] = mapped_column(String(8))  # of the text, BCP 47
    public_name: Mapped[str | None] = mapped_column(String(80))
    geometry: Mapped[BaseGeometry | None] = mapped_column(Geometry("GEOMETRY"))
    geometry_kind: Mapped[GeometryKind]
    pin_x: Mapped[int | None]
    pin_y: Mapped[int | None]
    origin: Mapped[Origin]
    import_key: Mapped[str | None] = mapped_column(String(120))  # the row's own id in the file it came from
    idempotency_key: Mapped[str | None] = mapped_column(String(64))
    receipt_nonce: Mapped[str] = mapped_column(String(32))  # a new one ends the secret link
    fingerprint: Mapped[str] = mapped_column(String(64))  # SHA-256 of the canonical text, see receipts.canonical_text
    salt: Mapped[str | None] = mapped_column(String(32))  # of the commitment in the ledger; erased with the text
    licence: Mapped[str]
    response_status: Mapped[ResponseStatus] = mapped_column(default=ResponseStatus.RECEIVED)
    response: Mapped[str | None]
    responded_at: Mapped[datetime | None]
    votes_for: Mapped[int] = mapped_column(default=0)
    votes_against: Mapped[int] = mapped_column(default=0)
    comment_count: Mapped[int] = mapped_column(default=0)  # published ones
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]  # of anything a download shows: text, state, counters, response
    published_at: Mapped[datetime | None]
    proceeding: Mapped[Proceeding] = relationship(lazy="raise_on_sql")
    category: Mapped[Category] = relationship(lazy="raise_on_sql")
    type: Mapped[ContributionType | None] = relationship(lazy="raise_on_sql")

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 – SQLAlchemy reads it as a plain dict


class ContributionDraft(Base):
    """What someone has written so far, between the steps; deleted when it is sent, swept when it is old."""

    __tablename__ = "contribution_draft"
    __table_args__ = (UniqueConstraint("participant_id", "proceeding_id"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    participant_id: Mapped[int] = mapped_column(ForeignKey("participant.id", ondelete="CASCADE"))
    proceeding_id: Mapped[int] = mapped_column(ForeignKey("proceeding.id", ondelete="CASCADE"))
    idempotency_key: Mapped[str] = mapped_column(String(64))
    answers: Mapped[dict[str, Any]]  # by field name, as typed
    updated_at: Mapped[datetime] = mapped_column(index=True)


class ContributionPin(Base):
    """Where a pin stands, in the order of places: triggers keep it equal to `contribution`. Type 0 is none."""

    __tablename__ = "contribution_pin"
    __table_args__ = ({"sqlite_with_rowid": False},)
    proceeding_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    state: Mapped[PublicationState] = mapped_column(primary_key=True)
    code: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)  # geodata.cell_codes.pin_code
    contribution_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    category_id: Mapped[int]
    type_id: Mapped[int]
    pin_x: Mapped[int]
    pin_y: Mapped[int]


class ContributionCell(Base):
    """How many contributions of a state, category and type stand in a cell of the map: see cells.py. Type 0 is none."""

    __tablename__ = "contribution_cell"
    __table_args__ = (
        Index(
            "ix_contribution_cell_empty", "number", postgresql_where=sql("number = 0"), sqlite_where=sql("number = 0")
        ),
        {"sqlite_with_rowid": False},
    )
    proceeding_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    state: Mapped[PublicationState] = mapped_column(primary_key=True)
    shift: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)  # of its side
    code: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)  # pin_code without its end
    category_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    type_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    number: Mapped[int] = mapped_column(BigInteger)
    sum_x: Mapped[int] = mapped_column(BigInteger)
    sum_y: Mapped[int] = mapped_column(BigInteger)
    sum_id: Mapped[int] = mapped_column(BigInteger)  # of a single one: its id


class ContributionChange(Base):
    """A contribution that came to count (1) or no longer counts (-1) somewhere, not in the cells yet: see cells.py."""

    __tablename__ = "contribution_change"
    id: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True)
    proceeding_id: Mapped[int] = mapped_column(index=True)
    state: Mapped[PublicationState]
    code: Mapped[int | None] = mapped_column(BigInteger)
    contribution_id: Mapped[int]
    category_id: Mapped[int]
    type_id: Mapped[int]
    pin_x: Mapped[int | None]
    pin_y: Mapped[int | None]
    number: Mapped[int] = mapped_column(SmallInteger)
