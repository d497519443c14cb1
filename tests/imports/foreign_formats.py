"""Spreadsheets and GeoPackages, made for tests byte by byte or by the programs' usual libraries."""

import io
import sqlite3
import struct
import tempfile
from pathlib import Path

import shapely
import xlsxwriter

LAYER = """
CREATE TABLE gpkg_spatial_ref_sys (srs_name TEXT, srs_id INTEGER PRIMARY KEY, organization TEXT,
  organization_coordsys_id INTEGER, definition TEXT, description TEXT);
CREATE TABLE gpkg_contents (table_name TEXT PRIMARY KEY, data_type TEXT, srs_id INTEGER);
CREATE TABLE gpkg_geometry_columns (table_name TEXT, column_name TEXT, geometry_type_name TEXT, srs_id INTEGER,
  z TINYINT, m TINYINT);
INSERT INTO gpkg_spatial_ref_sys VALUES ('any', {epsg}, 'EPSG', {epsg}, '', '');
"""
ONE_LAYER = """
CREATE TABLE "{name}" (fid INTEGER PRIMARY KEY, geom BLOB, titel TEXT, text TEXT);
INSERT INTO gpkg_contents VALUES ('{name}', 'features', {epsg});
INSERT INTO gpkg_geometry_columns VALUES ('{name}', 'geom', 'GEOMETRY', {epsg}, 0, 0);
"""


def workbook(*rows, sheets=("Bürgersaal",), options=None):
    """Return an XLSX file with these rows in each of its sheets."""
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream, options or {})
    day = book.add_format({"num_format": "dd.mm.yyyy"})
    for name in sheets:
        sheet = book.add_worksheet(name)
        for number, row in enumerate(rows):
            for place, cell in enumerate(row):
                if hasattr(cell, "isoformat"):
                    sheet.write_datetime(number, place, cell, day)
                else:
                    sheet.write(number, place, cell)
    book.close()
    return stream.getvalue()


def blob(shape, *, flags=0b0001, envelope=b""):
    """Return a shape in a GeoPackage's binary form."""
    wkb = shape if isinstance(shape, bytes) else shapely.to_wkb(shape)
    return b"GP" + struct.pack("<BBi", 0, flags, 4326) + envelope + wkb


def geopackage(rows, *, epsg=4326, layers=("hinweise",), more="", journal=""):
    """Return a GeoPackage with rows of (blob, titel, text) in each layer, after which the SQL in `more` was run."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "file.gpkg"
        connection = sqlite3.connect(path)
        if journal:
            connection.execute(f"PRAGMA journal_mode = {journal}")
        connection.executescript(LAYER.format(epsg=epsg))
        for name in layers:
            connection.executescript(ONE_LAYER.format(name=name, epsg=epsg))
            connection.executemany(f'INSERT INTO "{name}" (geom, titel, text) VALUES (?, ?, ?)', rows)
        connection.executescript(more)
        connection.commit()
        connection.close()
        return path.read_bytes()
