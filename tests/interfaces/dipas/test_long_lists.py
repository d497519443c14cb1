"""Long lists are sent while they are read, and cost as many queries as short ones."""

import json

import pytest
from werkzeug.test import EnvironBuilder, run_wsgi_app

from participation.database import db
from participation.demo.seeding import seed
from participation.interfaces.dipas import pds, rows

PDS = "/drupal/dipas-pds/projects/long"
LISTS = [
    "/drupal/dipas-pds/projects",
    f"{PDS}/contributions",
    f"{PDS}/commentedcontributions",
    "/drupal/dipas/statistics",
    "/drupal/dipas/contributionlist?itemsPerPage=0",
    "/drupal/masterportal/layer/contributions",
]
PAGES = [
    *("/drupal/dipas/contributionlist", "/drupal/dipas/contributionlist?page=3&sort=rating&category=1"),
    *("/drupal/dipas/init", "/drupal/dipas/navigator/cockpitdatamap", "/drupal/dipas/navigator/comments"),
    *("/drupal/dipas/navigator/recentcontributions", "/drupal/masterportal/layer/allprojectareas"),
]


@pytest.mark.parametrize("path", LISTS)
def test_a_long_list_is_sent_while_it_is_read(app, monkeypatch, path):
    with app.app_context():
        seed(slug="long", contributions=5_000, comments=100)
        before = db.engine.pool.checkedout()
    read, streamed = [], rows.streamed

    def counted(statement, at_a_time):
        for batch in streamed(statement, at_a_time):
            read.append(len(batch))
            yield batch

    monkeypatch.setattr(rows, "streamed", counted)
    monkeypatch.setattr(pds, "streamed", counted)
    answer, _status, headers = run_wsgi_app(app, EnvironBuilder(path=path).get_environ())
    assert "Content-Length" not in headers
    chunks = iter(answer)
    first = next(chunks)
    assert len(read) <= 1
    whole = first + b"".join(chunks)
    answer.close()
    assert sum(read) > 4_000
    assert len(read) > 4
    assert json.loads(whole)
    with app.app_context():
        assert db.engine.pool.checkedout() == before


@pytest.mark.parametrize("path", LISTS)
def test_a_list_that_breaks_off_gives_its_connection_back(app, path):
    with app.app_context():
        seed(slug="long", contributions=3_000)
        before = db.engine.pool.checkedout()
    for _ in range(20):
        answer, status, _headers = run_wsgi_app(app, EnvironBuilder(path=path).get_environ())
        assert status == "200 OK"
        next(iter(answer))
        answer.close()
    with app.app_context():
        assert db.engine.pool.checkedout() == before


@pytest.mark.parametrize("path", [*LISTS, *PAGES])
def test_more_contributions_ask_no_more_queries(app, client, statements, path):
    with app.app_context():
        seed(slug="long", contributions=30, votes=30, comments=30)
    client.get(path)
    with statements() as few:
        client.get(path)
    with app.app_context():
        seed(slug="long", contributions=700, votes=300, comments=300)
    with statements() as many:
        client.get(path)
    assert len(many) == len(few) <= 9, "\n".join(words for words, _ in many)


def test_comments_are_asked_once_for_a_thousand_contributions(app, client, statements):
    with app.app_context():
        seed(slug="long", contributions=4_100, comments=500)
    with statements() as asked:
        assert client.get(f"{PDS}/commentedcontributions").status_code == 200
    assert sum("FROM comment" in words for words, _ in asked) <= 4 + 1
