"""Sheets of an XLSX file as rows; openpyxl reads them line by line, whatever size a sheet says it has."""

import io
import zipfile
import zlib
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from lzma import LZMAError
from typing import Any
from xml.etree.ElementTree import ParseError

from flask_babel import gettext
from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from participation.errors import InvalidInput
from participation.imports.cells import plain_cell
from participation.imports.source import (
    LONGEST_CELL,
    MEGABYTE,
    MOST_COLUMNS,
    MOST_ROWS,
    FileKind,
    SourceFile,
    SourceRow,
    head_of,
    part_to_read,
    unreadable,
)

ZIP_START = b"PK\x03\x04"
MOST_UNPACKED = 400 * MEGABYTE
MOST_MEMBERS = 1_000
CHUNK = MEGABYTE
# What a program that was not made for it meets in a broken file: a missing part, an index that leads nowhere.
BROKEN = (
    *(zipfile.BadZipFile, InvalidFileException, ParseError, KeyError, ValueError, TypeError, IndexError),
    *(AttributeError, OSError, EOFError, NotImplementedError, RuntimeError, AssertionError, OverflowError),
)


def read_spreadsheet(data: bytes, layer: str = "") -> SourceFile:
    """Return the rows of a sheet: of the named one, or of the only one that is shown.

    Raises:
        InvalidInput: it is no XLSX file, unpacks to too much, or no sheet can be chosen.
    """
    _refuse_bomb(data)
    try:
        # Neither links to other files nor macros are followed; of formulas the values that were saved are read.
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
        shown = {sheet.title: sheet for sheet in book.worksheets if sheet.sheet_state == "visible"}
        sheet = shown[part_to_read(list(shown), layer)]
        lines = sheet.iter_rows(max_row=MOST_ROWS + 2, max_col=MOST_COLUMNS + 1, values_only=True)
        return _source(enumerate(lines, 1))
    except BROKEN:
        raise unreadable(FileKind.XLSX) from None


def _source(lines: Iterator[tuple[int, tuple[Any, ...]]]) -> SourceFile:
    columns: list[str] = []
    rows = []
    for number, cells in lines:
        texts = [text_in(cell) for cell in cells]
        if not any(text.strip() for text in texts):
            continue
        if not columns:
            while not texts[-1].strip():
                texts.pop()
            columns = head_of(texts)
        else:
            values = dict(zip(columns, map(plain_cell, texts), strict=False))
            rows.append(SourceRow(number, {name: values.get(name, "") for name in columns}))
    return SourceFile(FileKind.XLSX, head_of(columns), rows)


def text_in(cell: Any) -> str:
    """Return a cell of a spreadsheet as text: days in ISO 8601, whole numbers without a decimal point."""
    if cell is None:
        return ""
    if isinstance(cell, datetime) and cell.time() == time():
        cell = cell.date()
    if isinstance(cell, datetime | date | time):
        return cell.isoformat()
    if isinstance(cell, timedelta):
        return str(cell)
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        cell = int(cell)
    return str(cell)[: LONGEST_CELL + 1]


def _refuse_bomb(data: bytes) -> None:
    """Unpack everything once and keep nothing: what a ZIP says about its sizes need not be true."""
    left = MOST_UNPACKED
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = archive.infolist()
            if len(members) > MOST_MEMBERS or sum(member.file_size for member in members) > MOST_UNPACKED:
                raise _too_much()
            for member in members:
                with archive.open(member) as stream:
                    while chunk := stream.read(CHUNK):
                        left -= len(chunk)
                        if left < 0:
                            raise _too_much()
    except (*BROKEN, zlib.error, LZMAError):
        raise unreadable(FileKind.XLSX) from None


def _too_much() -> InvalidInput:
    return InvalidInput(
        gettext(
            "The file unpacks to more than %(megabytes)s megabytes. Split it.", megabytes=MOST_UNPACKED // MEGABYTE
        ),
        field="file",
    )
