"""LIKE as CQL2 has it: large and small letters differ on both databases."""

import re
from typing import Any

from sqlalchemy import ColumnElement, literal
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import Boolean

WILDCARDS = {"%": "*", "_": "?"}
PART = re.compile(r"\\(.)|(.)", re.DOTALL)


class CaseSensitiveLike(FunctionElement[bool]):
    """A value, the pattern for LIKE (PostgreSQL) and the same pattern for GLOB (SQLite, whose LIKE ignores case)."""

    type = Boolean()
    inherit_cache = True


@compiles(CaseSensitiveLike)
def _like(element: CaseSensitiveLike, compiler: SQLCompiler, **kw: Any) -> str:
    value, pattern, _ = element.clauses
    return f"({compiler.process(value, **kw)} LIKE {compiler.process(pattern, **kw)})"


@compiles(CaseSensitiveLike, "sqlite")
def _glob(element: CaseSensitiveLike, compiler: SQLCompiler, **kw: Any) -> str:
    value, _, pattern = element.clauses
    return f"({compiler.process(value, **kw)} GLOB {compiler.process(pattern, **kw)})"


def matches(value: ColumnElement[Any], pattern: str) -> ColumnElement[bool]:
    r"""Whether a text is like a pattern: % is any characters, _ is one, and \ takes the meaning from the next."""
    like, glob = [], []
    for escaped, plain in PART.findall(pattern):
        if plain in WILDCARDS:
            like.append(plain)
            glob.append(WILDCARDS[plain])
        else:
            character = escaped or plain
            like.append(f"\\{character}" if character in "\\%_" else character)
            glob.append(f"[{character}]" if character in "*?[" else character)
    return CaseSensitiveLike(value, literal("".join(like)), literal("".join(glob)))
