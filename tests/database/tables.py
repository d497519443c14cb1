"""Tables of these tests only: on a base of their own, so that the application's migrations never see them."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from shapely import Polygon
from shapely.geometry.base import BaseGeometry
from sqlalchemy import CheckConstraint, ForeignKey, MetaData
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, registry, relationship

from participation.database import Base, Geometry, Translated
from participation.database.base import NAMING_CONVENTION
from participation.database.spatial_index import keep_spatial_indexes


class Color(StrEnum):
    """Some words."""

    GREEN = "green"
    LIGHT_BLUE = "lightblue"


class OwnBase(DeclarativeBase):
    """Like the application's base, with other metadata."""

    registry = registry(
        metadata=MetaData(naming_convention=NAMING_CONVENTION), type_annotation_map=Base.registry.type_annotation_map
    )


class Spot(OwnBase):
    """One column of every type."""

    __tablename__ = "spot"
    __table_args__ = (CheckConstraint("votes >= 0", name="votes"), {"sqlite_autoincrement": True})
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(default="")
    color: Mapped[Color | None]
    place: Mapped[BaseGeometry | None] = mapped_column(Geometry)
    area: Mapped[Polygon | None] = mapped_column(Geometry("POLYGON"))
    seen_at: Mapped[datetime | None]
    title: Mapped[dict[str, str] | None] = mapped_column(Translated)
    details: Mapped[dict[str, Any] | None]
    words: Mapped[list[str] | None]
    votes: Mapped[int] = mapped_column(default=0)
    version: Mapped[int] = mapped_column(default=1)
    remarks: Mapped[list["Remark"]] = relationship(lazy="raise_on_sql", back_populates="spot", passive_deletes=True)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012


class Remark(OwnBase):
    """Goes with its spot."""

    __tablename__ = "remark"
    id: Mapped[int] = mapped_column(primary_key=True)
    spot_id: Mapped[int] = mapped_column(ForeignKey("spot.id", ondelete="CASCADE"))
    place: Mapped[BaseGeometry | None] = mapped_column(Geometry("POINT"))
    spot: Mapped[Spot] = relationship(lazy="joined", back_populates="remarks")


class Tally(OwnBase):
    """A number without a version: only the lock keeps it right."""

    __tablename__ = "tally"
    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[int]


keep_spatial_indexes(OwnBase.metadata)
