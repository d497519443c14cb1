"""CSV downloads (RFC 4180) in UTF-8, safe to open in a spreadsheet."""

import csv
import io
from collections.abc import Iterator, Sequence

from participation.exports.editions import Edition, Exported
from participation.exports.places import places_in_cells
from participation.imports.cells import safe_cell

BYTE_ORDER_MARK = "\ufeff"
PLACE_COLUMNS = ("lon", "lat", "wkt")
# A table has no place for notes: what the file says about itself stands in each row.
ABOUT_COLUMNS = ("attribution", "as_of", "filter")


def csv_chunks(edition: Edition) -> Iterator[bytes]:
    """Yield a table: id, lon, lat (of the pin) and WKT, the edition's columns, and what the file is about."""
    return _chunks(edition, delimiter=",", decimal_mark=".")


def german_csv_chunks(edition: Edition) -> Iterator[bytes]:
    """Yield the same for German spreadsheets: semicolons, decimal commas, and a byte order mark at the beginning."""
    yield BYTE_ORDER_MARK.encode()
    yield from _chunks(edition, delimiter=";", decimal_mark=",")


def _chunks(edition: Edition, *, delimiter: str, decimal_mark: str) -> Iterator[bytes]:
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, delimiter=delimiter, lineterminator="\r\n")
    has_place = edition.table.geometry is not None
    names = [column.name for column in edition.columns]
    writer.writerow(["id", *(PLACE_COLUMNS if has_place else ()), *names, *ABOUT_COLUMNS])
    facts = edition.facts()
    about = [safe_cell(text) for text in (facts.attribution, facts.as_of, facts.filter)]
    for batch in edition.batches():
        places: Sequence[Sequence[str]] = _places(batch, decimal_mark) if has_place else [()] * len(batch)
        writer.writerows(
            [row.id, *place, *map(safe_cell, row.properties.values()), *about]
            for row, place in zip(batch, places, strict=True)
        )
        yield _emptied(buffer)
    yield _emptied(buffer)


def _places(batch: Sequence[Exported], decimal_mark: str) -> Sequence[Sequence[str]]:
    places = places_in_cells([row.wkb for row in batch])
    if decimal_mark == ".":
        return places
    return [(lon.replace(".", decimal_mark), lat.replace(".", decimal_mark), wkt) for lon, lat, wkt in places]


def _emptied(buffer: io.StringIO) -> bytes:
    text = buffer.getvalue()
    buffer.seek(0)
    buffer.truncate()
    return text.encode()
