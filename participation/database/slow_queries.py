"""Statements that take too long are told, without their values."""

import time
from collections.abc import Callable
from typing import Any

from sqlalchemy import Engine, event


def watch_slow_queries(engine: Engine, milliseconds: int, tell: Callable[[str, float], None]) -> None:
    """Call `tell(statement, seconds)` for each statement that takes longer (reading its rows is not counted)."""

    @event.listens_for(engine, "before_cursor_execute")
    def begin(_connection: Any, _cursor: Any, _statement: str, _values: Any, context: Any, _many: bool) -> None:
        context.begun_at = time.perf_counter()

    @event.listens_for(engine, "after_cursor_execute")
    def end(_connection: Any, _cursor: Any, statement: str, _values: Any, context: Any, _many: bool) -> None:
        seconds = time.perf_counter() - context.begun_at
        if seconds * 1000 > milliseconds:
            tell(statement, seconds)
