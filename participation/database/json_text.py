"""JSON and times written by the database itself: where a million rows are sent as text, Python touches none."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import ColumnElement, String, type_coerce
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement


class Rfc3339(FunctionElement[str]):
    """An instant as text in UTC, as RFC 3339 has it, with microseconds only where there are any."""

    type = String()
    inherit_cache = True

    def __init__(self, moment: Any) -> None:
        super().__init__(type_coerce(moment, String()))


@compiles(Rfc3339)
def _from_text(element: Rfc3339, compiler: SQLCompiler, **kw: Any) -> str:
    stored = compiler.process(element.clauses, **kw)  # “2026-11-24 09:30:00.000000”, in UTC
    return f"replace(replace({stored}, ' ', 'T') || 'Z', '.000000Z', 'Z')"


@compiles(Rfc3339, "postgresql")
def _from_instant(element: Rfc3339, compiler: SQLCompiler, **kw: Any) -> str:
    instant = compiler.process(element.clauses, **kw)
    text = f"""to_char({instant} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')"""
    return f"replace({text}, '.000000Z', 'Z')"


class JsonObject(FunctionElement[str]):
    """The values of a row as the text of a JSON object, without spaces: the same bytes from both databases.

    Args:
        names: of the members, in their order; names of ours, since they stand in the statement.
        values: texts, whole numbers, or NULL.
    """

    type = String()
    inherit_cache = False

    def __init__(self, names: Sequence[str], values: Iterable[ColumnElement[Any]]) -> None:
        if not all(name.isidentifier() for name in names):
            raise ValueError("members of a JSON object are named by identifiers")
        self.names = names
        super().__init__(*values)


@compiles(JsonObject)
def _json_object(element: JsonObject, compiler: SQLCompiler, **kw: Any) -> str:
    values = [compiler.process(value, **kw) for value in element.clauses]
    members = ", ".join(f"'{name}', {value}" for name, value in zip(element.names, values, strict=True))
    return f"json_object({members})"


@compiles(JsonObject, "postgresql")
def _row_to_json(element: JsonObject, compiler: SQLCompiler, **kw: Any) -> str:
    values = [compiler.process(value, **kw) for value in element.clauses]
    columns = ", ".join(f'{value} AS "{name}"' for name, value in zip(element.names, values, strict=True))
    return f"CAST((SELECT row_to_json(_values) FROM (SELECT {columns}) AS _values) AS text)"  # noqa: S608 – names of ours
