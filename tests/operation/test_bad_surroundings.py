"""A full disk, a database that is read-only or of another version, a wrong address, a clock that jumps: no damage."""

import resource
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from sqlalchemy import event, make_url, text

from participation import clock, create_app
from participation.accounts.models import Role, Scope
from participation.accounts.queries import access_token_by_hash
from participation.accounts.sessions import staff_token_hash
from participation.config import read_settings
from participation.contributions.models import Contribution
from participation.contributions.states import PublicationState
from participation.database import db
from participation.discussion.models import Vote
from participation.errors import CannotSave, Conflict
from participation.imports.runs import take_file
from participation.imports.shelf import folder as shelf_folder
from participation.jobs.models import Job, JobState
from participation.jobs.queries import LEASE
from participation.jobs.services import LeaseLostError, beat, finish, start_job, take_job
from participation.moderation.models import Outcome
from participation.moderation.services import decide, undo
from participation.notifications.queries import unsent_mail_counts
from participation.notifications.services import send_waiting_mail
from participation.operation.backup.errors import BackupError
from participation.operation.backup.saving import backup
from participation.operation.doctor import start_problems
from participation.tokens.services import create_token
from tests.operation.conftest import KEY

REASONS = {"ground": "insult", "statement_of_reasons": "Der zweite Satz beleidigt eine Person."}
BEYOND = timedelta(days=400)


@contextmanager
def no_room() -> Iterator[None]:
    """As on a full disk: files of this process do not grow beyond 40 kB; PostgreSQL takes no writes."""

    def refuse(connection):
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql("SET TRANSACTION READ ONLY")

    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    event.listen(db.engine, "begin", refuse)
    resource.setrlimit(resource.RLIMIT_FSIZE, (40_000, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        event.remove(db.engine, "begin", refuse)


def read_only(address: str) -> str:
    """The address of the same database, which takes no writes."""
    url = make_url(address)
    if url.get_backend_name() == "postgresql":
        return address + "?options=-c%20default_transaction_read_only%3Don"
    return f"sqlite:///file:{url.database}?mode=ro&uri=true"


@pytest.fixture
def make_app(tmp_path):
    """Make an app on any database; its connections are closed at the end."""
    made = []

    def make(address):
        settings = {"DATABASE_URL": address, "PARTICIPATION_INSTANCE_PATH": str(tmp_path)}
        app = create_app(read_settings(settings | {"PARTICIPATION_SECRET_KEY": KEY}))
        made.append(app)
        return app

    yield make
    for app in made:
        with app.app_context():
            db.engine.dispose()


def test_on_a_full_disk_nothing_is_saved_pages_go_on_and_later_all_is_well(
    app, make_proceeding, make_contribution, make_guest, make_client, caplog
):
    proceeding = make_proceeding()
    contribution = make_contribution(proceeding)
    clients = [make_client(make_guest()) for _ in range(20)]
    page = f"/proceedings/{proceeding.slug}/contributions/{contribution.id}"
    with app.app_context():
        full = no_room()
        full.__enter__()
    try:
        refused = [client for client in clients if client.send(f"{page}/vote", {"vote": "for"}).status_code == 503]
        response = refused[0].send(f"/en{page}/vote", {"vote": "for"})
        assert "Nothing can be saved at the moment." in response.get_data(as_text=True)
        assert response.headers["Retry-After"] == "300"
        assert clients[0].get(page).status_code == 200
    finally:
        with app.app_context():
            full.__exit__(None, None, None)
    assert "Nothing can be saved: " in caplog.text
    assert {client.send(f"{page}/vote", {"vote": "for"}).status_code for client in refused} == {303}
    with app.app_context():
        votes = db.session.query(Vote).count()
        assert db.session.get_one(Contribution, contribution.id).votes_for == votes == len(clients)


def test_without_room_an_upload_and_a_backup_leave_nothing_behind(
    app, app_context, make_proceeding, make_actor, tmp_path
):
    proceeding = make_proceeding()
    manager = make_actor(proceeding, Role.MANAGER)
    table = b"title;text\n" + b"Bank;Im Schatten ist es auch im August angenehm.\n" * 2_000
    before = list(shelf_folder().iterdir())
    with no_room():
        with pytest.raises(CannotSave):
            take_file(manager, proceeding, table, "a.csv")
        with pytest.raises(BackupError):
            backup(tmp_path / "a.tar", app.extensions["settings"])
    assert list(shelf_folder().iterdir()) == before
    assert list(tmp_path.iterdir()) == []


def test_a_read_only_database_is_read_and_its_doctor_says_so(
    app, make_app, database_url, make_proceeding, make_contribution
):
    contribution = make_contribution(make_proceeding())
    reading = make_app(read_only(database_url))
    client = reading.test_client()
    page = f"/proceedings/churchyard/contributions/{contribution.id}"
    assert client.get(page).status_code == 200
    refused = client.post("/api/v1/guests", json={"language": "de"})
    assert refused.status_code == 503, refused.get_data(as_text=True)
    told = reading.test_cli_runner().invoke(args=["doctor"])
    assert told.exit_code == 1
    assert "✗ Writing to the database: Nothing can be saved: " in told.output


def test_a_database_of_a_newer_version_is_left_alone(app, make_app, database_url):
    def set_revision(revision):
        with app.app_context(), db.engine.begin() as connection:
            before = connection.scalar(text("SELECT version_num FROM alembic_version"))
            connection.execute(text("UPDATE alembic_version SET version_num = :new"), {"new": revision})
        return before

    known = set_revision("feedface")
    try:
        other = make_app(database_url)
        assert other.test_client().get("/").status_code == 503
        assert other.test_client().get("/readyz").get_json()["checks"]["migrations"] == "failing"
        upgraded = other.test_cli_runner().invoke(args=["db", "upgrade"])
        assert upgraded.exit_code == 1
        rebuilt = other.test_cli_runner().invoke(args=["db", "rebuild-index"])
        assert "belongs to a newer version" in rebuilt.output
        assert app.test_client().get("/").status_code == 200, "what runs already goes on, as while versions change"
    finally:
        assert set_revision(known) == "feedface"


@pytest.mark.parametrize("address", [
    "sqlite:///{}/notes.txt",
    "sqlite:///{}",
    "postgresql+psycopg://x:geheim@127.0.0.1:1/x",
])  # fmt: skip
def test_a_wrong_address_is_told_without_its_password_and_touches_nothing(make_app, tmp_path, caplog, address):
    (tmp_path / "notes.txt").write_text("My notes, and not a database at all. " * 50)
    before = (tmp_path / "notes.txt").read_bytes()
    app = make_app(address.format(tmp_path))
    with app.app_context():
        (problem,) = start_problems(app.extensions["settings"])
    assert problem.startswith("The database ")
    assert "does not answer: " in problem
    assert "geheim" not in problem
    assert app.test_client().get("/").status_code == 503
    assert app.test_client().get("/healthz").status_code == 200
    assert (tmp_path / "notes.txt").read_bytes() == before


def test_a_command_says_it_in_two_lines(flask, tmp_path):
    (tmp_path / "notes.txt").write_text("My notes, and not a database at all. " * 50)
    settings = {"DATABASE_URL": f"sqlite:///{tmp_path}/notes.txt", "PARTICIPATION_INSTANCE_PATH": str(tmp_path)}
    ended = flask(settings, "db", "upgrade")
    assert ended.returncode == 1
    assert len(ended.stderr.splitlines()) == 2
    assert "file is not a database" in ended.stderr


def test_with_a_clock_that_jumps_jobs_are_done_once_more_and_never_lost(app_context, make_proceeding, set_clock):
    proceeding, now = make_proceeding(), clock.now()
    job = start_job(kind="x", key="x", proceeding_id=proceeding.id, user_id=None, arguments={}, total=1)
    set_clock(now + BEYOND)
    ahead = take_job().attempts
    set_clock(now)
    back = take_job()
    assert (back.id, ahead, back.attempts) == (job.id, 1, 2), "the lease until next year holds nobody up"
    with pytest.raises(LeaseLostError):
        beat(job.id, ahead, 0)
    assert take_job() is None, "a lease of now is kept"
    set_clock(now + LEASE * 2)
    beat(back.id, 2, 0)
    finish(back.id, 2)
    assert db.session.query(Job).one().state is JobState.DONE


def test_with_a_clock_that_jumps_mails_tokens_and_undoing_are_right_again_afterwards(
    app_context, set_clock, make_proceeding, make_contribution, make_actor, make_guest, inbox
):
    proceeding, now = make_proceeding(), clock.now()
    set_clock(now)
    moderator, author = make_actor(proceeding, Role.MODERATOR), make_guest("erika@example.org")
    contribution, other = make_contribution(proceeding, author=author), make_contribution(proceeding, author=author)
    token = create_token(moderator, name="QGIS", scopes=[Scope.READ], proceeding_id=None, days=7).secret
    decision = decide(moderator, contribution, outcome=Outcome.HIDE, seen_version=1, **REASONS)
    set_clock(now + BEYOND)
    decide(moderator, other, outcome=Outcome.HIDE, seen_version=1, **REASONS)
    assert access_token_by_hash(staff_token_hash(token)) is None
    with pytest.raises(Conflict):
        undo(moderator, contribution, decision, seen_version=contribution.version, **REASONS)
    set_clock(now)
    assert access_token_by_hash(staff_token_hash(token)) is not None
    undo(moderator, contribution, decision, seen_version=contribution.version, **REASONS)
    assert contribution.state is PublicationState.PUBLISHED
    assert unsent_mail_counts() == (3, 0)
    send_waiting_mail()
    assert unsent_mail_counts() == (0, 0), "the one of next year has left, too"
    assert len(inbox.messages) == 2
