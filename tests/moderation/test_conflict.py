"""Two moderators at one case: the second sees what the first decided, and keeps what they wrote."""

from html import unescape

import pytest

from participation.accounts.models import Role
from participation.contributions.models import Contribution
from participation.contributions.services import set_state
from participation.contributions.states import PublicationState
from participation.database import db, transaction
from participation.errors import Conflict
from participation.moderation.models import Outcome
from participation.moderation.queries import decisions_about
from participation.moderation.services import decide
from participation.notices import services

REASONS = "Der zweite Satz <beleidigt> eine Person."
OTHER_REASONS = "Darin steht eine Telefonnummer."
PATH = "/moderation/churchyard/contribution"


@pytest.fixture
def proceeding(make_proceeding):
    return make_proceeding()


@pytest.fixture
def case(app, proceeding, make_contribution, make_actor):
    """A waiting contribution, and how another moderator decides about it."""
    contribution = make_contribution(proceeding, state=PublicationState.SUBMITTED)
    first = make_actor(proceeding, Role.MODERATOR)

    def decide_first(outcome):
        reasons = {"ground": "personal_data", "statement_of_reasons": OTHER_REASONS}
        with app.test_request_context():
            item = db.session.get_one(Contribution, contribution.id)
            decide(first, item, outcome=outcome, seen_version=item.version, **reasons)

    return contribution, decide_first


@pytest.fixture
def second(proceeding, make_actor, make_client):
    """The client of the second moderator."""
    return make_client(make_actor(proceeding, Role.MODERATOR))


def sent(outcome, version="1"):
    return {"seen_version": version, "outcome": outcome, "ground": "insult", "statement_of_reasons": REASONS}


def count_decisions(app, contribution):
    with app.app_context():
        return len(decisions_about(contribution))


@pytest.mark.parametrize("outcome", ["reject", "hide"])
def test_the_second_sees_the_first_decision_and_can_decide_anew(app, case, second, outcome):
    contribution, decide_first = case
    decide_first(Outcome.PUBLISH)
    response = second.send(f"{PATH}/{contribution.id}", sent(outcome))
    page = unescape(response.get_data(as_text=True))
    assert response.status_code == 409
    assert "Keine gültige Auswahl" not in page
    assert "Jemand war schneller." in page
    assert "Veröffentlicht</b>" in page
    assert REASONS in page
    assert 'name="seen_version" value="2"' in page
    assert count_decisions(app, contribution) == 1
    assert second.send(f"{PATH}/{contribution.id}", sent("hide", "2")).status_code == 303
    assert count_decisions(app, contribution) == 2


def test_reasons_stay_where_only_taking_back_is_left_to_decide(case, second):
    contribution, decide_first = case
    decide_first(Outcome.REJECT)
    response = second.send(f"{PATH}/{contribution.id}", sent("reject"))
    page = unescape(response.get_data(as_text=True))
    assert response.status_code == 409
    assert REASONS in page
    assert OTHER_REASONS in page
    assert "Abgelehnt</b>" in page
    assert 'value="undo"' in page


def test_reasons_stay_to_be_copied_where_nothing_is_left_to_decide(app, case, second):
    contribution, _ = case
    with app.app_context(), transaction() as session:
        set_state(session, session.get_one(Contribution, contribution.id), PublicationState.WITHDRAWN)
    response = second.send(f"{PATH}/{contribution.id}", sent("reject"))
    page = unescape(response.get_data(as_text=True))
    assert response.status_code == 409
    assert "readonly>" + REASONS in page
    assert 'name="outcome"' not in page


def test_a_decision_in_the_last_moment_is_told_the_same_way(app, case, second, monkeypatch):
    contribution, decide_first = case

    def too_late(*_arguments, **_words):
        monkeypatch.undo()
        decide_first(Outcome.PUBLISH)
        raise Conflict

    monkeypatch.setattr(services, "decide", too_late)
    response = second.send(f"{PATH}/{contribution.id}", sent("reject"))
    page = unescape(response.get_data(as_text=True))
    assert response.status_code == 409
    assert REASONS in page
    assert 'name="seen_version" value="2"' in page
    assert count_decisions(app, contribution) == 1
