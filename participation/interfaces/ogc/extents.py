"""Where and when the features of a collection are, at a cost that does not grow with their number.

The first and last time stand at the ends of an index. The box around a million places takes tenths of a second, so each
process keeps it for an hour and meanwhile only looks at what has changed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

import shapely
from flask import current_app
from sqlalchemy import ColumnElement, func, or_, select

from participation import clock
from participation.contributions.models import Contribution
from participation.contributions.states import LISTED_STATES
from participation.database import db
from participation.exports.editions import SETTLED_AFTER
from participation.geodata.web_mercator import position_at
from participation.geodata.writing import bbox_of
from participation.proceedings.models import Proceeding

MOST_CHANGES = 2_000
KEPT_FOR = timedelta(hours=1)  # deleted rows leave no trace of when
HALF_PIXEL = 7e-7  # degrees: pins are kept as pixels, so a point may lie this far beside its own
MARGIN = 1e-6
BOX = tuple[float, float, float, float]


class Extent(NamedTuple):
    """west, south, east, north in degrees, or None without a place; first and last instant, or None if open."""

    bbox: BOX | None
    first: datetime | None
    last: datetime | None


@dataclass(frozen=True, slots=True)
class KnownBox:
    """What a process remembers of a proceeding's contributions."""

    proceeding_made_at: datetime
    computed_at: datetime
    latest: datetime | None
    bbox: BOX | None


def proceedings_extent(proceedings: Sequence[Proceeding]) -> Extent:
    """Return the box around project areas, and the time from the first phase to the last."""
    phases = [phase for proceeding in proceedings for phase in proceeding.phases]
    return Extent(
        bbox_of(proceeding.project_area for proceeding in proceedings),
        min((phase.starts_at for phase in phases), default=None),
        max((phase.ends_at for phase in phases), default=None),
    )


def contributions_extent(proceeding: Proceeding, conditions: Sequence[ColumnElement[bool]]) -> Extent:
    """Return the box around contributions, and when the first and the last came.

    Args:
        proceeding: theirs.
        conditions: the WHERE of those that count.
    """

    def single(what: ColumnElement[Any], *where: ColumnElement[bool]) -> Any:
        return select(what).where(*where).scalar_subquery()

    created, updated = Contribution.created_at, Contribution.updated_at
    first, last, latest = db.session.execute(
        select(
            single(func.min(created), *conditions),
            single(func.max(created), *conditions),
            single(func.max(updated), Contribution.proceeding_id == proceeding.id),
        )
    ).one()
    known: dict[int, KnownBox] = current_app.extensions.setdefault("ogc_boxes", {})
    box = known.get(proceeding.id)
    if box is None or not _is_of_today(box, proceeding):
        bbox = _box_around(conditions)
    elif box.latest == latest:
        bbox = box.bbox
    else:
        bbox = _box_with_changes(proceeding, box, conditions)
    computed_at = box.computed_at if box and _is_of_today(box, proceeding) else clock.now()
    known[proceeding.id] = KnownBox(proceeding.created_at, computed_at, latest, bbox)
    return Extent(bbox, first, last)


def _is_of_today(box: KnownBox, proceeding: Proceeding) -> bool:
    return box.proceeding_made_at == proceeding.created_at and clock.now() - box.computed_at < KEPT_FOR


def _box_with_changes(proceeding: Proceeding, box: KnownBox, conditions: Sequence[ColumnElement[bool]]) -> BOX | None:
    """Widen a known box by what came since; compute it anew if something went."""
    changed = [Contribution.proceeding_id == proceeding.id]
    if box.latest is not None:
        changed.append(Contribution.updated_at >= box.latest - SETTLED_AFTER)
    rows = db.session.execute(
        select(Contribution.state, Contribution.geometry.wkb()).where(*changed).limit(MOST_CHANGES + 1)
    ).all()
    if len(rows) > MOST_CHANGES or any(state not in LISTED_STATES for state, _ in rows):
        return _box_around(conditions)
    return _united(box.bbox, [shapely.from_wkb(wkb) for _, wkb in rows if wkb is not None])


def _box_around(conditions: Sequence[ColumnElement[bool]]) -> BOX | None:
    """Return the box around the pins, which an index holds, and around those lines and areas that stick out of it."""
    x, y = Contribution.pin_x, Contribution.pin_y
    sides: tuple[Any, ...] = tuple(
        db.session.execute(select(func.min(x), func.max(x), func.min(y), func.max(y)).where(*conditions)).one()
    )
    if None in sides:
        return None
    west, east, north, south = sides
    (left, top), (right, bottom) = position_at(west, north), position_at(east, south)
    pins = left - HALF_PIXEL, bottom - HALF_PIXEL, right + HALF_PIXEL, top + HALF_PIXEL
    beyond = or_(*(Contribution.geometry.in_bbox(*strip) for strip in _strips_around(pins)))
    rows = db.session.scalars(select(Contribution.geometry.wkb()).where(*conditions, beyond)).all()
    return _united(pins, [shapely.from_wkb(row) for row in rows])


def _strips_around(box: BOX) -> list[BOX]:
    """Return the four parts of the world outside a box."""
    west, south, east, north = box
    strips = [
        (-180.0, -90.0, west - MARGIN, 90.0),
        (east + MARGIN, -90.0, 180.0, 90.0),
        (-180.0, -90.0, 180.0, south - MARGIN),
        (-180.0, north + MARGIN, 180.0, 90.0),
    ]
    return [strip for strip in strips if strip[0] <= strip[2] and strip[1] <= strip[3]]


def _united(box: BOX | None, shapes: Sequence[Any]) -> BOX | None:
    return bbox_of([*([] if box is None else [shapely.box(*box)]), *shapes])
