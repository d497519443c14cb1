"""A file taken apart: what every format is turned into, and the bounds that hold for each of them."""

import json
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from flask_babel import gettext
from shapely.geometry.base import BaseGeometry

from participation.errors import InvalidInput

MEGABYTE = 1024 * 1024
MOST_BYTES = 64 * MEGABYTE
MOST_ROWS = 200_000
MOST_COLUMNS = 500
LONGEST_CELL = 1_000_000


class FileKind(StrEnum):
    """What can be imported."""

    CSV = "csv"
    XLSX = "xlsx"
    GEOJSON = "geojson"
    GEOPACKAGE = "gpkg"

    @property
    def is_table(self) -> bool:
        """Whether it has lines with cells; the others have features with a place of their own."""
        return self in (FileKind.CSV, FileKind.XLSX)


FILE_KIND_NAMES = {
    FileKind.CSV: "CSV",
    FileKind.XLSX: "XLSX",
    FileKind.GEOJSON: "GeoJSON",
    FileKind.GEOPACKAGE: "GeoPackage",
}


@dataclass(slots=True)
class SourceRow:
    """One row of a table or one feature, as the file has it.

    number: the line in which the row begins, or the feature's place; both count from 1.
    problem: why it could not be read, in the reader's language; empty if it could.
    """

    number: int
    values: dict[str, Any] = field(default_factory=dict)
    geometry: BaseGeometry | None = None
    id: str = ""
    problem: str = ""


@dataclass(slots=True)
class SourceFile:
    """A file taken apart. encoding and delimiter: of CSV; epsg: as the file says, 0 if it does not."""

    kind: FileKind
    columns: list[str]
    rows: list[SourceRow]
    encoding: str = ""
    delimiter: str = ""
    epsg: int = 0


def head_of(cells: list[str]) -> list[str]:
    """Return the columns that the first row of a table names.

    Raises:
        InvalidInput: there are none, or too many.
    """
    columns = [name.strip() for name in cells]
    if not any(columns) or len(columns) > MOST_COLUMNS:
        raise InvalidInput(gettext("The first line of the table must name its columns."))
    return columns


def unreadable(kind: FileKind) -> InvalidInput:
    """Return the refusal of a file that is broken, or not what its name says."""
    message = gettext("The file is damaged, or no %(kind)s file. Save it anew.", kind=FILE_KIND_NAMES[kind])
    return InvalidInput(message, field="file")


def part_to_read(names: list[str], wanted: str) -> str:
    """Return which sheet or layer of a file to read: the wanted one, or the only one.

    Raises:
        InvalidInput: there is none, several, or not the wanted one.
    """
    listed = ", ".join(f"“{name[:60]}”" for name in names[:10])
    if wanted and wanted not in names:
        message = gettext("The file has no sheet or layer “%(name)s”. It has: %(names)s.", name=wanted, names=listed)
        raise InvalidInput(message, field="layer")
    if not names:
        raise InvalidInput(gettext("The file has no sheet and no layer with rows."), field="file")
    if not wanted and len(names) > 1:
        message = gettext("The file has several sheets or layers: %(names)s. Name the one to read.", names=listed)
        raise InvalidInput(message, field="layer")
    return wanted or names[0]


def text_of(value: Any) -> str:
    """Return a cell or a property as text: nothing for null, lists and objects as JSON."""
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
