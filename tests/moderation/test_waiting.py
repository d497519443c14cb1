"""The menu tells moderators how much waits in their proceedings, up to a bound."""

import re
from html import unescape

import pytest
from sqlalchemy import insert

from participation import clock
from participation.accounts.models import Role
from participation.complaints.contested import contested_decision
from participation.complaints.services import NewComplaint, complain
from participation.contributions.states import PublicationState as State
from participation.database import transaction
from participation.discussion.models import Comment
from participation.moderation.models import Outcome
from participation.moderation.services import decide
from participation.moderation.waiting import MOST_TOLD, waiting_count


@pytest.fixture
def proceeding(make_proceeding):
    return make_proceeding()


def test_waiting_texts_reported_texts_and_complaints_count(
    app_context, proceeding, make_actor, make_contribution, make_comment, make_notice, make_guest
):
    moderator, author = make_actor(proceeding, Role.MODERATOR), make_guest()
    public = make_contribution(proceeding, author=author)
    assert waiting_count(moderator) == 0
    make_contribution(proceeding, state=State.SUBMITTED)
    make_comment(public, state=State.SUBMITTED)
    assert waiting_count(moderator) == 2
    for _ in range(3):
        make_notice(public)
    assert waiting_count(moderator) == 3
    reasons = {"ground": "insult", "statement_of_reasons": "Der zweite Satz."}
    decision = decide(moderator, public, outcome=Outcome.WARN, seen_version=1, **reasons)
    complain(author, contested_decision(decision), NewComplaint("Der Satz ist ein Zitat."))
    assert waiting_count(moderator) == 4


def test_only_the_own_proceedings_count(app_context, proceeding, make_actor, make_proceeding, make_contribution):
    make_contribution(proceeding, state=State.SUBMITTED)
    elsewhere = make_proceeding("elsewhere")
    for _ in range(2):
        make_contribution(elsewhere, state=State.SUBMITTED)
    assert waiting_count(make_actor(elsewhere, Role.MODERATOR)) == 2
    assert waiting_count(make_actor(elsewhere, Role.MANAGER)) == 2
    for actor in (make_actor(proceeding, Role.PLANNER), make_actor(is_administrator=True), make_actor()):
        assert waiting_count(actor) == 0


@pytest.fixture
def badge(proceeding, make_actor, make_client):
    """Reads what the menu of a page says beside the desk of moderation, to the eye and to screen readers."""

    def read(path="/moderation", role=Role.MODERATOR):
        page = unescape(make_client(make_actor(proceeding, role)).get(path).get_data(as_text=True))
        link = re.search(r'<a href="/moderation"[^>]*>Moderation(.*?)</a>', page)[1]
        return re.findall(r">([^<]+)<", link)

    return read


@pytest.mark.parametrize("path", ["/moderation", "/proceedings/churchyard"])
def test_it_stands_in_the_menu_of_every_page(badge, proceeding, make_contribution, path):
    assert badge(path) == []
    make_contribution(proceeding, state=State.SUBMITTED)
    assert badge(path) == ["1", ", 1 Fall wartet"]
    make_contribution(proceeding, state=State.SUBMITTED)
    assert badge(path) == ["2", ", 2 Fälle warten"]


def test_beyond_the_bound_it_says_more_than(app, badge, proceeding, make_contribution):
    contribution = make_contribution(proceeding)
    now = clock.now()
    with app.app_context(), transaction() as session:
        row = {"proceeding_id": proceeding.id, "contribution_id": contribution.id, "state": State.SUBMITTED,
               "text": "x", "language": "de", "version": 1, "created_at": now}  # fmt: skip
        session.execute(insert(Comment), [row] * MOST_TOLD)
    assert badge() == ["99", ", 99 Fälle warten"]
    make_contribution(proceeding, state=State.SUBMITTED)
    assert badge() == ["99+", ", mehr als 99 Fälle warten"]


def test_people_without_a_desk_of_moderation_cost_no_query(app, proceeding, make_actor, make_client):
    page = make_client(make_actor(proceeding, Role.PLANNER)).get("/planning").get_data(as_text=True)
    assert 'class="count"' not in page
