"""The column type of geometries: shapely in Python; WKB with an R*Tree on SQLite, PostGIS with GiST on PostgreSQL."""

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import shapely
from shapely import LineString, Point
from shapely.geometry.base import BaseGeometry
from sqlalchemy import Column, ColumnElement, Dialect, Table, bindparam, or_
from sqlalchemy.dialects.postgresql.base import ischema_names
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.elements import BindParameter
from sqlalchemy.sql.selectable import Alias
from sqlalchemy.types import TypeEngine, UserDefinedType

from participation.database.distance import FARTHEST_METRES, bounds_around
from participation.database.spatial_sql import (
    DistanceTest,
    FromGeometry,
    IntersectionTest,
    SpatialTest,
    ToGeometry,
    WithinTest,
)

KINDS = (
    "GEOMETRY",
    "POINT",
    "LINESTRING",
    "POLYGON",
    "MULTIPOINT",
    "MULTILINESTRING",
    "MULTIPOLYGON",
    "GEOMETRYCOLLECTION",
)
LINE_KINDS = {"LinearRing": "LINESTRING"}
WGS84 = 4326


class Geometry(UserDefinedType[BaseGeometry]):
    """A column of two-dimensional geometries, `lon, lat` in WGS 84 unless another srid is named.

    Columns have the tests `in_bbox`, `intersects`, `within` and `dwithin`, and `wkb()` for reading many rows fast.
    """

    cache_ok = True

    def __init__(self, kind: str = "GEOMETRY", srid: int = WGS84) -> None:
        # PostgreSQL's reflection gives "Point" and "4326".
        self.kind = kind.upper()
        self.srid = int(srid)
        if self.kind not in KINDS:
            raise ValueError(f"{kind} is not one of {', '.join(KINDS)}")

    @property
    def python_type(self) -> type[BaseGeometry]:
        return BaseGeometry

    def __repr__(self) -> str:
        return f"Geometry({self.kind!r})" if self.srid == WGS84 else f"Geometry({self.kind!r}, {self.srid})"

    def bind_processor(self, dialect: Dialect) -> Callable[[BaseGeometry | None], bytes | None]:  # noqa: ARG002
        return self.to_wkb

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], BaseGeometry | None]:  # noqa: ARG002
        return lambda value: None if value is None else shapely.from_wkb(bytes(value))

    def bind_expression(self, bindvalue: BindParameter[BaseGeometry]) -> ColumnElement[BaseGeometry]:
        return ToGeometry(bindvalue, self)

    def column_expression(self, colexpr: ColumnElement[Any]) -> ColumnElement[BaseGeometry]:
        return FromGeometry(colexpr, self)

    def to_wkb(self, value: BaseGeometry | None) -> bytes | None:
        """Return the stored form.

        Raises:
            ValueError: of another kind, empty, with a height, or with NaN or infinity in it.
        """
        self.check([value])
        return None if value is None else shapely.to_wkb(value, byte_order=1)

    def check(self, values: Sequence[BaseGeometry | None]) -> None:
        """Refuse geometries that this column does not hold, many at a time.

        Raises:
            ValueError: one is of another kind, empty, with a height, or with NaN or infinity in it.
        """
        shapes = [value for value in values if value is not None]
        for value in shapes:
            if not isinstance(value, BaseGeometry):
                raise ValueError(f"A geometry is a shapely object, not {value!r}")
            kind = LINE_KINDS.get(value.geom_type) or value.geom_type.upper()
            if self.kind not in ("GEOMETRY", kind):
                raise ValueError(f"This column holds {self.kind}, not {kind}")
        array = np.array(shapes, dtype=object)
        is_flat = ~(shapely.is_empty(array) | shapely.has_z(array) | shapely.has_m(array))
        if not (is_flat.all() and np.isfinite(shapely.bounds(array)).all()):
            raise ValueError("A stored geometry is not empty, has two dimensions and finite coordinates")

    class Comparator(UserDefinedType.Comparator[BaseGeometry]):
        """The tests on a geometry column."""

        def in_bbox(self, west: float, south: float, east: float, north: float) -> ColumnElement[Any]:
            """Whether it touches the box in degrees; west > east crosses the date line."""
            if west > east:
                return or_(self.in_bbox(west, south, 180.0, north), self.in_bbox(-180.0, south, east, north))
            if south > north or not all(map(math.isfinite, (west, south, east, north))):
                raise ValueError("A bounding box is west, south, east, north")
            return self.intersects(_box(west, south, east, north))

        def intersects(self, shape: BaseGeometry) -> ColumnElement[Any]:
            """Whether it shares a point with the shape, borders included."""
            return self._test(IntersectionTest, shape, shape.bounds)

        def within(self, shape: BaseGeometry) -> ColumnElement[Any]:
            """Whether it lies in the shape."""
            return self._test(WithinTest, shape, shape.bounds)

        def dwithin(self, longitude: float, latitude: float, metres: float) -> ColumnElement[Any]:
            """Whether its nearest point is at most so many metres away, up to 100 km."""
            if not 0 <= metres <= FARTHEST_METRES:
                raise ValueError(f"A distance is from 0 to {FARTHEST_METRES:.0f} metres")
            bounds = bounds_around(longitude, latitude, metres)
            return self._test(DistanceTest, Point(longitude, latitude), bounds, longitude, latitude, metres)

        def wkb(self) -> ColumnElement[bytes]:
            """Read it as WKB bytes: many are made geometries at once, by shapely.from_wkb."""
            return FromGeometry(self.expr)

        def _test(
            self,
            test: type[SpatialTest],
            shape: BaseGeometry,
            bounds: tuple[float, float, float, float],
            *arguments: float,
        ) -> ColumnElement[Any]:
            if shape.is_empty:
                raise ValueError("A shape to compare with is not empty")
            srid = self.type.srid if isinstance(self.type, Geometry) else WGS84
            value = bindparam(None, shape, type_=Geometry("GEOMETRY", srid), unique=True)
            key, index = _key_and_index(self.expr)
            return test(self.expr, value, bounds, *arguments, key=key, index=index)

    comparator_factory: type[TypeEngine.Comparator[Any]] = Comparator


def spatial_columns(table: Table) -> list[Column[Any]]:
    """Return the geometry columns of a table."""
    return [column for column in table.columns if isinstance(column.type, Geometry)]


def rtree_name(table: str, column: str) -> str:
    """Return the name of the R*Tree table that indexes a geometry column on SQLite."""
    return f"{table}_{column}_rtree"


def _key_and_index(column: ColumnElement[Any]) -> tuple[ColumnElement[Any] | None, str]:
    """Find the primary key of the rows a column is from; a subquery's rows have none that is sure to be theirs."""
    source = getattr(column, "table", None)
    table = source.element if isinstance(source, Alias) else source
    if source is None or not isinstance(table, Table):
        return None, ""
    (key,) = source.primary_key
    return key, rtree_name(table.name, getattr(column, "name", ""))


def _box(west: float, south: float, east: float, north: float) -> BaseGeometry:
    """Return the box as a valid shape, also without width or height."""
    if west == east and south == north:
        return Point(west, south)
    if west == east or south == north:
        return LineString([(west, south), (east, north)])
    return shapely.box(west, south, east, north)


@compiles(Geometry)
def _plain_type(type_: Geometry, compiler: Any, **kw: Any) -> str:  # noqa: ARG001
    return "BLOB"


@compiles(Geometry, "postgresql")
def _postgis_type(type_: Geometry, compiler: Any, **kw: Any) -> str:  # noqa: ARG001
    return f"geometry({type_.kind},{type_.srid})"


# Reflection would warn about an unknown type.
ischema_names["geometry"] = Geometry
