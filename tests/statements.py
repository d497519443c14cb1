"""What the database is asked, and how it would find it."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Connection, event

from participation.database import db

Asked = list[tuple[str, Any]]


@pytest.fixture
def statements(app: Flask) -> Callable[[], AbstractContextManager[Asked]]:
    """Records (statement, parameters) of what is read in a block."""

    @contextmanager
    def record() -> Iterator[Asked]:
        asked: Asked = []

        def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, _context: Any, _many: bool) -> None:
            if statement.lstrip().upper().startswith(("SELECT", "WITH")):
                asked.append((statement, parameters))

        with app.app_context():
            engine = db.engine
        event.listen(engine, "before_cursor_execute", note)
        try:
            yield asked
        finally:
            event.remove(engine, "before_cursor_execute", note)

    return record


def plan_of(connection: Connection, statement: str, parameters: Any) -> list[str]:
    """Return the lines of the database's plan for a statement."""
    if connection.dialect.name == "postgresql":
        return [row[0] for row in connection.exec_driver_sql(f"EXPLAIN {statement}", parameters)]
    return [row[3] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)]
