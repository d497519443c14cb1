"""Choosing a rhythm on “Mails to me”, and stopping digests by the link in each of them, without signing in."""

import re

import pytest

from participation.accounts.models import Role
from participation.digests.models import Rhythm
from participation.digests.queries import rhythm_of
from participation.digests.stopping import stopping_path


@pytest.fixture
def proceeding(make_proceeding):
    return make_proceeding()


@pytest.fixture
def moderator(proceeding, make_actor):
    return make_actor(proceeding, Role.MODERATOR)


@pytest.fixture
def rhythm(app, moderator):
    def ask():
        with app.app_context():
            return rhythm_of(moderator.user_id)

    return ask


@pytest.fixture
def link(app, moderator):
    with app.app_context():
        return stopping_path(moderator.user_id)


def test_a_moderator_chooses(make_client, moderator, rhythm):
    client = make_client(moderator)
    (chosen,) = re.findall(r"<input[^>]*checked[^>]*>", client.get("/account/mails").get_data(as_text=True))
    assert 'value="daily"' in chosen
    response = client.send("/account/mails", {"rhythm": "weekly"})
    assert (response.status_code, response.headers["Location"]) == (303, "/account/mails")
    assert rhythm() is Rhythm.WEEKLY


@pytest.mark.parametrize("data", [{}, {"rhythm": "yearly"}, {"rhythm": ""}])
def test_an_impossible_choice_changes_nothing(make_client, moderator, rhythm, data):
    assert make_client(moderator).send("/account/mails", data).status_code == 422
    assert rhythm() is Rhythm.DAILY


def test_a_resident_has_nothing_to_choose(make_client, make_actor, proceeding):
    client = make_client(make_actor())
    assert 'name="rhythm"' not in client.get("/account/mails").get_data(as_text=True)
    assert client.send("/account/mails", {"rhythm": "hourly"}).status_code == 403


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_opening_the_link_stops_nothing(client, link, rhythm, method):
    response = client.open(link, method=method)
    assert response.status_code == 200
    assert "Set-Cookie" not in response.headers
    assert (response.headers["Cache-Control"], response.headers["X-Robots-Tag"]) == ("no-store", "noindex")
    assert rhythm() is Rhythm.DAILY


def test_a_mail_program_stops_them_with_one_click(client, link, rhythm):
    """RFC 8058, 3.2: a POST without cookies, and no redirect."""
    response = client.post(link, data={"List-Unsubscribe": "One-Click"})
    assert response.status_code == 200
    assert "Sie bekommen diese E-Mails nicht mehr" in response.get_data(as_text=True)
    assert rhythm() is Rhythm.NEVER
    assert client.post(link).status_code == 200


def test_the_button_of_the_page_stops_them(client, link, rhythm):
    assert client.send(f"/en{link}").status_code == 200
    assert rhythm() is Rhythm.NEVER


@pytest.mark.parametrize("token", ["x", "MQ.x", "MQ"])
def test_a_made_up_link_is_no_page(client, proceeding, rhythm, token):
    assert client.post(f"/stop-mails/{token}").status_code == 404
    assert rhythm() is Rhythm.DAILY


def test_another_site_cannot_press_the_button(client, link, rhythm):
    assert client.post(link, headers={"Origin": "https://evil.example"}).status_code == 403
    assert rhythm() is Rhythm.DAILY


def test_the_link_stops_its_own_account_only(app, make_actor, proceeding, client, rhythm, moderator):
    other = make_actor(proceeding, Role.MODERATOR)
    with app.app_context():
        path = stopping_path(other.user_id)
    client.post(path)
    assert rhythm() is Rhythm.DAILY
