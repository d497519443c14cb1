"""The collections there are: all proceedings, and the parts of each that somebody may see.

A subject with something on a map adds its part to PARTS. Rights are asked of proceedings and contributions.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Protocol

from flask_babel import gettext
from sqlalchemy import ColumnElement, or_, select, union_all

from participation.accounts.actors import Actor
from participation.contributions.counting import at_most_in
from participation.contributions.filters import ContributionFilter
from participation.contributions.models import Contribution
from participation.contributions.search import FEW, is_postgresql
from participation.errors import NotFound
from participation.exports.editions import Edition, Exported
from participation.exports.tables import CONTRIBUTIONS, Audience, Words
from participation.geodata.bbox import Bbox
from participation.interfaces.ogc.extents import Extent, contributions_extent, proceedings_extent
from participation.interfaces.ogc.instants import parse_instant
from participation.interfaces.ogc.proceeding_rows import ENDS_AT, FACTS, STARTS_AT, ProceedingRows, proceeding_address
from participation.interfaces.ogc.queryables import Queryable, queryables_of
from participation.languages import current_language, page_url, text_in
from participation.proceedings.models import Proceeding
from participation.proceedings.permissions import may_plan
from participation.proceedings.queries import proceeding_by_slug, visible_proceedings


class Source(Protocol):
    """Where the features of a collection come from."""

    def conditions(self) -> Sequence[ColumnElement[bool]]:
        """The WHERE of all of them."""

    def rows_beyond(
        self, keys: Sequence[Any], limit: int, further: Sequence[ColumnElement[bool]] = ()
    ) -> list[Exported]:
        """The next ones after those whose keys were seen last."""


@dataclass(frozen=True, slots=True)
class Collection:
    """Features of one kind.

    key: the column with their ids. geometry: the one with their places. begin, end: of their time (the same for
    an instant). keys: the properties, before the id, by which they are ordered. page: address of the page about them.
    searched: gives the rows that a text search finds, if there is one.
    """

    id: str
    title: str
    description: str
    source: Source
    key: Any
    geometry: Any
    begin: Any
    end: Any
    queryables: Mapping[str, Queryable]
    extent: Callable[[], Extent]
    page: str
    licence: str = ""
    attribution: str = ""
    proceedings: Sequence[Proceeding] = ()
    keys: Sequence[str] = ()
    searched: Callable[[str], Source] | None = None
    key_types: Sequence[type] = field(default=(int,))

    @property
    def edition(self) -> Edition | None:
        """The source, if it is what downloads hold, too."""
        return self.source if isinstance(self.source, Edition) else None

    @property
    def part(self) -> str:
        """What kind of collection it is: "proceedings", or the name in PARTS."""
        return self.id.rpartition(".")[2]

    def in_bbox(self, bbox: Bbox) -> list[ColumnElement[bool]]:
        """Return the WHERE of what touches a box or has no place (/req/core/fc-bbox-response, C).

        SQLite has no statistics and is told how to read: few are looked up; many are met in their order.
        """
        touches = self.geometry.in_bbox(*bbox)
        if self.edition is None or is_postgresql():
            return [or_(self.geometry.is_(None), touches)]
        if at_most_in(self.edition.proceeding, bbox) > FEW:
            return [or_(self.geometry.is_(None), self.geometry.in_bbox(*bbox, by_index=False))]
        inside = select(self.key).where(touches).correlate(None)
        without = select(self.key).where(*self.source.conditions(), Contribution.pin_x.is_(None)).correlate(None)
        return [self.key.in_(union_all(inside, without)), Contribution.proceeding_id + 0 == self.edition.proceeding.id]

    def keys_of(self, row: Exported) -> list[Any]:
        """Return what says where a row stands in the order."""
        values = (row.properties[name] for name in self.keys)
        return [*(parse_instant(value) if isinstance(value, str) else value for value in values), row.id]


def collections_for(actor: Actor) -> list[Collection]:
    """Return every collection this actor may see."""
    proceedings = visible_proceedings(actor)
    parts = [make(actor, proceeding) for proceeding in proceedings for make in PARTS.values()]
    return [_proceedings(proceedings), *parts]


def collection_by_id(actor: Actor, id_: str) -> Collection:
    """Return one collection.

    Raises:
        NotFound: there is none, or the actor may not know of it.
    """
    if id_ == PROCEEDINGS:
        return _proceedings(visible_proceedings(actor))
    slug, _, part = id_.rpartition(".")
    try:
        if part in PARTS:
            return PARTS[part](actor, proceeding_by_slug(actor, slug))
    except NotFound:
        pass
    raise NotFound(gettext("There is no collection “%(name)s”.", name=id_[:80]))


def _proceedings(proceedings: Sequence[Proceeding]) -> Collection:
    return Collection(
        id=PROCEEDINGS,
        title=gettext("Consultations"),
        description=gettext("All consultations, each with the area it is about."),
        page=page_url("/", current_language()),
        proceedings=proceedings,
        **_areas(proceedings),
    )


def _area(_actor: Actor, proceeding: Proceeding) -> Collection:
    return Collection(
        id=f"{proceeding.slug}.area",
        title=gettext("%(title)s: area", title=text_in(proceeding.title)),
        description=gettext("The area that this consultation is about."),
        page=proceeding_address(proceeding.slug),
        licence=proceeding.licence,
        attribution=proceeding.organiser,
        proceedings=[proceeding],
        **_areas([proceeding]),
    )


def _areas(proceedings: Sequence[Proceeding]) -> dict[str, Any]:
    """Return what proceedings share, be it all of them or one."""
    return {
        "source": ProceedingRows(tuple(proceeding.id for proceeding in proceedings)),
        "key": Proceeding.id,
        "geometry": Proceeding.project_area,
        "begin": STARTS_AT,
        "end": ENDS_AT,
        "queryables": queryables_of(FACTS),
        "extent": lambda: proceedings_extent(proceedings),
    }


def _contributions(actor: Actor, proceeding: Proceeding) -> Collection:
    # The one place that says which contributions, and which columns of them, whoever asks gets.
    audience = Audience.PLANNERS if may_plan(actor, proceeding.id) else Audience.PUBLIC
    edition = Edition(CONTRIBUTIONS, proceeding, ContributionFilter(), audience)
    words = Words.of(proceeding)
    return Collection(
        id=f"{proceeding.slug}.contributions",
        title=gettext("%(title)s: contributions", title=text_in(proceeding.title)),
        description=gettext("What residents say, with or without a place, and what the city answers."),
        source=edition,
        key=Contribution.id,
        geometry=Contribution.geometry,
        begin=Contribution.created_at,
        end=Contribution.created_at,
        queryables=queryables_of(edition.columns, {"category": words.categories, "type": words.types}),
        extent=lambda: contributions_extent(proceeding, edition.conditions()),
        page=proceeding_address(proceeding.slug),
        licence=proceeding.licence,
        attribution=edition.header()["attribution"],
        proceedings=[proceeding],
        keys=("created_at",),
        key_types=(datetime, int),
        searched=lambda text: replace(edition, wanted=ContributionFilter(q=text)),
    )


PROCEEDINGS = "proceedings"
PARTS: dict[str, Callable[[Actor, Proceeding], Collection]] = {"contributions": _contributions, "area": _area}
