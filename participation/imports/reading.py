"""Taking a file apart, whatever its format: rows or features, each with its number in the file."""

import codecs
import csv
import io
import re
from collections.abc import Iterator, Sequence
from pathlib import PurePath

from flask_babel import gettext

from participation.errors import InvalidInput
from participation.geodata.errors import GeodataError
from participation.geodata.reading import ReadFeature, read_feature_collection
from participation.imports.cells import plain_cell
from participation.imports.geopackages import GEOPACKAGE_START, read_geopackage
from participation.imports.source import (
    LONGEST_CELL,
    MEGABYTE,
    MOST_BYTES,
    MOST_ROWS,
    FileKind,
    SourceFile,
    SourceRow,
    head_of,
)
from participation.imports.spreadsheets import ZIP_START, read_spreadsheet

BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
ENCODINGS = ("utf-8", "windows-1252")
DELIMITERS = ",;\t|"
QUOTED = re.compile(r'"[^"]*"')
# The first line by which a table tells Excel its delimiter.
EXCEL_HINT = re.compile(r"sep=(.)\r?\n", re.IGNORECASE)


SUFFIXES = {
    ".geojson": FileKind.GEOJSON,
    ".json": FileKind.GEOJSON,
    ".gpkg": FileKind.GEOPACKAGE,
    ".xlsx": FileKind.XLSX,
    ".csv": FileKind.CSV,
    ".tsv": FileKind.CSV,
    ".txt": FileKind.CSV,
}


def read_source(
    data: bytes,
    name: str,
    *,
    kind: FileKind | None = None,
    encoding: str = "",
    delimiter: str = "",
    layer: str = "",
) -> SourceFile:
    """Return the rows of a file.

    Args:
        data: its content, up to MOST_BYTES.
        name: its name; the ending tells what it is, else how it begins.
        kind, encoding, delimiter, layer: as somebody named them, else found out; a layer is one of a GeoPackage, or
            a sheet.

    Raises:
        InvalidInput: the file as a whole cannot be read.
    """
    if len(data) > MOST_BYTES:
        raise InvalidInput(
            gettext("The file is larger than %(megabytes)s megabytes. Split it.", megabytes=MOST_BYTES // MEGABYTE)
        )
    kind = kind or _kind_by_start(data) or SUFFIXES.get(PurePath(name).suffix.lower()) or _kind_of_text(data)
    if kind is FileKind.XLSX:
        source = read_spreadsheet(data, layer)
    elif kind is FileKind.GEOPACKAGE:
        source = read_geopackage(data, layer)
    else:
        source = _read_geojson(data) if kind is FileKind.GEOJSON else _read_csv(data, encoding, delimiter)
    if len(source.rows) > MOST_ROWS:
        raise InvalidInput(gettext("The file has more than %(count)s rows. Split it.", count=MOST_ROWS))
    return source


def _kind_by_start(data: bytes) -> FileKind | None:
    if data.startswith(ZIP_START):
        return FileKind.XLSX
    return FileKind.GEOPACKAGE if data.startswith(GEOPACKAGE_START) else None


def _kind_of_text(data: bytes) -> FileKind:
    return FileKind.GEOJSON if data.removeprefix(codecs.BOM_UTF8).lstrip().startswith(b"{") else FileKind.CSV


def _read_geojson(data: bytes) -> SourceFile:
    try:
        features = read_feature_collection(data, max_bytes=MOST_BYTES)
    except GeodataError as error:
        raise InvalidInput.of_geodata(error, "file") from error
    columns = dict.fromkeys(name for feature in features for name in feature.properties)
    return SourceFile(FileKind.GEOJSON, list(columns), [_feature_row(feature) for feature in features])


def _feature_row(feature: ReadFeature) -> SourceRow:
    return SourceRow(
        number=feature.index + 1,
        values=feature.properties,
        geometry=feature.geometry,
        id="" if feature.id is None else str(feature.id),
        problem=" ".join(gettext(problem.message, **problem.parameters) for problem in feature.problems),
    )


def _read_csv(data: bytes, encoding: str, delimiter: str) -> SourceFile:
    text, encoding = decoded(data, encoding)
    hint = EXCEL_HINT.match(text)
    lines_before = 1 if hint else 0
    if hint:
        text = text[hint.end() :]
        delimiter = delimiter or hint[1]
    delimiter = delimiter or likely_delimiter(text)
    records = _records(text, delimiter, lines_before)
    _, head, problem = next((record for record in records if any(record[1]) or record[2]), (0, [], ""))
    columns = head_of([] if problem else head)
    rows = []
    for number, cells, problem in records:
        if any(cell.strip() for cell in cells) or problem:
            rows.append(_table_row(number, columns, cells, problem))
            if len(rows) > MOST_ROWS:
                break
    return SourceFile(FileKind.CSV, columns, rows, encoding, delimiter)


def decoded(data: bytes, encoding: str = "") -> tuple[str, str]:
    """Return the text and its encoding: as named, by its byte order mark, else UTF-8 if it can be, else Windows-1252.

    Raises:
        InvalidInput: it is none of these, or not the one that was named.
    """
    marked = next((name for mark, name in BYTE_ORDER_MARKS if data.startswith(mark)), "")
    for candidate in [encoding] if encoding else [marked] if marked else ENCODINGS:
        try:
            return data.decode(candidate).removeprefix("\ufeff"), candidate
        except LookupError:
            raise InvalidInput(gettext("There is no encoding “%(encoding)s”.", encoding=encoding)) from None
        except UnicodeError:
            continue
    raise InvalidInput(
        gettext("The file is not in the encoding “%(encoding)s”. Name the right one.", encoding=encoding)
        if encoding
        else gettext("The file is neither in UTF-8 nor in Windows-1252. Save it in UTF-8.")
    )


def likely_delimiter(text: str) -> str:
    """Return what separates the names in the first line: the most frequent of comma, semicolon, tab and bar."""
    head = QUOTED.sub("", text.lstrip().partition("\n")[0])
    return max(DELIMITERS, key=head.count)


def _records(text: str, delimiter: str, lines_before: int) -> Iterator[tuple[int, list[str], str]]:
    """Yield (line in which it begins, cells, problem); a record that cannot be read does not hide the ones after it."""
    limit_before = csv.field_size_limit(LONGEST_CELL)
    try:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
        while True:
            line = lines_before + reader.line_num + 1
            try:
                yield line, next(reader), ""
            except StopIteration:
                return
            except csv.Error:
                yield line, [], gettext("A quotation mark is missing or too many: one inside a cell must be doubled.")
    finally:
        csv.field_size_limit(limit_before)


def _table_row(number: int, columns: Sequence[str], cells: list[str], problem: str) -> SourceRow:
    while len(cells) > len(columns) and not cells[-1].strip():
        cells.pop()
    values = dict(zip(columns, map(plain_cell, cells), strict=False))
    if not problem and len(cells) != len(columns):
        problem = gettext(
            "This row has %(count)s cells, but the table has %(columns)s columns. "
            "Put texts that hold the separator or a line break in quotation marks.",
            count=len(cells),
            columns=len(columns),
        )
    return SourceRow(number=number, values=values, problem=problem)
