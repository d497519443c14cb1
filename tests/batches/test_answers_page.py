"""Answering all reports that a filter finds, on the pages: choose, answer, watch, take back."""

import re
from html import unescape

import pytest
from sqlalchemy import select

from participation.accounts.models import Role
from participation.database import db
from participation.notices.models import Notice, NoticeState

ANSWERS = {"answers_de": "Der Satz greift niemanden an.", "answers_en": "It attacks nobody."}


@pytest.fixture
def desk(make_proceeding, make_contribution, make_notice, make_guest, make_actor, make_client):
    proceeding = make_proceeding()
    for language in ("de", "en", "de"):
        make_notice(make_contribution(proceeding), language=language)
    make_contribution(proceeding)
    return make_client(make_actor(proceeding, Role.MODERATOR))


def text_of(response):
    return unescape(response.get_data(as_text=True))


@pytest.fixture
def choose(desk):
    def send(query):
        sent = desk.send(f"/moderation/churchyard/batches{query}", {"all": "1"})
        assert sent.status_code == 303
        return sent.headers["Location"]

    return send


def states(app):
    with app.app_context():
        return set(db.session.scalars(select(Notice.state)))


def test_all_that_are_reported_are_answered_and_taken_back(app, desk, choose):
    path = choose("?kind=notice")
    page = text_of(desk.get(path))
    assert "3 Texte" in page
    assert "Die Texte dürfen bleiben" in page
    assert all(f'name="{name}"' in page for name in ANSWERS)
    assert desk.send(path, {"outcome": "keep", **ANSWERS}).status_code == 303
    assert desk.send(f"{path}/go").status_code == 303
    page = text_of(desk.get(path))
    assert "Wer sie gemeldet hat, erfährt es." in page
    assert states(app) == {NoticeState.SETTLED}
    undone = desk.send(f"{path}/undo")
    assert undone.status_code == 303
    assert desk.send(f"{undone.headers['Location']}/go").status_code == 303
    assert "Die Meldungen sind wieder offen." in text_of(desk.get(undone.headers["Location"]))
    assert states(app) == {NoticeState.OPEN}


def test_what_is_missing_is_said_and_what_was_typed_comes_back(app, desk, choose):
    path = choose("?kind=notice")
    page = desk.send(path, {"outcome": "keep", "answers_de": ANSWERS["answers_de"]})
    assert page.status_code == 422
    assert ANSWERS["answers_de"] in text_of(page)
    assert re.search(r'href="#answers_en"', text_of(page))
    assert states(app) == {NoticeState.OPEN}


def test_where_nothing_is_reported_it_is_not_offered(make_proceeding, make_contribution, make_actor, make_client):
    proceeding = make_proceeding()
    make_contribution(proceeding)
    client = make_client(make_actor(proceeding, Role.MODERATOR))
    path = client.send("/moderation/churchyard/batches?state=published", {"all": "1"}).headers["Location"]
    page = text_of(client.get(path))
    assert 'value="hide"' in page
    assert 'value="keep"' not in page
    assert client.send(path, {"outcome": "keep", **ANSWERS}).status_code == 422


def test_where_some_are_not_reported_all_are_refused_by_name(app, desk, choose):
    path = choose("?state=published")
    page = desk.send(path, {"outcome": "keep", **ANSWERS})
    assert page.status_code == 422
    assert "Niemand hat diese Texte gemeldet." in text_of(page)
    assert states(app) == {NoticeState.OPEN}
