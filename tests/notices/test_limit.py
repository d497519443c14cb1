"""Reports have a limit of their own: who sends many is told when to go on, and loses nothing that was typed."""

import re
from dataclasses import replace
from html import unescape

import pytest

TYPED = {"reason": "insult", "explanation": "Der zweite Satz beleidigt meine Nachbarin."}


@pytest.fixture
def few(app, monkeypatch):
    settings = replace(app.extensions["settings"], report_limit="2 per hour")
    monkeypatch.setitem(app.extensions, "settings", settings)


@pytest.fixture
def paths(make_proceeding, make_contribution):
    proceeding = make_proceeding()
    return [f"/proceedings/churchyard/contributions/{make_contribution(proceeding).id}/report" for _ in range(4)]


def test_after_so_many_reports_the_next_one_waits(few, paths, client):
    assert [client.send(path, TYPED).status_code for path in paths] == [303, 303, 429, 429]


def test_one_is_told_when_to_go_on_and_keeps_what_was_typed(few, paths, client):
    for path in paths[:2]:
        client.send(path, TYPED)
    refused = client.send(paths[2], TYPED)
    assert refused.status_code == 429
    seconds = int(refused.headers["Retry-After"])
    assert 60 < seconds <= 3600
    page = unescape(refused.get_data(as_text=True))
    minutes = int(re.search(r"Sie können in (\d+) Minuten wieder melden", page)[1])
    assert abs(minutes * 60 - seconds) <= 60
    assert TYPED["explanation"] in page
    assert re.search(r'value="insult"[^>]*checked|checked[^>]*value="insult"', page)
    assert "many reports" in unescape(client.send(f"/en{paths[2]}", TYPED).get_data(as_text=True))


def test_what_is_refused_or_sent_twice_does_not_count(few, paths, client):
    for _ in range(3):
        assert client.send(paths[0], TYPED | {"explanation": "kurz"}).status_code == 422
    assert client.send(paths[0], TYPED).status_code == 303
    for _ in range(3):
        assert client.send(paths[0], TYPED).status_code == 303  # leads to the receipt
    assert client.send(paths[1], TYPED).status_code == 303


def test_another_act_is_not_limited_by_it(few, paths, client):
    for path in paths[:3]:
        client.send(path, TYPED)
    vote = paths[3].replace("/report", "/vote")
    assert client.send(vote, {"vote": "for"}).status_code == 303


def test_another_network_has_its_own_count(few, paths, client):
    for path in paths[:3]:
        client.send(path, TYPED)
    other = client.send(paths[3], TYPED, environ_overrides={"REMOTE_ADDR": "203.0.113.9"})
    assert other.status_code == 303
