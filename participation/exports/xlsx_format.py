"""Workbooks for spreadsheet programs: a sheet with the rows, and one that says what they are."""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import xlsxwriter
from flask_babel import gettext
from xlsxwriter.format import Format as CellFormat
from xlsxwriter.worksheet import Worksheet

from participation.exports.editions import Edition
from participation.exports.places import Place, places_in_cells
from participation.exports.tables import Kind

# https://support.microsoft.com: "Excel specifications and limits"
MOST_ROWS = 1_048_576
MOST_CHARACTERS = 32_767
FIRST_YEAR = 1900  # what is older is written as text
# What XML 1.0 (2.2, Char) cannot say even as a reference, apart from what xlsxwriter writes as _xHHHH_.
NOT_IN_XML = re.compile("[\ufffe\uffff\ud800-\udfff]")
WIDTHS = {Kind.TEXT: 30, Kind.INTEGER: 12, Kind.MOMENT: 19}
PLACE_COLUMNS = ("lon", "lat", "wkt")


def write_xlsx(edition: Edition, path: Path, progress: Callable[[int], None]) -> None:
    """Write the rows with typed cells; text is never taken for a formula, an address or a number.

    Instants are in UTC: cells know no zone. Rows beyond what a sheet holds go on in the next sheet.
    """
    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    changed_at, _ = edition.last_change()
    with xlsxwriter.Workbook(str(path), options) as book:
        facts = edition.facts()
        book.set_properties(
            {
                "title": facts.title,
                "author": edition.proceeding.organiser,
                "comments": f"{facts.licence} · {facts.attribution}",
                "created": changed_at.astimezone(UTC).replace(tzinfo=None),
            }
        )
        _Rows(book, edition, progress).write()
        _write_facts(
            book.add_worksheet(_sheet_name(gettext("About this file"))), edition, book.add_format({"bold": True})
        )


def _write_facts(sheet: Worksheet, edition: Edition, bold: CellFormat) -> None:
    sheet.set_column(0, 0, 20, bold)
    sheet.set_column(1, 1, 90)
    for number, (name, text) in enumerate(edition.facts().told()):
        sheet.write_string(number, 0, name)
        sheet.write_string(number, 1, _cell_text(text))


class _Rows:
    """Writes the rows, sheet after sheet."""

    def __init__(self, book: xlsxwriter.Workbook, edition: Edition, progress: Callable[[int], None]) -> None:
        self.book = book
        self.edition = edition
        self.progress = progress
        self.bold = book.add_format({"bold": True})
        self.moment = book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
        self.has_place = edition.table.geometry is not None
        self.sheet_count = 0

    def write(self) -> None:
        """Write all rows of the edition."""
        sheet, number, done = self._next_sheet(), 1, 0
        for batch in self.edition.batches():
            for row, place in zip(batch, places_in_cells([row.wkb for row in batch]), strict=True):
                if number == MOST_ROWS:
                    sheet, number = self._next_sheet(), 1
                sheet.write_number(number, 0, row.id)
                column = self._write_place(sheet, number, place) if self.has_place else 1
                for kind, value in zip(self.kinds, row.properties.values(), strict=True):
                    if value is not None:
                        self._write_value(sheet, number, column, kind, value)
                    column += 1
                number += 1
            done += len(batch)
            self.progress(done)

    @property
    def kinds(self) -> list[Kind]:
        """The kinds of the edition's columns."""
        return [column.kind for column in self.edition.columns]

    def _next_sheet(self) -> Worksheet:
        self.sheet_count += 1
        name = self.edition.table.name + ("" if self.sheet_count == 1 else f" {self.sheet_count}")
        sheet = self.book.add_worksheet(name)
        columns = [(name, 12) for name in ("id", *(PLACE_COLUMNS if self.has_place else ()))]
        columns += [(column.name, WIDTHS[column.kind]) for column in self.edition.columns]
        for number, (heading, width) in enumerate(columns):
            sheet.set_column(number, number, width)
            sheet.write_string(0, number, heading, self.bold)
        sheet.freeze_panes(1, 0)
        return sheet

    def _write_place(self, sheet: Worksheet, number: int, place: Place) -> int:
        if place.wkt:
            sheet.write_number(number, 1, float(place.lon))
            sheet.write_number(number, 2, float(place.lat))
            sheet.write_string(number, 3, _cell_text(place.wkt))
        return 4

    def _write_value(self, sheet: Worksheet, number: int, column: int, kind: Kind, value: Any) -> None:
        if kind is Kind.INTEGER:
            sheet.write_number(number, column, value)
            return
        moment = datetime.fromisoformat(value).replace(tzinfo=None, microsecond=0) if kind is Kind.MOMENT else None
        if moment and moment.year >= FIRST_YEAR:
            sheet.write_datetime(number, column, moment, self.moment)
        elif value:
            sheet.write_string(number, column, _cell_text(value))


def _cell_text(text: str) -> str:
    text = NOT_IN_XML.sub("\ufffd", text)
    return text if len(text) <= MOST_CHARACTERS else text[: MOST_CHARACTERS - 1] + "…"


def _sheet_name(text: str) -> str:
    return re.sub(r"[\[\]:*?/\\]", " ", text)[:31]
