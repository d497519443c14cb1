"""Staff see more in the same collections: with a token (Bearer, or Basic as QGIS sends it), never without."""

import pytest

from participation.accounts.models import Role, Scope
from participation.contributions.states import PublicationState
from tests.token_fixtures import basic, bearer

ITEMS = "/ogc/collections/churchyard.contributions/items"
OF_PLANNERS = {"origin", "responded_at", "published_at"}


@pytest.fixture
def place(make_proceeding, make_contribution):
    """A proceeding with one public contribution and a hidden one."""
    proceeding = make_proceeding()
    make_contribution(proceeding)
    make_contribution(proceeding, state=PublicationState.HIDDEN)
    return proceeding


def properties(client, **headers):
    answer = client.get(ITEMS, headers=headers)
    assert answer.status_code == 200
    (feature,) = answer.get_json(force=True)["features"]
    return set(feature["properties"])


@pytest.mark.parametrize("sent", [bearer, basic])
def test_a_planners_token_gives_the_planners_columns(client, place, make_actor, make_token, sent):
    token = make_token(make_actor(place, Role.PLANNER), Scope.PLAN)
    assert properties(client, **sent(token)) - properties(client) == OF_PLANNERS
    answer = client.get(f"{ITEMS}?origin=web", headers=sent(token))
    assert answer.get_json(force=True)["numberMatched"] == 1
    assert answer.headers["Cache-Control"] == "private, no-cache"
    assert client.get(f"{ITEMS}?origin=web").status_code == 400


@pytest.mark.parametrize("role, scope", [(Role.PLANNER, Scope.READ), (Role.MODERATOR, Scope.MODERATE)])
def test_another_token_gives_the_public_columns(client, place, make_actor, make_token, role, scope):
    token = make_token(make_actor(place, role), scope)
    assert properties(client, **bearer(token)) == properties(client)


def test_the_name_of_what_staff_get_is_not_that_of_the_public(client, place, make_actor, make_token):
    token = make_token(make_actor(place, Role.PLANNER), Scope.PLAN)
    name = client.get(ITEMS).headers["ETag"]
    assert client.get(ITEMS, headers=bearer(token) | {"If-None-Match": name}).status_code == 200
