"""How many contributions there are: the one place behind the numbers of lists, filters, portal, maps and interfaces.

Numbers come from the cells, at a cost that does not follow the table; with words to search for, from what they find.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import func, select

from participation.contributions.areas import Selection, around, piles_in, totals
from participation.contributions.filters import ContributionFilter, conditions, selection_of, view_boxes
from participation.contributions.models import Contribution
from participation.contributions.states import LISTED_STATES, PublicationState
from participation.database import db
from participation.geodata.bbox import Bbox
from participation.geodata.cell_codes import PixelBox
from participation.proceedings.models import Proceeding

CELLS_ACROSS = 8  # a box is counted by so many cells from side to side, its border by smaller ones


@dataclass(frozen=True, slots=True)
class Counts:
    """How many contributions a filter finds, and would find with other categories or types.

    numbers: by ids of category and type (0: none), as if neither were chosen.
    """

    proceeding: Proceeding
    wanted: ContributionFilter
    numbers: Mapping[tuple[int, int], int]

    @property
    def by_category(self) -> dict[str, int]:
        """By key, as if no category were chosen."""
        types = {type_.id for type_ in self.proceeding.types if type_.key in self.wanted.types}
        found = {category.id: 0 for category in self.proceeding.categories}
        for (category_id, type_id), number in self.numbers.items():
            if not self.wanted.types or type_id in types:
                found[category_id] += number
        return {category.key: found[category.id] for category in self.proceeding.categories}

    @property
    def by_type(self) -> dict[str, int]:
        """By key, as if no type were chosen."""
        categories = {one.id for one in self.proceeding.categories if one.key in self.wanted.categories}
        found = {0: 0} | {type_.id: 0 for type_ in self.proceeding.types}
        for (category_id, type_id), number in self.numbers.items():
            if not self.wanted.categories or category_id in categories:
                found[type_id] += number
        return {type_.key: found[type_.id] for type_ in self.proceeding.types}

    @property
    def total(self) -> int:
        """What the filter finds."""
        chosen = self.wanted.categories
        return sum(number for key, number in self.by_category.items() if not chosen or key in chosen)


def counted(
    proceeding: Proceeding, wanted: ContributionFilter, states: frozenset[PublicationState] = LISTED_STATES
) -> Counts:
    """Count what a filter finds."""
    anything = replace(wanted, categories=(), types=())
    found: dict[tuple[int, int], int] = {}
    if wanted.words:
        type_id = func.coalesce(Contribution.type_id, 0)
        statement = select(Contribution.category_id, type_id, func.count())
        statement = statement.where(*conditions(proceeding, anything, states))
        rows = db.session.execute(statement.group_by(Contribution.category_id, type_id)).all()
        found = {(category_id, type_): number for category_id, type_, number in rows}
    elif wanted.bbox:
        boxes = view_boxes(wanted.bbox)
        piles = piles_in(selection_of(proceeding, anything, states), boxes, _shift_of(boxes), by_type=True)
        for category, type_, number in zip(piles.category_id, piles.type_id, piles.number, strict=True):
            key = int(category), int(type_)
            found[key] = found.get(key, 0) + int(number)
    else:
        rows_of = totals(selection_of(proceeding, anything, states))
        found = {(category_id, type_): number for _, category_id, type_, number in rows_of}
    return Counts(proceeding, wanted, found)


def counts_by_proceeding(
    proceedings: Sequence[Proceeding], states: frozenset[PublicationState] = LISTED_STATES
) -> dict[int, int]:
    """Return how many contributions are public, or in other states, in each proceeding that has any."""
    found: dict[int, int] = {}
    for proceeding_id, _, _, number in totals(Selection(tuple(one.id for one in proceedings), states)):
        found[proceeding_id] = found.get(proceeding_id, 0) + number
    return found


def at_most_in(proceeding: Proceeding, bbox: Bbox) -> int:
    """Return a number that is not exceeded by the listed contributions in a box, plus those without a place."""
    selection = Selection((proceeding.id,), LISTED_STATES)
    boxes = view_boxes(bbox)
    placed = sum(row[3] for row in totals(selection, only_placed=True))
    without = sum(row[3] for row in totals(selection)) - placed
    return without + sum(around(selection, box, _shift_of(boxes)) for box in boxes)


def _shift_of(boxes: Sequence[PixelBox]) -> int:
    side = max(max(box[2] - box[0], box[3] - box[1]) for box in boxes)
    return max(side // CELLS_ACROSS, 1).bit_length()
