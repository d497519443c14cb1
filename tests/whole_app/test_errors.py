"""Error pages, also when the database is the error."""

import pytest
from sqlalchemy import event
from sqlalchemy.exc import OperationalError

from participation.accounts.models import Role
from participation.database import db


@pytest.fixture
def broken_database(app, monkeypatch):
    """Call it: from then on no statement gets through. Errors are answered as in production."""
    monkeypatch.setitem(app.config, "TESTING", False)

    def refuse(_connection, _cursor, statement, *_others):
        raise OperationalError(statement, None, ConnectionError("the database is down"))

    with app.app_context():
        engine = db.engine
    listening = []

    def call():
        event.listen(engine, "before_cursor_execute", refuse)
        listening.append(refuse)

    yield call
    for function in listening:
        event.remove(engine, "before_cursor_execute", function)


@pytest.fixture(params=["stranger", "guest", "moderator"])
def visitor(request, make_proceeding, make_guest, make_actor, make_client):
    proceeding = make_proceeding()
    makers = {
        "stranger": lambda: None,
        "guest": make_guest,
        "moderator": lambda: make_actor(proceeding, Role.MODERATOR),
    }
    return make_client(makers[request.param]())


@pytest.mark.parametrize("path, statuses", [("/nowhere", (404, 500)), ("/proceedings/churchyard", (500,))])
def test_without_a_database_everyone_gets_an_error_page(visitor, broken_database, markup_findings, path, statuses):
    assert visitor.get("/nowhere").status_code == 404
    broken_database()
    response = visitor.get(path)
    page = response.get_data(as_text=True)
    assert response.status_code in statuses
    assert page.count("<h1") == 1
    assert "K. Anders" not in page
    assert markup_findings(page) == []


def test_programs_get_problem_details_without_a_database(visitor, broken_database):
    assert visitor.get("/nowhere").status_code == 404  # the first request of all checks the installation
    broken_database()
    response = visitor.get("/proceedings/churchyard/contributions.geojson")
    assert response.status_code == 500
    assert response.content_type == "application/problem+json"
