"""Logs say what happened to which request, and nothing about the person."""

import json

import pytest
from sqlalchemy import event, text
from sqlalchemy.exc import OperationalError

from participation import create_app
from participation.config import read_settings
from participation.database import db
from participation.logs import write_logs

PERSONAL = ("203.0.113.7", "geheim", "Mozilla", "erika")


@pytest.fixture
def logging_app(app, database_url, tmp_path):
    """Make an app on the test database that writes JSON in production, and tells slow queries."""

    def make(**settings):
        made = create_app(
            read_settings(
                {
                    "DATABASE_URL": database_url,
                    "PARTICIPATION_ENVIRONMENT": "production",
                    "PARTICIPATION_SECRET_KEY": "x" * 32,
                    "PARTICIPATION_INSTANCE_PATH": str(tmp_path),
                    "PARTICIPATION_LOG_FORMAT": "json",
                    **settings,
                }
            )
        )
        engines.append(made)
        return made

    engines = []
    yield make
    for made in engines:
        with made.app_context():
            db.engine.dispose()
    write_logs(app.extensions["settings"])


def lines(capsys):
    return [json.loads(line) for line in capsys.readouterr().err.splitlines()]


def test_each_request_is_one_line_without_anything_personal(logging_app, capsys):
    client = logging_app(PARTICIPATION_LOG_LEVEL="info").test_client()
    headers = {"X-Request-ID": "proxy-0001", "User-Agent": "Mozilla"}
    response = client.get("/receipts/1-geheim?name=erika", headers=headers, environ_base={"REMOTE_ADDR": "203.0.113.7"})
    client.get("/healthz")
    (line,) = lines(capsys)
    assert line["request_id"] == response.headers["X-Request-ID"] == "proxy-0001"
    assert (line["method"], line["route"], line["status"]) == ("GET", "pages.receipt", 404)
    assert not any(word in json.dumps(line) for word in PERSONAL)


@pytest.mark.parametrize("given", ["", "short", "x" * 65, "a b c d e f", 'x"}{"level":"x'])
def test_a_number_that_is_none_is_replaced(client, given):
    response = client.get("/healthz", headers={"X-Request-ID": given})
    assert len(response.headers["X-Request-ID"]) == 16


@pytest.mark.parametrize("language, words", [("", "diese Nummer"), ("/en", "this number")])
def test_a_fault_is_logged_without_what_was_typed_and_its_page_names_the_number(logging_app, capsys, language, words):
    app = logging_app()
    said = "no room left\nDETAIL: (email)=(erika@example.org)"

    def refuse(*_arguments):
        raise OperationalError("SELECT", None, ConnectionError(said))

    client = app.test_client()
    assert client.get(f"{language}/").status_code == 200
    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", refuse)
    response = client.get(f"{language}/?q=geheim")
    (line,) = lines(capsys)
    assert line["level"] == "error"
    assert line["error"].endswith("OperationalError: no room left")
    assert "refuse" in line["error"], "it says where"
    assert not any(word in json.dumps(line) for word in PERSONAL)
    page = response.get_data(as_text=True)
    assert words in page
    assert line["request_id"] in page


def test_slow_statements_are_told_without_their_values(logging_app, capsys):
    app = logging_app(PARTICIPATION_SLOW_QUERY_MILLISECONDS="5")
    with app.app_context():
        if db.engine.dialect.name == "postgresql":
            slow = "SELECT pg_sleep(0.02), :value"
        else:
            slow = (
                "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 200000)"
                " SELECT max(i), :value FROM n"
            )
        db.session.execute(text(slow), {"value": "geheim"})
        db.session.execute(text("SELECT :value"), {"value": "erika"})
        db.session.rollback()
    (line,) = lines(capsys)
    assert line["message"] == "slow query"
    assert line["milliseconds"] >= 5
    assert "max(i)" in line["statement"] or "pg_sleep" in line["statement"]
    assert not any(word in json.dumps(line) for word in PERSONAL)
