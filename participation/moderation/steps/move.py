"""Move: another category or type, or another place; the rules of the proceeding are those of contributing.

`changes`, of what changes: {"category_id": [before, after], "type_id": […], "geometry": […]}, geometries as GeoJSON
objects or null.
"""

import json
from typing import Any

from flask_babel import lazy_gettext
from shapely.geometry import mapping, shape
from shapely.geometry.base import BaseGeometry
from sqlalchemy import select
from sqlalchemy.orm import selectinload

from participation.contributions.checking import check_category, check_place, check_type
from participation.contributions.models import Contribution
from participation.contributions.services import set_place, set_topic
from participation.database import Session
from participation.discussion.models import Comment
from participation.errors import Conflict, InvalidInput
from participation.moderation.models import ModerationDecision
from participation.moderation.steps.base import Item, Letter, Particulars
from participation.proceedings.models import Category, ContributionType, Proceeding


class Move:
    """Put a contribution where it belongs."""

    def hold(self, session: Session, item: Item, leading_id: int | None) -> None:
        """Hold nothing else."""

    def take(
        self, session: Session, item: Item, decision: ModerationDecision, particulars: Particulars
    ) -> list[Letter]:
        """Move it, and keep from where to where."""
        contribution = _contribution(item)
        proceeding = session.scalars(
            select(Proceeding)
            .where(Proceeding.id == contribution.proceeding_id)
            .options(selectinload(Proceeding.categories), selectinload(Proceeding.types))
        ).one()
        key, type_key = check_category(proceeding, particulars.category), check_type(proceeding, particulars.type)
        category = next(one for one in proceeding.categories if one.key == key)
        type_ = next((one for one in proceeding.types if one.key == type_key), None)
        geometry = contribution.geometry
        if particulars.place is not None:
            geometry = check_place(proceeding, particulars.place.geometry)
        before: dict[str, Any] = _whereabouts(contribution)
        after = {"category_id": category.id, "type_id": type_.id if type_ else None, "geometry": _json(geometry)}
        decision.changes = {name: [before[name], after[name]] for name in after if before[name] != after[name]}
        if not decision.changes:
            raise InvalidInput(lazy_gettext("Choose another topic, type or place."), field="category")
        _put(contribution, decision, category, type_, geometry)
        return []

    def undo(
        self, session: Session, item: Item, decision: ModerationDecision, undoing: ModerationDecision
    ) -> list[Letter]:
        """Put it back."""
        contribution = _contribution(item)
        undoing.changes = {name: [after, before] for name, (before, after) in decision.changes.items()}
        target = _whereabouts(contribution) | {name: before for name, (before, _) in decision.changes.items()}
        category = session.get_one(Category, target["category_id"])
        type_ = session.get_one(ContributionType, target["type_id"]) if target["type_id"] else None
        _put(contribution, undoing, category, type_, shape(target["geometry"]) if target["geometry"] else None)
        return []


def _put(
    contribution: Contribution,
    decision: ModerationDecision,
    category: Category,
    type_: ContributionType | None,
    geometry: BaseGeometry | None,
) -> None:
    if decision.changes.keys() & {"category_id", "type_id"}:
        set_topic(contribution, category, type_)
    if "geometry" in decision.changes:
        set_place(contribution, geometry)


def _contribution(item: Item) -> Contribution:
    if isinstance(item, Comment):
        raise Conflict(lazy_gettext("A comment stays with its contribution."))
    return item


def _whereabouts(contribution: Contribution) -> dict[str, Any]:
    return {
        "category_id": contribution.category_id,
        "type_id": contribution.type_id,
        "geometry": _json(contribution.geometry),
    }


def _json(geometry: BaseGeometry | None) -> Any:
    return None if geometry is None else json.loads(json.dumps(mapping(geometry)))
