"""How fast downloads and pages are, and how much memory downloads take: rows per second and growth of this process.

python tools/measure.py --contributions 100000

Works on a database of its own: a file in a temporary folder, or the empty one that DATABASE_URL names. Beside it runs
the least any program has to do, one cursor whose rows are written as JSON, so that figures of two machines compare:
both write a file, in turns, and the best of three counts.
"""

import argparse
import os
import re
import secrets
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import orjson
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

PROJECT = Path(__file__).resolve().parent.parent
PAGE = os.sysconf("SC_PAGE_SIZE")
PATHS = {
    "GeoJSON": "/proceedings/seed/contributions.geojson",
    "GeoJSON, one topic": "/proceedings/seed/contributions.geojson?category=green",
    "CSV": "/proceedings/seed/contributions.csv",
}
PAGES = {
    "list, newest": "/proceedings/seed",
    "list, by votes": "/proceedings/seed?sort=votes",
    "list, searched": "/proceedings/seed?q=linden",
    "map, everything in view": "/proceedings/seed/map.json?zoom=11&box=12.20,51.20,12.60,51.50",
    "map, near": "/proceedings/seed/map.json?zoom=16&box=12.365,51.337,12.380,51.346",
    "vector tile, far": "/ogc/collections/seed.contributions/tiles/WebMercatorQuad/11/682/1094",
    "vector tile, near": "/ogc/collections/seed.contributions/tiles/WebMercatorQuad/16/21840/35020",
    "one contribution": "/proceedings/seed/contributions/{id}",
}
DESK_PAGES = {
    "queue, first page": "/moderation/seed?state=published",
    "queue, filtered": "/moderation/seed?state=published&category=green&age=7&assigned=nobody",
    "queue, searched": "/moderation/seed?state=published&q=linden",
    "queue, deep page": "/moderation/seed?state=published&sort=oldest&after={cursor}",
    "case": "/moderation/seed/contribution/{id}?state=published",
}
TIMES = 5
TURNS = 3
DESK_TIMES = 40
BARE_COLUMNS = (
    "id, geometry, title, text, category_id, type_id, state, response_status, votes_for, votes_against, comment_count,"
    " created_at, updated_at, language, licence, response"
)


@dataclass(frozen=True, slots=True)
class Measured:
    """One download: seconds, bytes, and by how many megabytes the process grew at most while it ran."""

    seconds: float
    size: int
    growth: float


def resident_megabytes() -> float:
    """Return the memory this process holds at the moment (Linux: proc(5), statm)."""
    return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * PAGE / 1e6


def measured(chunks: Iterator[bytes]) -> Measured:
    """Write every chunk into a file, which is then thrown away."""
    before = highest = resident_megabytes()
    size = 0
    started = time.perf_counter()
    with tempfile.TemporaryFile() as file:
        for chunk in chunks:
            size += file.write(chunk)
            highest = max(highest, resident_megabytes())
    return Measured(time.perf_counter() - started, size, highest - before)


def compared(app: Flask) -> tuple[Measured, Measured]:
    """Return the quickest of some downloads as GeoJSON and of as many bare loops, in turns: they share the noise."""
    runs = [(measured(download(app, PATHS["GeoJSON"])), measured(bare_loop(app))) for _ in range(TURNS)]
    ours, bare = (min(kind, key=lambda one: one.seconds) for kind in zip(*runs, strict=True))
    return replace(ours, growth=max(one.growth for one, _ in runs)), bare


def download(app: Flask, path: str) -> Iterator[bytes]:
    """Ask for a download without collecting it."""
    response = app.test_client().get(path, buffered=False)
    if response.status_code != 200:
        sys.exit(f"{path} answered {response.status}")
    yield from response.iter_encoded()
    response.close()


def bare_loop(app: Flask) -> Iterator[bytes]:
    """Read the same columns by the driver's own cursor and write them as JSON."""
    from participation.database import db  # noqa: PLC0415 – after the settings are in the environment

    with app.app_context(), db.engine.connect() as connection:
        is_postgresql = connection.dialect.name == "postgresql"
        columns = BARE_COLUMNS.replace("geometry", "ST_AsBinary(geometry)") if is_postgresql else BARE_COLUMNS
        driver: Any = connection.connection
        cursor = driver.cursor("bare") if is_postgresql else driver.cursor()
        cursor.execute(f"SELECT {columns} FROM contribution ORDER BY created_at, id")  # noqa: S608
        while rows := cursor.fetchmany(1_000):
            yield b"\n".join(orjson.dumps(row, default=bytes.hex) for row in rows)


def median_of_page(app: Flask, path: str) -> tuple[float, int]:
    """Return the median of some calls in seconds, after a first one, and the size in bytes."""
    client = app.test_client()
    size = len(client.get(path).data)
    taken = []
    for _ in range(TIMES):
        started = time.perf_counter()
        answer = client.get(path)
        taken.append(time.perf_counter() - started)
        if answer.status_code != 200:
            sys.exit(f"{path} answered {answer.status}")
    return statistics.median(taken), size


def desk_client(app: Flask) -> tuple[FlaskClient, str]:
    """Return a client signed in as a moderator, and the cursor of a page in the middle of the queue."""
    from participation.accounts.models import Role  # noqa: PLC0415 – after the settings are in the environment
    from participation.accounts.services import add_role, create_user  # noqa: PLC0415
    from participation.contributions.models import Contribution  # noqa: PLC0415
    from participation.database import cursor_of, db  # noqa: PLC0415

    with app.app_context():
        proceeding_id = db.session.scalar(select(Contribution.proceeding_id).limit(1)) or 0
        number = db.session.scalar(select(func.count()).select_from(Contribution)) or 0
        times = select(Contribution.created_at).order_by(Contribution.created_at).offset(number // 2).limit(1)
        cursor = cursor_of([db.session.scalar(times), "contribution", 1])
        user = create_user(email="moderator@example.org", password=secrets.token_hex(16), name="M. Krause")
        add_role(user, proceeding_id, Role.MODERATOR)
    client = app.test_client()
    with client.session_transaction() as session:
        session.update({"_user_id": f"{user.id}:{user.session_key}", "_fresh": True, "key": "measure"})
    return client, cursor


def p95_of_page(client: FlaskClient, path: str) -> tuple[float, float]:
    """Return median and 95th percentile of some calls in seconds, after a first one."""
    client.get(path)
    taken = []
    for _ in range(DESK_TIMES):
        started = time.perf_counter()
        answer = client.get(path)
        taken.append(time.perf_counter() - started)
        if answer.status_code != 200:
            sys.exit(f"{path} answered {answer.status}")
    return statistics.median(taken), statistics.quantiles(taken, n=20)[-1]


def an_id(app: Flask) -> str:
    """Return the number of a contribution in the list."""
    found = re.search(rb"/proceedings/seed/contributions/(\d+)", app.test_client().get("/proceedings/seed").data)
    return found[1].decode() if found else sys.exit("The list is empty.")


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure downloads and pages.")
    parser.add_argument("--contributions", type=int, default=100_000)
    count = parser.parse_args().contributions
    with tempfile.TemporaryDirectory() as folder:
        os.environ.setdefault("DATABASE_URL", f"sqlite:///{folder}/measure.db")
        os.environ["PARTICIPATION_INSTANCE_PATH"] = folder
        os.environ["PARTICIPATION_SECRET_KEY"] = secrets.token_hex(32)
        flask = [sys.executable, "-m", "flask", "--app", "app"]
        # In processes of their own: what they took must not hide what the downloads take.
        subprocess.run([*flask, "db", "upgrade"], cwd=PROJECT, check=True, stderr=subprocess.DEVNULL)
        subprocess.run([*flask, "seed", "--contributions", str(count)], cwd=PROJECT, check=True)
        sys.path.insert(0, str(PROJECT))
        from participation import create_app  # noqa: PLC0415 – after the settings are in the environment

        app = create_app()
        measured(download(app, PATHS["CSV"] + "?q=warm-up"))
        print(f"{'':20}{'seconds':>9}{'MB':>8}{'rows/s':>10}{'MB more memory':>16}")
        ours, bare = compared(app)
        others = {name: measured(download(app, path)) for name, path in PATHS.items() if name != "GeoJSON"}
        for name, one in {"GeoJSON": ours, "bare loop": bare, **others}.items():
            rate = f"{count / one.seconds:,.0f}" if "," not in name else ""
            print(f"{name:20}{one.seconds:9.2f}{one.size / 1e6:8.1f}{rate:>10}{one.growth:16.1f}")
        print(f"GeoJSON at {bare.seconds / ours.seconds:.2f} of the speed of the bare loop")
        print(f"\n{'':26}{'seconds':>9}{'kB':>8}")
        for name, path in PAGES.items():
            seconds, size = median_of_page(app, path.format(id=an_id(app)))
            print(f"{name:26}{seconds:9.3f}{size / 1e3:8.1f}")
        client, cursor = desk_client(app)
        print(f"\n{'moderators’ desk':26}{'median':>9}{'p95':>8}")
        for name, path in DESK_PAGES.items():
            median, p95 = p95_of_page(client, path.format(id=an_id(app), cursor=cursor))
            print(f"{name:26}{median:9.3f}{p95:8.3f}")


if __name__ == "__main__":
    main()
