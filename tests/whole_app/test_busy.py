"""A writer that does not end: everybody else is told soon, when to come back, and keeps what was typed."""

import re
from html import unescape

import pytest
from sqlalchemy import event, text

from participation.accounts.services import create_user
from participation.database import db, engine, transactions

WORDS = 'Mehr "Bäume" & Bänke\n<b>im Schatten</b>'


@pytest.fixture
def hold_everything(app, monkeypatch):
    """Holds what all writers need until the returned function is called; waiting lasts a moment instead of seconds."""
    for module in (engine, transactions):
        monkeypatch.setattr(module, "BUSY_SECONDS", 0.05)
    with app.app_context():
        one, is_sqlite = db.engine, db.engine.dialect.name == "sqlite"

    def hurry(connection, _record, _proxy):
        if not is_sqlite:
            connection.execute("SET lock_timeout = '50ms'")

    event.listen(one, "checkout", hurry)
    with one.connect().execution_options(writing=True) as other:
        if not is_sqlite:
            other.execute(text("LOCK TABLE contribution, participant IN EXCLUSIVE MODE"))
        else:
            other.execute(text("SELECT 1"))
        yield other.rollback
    event.remove(one, "checkout", hurry)
    with app.app_context():
        one.dispose()


def sent_again(page):
    """Return the fields of the form that the page offers to send again, and where to."""
    form = re.search(r'<form method="post" action="([^"]+)"[^>]*>(.*?)</form>', page, re.DOTALL)
    fields = re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)">', form[2], re.DOTALL)
    return unescape(form[1]), [(name, unescape(value)) for name, value in fields]


@pytest.fixture
def vote_path(make_contribution):
    """Address that takes votes on a contribution."""
    contribution = make_contribution()
    return f"/proceedings/churchyard/contributions/{contribution.id}/vote"


@pytest.fixture
def guest(make_guest):
    """Somebody who has acted before."""
    return make_guest()


def test_a_form_that_could_not_be_saved_is_sent_again_by_a_button(make_client, guest, vote_path, hold_everything):
    client = make_client(guest)
    refused = client.send(f"/en{vote_path}?page=2", {"vote": "for", "note": WORDS})
    assert refused.status_code == 503
    assert int(refused.headers["Retry-After"]) > 0
    page = refused.get_data(as_text=True)
    assert "What you typed is kept on this page." in page
    action, fields = sent_again(page)
    assert (action, dict(fields)["note"]) == (f"/en{vote_path}?page=2", WORDS)
    program = client.send(vote_path, {"vote": "for"}, headers={"Accept": "application/json"})
    assert (program.status_code, program.get_json()["status"]) == (503, 503)
    hold_everything()
    assert client.post(action, data=dict(fields)).status_code == 303


@pytest.fixture
def account(app, make_guest):
    """A guest, and an account of the same person."""
    with app.app_context():
        create_user(email="a@example.org", password="secret-of-mine", name="A. Ander")
    return make_guest()


def test_a_password_is_not_written_into_the_page(account, make_client, hold_everything):
    fields = {"email": "a@example.org", "password": "secret-of-mine"}
    refused = make_client(account).send("/sign-in", fields)  # what the guest began is handed over: a write
    assert refused.status_code == 503
    assert "secret-of-mine" not in refused.get_data(as_text=True)
    assert 'name="email"' not in refused.get_data(as_text=True)
