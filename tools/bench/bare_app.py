"""Bare Flask views on the same database: what reading, voting and sending cost at least."""

import itertools
import threading
from typing import Any

from flask import Flask, Response

from tools.bench import bare

app = Flask(__name__)
local = threading.local()
voters = itertools.count(1)


def connection() -> Any:
    """Return this thread's connection."""
    if not hasattr(local, "connection"):
        local.connection = bare.connect()
    return local.connection


def sql(statement: str) -> str:
    """Write parameters as the driver takes them."""
    return statement.replace("?", "%s") if bare.is_postgresql() else statement


@app.get("/healthz")
def healthz() -> dict[str, str]:
    """Say that it answers."""
    return {"status": "ok"}


@app.get("/contributions/<int:id_>")
def read(id_: int) -> dict[str, Any]:
    """Send one contribution as JSON: one query."""
    connected = connection()
    found = connected.execute(sql("SELECT id, title, text, votes_for FROM contribution WHERE id = ?"), (id_,))
    row = found.fetchone()
    if bare.is_postgresql():
        connected.rollback()
    return {"id": row[0], "title": row[1], "text": row[2], "votes_for": row[3]}


@app.post("/contributions/<int:id_>/vote/<int:voter>")
def vote(id_: int, voter: int) -> dict[str, int]:
    """Write one vote, and nothing else."""
    connected = connection()
    connected.execute(
        sql(
            "INSERT INTO bare_vote (contribution_id, voter, value) VALUES (?, ?, 1)"
            " ON CONFLICT (contribution_id, voter) DO UPDATE SET value = excluded.value"
        ),
        (id_, voter),
    )
    if bare.is_postgresql():
        connected.commit()
    return {"id": id_}


@app.get("/stream")
def stream() -> Response:
    """Send everything."""
    return Response(bare.rows_as_json(bare.connect()), content_type="application/json")
