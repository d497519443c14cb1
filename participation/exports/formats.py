"""The formats of downloads: a route, a panel or a job finds here what it can make."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from flask_babel import lazy_gettext

from participation.errors import NotFound
from participation.exports.csv_format import csv_chunks, german_csv_chunks
from participation.exports.editions import Edition
from participation.exports.geojson_format import geojson_chunks, json_fg_chunks
from participation.exports.geopackage import write_geopackage
from participation.exports.xlsx_format import write_xlsx

Chunks = Callable[[Edition], Iterator[bytes]]
Write = Callable[[Edition, Path, Callable[[int], None]], None]


@dataclass(frozen=True, slots=True)
class Format:
    """A way to write an edition: either in chunks of any number, or as a whole file.

    ease: how many times more rows than a workbook it writes in the same time; says from where on it is a job.
    """

    suffix: str
    media_type: str
    chunks: Chunks | None = None
    write: Write | None = None
    ease: int = 1


FORMATS = {
    one.suffix: one
    for one in (
        Format("geojson", "application/geo+json", chunks=geojson_chunks),
        Format("csv", "text/csv; charset=utf-8", chunks=csv_chunks),
        Format("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", write=write_xlsx),
        Format("gpkg", "application/geopackage+sqlite3", write=write_geopackage, ease=10),
        Format("jsonfg", "application/vnd.ogc.fg+json", chunks=json_fg_chunks),
    )
}
GERMAN_CSV = Format("csv", "text/csv; charset=utf-8", chunks=german_csv_chunks)


def format_of(suffix: str, *, for_german_excel: bool = False) -> Format:
    """Return the format with this ending.

    Raises:
        NotFound: there is none; the message names those there are.
    """
    if suffix not in FORMATS:
        known = ", ".join(FORMATS)
        raise NotFound(lazy_gettext("This format does not exist. There are: %(formats)s.", formats=known))
    return GERMAN_CSV if suffix == "csv" and for_german_excel else FORMATS[suffix]
