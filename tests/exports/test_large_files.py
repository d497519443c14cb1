"""Large workbooks and GeoPackages: made in the background, given to who may have them, never with hidden words."""

import os
import signal
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from participation import clock
from participation.accounts.models import Role
from participation.contributions.models import Contribution
from participation.contributions.services import set_state
from participation.contributions.states import PublicationState
from participation.database import db, transaction
from participation.demo.seeding import seed
from participation.exports.formats import FORMATS
from participation.jobs.models import Job, JobState
from participation.jobs.work import Worker

PROJECT = Path(__file__).resolve().parents[2]
XLSX = "/proceedings/churchyard/contributions.xlsx"
PATIENCE = 90

pytestmark = pytest.mark.usefixtures("small_bound")


@pytest.fixture
def settled(three, set_clock):
    """The proceeding a minute after its last change."""
    set_clock(clock.now() + timedelta(minutes=1))
    return three


def prepare(client, address=XLSX):
    """Go the way from the address of the file to the page of the job; return its address."""
    response = client.get(address)
    assert response.status_code == 303
    place = response.headers["Location"]
    assert client.get(place).status_code == 200
    response = client.send(place)
    assert response.status_code == 303
    return response.headers["Location"]


def work(app):
    with app.app_context():
        return Worker().run_due()


def test_the_way_to_a_large_file(app, client, settled):
    page = prepare(client, XLSX + "?category=green&category=paths")
    assert "<progress" in client.get(page).get_data(as_text=True)
    assert client.get(page + "/file").status_code == 404
    assert work(app) == 1
    assert page + "/file" in client.get(page).get_data(as_text=True)
    response = client.get(page + "/file")
    assert response.data.startswith(b"PK")
    assert "churchyard-contributions-" in response.headers["Content-Disposition"]
    assert response.headers["Cache-Control"] == "no-store"


def test_a_file_from_the_background_is_the_same_as_a_direct_one(app, client, settled):
    page = prepare(client, "/en" + XLSX)
    work(app)
    object.__setattr__(app.extensions["settings"], "direct_download_rows", 5_000)
    assert client.get(page + "/file").data == client.get("/en" + XLSX).data


def test_small_files_and_streamed_formats_need_no_job(client, three):
    assert client.get(XLSX + "?category=paths").status_code == 200
    assert client.get("/proceedings/churchyard/contributions.gpkg").status_code == 200
    assert client.get("/proceedings/churchyard/contributions.geojson").status_code == 200
    assert client.get("/proceedings/churchyard/contributions.geojson/prepare").status_code == 404


def test_the_same_wish_is_the_same_job_until_the_data_change(client, three, make_contribution):
    first = prepare(client)
    assert prepare(client) == first
    make_contribution(three)
    assert prepare(client) != first


@pytest.mark.parametrize("is_hidden", [True, False])
def test_a_file_made_before_something_was_hidden_is_not_given_out(
    app, client, settled, make_contribution, set_clock, is_hidden
):
    page = prepare(client)
    work(app)
    set_clock(clock.now() + timedelta(hours=1))
    if is_hidden:
        with app.app_context(), transaction() as session:
            found = select(Contribution).where(Contribution.state == PublicationState.PUBLISHED)
            set_state(session, session.scalars(found).first(), PublicationState.HIDDEN)
    else:
        make_contribution(settled)
        make_contribution(settled, state=PublicationState.SUBMITTED)
    assert client.get(page + "/file").status_code == (410 if is_hidden else 200)
    assert ((page + "/file") in client.get(page).get_data(as_text=True)) is not is_hidden


def test_a_planners_file_is_only_theirs(app, client, make_client, make_actor, settled):
    actor = make_actor(settled, Role.PLANNER)
    planner, other = make_client(actor), make_client(make_actor(settled, Role.PLANNER))
    page = prepare(planner, "/planning/churchyard/contributions.xlsx?personal=1")
    work(app)
    assert planner.get(page + "/file").status_code == 200
    for reader in (other, client, make_client(make_actor())):
        assert reader.get(page + "/file").status_code in (401, 403)
        assert reader.get(page).status_code in (303, 401, 403)
    with app.app_context():
        job = db.session.scalars(select(Job)).one()
        assert (job.user_id, job.arguments["audience"]) == (actor.user_id, 3)


def test_a_job_whose_worker_was_killed_is_done_by_the_next(app, client, database_url, tmp_path, set_clock):
    with app.app_context():
        seed(slug="churchyard", contributions=4_000)
    page = prepare(client)
    environment = {
        **os.environ,
        "DATABASE_URL": database_url,
        "PARTICIPATION_INSTANCE_PATH": app.instance_path,
        "PARTICIPATION_SECRET_KEY": app.secret_key,
    }
    worker = subprocess.Popen(
        [sys.executable, "-m", "flask", "--app", "app", "worker", "--until-empty"], cwd=PROJECT, env=environment
    )
    try:
        wait_for(app, JobState.RUNNING)
    finally:
        os.kill(worker.pid, signal.SIGKILL)
        worker.wait(PATIENCE)
    with app.app_context():
        job = db.session.scalars(select(Job)).one()
        assert (job.state, job.attempts) == (JobState.RUNNING, 1)
    assert work(app) == 0
    set_clock(clock.now() + timedelta(minutes=5))
    assert work(app) == 1
    assert client.get(page + "/file").data.startswith(b"PK")


def wait_for(app, state):
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        with app.app_context():
            if db.session.scalars(select(Job.state)).one() is state:
                return
        time.sleep(0.02)
    raise AssertionError(f"no job is {state}")


@pytest.mark.parametrize("suffix", [one.suffix for one in FORMATS.values() if one.write])
@pytest.mark.parametrize("table", ["contributions", "comments", "votes"])
def test_every_whole_file_of_every_table_can_be_made(app, client, settled, make_comment, table, suffix):
    object.__setattr__(app.extensions["settings"], "direct_download_rows", 0)
    with app.app_context():
        one = db.session.scalars(select(Contribution).where(Contribution.title == "Ein Weg")).one()
    make_comment(one)
    page = prepare(client, f"/proceedings/churchyard/{table}.{suffix}")
    assert work(app) == 1
    assert len(client.get(page + "/file").data) > 1_000
