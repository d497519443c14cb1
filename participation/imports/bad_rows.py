"""Rows that cannot come in, as a table to correct and to import: what they hold, and in front of it what is wrong."""

import csv
import io
from collections.abc import Iterable, Iterator

from participation.imports.cells import safe_cell
from participation.imports.checking import BadRow
from participation.imports.source import FileKind, text_of


def bad_rows_as_csv(kind: FileKind, bad: Iterable[BadRow], delimiter: str = ",") -> Iterator[str]:
    """Yield the lines of the table; no cell runs as a formula, and reading the table takes that away again."""
    rows = list(bad)
    names = list(dict.fromkeys(name for row in rows for name in row.values))
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter=delimiter)
    writer.writerow(["line" if kind.is_table else "feature", "column", "reason", *map(safe_cell, names)])
    for row in rows:
        cells = (safe_cell(text_of(row.values.get(name))) for name in names)
        writer.writerow([row.number, safe_cell(row.column), safe_cell(row.reason), *cells])
        yield buffer.getvalue()
        buffer.seek(0)
        buffer.truncate()
    yield buffer.getvalue()
