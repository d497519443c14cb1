"""GeoPackage (OGC 12-128r18, version 1.3) written by the standard library's SQLite: GDAL and QGIS open it as it is."""

import sqlite3
import struct
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import orjson
import shapely

from participation.exports.editions import Edition, Exported
from participation.exports.qgis_styles import STYLE_TABLE, style_row
from participation.exports.tables import Kind
from participation.geodata.writing import Box, around_both, geometries_json

APPLICATION_ID = 0x47504B47  # “GPKG”
VERSION = 10300
# Header of a geometry (2.1.3): magic, version 0, flags: little-endian without an envelope, SRS.
GEOMETRY_HEADER = struct.pack("<2sBBi", b"GP", 0, 0b1, 4326)
SQL_TYPES = {Kind.TEXT: "TEXT", Kind.INTEGER: "INTEGER", Kind.MOMENT: "DATETIME"}
# A layer holds one kind of geometry: only so can a program give it a style.
LAYERS = {"Point": "points", "LineString": "lines", "Polygon": "areas"}
SQL_GEOMETRIES = {"points": "POINT", "lines": "LINESTRING", "areas": "POLYGON"}
WITHOUT_PLACE = "without_place"
NO_BOX = (None, None, None, None)
METADATA_EXTENSION = "http://www.geopackage.org/spec131/#extension_metadata"
SCHEMA_ORG = "https://schema.org/Dataset"
WGS84 = (
    'GEOGCS["WGS 84",DATUM["World Geodetic System 1984",SPHEROID["WGS 84",6378137,298.257223563,'
    'AUTHORITY["EPSG","7030"]],AUTHORITY["EPSG","6326"]],PRIMEM["Greenwich",0],UNIT["degree",0.0174532925199433],'
    'AUTHORITY["EPSG","4326"]]'
)
TABLES = """
CREATE TABLE gpkg_spatial_ref_sys (srs_name TEXT NOT NULL, srs_id INTEGER NOT NULL PRIMARY KEY,
  organization TEXT NOT NULL, organization_coordsys_id INTEGER NOT NULL, definition TEXT NOT NULL, description TEXT);
CREATE TABLE gpkg_contents (table_name TEXT NOT NULL PRIMARY KEY, data_type TEXT NOT NULL, identifier TEXT UNIQUE,
  description TEXT DEFAULT '', last_change DATETIME NOT NULL, min_x DOUBLE, min_y DOUBLE, max_x DOUBLE, max_y DOUBLE,
  srs_id INTEGER, CONSTRAINT fk_gc_r_srs_id FOREIGN KEY (srs_id) REFERENCES gpkg_spatial_ref_sys(srs_id));
CREATE TABLE gpkg_geometry_columns (table_name TEXT NOT NULL, column_name TEXT NOT NULL,
  geometry_type_name TEXT NOT NULL, srs_id INTEGER NOT NULL, z TINYINT NOT NULL, m TINYINT NOT NULL,
  CONSTRAINT pk_geom_cols PRIMARY KEY (table_name, column_name), CONSTRAINT uk_gc_table_name UNIQUE (table_name),
  CONSTRAINT fk_gc_tn FOREIGN KEY (table_name) REFERENCES gpkg_contents(table_name),
  CONSTRAINT fk_gc_srs FOREIGN KEY (srs_id) REFERENCES gpkg_spatial_ref_sys(srs_id));
CREATE TABLE gpkg_extensions (table_name TEXT, column_name TEXT, extension_name TEXT NOT NULL,
  definition TEXT NOT NULL, scope TEXT NOT NULL,
  CONSTRAINT ge_tce UNIQUE (table_name, column_name, extension_name));
CREATE TABLE gpkg_metadata (id INTEGER CONSTRAINT m_pk PRIMARY KEY ASC NOT NULL,
  md_scope TEXT NOT NULL DEFAULT 'dataset', md_standard_uri TEXT NOT NULL, mime_type TEXT NOT NULL DEFAULT 'text/xml',
  metadata TEXT NOT NULL DEFAULT '');
CREATE TABLE gpkg_metadata_reference (reference_scope TEXT NOT NULL, table_name TEXT, column_name TEXT,
  row_id_value INTEGER, timestamp DATETIME NOT NULL, md_file_id INTEGER NOT NULL, md_parent_id INTEGER,
  CONSTRAINT crmr_mfi_fk FOREIGN KEY (md_file_id) REFERENCES gpkg_metadata(id),
  CONSTRAINT crmr_mpi_fk FOREIGN KEY (md_parent_id) REFERENCES gpkg_metadata(id));
"""


def write_geopackage(edition: Edition, path: Path, progress: Callable[[int], None]) -> None:
    """Write the rows as layers by kind of geometry, with the colours of the categories, licence and origin.

    The same data give the same bytes: all times in the file are that of the last change.
    """
    with closing(sqlite3.connect(path, isolation_level=None)) as file:
        for statement in ("page_size = 4096", "journal_mode = OFF", "synchronous = OFF"):
            file.execute(f"PRAGMA {statement}")
        file.executescript(f"PRAGMA application_id = {APPLICATION_ID}; PRAGMA user_version = {VERSION};")
        file.executescript(f"BEGIN; {TABLES}")
        _Layers(file, edition).write(progress)
        file.execute("COMMIT")


class _Layers:
    """Makes each layer when its first row comes, and tells the contents about it at the end."""

    def __init__(self, file: sqlite3.Connection, edition: Edition) -> None:
        self.file = file
        self.edition = edition
        self.facts = edition.facts()
        self.changed_at = _milliseconds(self.facts.as_of)
        self.inserts: dict[str, str] = {}
        self.boxes: dict[str, Box | None] = {}
        self.moments = [index for index, column in enumerate(edition.columns) if column.kind is Kind.MOMENT]

    def write(self, progress: Callable[[int], None]) -> None:
        """Write all rows, then what describes them."""
        for id_, name in ((-1, "Undefined Cartesian"), (0, "Undefined geographic")):
            self._add("gpkg_spatial_ref_sys", name, id_, "NONE", id_, "undefined", None)
        self._add("gpkg_spatial_ref_sys", "WGS 84", 4326, "EPSG", 4326, WGS84, "longitude, latitude in degrees")
        done = 0
        for batch in self.edition.batches():
            for kind, rows in self._by_kind(batch):
                self._insert(kind, rows)
            done += len(batch)
            progress(done)
        if not self.inserts:
            self._make_layer(self._kinds()[0])
        self._describe()

    def _kinds(self) -> tuple[str, ...]:
        return (*LAYERS.values(), WITHOUT_PLACE) if self.edition.table.geometry is not None else ("",)

    def _by_kind(self, batch: list[Exported]) -> Iterator[tuple[str, list[Exported]]]:
        if self.edition.table.geometry is None:
            yield "", batch
            return
        places = [row.wkb for row in batch if row.wkb is not None]
        kinds = iter([LAYERS[shape.geom_type] for shape in shapely.from_wkb(places)])
        sorted_rows: dict[str, list[Exported]] = {kind: [] for kind in self._kinds()}
        for row in batch:
            sorted_rows[WITHOUT_PLACE if row.wkb is None else next(kinds)].append(row)
        yield from ((kind, rows) for kind, rows in sorted_rows.items() if rows)

    def _name(self, kind: str) -> str:
        return f"{self.edition.table.name}_{kind}" if kind else self.edition.table.name

    def _make_layer(self, kind: str) -> None:
        geometry = [f"geom {SQL_GEOMETRIES[kind]}"] if kind in SQL_GEOMETRIES else []
        columns = [f'"{column.name}" {SQL_TYPES[column.kind]}' for column in self.edition.columns]
        definition = ", ".join(["id INTEGER PRIMARY KEY NOT NULL", *geometry, *columns])
        self.file.execute(f'CREATE TABLE "{self._name(kind)}" ({definition})')
        values = ", ".join("?" for _ in range(1 + len(geometry) + len(columns)))
        self.inserts[kind] = f'INSERT INTO "{self._name(kind)}" VALUES ({values})'  # noqa: S608 – names of ours
        self.boxes[kind] = None

    def _insert(self, kind: str, rows: list[Exported]) -> None:
        if kind not in self.inserts:
            self._make_layer(kind)
        if kind in SQL_GEOMETRIES:
            _, box = geometries_json([row.wkb for row in rows])
            self.boxes[kind] = around_both(self.boxes[kind], box)
        self.file.executemany(self.inserts[kind], map(self._values, rows))

    def _values(self, row: Exported) -> tuple[Any, ...]:
        values = list(row.properties.values())
        for index in self.moments:
            values[index] = values[index] and _milliseconds(values[index])
        return (row.id, *([] if row.wkb is None else [GEOMETRY_HEADER + row.wkb]), *values)

    def _describe(self) -> None:
        """Tell contents, styles and metadata about the layers."""
        self.file.execute(STYLE_TABLE)
        described = f"{self.facts.attribution} · {self.facts.licence}"
        layers = [kind for kind in self._kinds() if kind in self.inserts]
        for number, kind in enumerate(layers, start=1):
            name, box = self._name(kind), self.boxes[kind]
            if kind not in SQL_GEOMETRIES:
                self._add("gpkg_contents", name, "attributes", name, described, self.changed_at, *NO_BOX, None)
                continue
            self._add("gpkg_contents", name, "features", name, described, self.changed_at, *(box or NO_BOX), 4326)
            self._add("gpkg_geometry_columns", name, "geom", SQL_GEOMETRIES[kind], 4326, 0, 0)
            style = style_row(number, name, kind, self.edition.proceeding.categories, self.changed_at)
            self._add("layer_styles", *style)
        self._add("gpkg_contents", "layer_styles", "attributes", "layer_styles", "", self.changed_at, *NO_BOX, None)
        for table in ("gpkg_metadata", "gpkg_metadata_reference"):
            self._add("gpkg_extensions", table, None, "gpkg_metadata", METADATA_EXTENSION, "read-write")
        about = {**self.edition.header(), "filter": self.facts.filter, "timeStamp": self.facts.as_of}
        self._add("gpkg_metadata", 1, "dataset", SCHEMA_ORG, "application/json", orjson.dumps(about).decode())
        self._add("gpkg_metadata_reference", "geopackage", None, None, None, self.changed_at, 1, None)

    def _add(self, table: str, *values: Any) -> None:
        places = ", ".join("?" for _ in values)
        self.file.execute(f"INSERT INTO {table} VALUES ({places})", values)  # noqa: S608 – names of ours


def _milliseconds(moment: str) -> str:
    """Write an instant as GeoPackage has it: always with three decimals."""
    seconds, _, fraction = moment.removesuffix("Z").partition(".")
    return f"{seconds}.{fraction[:3]:0<3}Z"
