"""CSV downloads (RFC 4180) in UTF-8, safe to open in a spreadsheet."""

import csv
import io
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import shapely

from participation.exports.editions import Edition, rfc3339
from participation.geodata.checking import DECIMALS
from participation.geodata.relations import representative_position
from participation.imports.cells import safe_cell

MEDIA_TYPE = "text/csv; charset=utf-8"
CHUNK_CHARACTERS = 64 * 1024
BYTE_ORDER_MARK = "\ufeff"


def csv_chunks(edition: Edition, *, for_german_excel: bool = False) -> Iterator[bytes]:
    """Yield a table: id, lon, lat (of the pin), WKT of the geometry, then the edition's columns.

    Args:
        for_german_excel: separate by semicolons, write decimal commas, and begin with a byte order mark.
    """
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, delimiter=";" if for_german_excel else ",", lineterminator="\r\n")
    if for_german_excel:
        buffer.write(BYTE_ORDER_MARK)
    writer.writerow(["id", "lon", "lat", "wkt", *(column.name for column in edition.columns)])
    for batch in edition.batches():
        for row in batch:
            place = _place(row.wkb, decimal_mark="," if for_german_excel else ".")
            writer.writerow([row.id, *place, *map(_cell, row.properties.values())])
            if buffer.tell() >= CHUNK_CHARACTERS:
                yield _emptied(buffer)
    yield _emptied(buffer)


def _cell(value: Any) -> Any:
    return rfc3339(value) if isinstance(value, datetime) else safe_cell(value)


def _place(wkb: bytes | None, decimal_mark: str) -> tuple[str, str, str]:
    if wkb is None:
        return "", "", ""
    geometry = shapely.from_wkb(wkb)
    lon, lat = (_degrees(number).replace(".", decimal_mark) for number in representative_position(geometry))
    return lon, lat, shapely.to_wkt(geometry, rounding_precision=DECIMALS, trim=True)


def _degrees(number: float) -> str:
    """Write a coordinate without an exponent, which spreadsheets of some languages do not read."""
    return f"{round(number, DECIMALS) + 0.0:.{DECIMALS}f}".rstrip("0").rstrip(".")


def _emptied(buffer: io.StringIO) -> bytes:
    text = buffer.getvalue()
    buffer.seek(0)
    buffer.truncate()
    return text.encode()
