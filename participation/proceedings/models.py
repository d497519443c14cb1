"""A proceeding with its phases, categories and types."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from shapely import MultiPolygon
from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from participation.database import Base, Geometry, Translated

TITLE_SHORTEST, TITLE_LONGEST = 5, 200
TEXT_SHORTEST, TEXT_LONGEST = 10, 10_000


class ProceedingState(StrEnum):
    """`draft → published → closed → archived`."""

    DRAFT = "draft"
    PUBLISHED = "published"
    CLOSED = "closed"
    ARCHIVED = "archived"


class PhaseKind(StrEnum):
    """What a phase is about."""

    INFORM = "inform"
    COLLECT = "collect"
    DISCUSS = "discuss"
    BOTH = "both"
    EVALUATE = "evaluate"
    RESULTS = "results"


class Placing(StrEnum):
    """Where a contribution's place may lie."""

    FREE = "free"
    INSIDE = "inside"


class ModerationMode(StrEnum):
    """Whether texts are held until a moderator publishes them; `mixed`: those for which an armed rule fires."""

    BEFORE = "before"
    AFTER = "after"
    MIXED = "mixed"


class Voting(StrEnum):
    """Which votes there are."""

    FOR_AGAINST = "for_against"
    SUPPORT = "support"


class Embedding(StrEnum):
    """Which other websites may show the map in a frame of theirs: none, some by their origin, or all."""

    NOBODY = "nobody"
    LISTED = "listed"
    EVERYBODY = "everybody"


class GeometryKind(StrEnum):
    """What can be drawn; `none` is a contribution without a place."""

    POINT = "point"
    LINE = "line"
    AREA = "area"
    NONE = "none"


class Proceeding(Base):
    """One participation process. Texts are in the languages of `languages`; long ones are Markdown."""

    __tablename__ = "proceeding"
    __table_args__ = (
        CheckConstraint(f"text_max BETWEEN {TEXT_SHORTEST} AND {TEXT_LONGEST}", name="text_max"),
        {"sqlite_autoincrement": True},
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(60), unique=True)
    state: Mapped[ProceedingState]
    title: Mapped[dict[str, str]] = mapped_column(Translated)
    subtitle: Mapped[dict[str, str]] = mapped_column(Translated)
    summary: Mapped[dict[str, str]] = mapped_column(Translated)
    about: Mapped[dict[str, str]] = mapped_column(Translated)  # Markdown
    rules_note: Mapped[dict[str, str]] = mapped_column(Translated)  # Markdown, below the list of rules
    results: Mapped[dict[str, str]] = mapped_column(Translated)  # Markdown
    organiser: Mapped[str]
    contact_email: Mapped[str] = mapped_column(String(254))
    project_area: Mapped[MultiPolygon] = mapped_column(Geometry("MULTIPOLYGON"))
    placing: Mapped[Placing]
    is_place_required: Mapped[bool]
    geometry_kinds: Mapped[list[Any]]  # values of GeometryKind
    text_max: Mapped[int]
    moderation_mode: Mapped[ModerationMode]
    voting: Mapped[Voting]
    licence: Mapped[str]  # agreed to at posting, carried in every export row
    languages: Mapped[list[Any]]
    embedding: Mapped[Embedding] = mapped_column(default=Embedding.NOBODY)
    embedding_origins: Mapped[list[Any]] = mapped_column(default=list)  # with `listed`: e.g. https://www.example.org
    created_at: Mapped[datetime]
    phases: Mapped[list["Phase"]] = relationship(lazy="raise_on_sql", order_by="Phase.starts_at")
    categories: Mapped[list["Category"]] = relationship(lazy="raise_on_sql", order_by="Category.position")
    types: Mapped[list["ContributionType"]] = relationship(lazy="raise_on_sql", order_by="ContributionType.position")
    rules: Mapped[list["Rule"]] = relationship(lazy="raise_on_sql", order_by="Rule.position, Rule.version")


class Phase(Base):
    """A span of time, [starts_at, ends_at), and what it allows."""

    __tablename__ = "phase"
    __table_args__ = (CheckConstraint("starts_at < ends_at", name="span"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    proceeding_id: Mapped[int] = mapped_column(ForeignKey("proceeding.id", ondelete="CASCADE"), index=True)
    kind: Mapped[PhaseKind]
    title: Mapped[dict[str, str]] = mapped_column(Translated)
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    allows_contributing: Mapped[bool]
    allows_commenting: Mapped[bool]
    allows_voting: Mapped[bool]


class Category(Base):
    """A topic of a proceeding: word, colour and icon, always together."""

    __tablename__ = "category"
    __table_args__ = (UniqueConstraint("proceeding_id", "key"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    proceeding_id: Mapped[int] = mapped_column(ForeignKey("proceeding.id", ondelete="CASCADE"))
    key: Mapped[str] = mapped_column(String(40))
    position: Mapped[int]
    name: Mapped[dict[str, str]] = mapped_column(Translated)
    hint: Mapped[dict[str, str]] = mapped_column(Translated)
    color: Mapped[str] = mapped_column(String(20))  # key of the palette in static/css/tokens.css
    icon: Mapped[str] = mapped_column(String(20))  # name in static/icons.json


class ContributionType(Base):
    """What kind of statement it is: idea, notice, question."""

    __tablename__ = "contribution_type"
    __table_args__ = (UniqueConstraint("proceeding_id", "key"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    proceeding_id: Mapped[int] = mapped_column(ForeignKey("proceeding.id", ondelete="CASCADE"))
    key: Mapped[str] = mapped_column(String(40))
    position: Mapped[int]
    name: Mapped[dict[str, str]] = mapped_column(Translated)
    icon: Mapped[str] = mapped_column(String(20))


class Rule(Base):
    """A rule for contributions in one wording: moderators name it when they limit something.

    The wordings of one rule share its key. A row is never changed, only ended: a decision keeps the wording it named.
    """

    __tablename__ = "rule"
    __table_args__ = (UniqueConstraint("proceeding_id", "key", "version"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    proceeding_id: Mapped[int] = mapped_column(ForeignKey("proceeding.id", ondelete="CASCADE"))
    key: Mapped[str] = mapped_column(String(40))
    version: Mapped[int] = mapped_column(default=1)
    position: Mapped[int]  # in the list of rules, from 1; the newest wording's counts
    name: Mapped[dict[str, str]] = mapped_column(Translated)  # said to contributors: “Stay friendly.”
    explanation: Mapped[dict[str, str]] = mapped_column(Translated)
    breach: Mapped[dict[str, str]] = mapped_column(Translated)  # said to who broke it: “It insults people.”
    law: Mapped[str] = mapped_column(String(200), default="")  # e.g. “§ 185 StGB”; empty: a rule of the house
    created_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
