"""`flask doctor` says in plain words what is wrong, and what helps."""

from datetime import timedelta

import pytest
from sqlalchemy import text

from participation import clock, create_app
from participation.accounts.services import create_user
from participation.config import read_settings
from participation.database import db, transaction
from participation.jobs.models import Job, JobState
from participation.jobs.services import start_job
from participation.notifications.models import MailProblem, MailState, OutboxMail
from participation.notifications.services import add_mail
from participation.operation.machine_checks import redis_answers

GOOD = {
    "PARTICIPATION_ENVIRONMENT": "production",
    "PARTICIPATION_SECRET_KEY": "0123456789abcdefghijklmnopqrstuvwxyz",
    "PARTICIPATION_BASE_URL": "https://mitreden.example.org",
    "PARTICIPATION_OPERATOR": "Stadt",
    "PARTICIPATION_CONTACT_EMAIL": "stadt@example.org",
    "PARTICIPATION_TRUSTED_PROXIES": "1",
    "PARTICIPATION_METRICS": "local",
    "PARTICIPATION_LEAST_FREE_MEGABYTES": "0",
}


@pytest.fixture
def doctor(app, database_url, tmp_path):
    """Ask about the test database with these settings; returns (exit code, lines that are not all right)."""

    def ask(**settings):
        instance = {"DATABASE_URL": database_url, "PARTICIPATION_INSTANCE_PATH": str(tmp_path)}
        patient = create_app(read_settings({**GOOD, **instance, **settings}))
        try:
            result = patient.test_cli_runner().invoke(args=["doctor"])
        finally:
            with patient.app_context():
                db.engine.dispose()
        wrong = [line for line in result.output.splitlines() if not line.startswith(("✓", "All is well"))]
        return result.exit_code, wrong

    return ask


def test_a_good_installation_is_well(doctor):
    code, wrong = doctor()
    assert code == 0, wrong
    assert wrong == [
        "· Mail server: No mail server is set: mails wait in the database. PARTICIPATION_MAIL_HOST names one."
    ]


@pytest.mark.parametrize("settings, words", [
    ({"PARTICIPATION_BASE_URL": "http://x.example"}, "! Settings: PARTICIPATION_BASE_URL is not https://"),
    ({"PARTICIPATION_TRUSTED_PROXIES": "0"}, "PARTICIPATION_TRUSTED_PROXIES is 0"),
    ({"PARTICIPATION_OPERATOR": ""}, "The imprint names nobody."),
    ({"PARTICIPATION_SECRET_KEY": "ab" * 20}, "! Secret key: PARTICIPATION_SECRET_KEY can be guessed"),
    ({"PARTICIPATION_LEAST_FREE_MEGABYTES": "1000000"}, "✗ Disk: Only"),
    ({"PARTICIPATION_MAIL_HOST": "127.0.0.1", "PARTICIPATION_MAIL_PORT": "1", "PARTICIPATION_MAIL_FROM": "a@b.c"},
     "! Mail server: The mail server 127.0.0.1:1 does not answer"),
], ids=lambda value: next(iter(value)) if isinstance(value, dict) else "")  # fmt: skip
def test_a_setting_that_does_not_fit_is_named(doctor, settings, words):
    code, wrong = doctor(**settings)
    assert code == 1
    assert any(words in line for line in wrong), wrong


def test_a_redis_that_does_not_answer_is_told(tmp_path):
    environment = {"REDIS_URL": "redis://127.0.0.1:1/0", "PARTICIPATION_INSTANCE_PATH": str(tmp_path)}
    (found,) = redis_answers(read_settings(GOOD | environment))
    assert str(found).startswith("Redis does not answer: ")


def test_it_looks_at_files_accounts_clock_mails_and_jobs(doctor, app, make_proceeding, make_guest, tmp_path):
    (tmp_path / "secret_key").write_text("x")
    (tmp_path / "secret_key").chmod(0o644)
    with app.app_context():
        proceeding, guest = make_proceeding(), make_guest()
        create_user(email="demo@example.org", password="demo-participation", name="Demo", is_demo=True)
        start_job(kind="x", key="x", proceeding_id=proceeding.id, user_id=None, arguments={}, total=1)
        start_job(kind="x", key="y", proceeding_id=proceeding.id, user_id=None, arguments={}, total=1)
        with transaction() as session:
            add_mail(session, "x", guest.participant_id, proceeding_id=None)
            add_mail(session, "x", guest.participant_id, proceeding_id=None)
            session.flush()
            dead, late = session.query(Job).order_by(Job.id)
            dead.state, dead.finished_at = JobState.FAILED, clock.now()
            late.created_at = clock.now() - timedelta(hours=2, minutes=5)
            given_up, waiting = session.query(OutboxMail).order_by(OutboxMail.id)
            given_up.state, given_up.problem = MailState.GIVEN_UP, MailProblem.REFUSED
            waiting.created_at = clock.now() + timedelta(hours=3)
            waiting.next_attempt_at = clock.now() - timedelta(hours=1)
    code, wrong = doctor(PARTICIPATION_MAIL_HOST="127.0.0.1", PARTICIPATION_MAIL_FROM="a@b.c")
    assert code == 1
    said = "\n".join(wrong)
    for words in (
        "✗ Secret key: Others on this machine can read",
        "✗ Demo accounts: Demo accounts exist.",
        "! Clock: The clock",
        "! Mails: A mail has been due for 1 h 0 min. Run every minute",
        "! Mails: 1 mails were given up.",
        "! Background jobs: A background job has waited for 2 h 5 min.",
        "! Failed jobs: 1 background job failed three times.",
    ):
        assert words in said
    assert len(wrong) == 8, "and the mail server, which does not answer"


def test_without_tables_it_says_what_to_run_and_asks_nothing_more(tmp_path):
    app = create_app(read_settings({**GOOD, "PARTICIPATION_INSTANCE_PATH": str(tmp_path)}))
    result = app.test_cli_runner().invoke(args=["doctor"])
    assert result.exit_code == 1
    assert "✗ Migrations: The database is not up to date. Run: flask --app app db upgrade" in result.output
    assert "- Clock: not asked" in result.output


def test_a_lost_spatial_index_is_found(doctor, app, make_contribution):
    make_contribution()
    with app.app_context(), db.engine.begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("ALTER INDEX contribution_geometry_gist RENAME TO elsewhere"))
        else:
            connection.execute(text("DELETE FROM contribution_geometry_rtree"))
    try:
        assert any(line.startswith("✗ Spatial indexes: contribution.geometry") for line in doctor()[1])
    finally:
        with app.app_context(), db.engine.begin() as connection:
            if connection.dialect.name == "postgresql":
                connection.execute(text("ALTER INDEX elsewhere RENAME TO contribution_geometry_gist"))
