"""Proceedings as features: their project areas, with what one must know to find the right one."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, String, func, select, type_coerce

from participation.database import db
from participation.exports.editions import Exported, rfc3339
from participation.exports.tables import Kind
from participation.languages import current_language, page_url, text_in
from participation.proceedings.models import Phase, Proceeding

STARTS_AT = select(func.min(Phase.starts_at)).where(Phase.proceeding_id == Proceeding.id).scalar_subquery()
ENDS_AT = select(func.max(Phase.ends_at)).where(Phase.proceeding_id == Proceeding.id).scalar_subquery()


@dataclass(frozen=True, slots=True)
class Fact:
    """Something told of a proceeding: what it is read from and, if it is not shown as stored, how it is shown."""

    name: str
    source: Any
    kind: Kind = Kind.TEXT
    shown: Callable[[Any], Any] | None = None

    def show(self, value: Any) -> Any:
        """Return what is told of a stored value."""
        if self.shown:
            return self.shown(value)
        return rfc3339(value) if isinstance(value, datetime) else value


def proceeding_address(slug: str) -> str:
    """Return the full address of a proceeding's page."""
    return page_url(f"/proceedings/{slug}", current_language())


FACTS = (
    Fact("slug", Proceeding.slug),
    Fact("title", Proceeding.title, shown=text_in),
    Fact("subtitle", Proceeding.subtitle, shown=text_in),
    Fact("summary", Proceeding.summary, shown=text_in),
    Fact("state", type_coerce(Proceeding.state, String)),
    Fact("organiser", Proceeding.organiser),
    Fact("starts_at", STARTS_AT, Kind.MOMENT),
    Fact("ends_at", ENDS_AT, Kind.MOMENT),
    Fact("licence", Proceeding.licence),
    Fact("created_at", Proceeding.created_at, Kind.MOMENT),
    Fact("url", Proceeding.slug, shown=proceeding_address),
)


@dataclass(frozen=True, slots=True)
class ProceedingRows:
    """The proceedings among which an actor may look."""

    ids: tuple[int, ...]

    def conditions(self) -> Sequence[ColumnElement[bool]]:
        """Return the WHERE of these rows."""
        return [Proceeding.id.in_(self.ids)]

    def rows_beyond(
        self, keys: Sequence[Any], limit: int, further: Sequence[ColumnElement[bool]] = ()
    ) -> list[Exported]:
        """Return the next rows by id; keys: the last id that was seen, none at the beginning."""
        sources = [fact.source for fact in FACTS]
        statement = select(Proceeding.id, Proceeding.project_area.wkb(), *sources).where(*self.conditions(), *further)
        if keys:
            statement = statement.where(Proceeding.id > keys[0])
        rows = db.session.execute(statement.order_by(Proceeding.id).limit(limit)).all()
        return [
            Exported(id_, wkb, {fact.name: fact.show(value) for fact, value in zip(FACTS, values, strict=True)})
            for id_, wkb, *values in rows
        ]
