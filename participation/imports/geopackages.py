"""Features of a GeoPackage (OGC 12-128r18), read as the untrusted SQLite database it is."""

import sqlite3
import struct
from collections.abc import Sequence
from contextlib import closing
from typing import Any

import shapely
from flask_babel import gettext
from shapely.geometry.base import BaseGeometry

from participation.imports.source import (
    LONGEST_CELL,
    MOST_COLUMNS,
    MOST_ROWS,
    FileKind,
    SourceFile,
    SourceRow,
    part_to_read,
    unreadable,
)

GEOPACKAGE_START = b"SQLite format 3\x00"
# Bytes 18 and 19 say that a journal lies beside the file (WAL); here is none, and without it the file cannot be opened.
VERSIONS = slice(18, 20)
LARGEST_BLOB = 16_000_000
# Each step is some instructions of SQLite's machine: many times what the largest honest file needs.
STEPS_AT_A_TIME = 10_000
MOST_STEPS = 5_000
ENVELOPE_BYTES = (0, 32, 48, 48, 64)
IS_EMPTY = 0b0001_0000
IS_EXTENDED = 0b0010_0000
SIMPLE = (1, 2, 3)  # Point, LineString, Polygon
MULTI = (4, 5, 6)
ALLOWED = frozenset({sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ, sqlite3.SQLITE_FUNCTION, sqlite3.SQLITE_TRANSACTION})
ALLOWED_FUNCTIONS = frozenset({"like", "lower"})


def read_geopackage(data: bytes, layer: str = "") -> SourceFile:
    """Return the features of a layer: of the named one, or of the only one.

    Raises:
        InvalidInput: it is no GeoPackage, or no layer can be chosen.
    """
    with closing(sqlite3.connect(":memory:")) as connection:
        try:
            _open(connection, data)
            return _read(connection, layer)
        except (sqlite3.Error, UnicodeError, OverflowError, MemoryError):
            raise unreadable(FileKind.GEOPACKAGE) from None


def _open(connection: sqlite3.Connection, data: bytes) -> None:
    """Take the file as a database in memory that can only be read: no triggers, no functions of its own, no delays."""
    connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, LARGEST_BLOB)
    connection.setlimit(sqlite3.SQLITE_LIMIT_ATTACHED, 0)
    connection.execute("PRAGMA trusted_schema = OFF")
    connection.execute("PRAGMA cell_size_check = ON")
    copy = bytearray(data)
    copy[VERSIONS] = b"\x01\x01"
    connection.deserialize(bytes(copy))
    connection.execute("PRAGMA query_only = ON")
    left = [MOST_STEPS]

    def count_down() -> int:
        left[0] -= 1
        return int(left[0] < 0)

    connection.set_progress_handler(count_down, STEPS_AT_A_TIME)
    connection.set_authorizer(_only_reading)


def _only_reading(action: int, first: str | None, second: str | None, *_rest: Any) -> int:
    if action == sqlite3.SQLITE_PRAGMA:
        return sqlite3.SQLITE_OK if first == "table_xinfo" else sqlite3.SQLITE_DENY
    if action == sqlite3.SQLITE_FUNCTION and second not in ALLOWED_FUNCTIONS:
        return sqlite3.SQLITE_DENY
    return sqlite3.SQLITE_OK if action in ALLOWED else sqlite3.SQLITE_DENY


def _read(connection: sqlite3.Connection, layer: str) -> SourceFile:
    places = dict(
        connection.execute("SELECT lower(table_name), column_name FROM gpkg_geometry_columns LIMIT 1000").fetchall()
    )
    # Only real tables: a view computes, and a virtual table runs code.
    tables = connection.execute(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND sql LIKE 'CREATE TABLE%' ORDER BY name LIMIT 1000"
    ).fetchall()
    table = part_to_read([name for (name,) in tables if name.lower() in places], layer)
    place = places[table.lower()]
    described = connection.execute(f"PRAGMA table_xinfo({_quoted(table)})").fetchall()
    names = [name for _, name, *_, hidden in described if not hidden][:MOST_COLUMNS]  # others are computed
    key = next((name for _, name, _, _, _, is_key, _ in described if is_key), "")
    selected = ", ".join(map(_quoted, names))
    statement = f"SELECT {selected} FROM {_quoted(table)} LIMIT {MOST_ROWS + 1}"  # noqa: S608 – quoted names
    rows = [_row(number, names, cells, place, key) for number, cells in enumerate(connection.execute(statement), 1)]
    columns = [name for name in names if name != place]
    return SourceFile(FileKind.GEOPACKAGE, columns, rows, epsg=_epsg_of(connection, table))


def _epsg_of(connection: sqlite3.Connection, table: str) -> int:
    statement = (
        "SELECT s.organization_coordsys_id FROM gpkg_geometry_columns g JOIN gpkg_spatial_ref_sys s USING (srs_id)"
        " WHERE lower(g.table_name) = ? AND lower(s.organization) = 'epsg'"
    )
    found = connection.execute(statement, (table.lower(),)).fetchone()
    return found[0] if found and isinstance(found[0], int) and 0 < found[0] < 1_000_000 else 0


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _row(number: int, names: Sequence[str], cells: Sequence[Any], place: str, key: str) -> SourceRow:
    values = dict(zip(names, cells, strict=True))
    row = SourceRow(number, id="" if values.get(key) is None else str(values[key])[:LONGEST_CELL])
    blob = values.pop(place, None)
    row.values = {name: _plain(value) for name, value in values.items()}
    if isinstance(blob, bytes):
        row.geometry, row.problem = geometry_in(blob)
    elif blob is not None:
        row.problem = _no_geometry()
    return row


def _plain(value: Any) -> Any:
    return value.hex()[:100] if isinstance(value, bytes) else value


def geometry_in(blob: bytes) -> tuple[BaseGeometry | None, str]:
    """Return the shape in a GeoPackage's binary form (section 2.1.3), or what is wrong with it."""
    if len(blob) < 8 or blob[:2] != b"GP" or blob[3] & IS_EXTENDED:
        return None, _no_geometry()
    if blob[3] & IS_EMPTY:
        return None, ""
    envelope = (blob[3] >> 1) & 0b111
    wkb = blob[8 + ENVELOPE_BYTES[envelope] :] if envelope < len(ENVELOPE_BYTES) else b""
    try:
        kind, order = _kind_at(wkb, 0)
        if kind in MULTI:
            (count,) = struct.unpack_from(order + "I", wkb, 5)
            if count != 1:
                return None, gettext("Several places in one are not possible. Keep one point, one line or one area.")
            kind, _ = _kind_at(wkb, 9)
        if kind not in SIMPLE:  # collections could be nested until the reader's stack is full
            return None, _no_geometry()
        return shapely.force_2d(shapely.from_wkb(wkb)), ""
    except (struct.error, shapely.GEOSException):
        return None, _no_geometry()


def _kind_at(wkb: bytes, offset: int) -> tuple[int, str]:
    """Return the kind of the shape that begins here (without heights and measures), and its byte order for struct."""
    order = "<" if wkb[offset : offset + 1] == b"\x01" else ">"
    (kind,) = struct.unpack_from(order + "I", wkb, offset + 1)
    return (kind & 0x0FFF_FFFF) % 1000, order


def _no_geometry() -> str:
    return str(gettext("The place is no point, line or area that can be read."))
