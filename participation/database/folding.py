"""Text compared without regard to case and width where no folded copy of it is stored."""

import unicodedata
from typing import Any

from sqlalchemy import ColumnElement, Text
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement


def fold(text: str) -> str:
    """Fold a text so that case, width and composed letters make no difference (Unicode NFKC, case folding)."""
    return unicodedata.normalize("NFKC", text).casefold()


class Folded(FunctionElement[str]):
    """A column as `fold` gives it. On PostgreSQL, which has no case folding, only its commonest case: ß is ss."""

    inherit_cache = True
    type = Text()

    def __init__(self, column: ColumnElement[str] | Any) -> None:
        super().__init__(column)


@compiles(Folded)
def _on_sqlite(element: Folded, compiler: SQLCompiler, **kw: Any) -> str:
    return f"text_folded({compiler.process(element.clauses, **kw)})"


@compiles(Folded, "postgresql")
def _on_postgresql(element: Folded, compiler: SQLCompiler, **kw: Any) -> str:
    return f"replace(lower(normalize({compiler.process(element.clauses, **kw)}, NFKC)), 'ß', 'ss')"
