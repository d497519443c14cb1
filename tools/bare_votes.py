"""The least that a view of Flask and SQLAlchemy has to do to take a vote: one upsert, as safely committed as ours.

No cookie, no form token, no rights, no limits, no counters: what is left out is what our votes cost.
"""

import os

from flask import Flask, Response, jsonify, request
from sqlalchemy import Column, Engine, Integer, MetaData, Table, create_engine, event
from sqlalchemy.dialects import postgresql, sqlite

app = Flask(__name__)
url = os.environ.get("DATABASE_URL", "sqlite://")
dialect = sqlite if url.startswith("sqlite") else postgresql
votes = Table(
    "bare_vote",
    MetaData(),
    Column("contribution_id", Integer, primary_key=True),
    Column("participant_id", Integer, primary_key=True),
    Column("value", Integer),
)
insert = dialect.insert(votes)
upsert = insert.on_conflict_do_update(index_elements=list(votes.primary_key), set_={"value": insert.excluded.value})


def make_engine() -> Engine:
    """Return an engine whose commits are as safe as ours."""
    engine = create_engine(url)
    if engine.dialect.name == "sqlite":

        @event.listens_for(engine, "connect")
        def set_up(connection: object, _record: object) -> None:
            for pragma in ("busy_timeout = 30000", "journal_mode = WAL", "synchronous = FULL"):
                connection.execute(f"PRAGMA {pragma}")  # type: ignore[attr-defined]

    return engine


engine = make_engine()


@app.post("/vote/<int:contribution_id>")
def vote(contribution_id: int) -> Response:
    """Take a vote."""
    value = 1 if request.form["vote"] == "for" else -1
    row = {"contribution_id": contribution_id, "participant_id": int(request.form["voter"]), "value": value}
    with engine.begin() as connection:
        connection.execute(upsert, row)
    return jsonify(mine=value)


def make_table() -> None:
    """Make the table; called once, before the server starts."""
    votes.create(engine, checkfirst=True)
