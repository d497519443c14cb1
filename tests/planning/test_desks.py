"""A planner comes to the proceeding that runs, and gets from each desk to all others."""

from dataclasses import replace

import pytest

from participation.accounts.models import Membership, Role
from participation.database import transaction
from participation.proceedings.models import ProceedingState

DRAFT, PUBLISHED, CLOSED, ARCHIVED = (
    ProceedingState.DRAFT,
    ProceedingState.PUBLISHED,
    ProceedingState.CLOSED,
    ProceedingState.ARCHIVED,
)


@pytest.fixture
def make_planner(app, make_proceeding, make_actor):
    """Make a planner of one proceeding in each of these states, from the oldest to the newest, named by its state."""

    def make(*states):
        first, *others = [make_proceeding(state.value, state=state) for state in states]
        actor = make_actor(first, Role.PLANNER)
        with app.app_context(), transaction() as session:
            session.add_all(
                Membership(user_id=actor.user_id, proceeding_id=other.id, role=Role.PLANNER) for other in others
            )
        return replace(actor, roles=actor.roles | {(other.id, Role.PLANNER) for other in others})

    return make


@pytest.mark.parametrize(
    "states, first",
    [
        ((PUBLISHED, DRAFT), "published"),
        ((CLOSED, PUBLISHED, DRAFT), "published"),
        ((CLOSED, DRAFT, ARCHIVED), "closed"),
        ((ARCHIVED, DRAFT), "draft"),
        ((ARCHIVED,), "archived"),
    ],
)
def test_the_desk_of_the_running_proceeding_comes_first(make_planner, make_client, states, first):
    assert make_client(make_planner(*states)).get("/planning").headers["Location"] == f"/planning/{first}"


def test_each_desk_leads_to_the_others_and_to_no_strange_one(make_planner, make_proceeding, make_client):
    make_proceeding("elsewhere")
    page = make_client(make_planner(PUBLISHED, DRAFT)).get("/planning/draft").get_data(as_text=True)
    assert '<a class="chip chip--plain" href="/planning/published">' in page
    assert 'href="/planning/draft" aria-current="true">' in page
    assert "/planning/elsewhere" not in page


def test_a_single_desk_has_no_switch(make_planner, make_client):
    page = make_client(make_planner(PUBLISHED)).get("/planning/published").get_data(as_text=True)
    assert "more-filters" not in page
