"""What load balancers read."""

from datetime import timedelta

import pytest

from participation import clock, create_app
from participation.config import read_settings
from participation.database import db, transaction
from participation.jobs.models import Job
from participation.jobs.services import start_job
from participation.notifications.services import add_mail
from participation.operation import machine_checks


def test_a_process_that_lives_says_so_even_when_the_site_cannot_work(tmp_path):
    settings = {"PARTICIPATION_SECRET_KEY": "x" * 32, "PARTICIPATION_INSTANCE_PATH": str(tmp_path / "instance")}
    client = create_app(read_settings(settings)).test_client()
    assert client.get("/healthz").get_json() == {"status": "ok"}
    response = client.get("/readyz")
    assert response.status_code == 503
    assert response.get_json()["checks"] == {
        "instance": "ok",
        "disk": "ok",
        "database": "ok",
        "migrations": "failing",
        "mails": "not asked",
        "jobs": "not asked",
    }
    assert client.get("/").status_code == 503


def test_a_site_that_is_well_is_ready_and_says_nothing_else(client):
    response = client.get("/readyz")
    assert response.status_code == 200
    assert response.get_json()["status"] == "ok"
    assert set(response.get_json()["checks"].values()) == {"ok"}
    assert response.headers["Cache-Control"] == "no-store"
    assert "Set-Cookie" not in response.headers


@pytest.mark.parametrize("what", ["jobs", "mails"])
def test_work_that_waits_too_long_is_told_but_takes_no_page_away(
    app, client, make_proceeding, make_guest, set_clock, what
):
    proceeding, guest = make_proceeding(), make_guest()
    began = clock.now()
    with app.app_context():
        if what == "jobs":
            start_job(kind="x", key="x", proceeding_id=proceeding.id, user_id=None, arguments={}, total=1)
        else:
            with transaction() as session:
                add_mail(session, "x", guest.participant_id, proceeding_id=proceeding.id)
    set_clock(began + timedelta(minutes=5))
    assert client.get("/readyz").get_json()["checks"][what] == "ok"
    set_clock(began + timedelta(hours=1))
    response = client.get("/readyz")
    assert (response.status_code, response.get_json()["status"]) == (200, "late")
    assert response.get_json()["checks"][what] == "late"
    with app.app_context():
        assert db.session.query(Job).count() == (what == "jobs")


def test_too_little_room_makes_a_site_not_ready(client, monkeypatch):
    monkeypatch.setattr(machine_checks, "MEGABYTE", 10**15)  # as if the disk were that small
    response = client.get("/readyz")
    assert response.status_code == 503
    assert response.get_json()["checks"]["disk"] == "failing"
