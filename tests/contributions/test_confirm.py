"""Confirming an e-mail address: by a button, within two weeks, and never by opening the link alone."""

from datetime import timedelta

import pytest

from participation import clock
from participation.accounts.queries import correspondent
from participation.contributions.checking import NewContribution
from participation.contributions.queries import confirmation_mail
from participation.contributions.services import submit_contribution

EMAIL = "someone@example.org"


@pytest.fixture
def guest(make_guest):
    return make_guest()


@pytest.fixture
def link(app, make_proceeding, guest):
    """The path in the mail that a guest gets."""
    proceeding = make_proceeding()
    with app.app_context():
        new = NewContribution("Mehr Bäume", "Bitte pflanzen Sie hier Linden.", "green")
        contribution = submit_contribution(guest, proceeding, new, idempotency_key="k", email=EMAIL)
        return confirmation_mail({"contribution_id": contribution.id, "email": EMAIL}).values["path"]


@pytest.fixture
def known_address(app, guest):
    def ask():
        with app.app_context():
            return correspondent(guest.participant_id)[0]

    return ask


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_opening_the_link_confirms_nothing(client, link, known_address, method):
    response = client.open(link, method=method)
    assert response.status_code == 200
    assert "Set-Cookie" not in response.headers
    assert response.headers["Cache-Control"] == "no-store"
    assert known_address() is None


def test_the_page_shows_the_address_and_one_button(client, link, markup_findings):
    page = client.get(link).get_data(as_text=True)
    assert markup_findings(page) == []
    assert EMAIL in page
    assert page.count('<form class="stack" method="post"') == 1


def test_the_button_confirms_and_leads_to_the_receipt(client, link, known_address):
    response = client.send(link)
    assert response.status_code == 303
    assert "/receipts/" in response.headers["Location"]
    assert known_address() == EMAIL
    assert client.send(link).status_code == 303


def test_without_the_token_of_the_page_nothing_is_confirmed(client, link, known_address):
    assert client.post(link).status_code == 422
    assert known_address() is None


@pytest.mark.parametrize("late, status", [(timedelta(seconds=-2), 303), (timedelta(), 410)])
def test_the_link_is_good_for_two_weeks(client, link, known_address, set_clock, markup_findings, late, status):
    set_clock(clock.now() + timedelta(days=14) + late)
    response = client.send(link)
    assert response.status_code == status
    assert known_address() == (EMAIL if status == 303 else None)
    page = client.get(link).get_data(as_text=True)
    assert ("Dieser Link gilt nicht mehr" in page) is (status == 410)
    assert markup_findings(page) == []


def test_a_link_that_was_cut_is_told_so(client, link):
    response = client.get(link[:-1])
    assert response.status_code == 404
    assert "Dieser Link ist nicht vollständig." in response.get_data(as_text=True)


def test_a_link_for_an_older_address_confirms_nothing(app, client, link, guest, make_proceeding, known_address):
    proceeding = make_proceeding("second")
    with app.app_context():
        new = NewContribution("Mehr Licht", "Abends ist es hier zu dunkel.", "green")
        submit_contribution(guest, proceeding, new, idempotency_key="l", email="new@example.org")
    assert client.send(link).status_code == 409
    assert known_address() is None
