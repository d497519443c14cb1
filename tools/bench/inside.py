"""What is measured or looked up inside a process of ours; prints one line of JSON.

python -m tools.bench.inside facts              ids, cursors and a moderator's cookie, for the programme
python -m tools.bench.inside queries PATH …     number of queries of each page, and the database's share of its time
python -m tools.bench.inside downloads          GeoJSON and CSV beside a bare loop and ogr2ogr, in seconds and memory
python -m tools.bench.inside rows               how many rows there are
"""

import json
import os
import secrets
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from flask import Flask
from flask.sessions import SecureCookieSessionInterface
from sqlalchemy import event, func, select, text

from participation import create_app
from participation.accounts.models import Role
from participation.accounts.services import add_role, create_user
from participation.contributions.models import Contribution
from participation.contributions.states import PublicationState
from participation.database import cursor_of, db
from participation.discussion.models import Comment, Vote
from participation.proceedings.models import Proceeding
from tools.bench import bare
from tools.bench.machine import resident_megabytes
from tools.bench.site import SLUG

SAMPLE = 1_000
DEPTHS = {"first": 0.0, "middle": 0.5, "last": 0.99}
PAGE_OF_ITEMS = 1_000
TURNS = 3
EXPORTS = f"/proceedings/{SLUG}/contributions"
BARE_TABLE = (
    "CREATE TABLE IF NOT EXISTS bare_vote (contribution_id INTEGER NOT NULL, voter INTEGER NOT NULL,"
    " value SMALLINT NOT NULL, PRIMARY KEY (contribution_id, voter))"
)


def facts(app: Flask) -> dict[str, Any]:
    """Return what the programme needs to know of the content; makes the moderator and the bare views' table."""
    with app.app_context():
        listed = select(Contribution.created_at, Contribution.id).where(
            Contribution.state == PublicationState.PUBLISHED, Contribution.proceeding_id == _proceeding_id()
        )
        number = db.session.scalar(select(func.count()).select_from(listed.subquery())) or 0
        ordered = listed.order_by(Contribution.created_at, Contribution.id)
        deepest = max(0, number - PAGE_OF_ITEMS - 1)  # also the last page is a full one
        keys = {name: _row(ordered, min(int(number * share), deepest)) for name, share in DEPTHS.items()}
        every = max(1, number // SAMPLE)
        ids = db.session.scalars(
            select(Contribution.id).where(
                Contribution.state == PublicationState.PUBLISHED, Contribution.id % every == 0
            ).limit(SAMPLE)
        ).all()  # fmt: skip
        synchronous = None if bare.is_postgresql() else db.session.scalar(text("PRAGMA synchronous"))
        connection = bare.connect()
        connection.execute(BARE_TABLE)
        connection.commit()
        connection.close()
        return {
            "published": number,
            "ids": list(ids),
            "list_cursor": cursor_of(keys["middle"]),
            "ogc_cursors": {name: cursor_of([*key, number]) for name, key in keys.items()},
            "desk_cursor": cursor_of([keys["middle"][0], "contribution", 1]),
            "cookie": _moderators_cookie(app),
            "synchronous": synchronous,
        }


def _proceeding_id() -> int:
    return db.session.scalar(select(Proceeding.id).where(Proceeding.slug == SLUG)) or 0


def _row(statement: Any, number: int) -> Any:
    return db.session.execute(statement.offset(number).limit(1)).one()


def _moderators_cookie(app: Flask) -> str:
    user = create_user(email="bench@example.org", password=secrets.token_hex(16), name="M. Krause")
    add_role(user, _proceeding_id(), Role.MODERATOR)
    signer = SecureCookieSessionInterface().get_signing_serializer(app)
    content = {"_user_id": f"{user.id}:{user.session_key}", "_fresh": True, "key": "bench"}
    return f"session={signer.dumps(content) if signer else ''}"


def queries(app: Flask, paths: Iterable[str]) -> dict[str, dict[str, float]]:
    """Return how many queries each page takes, and how many milliseconds they take together."""
    begun: list[float] = []
    taken: list[float] = []
    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", lambda *_: begun.append(time.perf_counter()))
    event.listen(engine, "after_cursor_execute", lambda *_: taken.append(time.perf_counter() - begun[-1]))
    client = app.test_client(use_cookies=False)
    found = {}
    for path, cookie in (pair.split("\t") for pair in paths):
        headers = {"Cookie": cookie} if cookie else {}
        client.get(path, headers=headers)
        taken.clear()
        client.get(path, headers=headers)
        found[path] = {"queries": len(taken), "milliseconds": 1_000 * sum(taken)}
    return found


def downloads(app: Flask) -> dict[str, Any]:
    """Measure downloads and their limits, in turns where they are compared: they share the noise."""
    _measured(_download(app, f"{EXPORTS}.csv?q=warm-up"))
    ours, bare_ = [], []
    for _ in range(TURNS):
        ours.append(_measured(_download(app, f"{EXPORTS}.geojson")))
        connection = bare.connect()
        bare_.append(_measured(bare.rows_as_json(connection)))
        connection.close()
    csv = _measured(_download(app, f"{EXPORTS}.csv"))
    found = {"GeoJSON": _best(ours), "bare loop": _best(bare_), "CSV": csv}
    with tempfile.TemporaryDirectory() as folder:
        return found | {"ogr2ogr": {"seconds": bare.seconds_of_ogr2ogr(Path(folder))}}


def _best(runs: list[dict[str, float]]) -> dict[str, float]:
    return {name: (max if name == "growth" else min)(run[name] for run in runs) for name in runs[0]}


def _download(app: Flask, path: str) -> Iterator[bytes]:
    response = app.test_client().get(path, buffered=False)
    if response.status_code != 200:
        sys.exit(f"{path} answered {response.status}")
    yield from response.iter_encoded()
    response.close()


def _measured(chunks: Iterator[bytes]) -> dict[str, float]:
    """Write every chunk into a file that is thrown away; tell seconds, CPU seconds, bytes, and growth in megabytes."""
    before = highest = resident_megabytes()
    size, begun, cpu = 0, time.perf_counter(), time.process_time()
    with tempfile.TemporaryFile() as file:
        for chunk in chunks:
            size += file.write(chunk)
            highest = max(highest, resident_megabytes())
    return {
        "seconds": time.perf_counter() - begun,
        "cpu": time.process_time() - cpu,
        "size": size,
        "growth": highest - before,
    }


def rows(app: Flask) -> dict[str, int]:
    """Count what was acknowledged, and whether the counters say the same."""
    with app.app_context():
        counted = {
            model.__tablename__: db.session.scalar(select(func.count()).select_from(model)) or 0
            for model in (Contribution, Vote, Comment)
        }
        counters = db.session.scalar(select(func.sum(Contribution.votes_for + Contribution.votes_against))) or 0
        bare_votes = db.session.scalar(text("SELECT count(*) FROM bare_vote")) or 0
        return counted | {"counters": int(counters), "bare_vote": bare_votes}


def main() -> None:
    what, *arguments = sys.argv[1:]
    app = create_app()
    if what == "queries":
        done: dict[str, Any] = queries(app, arguments)
    else:
        done = {"facts": facts, "downloads": downloads, "rows": rows}[what](app)
    print(json.dumps(done), flush=True)
    os._exit(0)  # threads of the application do not keep it


if __name__ == "__main__":
    main()
