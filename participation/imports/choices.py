"""How a file is to be read, as it is kept between the steps of the page."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields, replace
from typing import Any

from shapely import Point
from shapely.geometry.base import BaseGeometry

from participation.contributions.states import PublicationState
from participation.imports.cells import number_in
from participation.imports.checking import Wishes
from participation.imports.columns import GUESSES, Columns, guessed_column
from participation.imports.coordinates import WGS84, likely_code
from participation.imports.source import FileKind, SourceRow, text_of
from participation.proceedings.models import Proceeding

PLACE_PARTS = ("lon", "lat", "wkt")


@dataclass(frozen=True, slots=True)
class Choices:
    """Which column is what, what holds for rows that have none, and as what they come in.

    words: the file's word for a topic, folded → key of the topic, where people said so.
    """

    columns: Mapping[str, str] = field(default_factory=dict)
    title: str = ""
    text: str = ""
    category: str = ""
    words: Mapping[str, str] = field(default_factory=dict)
    source: str = ""
    epsg: int = WGS84
    swaps_axes: bool = False
    drops_wrong_places: bool = False
    state: str = PublicationState.PUBLISHED.value

    def columns_found(self) -> Columns:
        """Return the columns as the checker takes them."""
        return Columns(**self.columns)

    def wishes(self, proceeding: Proceeding) -> Wishes:
        """Return the rest as the checker takes it."""
        return Wishes(
            title=self.title,
            text=self.text,
            category=self.category,
            categories=self.words,
            language=proceeding.languages[0],
            source=self.source,
            epsg=self.epsg,
            swaps_axes=self.swaps_axes,
            drops_wrong_places=self.drops_wrong_places,
        )

    def to_json(self) -> dict[str, Any]:
        """Return them as they are kept."""
        return asdict(self) | {"columns": dict(self.columns), "words": dict(self.words)}

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> "Choices":
        """Return them as they were kept."""
        return cls(**{one.name: kept[one.name] for one in fields(cls) if one.name in kept})


def parts_of(kind: FileKind) -> list[str]:
    """Return the parts of a contribution that a column can hold; a feature has its place without one."""
    return [part for part in GUESSES if kind.is_table or part not in PLACE_PARTS]


def guessed_choices(
    kind: FileKind, columns: Sequence[str], epsg: int, rows: Sequence[SourceRow], proceeding: Proceeding
) -> Choices:
    """Return what a file probably means; people look at it before anything is done."""
    found = dict.fromkeys(GUESSES, "") | {part: guessed_column(columns, part) for part in parts_of(kind)}
    if not (found["lon"] and found["lat"]):
        found["lon"] = found["lat"] = ""
    guess = Choices(columns=found)
    shapes = [shape for row in rows if (shape := _shape(row, guess.columns)) is not None]
    return replace(guess, epsg=epsg or likely_code(shapes, proceeding.project_area) or WGS84)


def _shape(row: SourceRow, columns: Mapping[str, str]) -> BaseGeometry | None:
    if row.geometry is not None:
        return row.geometry
    x, y = (number_in(text_of(row.values.get(columns[part]))) if columns[part] else None for part in ("lon", "lat"))
    return None if x is None or y is None else Point(x, y)
