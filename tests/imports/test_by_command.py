"""What `flask import` brings in is listed and undone on the page; killed at any moment, it leaves nothing."""

import os
import signal
import subprocess
import sys
from pathlib import Path

from sqlalchemy import func, select

from participation.contributions.models import Contribution
from participation.database import db, spatial_index_problems
from participation.imports.models import ImportedContribution, ImportRun, RunState
from tests.imports.conftest import GOOD, HEAD

PROJECT = Path(__file__).resolve().parents[2]
COUNT = 200
TABLE = "\n".join([HEAD, *(GOOD.replace("a1", f"a{n}") for n in range(COUNT))])
# A real process, killed by the system when all is written and only the end of the transaction is missing.
KILLED = """
import os, signal, sys
from sqlalchemy import Engine, event
from participation import create_app
@event.listens_for(Engine, "commit")
def kill(connection):
    if connection.exec_driver_sql("SELECT count(*) FROM imported_contribution").scalar() == 200:
        os.kill(os.getpid(), signal.SIGKILL)
create_app().cli.main(sys.argv[1:])
"""


def counts(app):
    with app.app_context(), db.engine.connect() as connection:
        assert spatial_index_problems(connection) == []
        return [db.session.scalar(select(func.count()).select_from(one))
                for one in (Contribution, ImportedContribution, ImportRun)]  # fmt: skip


def test_a_killed_import_leaves_nothing_and_the_next_one_all(app, place, run, database_url, tmp_path):
    file = tmp_path / "table.csv"
    file.write_text(TABLE, encoding="utf-8")
    environment = {
        "PATH": os.environ["PATH"],
        "DATABASE_URL": database_url,
        "PARTICIPATION_SECRET_KEY": "x" * 32,
        "PARTICIPATION_INSTANCE_PATH": str(tmp_path),
    }
    command = [sys.executable, "-c", KILLED, "import", "churchyard", str(file), "--category-default", "green"]
    killed = subprocess.run(command, cwd=PROJECT, env=environment, capture_output=True, timeout=120, check=False)
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    assert counts(app) == [0, 0, 0]
    assert "200 new" in run(TABLE, slug="churchyard").output
    assert counts(app) == [COUNT, COUNT, 1]


def test_an_import_by_the_command_is_listed_and_undone_on_the_page(app, desk, run):
    run(TABLE, "--origin", "hall", slug="churchyard", name="Saal.csv")
    assert "Every row was here already." in run(TABLE, slug="churchyard").output
    page = desk.client.get("/en/manage/churchyard/import").text
    assert page.count("by the command on the server · At an event · 200 contributions") == 1
    found = desk.run()
    assert (found.state, found.added_count, found.by_command) == (RunState.DONE, COUNT, True)
    assert "Saal.csv" in desk.text()
    desk.act("undo")
    desk.go_on()
    assert "200 contributions were taken back" in desk.text()
    assert counts(app) == [0, 0, 1]
