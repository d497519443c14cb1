"""The one filter behind list, map, counts and downloads; its state is the address."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import Enum, StrEnum
from typing import Any

from flask_babel import lazy_gettext
from sqlalchemy import ColumnElement, and_, false, or_
from werkzeug.datastructures import MultiDict

from participation.contributions.areas import Selection
from participation.contributions.models import Contribution
from participation.contributions.search import found_in, is_postgresql
from participation.contributions.states import LISTED_STATES, PublicationState
from participation.contributions.text import clean_line, search_form
from participation.errors import InvalidInput
from participation.geodata.bbox import Bbox, parse_bbox
from participation.geodata.cell_codes import PixelBox
from participation.geodata.errors import GeodataError
from participation.geodata.web_mercator import pixel_box
from participation.proceedings.models import Proceeding

LONGEST_QUERY = 200
MOST_WORDS = 8
MOST_VALUES = 50


class Reading(Enum):
    """How SQLite, which has no statistics, is told to find rows."""

    USUAL = "usual"
    IN_ORDER = "in order"  # where an index gives the order: many are found, and few are needed
    LOOKING_UP = "looking up"  # by the index of words, or of another condition: few are found


class Sort(StrEnum):
    """How a list is ordered."""

    NEWEST = "newest"
    OLDEST = "oldest"
    VOTES = "votes"
    COMMENTS = "comments"


@dataclass(frozen=True, slots=True)
class ContributionFilter:
    """What someone is looking at. Empty means everything.

    categories, types: keys of this proceeding. bbox: (west, south, east, north), degrees; a pin inside counts.
    """

    categories: tuple[str, ...] = ()
    types: tuple[str, ...] = ()
    q: str = ""
    sort: Sort = Sort.NEWEST
    bbox: Bbox | None = None

    @classmethod
    def from_arguments(cls, arguments: "MultiDict[str, str]") -> "ContributionFilter":
        """Read the query of an address.

        Raises:
            InvalidInput: a value that is none of the possible ones, naming the word.
        """
        sort = arguments.get("sort") or Sort.NEWEST.value
        if sort not in tuple(Sort):
            raise InvalidInput(
                lazy_gettext("This order does not exist. Use newest, oldest, votes or comments."), field="sort"
            )
        try:
            bbox = parse_bbox(arguments["bbox"]) if arguments.get("bbox") else None
        except GeodataError as error:
            raise InvalidInput.of_geodata(error, "bbox") from error
        return cls(
            categories=tuple(dict.fromkeys(filter(None, arguments.getlist("category")[:MOST_VALUES]))),
            types=tuple(dict.fromkeys(filter(None, arguments.getlist("type")[:MOST_VALUES]))),
            q=clean_line(arguments.get("q", ""))[:LONGEST_QUERY],
            sort=Sort(sort),
            bbox=bbox,
        )

    def to_arguments(self, **changes: Any) -> dict[str, Any]:
        """Return the query of the address for this filter, with changes; what is empty or usual stays out."""
        wanted = replace(self, **changes)
        arguments: dict[str, Any] = {
            "category": list(wanted.categories),
            "type": list(wanted.types),
            "q": wanted.q,
            "sort": "" if wanted.sort is Sort.NEWEST else wanted.sort.value,
            "bbox": ",".join(f"{number:.6f}".rstrip("0").rstrip(".") for number in wanted.bbox) if wanted.bbox else "",
        }
        return {name: value for name, value in arguments.items() if value}

    @property
    def words(self) -> list[str]:
        """What is searched for: every one of these has to be found."""
        return search_form(self.q).split()[:MOST_WORDS]

    @property
    def is_narrowing(self) -> bool:
        """Whether anything is filtered out."""
        return bool(self.categories or self.types or self.q or self.bbox)


def conditions(
    proceeding: Proceeding,
    wanted: ContributionFilter,
    states: frozenset[PublicationState] = LISTED_STATES,
    reading: Reading = Reading.USUAL,
) -> list[ColumnElement[bool]]:
    """Return the WHERE of a filter; every channel that lists contributions uses these and no others.

    Args:
        proceeding: the contributions' one.
        wanted: the filter.
        states: of the contributions.
        reading: how SQLite finds the rows; PostgreSQL decides by its statistics.
    """
    if is_postgresql():
        reading = Reading.USUAL
    elif wanted.words and reading is Reading.USUAL:
        reading = Reading.LOOKING_UP
    walks = reading is Reading.IN_ORDER
    # “+ 0” keeps SQLite from choosing an index that begins with this column.
    proceeding_id = Contribution.proceeding_id + 0 if reading is Reading.LOOKING_UP else Contribution.proceeding_id
    found: list[ColumnElement[bool]] = [proceeding_id == proceeding.id, _is_one_of(states)]
    found += found_in(proceeding.id, wanted.words, by_index=not walks)
    if wanted.categories:
        ids = [category.id for category in proceeding.categories if category.key in wanted.categories]
        found.append(Contribution.category_id.in_(ids) if ids else false())
    if wanted.types:
        ids = [type_.id for type_ in proceeding.types if type_.key in wanted.types]
        found.append(Contribution.type_id.in_(ids) if ids else false())
    if wanted.bbox:
        found.append(pin_in(wanted.bbox, walks=walks))
    return found


def selection_of(
    proceeding: Proceeding, wanted: ContributionFilter, states: frozenset[PublicationState] = LISTED_STATES
) -> Selection:
    """Return categories, types and states of a filter for counting by cells; words and area are the caller's."""
    categories = tuple(category.id for category in proceeding.categories if category.key in wanted.categories)
    types = tuple(type_.id for type_ in proceeding.types if type_.key in wanted.types)
    return Selection(
        (proceeding.id,), states, categories if wanted.categories else None, types if wanted.types else None
    )


def view_boxes(bbox: Bbox) -> list[PixelBox]:
    """Return a box in pixels at zoom 20, in two parts if it crosses the antimeridian."""
    return [pixel_box(*part) for part in bbox.parts()]


def listed_in(proceeding_ids: Iterable[int]) -> list[ColumnElement[bool]]:
    """Return the WHERE of everything that stands in the public lists of some proceedings."""
    return [Contribution.proceeding_id.in_(list(proceeding_ids)), _is_one_of(LISTED_STATES)]


def pin_in(bbox: Bbox, *, walks: bool = False) -> ColumnElement[bool]:
    """Whether a contribution's pin stands in the box; a box across the antimeridian has west > east.

    Args:
        bbox: in degrees.
        walks: whether SQLite shall not look them up by their place.
    """
    x: Any = Contribution.pin_x + 0 if walks else Contribution.pin_x
    return or_(
        *(
            and_(x.between(min_x, max_x), Contribution.pin_y.between(min_y, max_y))
            for min_x, min_y, max_x, max_y in view_boxes(bbox)
        )
    )


def _is_one_of(states: frozenset[PublicationState]) -> ColumnElement[bool]:
    if len(states) == 1:
        return Contribution.state == next(iter(states))  # an equality lets the index give the order, too
    return Contribution.state.in_(sorted(states))
