"""SQL of geometries: how values go in and come out, and the spatial tests, on either database."""

from typing import Any

from sqlalchemy import ColumnElement, Integer, LargeBinary, and_
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement


class ToGeometry(FunctionElement[Any]):
    """A value on its way into a geometry column; `type` is the column's type."""

    inherit_cache = True

    def __init__(self, value: ColumnElement[Any], type_: Any) -> None:
        super().__init__(value)
        self.type = type_


@compiles(ToGeometry)
def _bare_value(element: ToGeometry, compiler: SQLCompiler, **kw: Any) -> str:
    return compiler.process(element.clauses, **kw)


@compiles(ToGeometry, "postgresql")
def _postgis_value(element: ToGeometry, compiler: SQLCompiler, **kw: Any) -> str:
    return f"ST_GeomFromWKB({compiler.process(element.clauses, **kw)}, {getattr(element.type, 'srid', 4326)})"


class FromGeometry(FunctionElement[Any]):
    """A geometry column on its way out, as WKB."""

    inherit_cache = True

    def __init__(self, column: ColumnElement[Any], type_: Any = None) -> None:
        super().__init__(column)
        self.type = type_ or LargeBinary()


@compiles(FromGeometry)
def _bare_column(element: FromGeometry, compiler: SQLCompiler, **kw: Any) -> str:
    return compiler.process(element.clauses, **kw)


@compiles(FromGeometry, "postgresql")
def _postgis_column(element: FromGeometry, compiler: SQLCompiler, **kw: Any) -> str:
    return f"ST_AsBinary({compiler.process(element.clauses, **kw)})"


class SpatialTest(FunctionElement[Any]):
    """An exact test of one geometry column behind a look into its index.

    Both indexes store 32-bit boxes, so they only narrow down. The type is a number: around a Boolean, SQLAlchemy writes
    `(…) = 1` on SQLite, which hides the AND from the planner and calls Python for every row.

    Args:
        geometry: the column.
        shape: what it is compared with.
        bounds: west, south, east, north of everything that can pass.
        arguments: further values of the exact test.
        key: the primary key of the same rows, or None where it cannot be known; then no index is asked.
        index: the R*Tree table of the column.
    """

    type = Integer()
    inherit_cache = True

    def __init__(
        self,
        geometry: ColumnElement[Any],
        shape: ColumnElement[Any],
        bounds: tuple[float, float, float, float],
        *arguments: float,
        key: ColumnElement[Any] | None,
        index: str,
    ) -> None:
        super().__init__(geometry, shape, *bounds, *arguments, *([] if key is None else [key]))
        self.index = None if key is None else index

    def __invert__(self) -> ColumnElement[Any]:
        """Leave rows without a geometry out of the opposite too, on both databases."""
        geometry = next(iter(self.clauses))
        return and_(geometry.is_not(None), super().__invert__())


class IntersectionTest(SpatialTest):
    """Whether the geometry and the shape share a point, borders included."""

    inherit_cache = True


class WithinTest(SpatialTest):
    """Whether the geometry lies in the shape."""

    inherit_cache = True


class DistanceTest(SpatialTest):
    """Whether the geometry is at most so many metres away; arguments are longitude, latitude, metres."""

    inherit_cache = True


def _sqlite(element: SpatialTest, compiler: SQLCompiler, function: str, *, with_shape: bool, **kw: Any) -> str:
    geometry, shape, *bounds = list(element.clauses)[:6]
    rest = list(element.clauses)[6:]
    index_test = ""
    if element.index is not None:
        key = compiler.process(rest.pop(), **kw)
        west, south, east, north = (compiler.process(bound, **kw) for bound in bounds)
        index = compiler.preparer.quote(element.index)
        index_test = (
            f"{key} IN (SELECT id FROM {index}"  # noqa: S608 – a quoted name and placeholders
            f" WHERE maxx >= {west} AND maxy >= {south} AND minx <= {east} AND miny <= {north}) AND "
        )
    arguments = [geometry, *([shape] if with_shape else []), *rest]
    return f"({index_test}{function}({', '.join(compiler.process(argument, **kw) for argument in arguments)}))"


@compiles(IntersectionTest, "sqlite")
def _sqlite_intersects(element: IntersectionTest, compiler: SQLCompiler, **kw: Any) -> str:
    return _sqlite(element, compiler, "geometry_intersects", with_shape=True, **kw)


@compiles(WithinTest, "sqlite")
def _sqlite_within(element: WithinTest, compiler: SQLCompiler, **kw: Any) -> str:
    return _sqlite(element, compiler, "geometry_within", with_shape=True, **kw)


@compiles(DistanceTest, "sqlite")
def _sqlite_distance(element: DistanceTest, compiler: SQLCompiler, **kw: Any) -> str:
    return _sqlite(element, compiler, "geometry_dwithin", with_shape=False, **kw)


@compiles(IntersectionTest, "postgresql")
def _postgis_intersects(element: IntersectionTest, compiler: SQLCompiler, **kw: Any) -> str:
    geometry, shape = (compiler.process(clause, **kw) for clause in list(element.clauses)[:2])
    return f"ST_Intersects({geometry}, {shape})"


@compiles(WithinTest, "postgresql")
def _postgis_within(element: WithinTest, compiler: SQLCompiler, **kw: Any) -> str:
    geometry, shape = (compiler.process(clause, **kw) for clause in list(element.clauses)[:2])
    return f"ST_Within({geometry}, {shape})"


@compiles(DistanceTest, "postgresql")
def _postgis_distance(element: DistanceTest, compiler: SQLCompiler, **kw: Any) -> str:
    """Narrow down by the geometry's own index first: one on `geography` does not exist."""
    clauses = list(element.clauses)
    geometry, shape, *bounds = (compiler.process(clause, **kw) for clause in clauses[:6])
    metres = compiler.process(clauses[8], **kw)
    box = f"ST_MakeEnvelope({', '.join(bounds)}, 4326)"
    return f"({geometry} && {box} AND ST_DWithin({geometry}::geography, {shape}::geography, {metres}))"
