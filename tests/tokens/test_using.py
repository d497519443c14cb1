"""Where a token counts, what it is good for, and that nothing else is read beside it."""

import logging
from datetime import timedelta

import pytest
from sqlalchemy import delete

from participation import clock
from participation.accounts.models import Membership, Role, Scope
from participation.contributions.states import PublicationState as State
from participation.database import db, transaction
from participation.proceedings.models import ProceedingState
from participation.routes import ONLY_TOKENS, TOKENS_OR_COOKIES
from tests.token_fixtures import basic, bearer
from tests.whole_app.test_routes import address, rules

API = "/api/v1/proceedings/churchyard"
QUEUE, PLANNING = f"{API}/moderation/queue", f"{API}/planning/contributions"
PLANNERS_FILE = "/planning/churchyard/contributions.geojson"
ROLES = [Role.MODERATOR, Role.PLANNER, Role.MANAGER]


@pytest.mark.parametrize("place", ["here", "elsewhere", "everywhere"])
@pytest.mark.parametrize("scope", list(Scope))
@pytest.mark.parametrize("role", ROLES)
def test_a_token_reaches_as_far_as_scope_role_and_proceeding_together(
    client, make_proceeding, make_actor, make_token, role, scope, place
):
    here, elsewhere = make_proceeding(), make_proceeding("elsewhere")
    owner = make_actor(here, role)
    where = {"here": here, "elsewhere": elsewhere, "everywhere": None}[place]
    sent = bearer(make_token(owner, scope, proceeding=where))
    reaches = place != "elsewhere"
    moderates = reaches and scope is Scope.MODERATE and role in (Role.MODERATOR, Role.MANAGER)
    plans = reaches and scope is Scope.PLAN and role in (Role.PLANNER, Role.MANAGER)
    assert client.get(QUEUE, headers=sent).status_code == (200 if moderates else 403)
    assert client.get(PLANNING, headers=sent).status_code == (200 if plans else 403)
    assert client.get(PLANNERS_FILE, headers=sent).status_code == (200 if plans else 403)


@pytest.mark.parametrize("scope, sees", [(Scope.READ, True), (Scope.MODERATE, False), (Scope.PLAN, True)])
def test_a_draft_is_seen_with_a_token_that_reads_or_works_there(
    client, make_proceeding, make_actor, make_token, scope, sees
):
    draft = make_proceeding(state=ProceedingState.DRAFT)
    sent = bearer(make_token(make_actor(draft, Role.PLANNER), scope))
    assert client.get(API).status_code == 404
    assert client.get(API, headers=sent).status_code == (200 if sees else 404)
    listed = client.get("/api/v1/proceedings", headers=sent).get_json()["items"]
    assert bool(listed) is sees


def test_whoever_loses_a_role_loses_it_in_every_token(app, client, make_proceeding, make_actor, make_token):
    owner = make_actor(make_proceeding(), Role.MODERATOR)
    sent = bearer(make_token(owner, Scope.MODERATE))
    assert client.get(QUEUE, headers=sent).status_code == 200
    with app.app_context(), transaction() as session:
        session.execute(delete(Membership).where(Membership.user_id == owner.user_id))
    assert client.get(QUEUE, headers=sent).status_code == 403


def test_an_administrators_token_is_worth_only_the_roles(client, make_proceeding, make_actor, make_token):
    make_proceeding(state=ProceedingState.DRAFT)
    elsewhere = make_proceeding("elsewhere")
    owner = make_actor(elsewhere, Role.PLANNER, is_administrator=True)
    assert client.get(API, headers=bearer(make_token(owner, Scope.READ))).status_code == 404


@pytest.mark.parametrize("headers", [bearer, basic, lambda token: basic(token, "k.anders@example.org")])
def test_bearer_and_basic_are_the_same(client, make_proceeding, make_actor, make_token, headers):
    token = make_token(make_actor(make_proceeding(), Role.PLANNER), Scope.PLAN)
    assert client.get(PLANNING, headers=headers(token)).status_code == 200
    assert client.get(PLANNERS_FILE, headers=headers(token)).status_code == 200


@pytest.mark.parametrize(
    "path", [QUEUE, API, "/ogc/collections?f=json", PLANNERS_FILE, "/proceedings/churchyard/contributions.csv"]
)
@pytest.mark.parametrize("wrong", [
    {"Authorization": "Bearer staff_wrong"}, {"Authorization": "Bearer guest_wrong"}, {"Authorization": "Bearer"},
    {"Authorization": "Bearer staff_\x00"}, {"Authorization": "Bearer staff_" + "x" * 9000},
    {"Authorization": "Basic !!!"}, {"Authorization": "Digest x"}, {"Authorization": "nonsense"},
    basic("demo-password"), basic(""),
])  # fmt: skip
def test_a_wrong_token_is_refused_and_never_taken_for_none(client, make_proceeding, path, wrong):
    make_proceeding()
    answer = client.get(path, headers=wrong)
    assert answer.status_code == 401
    assert answer.content_type == "application/problem+json"
    assert 'error="invalid_token"' in answer.headers["WWW-Authenticate"]
    assert "Basic" in answer.headers["WWW-Authenticate"]
    assert answer.get_json()["status"] == 401


@pytest.mark.parametrize("is_over", [False, True])
def test_a_token_ends_at_its_moment(client, make_proceeding, make_actor, make_token, set_clock, is_over):
    set_clock(clock.now())
    ago = timedelta(0) if is_over else -timedelta(seconds=1)
    sent = bearer(make_token(make_actor(make_proceeding(), Role.PLANNER), Scope.PLAN, ago=ago))
    assert client.get(PLANNING, headers=sent).status_code == (401 if is_over else 200)


def test_a_revoked_token_is_refused(client, make_proceeding, make_actor, make_token):
    owner = make_actor(make_proceeding(), Role.PLANNER)
    sent = bearer(make_token(owner, Scope.PLAN, revoked_at=clock.now()))
    assert client.get(PLANNING, headers=sent).status_code == 401


def test_cookies_count_for_nothing_beside_a_token(make_proceeding, make_actor, make_client, make_token):
    proceeding = make_proceeding()
    planner = make_client(make_actor(proceeding, Role.PLANNER))
    sent = bearer(make_token(make_actor(proceeding, Role.MODERATOR), Scope.MODERATE))
    assert planner.get(PLANNERS_FILE).status_code == 200
    assert planner.get(PLANNERS_FILE, headers=sent).status_code == 403
    assert planner.get(PLANNERS_FILE, headers=bearer("staff_wrong")).status_code == 401


def test_the_interface_reads_no_cookie(make_proceeding, make_actor, make_client, make_guest, make_contribution):
    proceeding = make_proceeding()
    assert make_client(make_actor(proceeding, Role.MANAGER)).get(QUEUE).status_code == 401
    guest = make_guest()
    waiting = make_contribution(proceeding, state=State.SUBMITTED, author=guest)
    assert make_client(guest).get(f"{API}/contributions/{waiting.id}").status_code == 404


def test_pages_know_no_tokens(app, make_proceeding, make_actor, make_client, make_token, make_contribution):
    """Neither a right one nor a wrong one changes what a page shows: only interfaces and downloads take them."""
    proceeding = make_proceeding()
    manager = make_actor(proceeding, Role.MANAGER)
    right = bearer(make_token(manager, *Scope))
    stranger, signed_in = make_client(None), make_client(manager)
    for path in ("/account", "/account/tokens", "/moderation/churchyard", "/manage/churchyard/rules", "/planning"):
        assert "/sign-in" in stranger.get(path, headers=right).headers["Location"]
        assert signed_in.get(path, headers=bearer("staff_wrong")).status_code in (200, 303)
    contribution = make_contribution(proceeding)
    takers = [one for one in rules(app) if takes_token(app, one, contribution)]
    assert {one.endpoint.partition(".")[0] for one in takers} == ONLY_TOKENS | TOKENS_OR_COOKIES


def takes_token(app, rule, contribution):
    """Ask the application itself whether a wrong token is noticed at an address."""
    with app.app_context():
        path = address(rule, contribution)
    method = next(iter(rule.methods - {"OPTIONS", "HEAD"}))
    answer = app.test_client().open(path, method=method, headers=bearer("staff_wrong"))
    return "invalid_token" in answer.headers.get("WWW-Authenticate", "")


def test_tokens_are_in_no_log(client, make_proceeding, make_actor, make_token, caplog):
    caplog.set_level(logging.DEBUG)
    token = make_token(make_actor(make_proceeding(), Role.MODERATOR), Scope.MODERATE)
    client.get(QUEUE, headers=bearer(token))
    client.get(QUEUE, headers=bearer("staff_secretly-wrong"))
    client.get(QUEUE, headers=basic("staff_secretly-wrong"))
    assert token not in caplog.text
    assert "secretly" not in caplog.text


def test_using_a_token_writes_once_a_day(app, client, make_proceeding, make_actor, make_token, monkeypatch):
    sent = bearer(make_token(make_actor(make_proceeding(), Role.PLANNER), Scope.PLAN))
    client.get(PLANNING, headers=sent)

    def never(*_arguments):
        raise AssertionError

    monkeypatch.setattr("participation.accounts.services.note_token_use", never)
    assert client.get(PLANNING, headers=sent).status_code == 200
    with app.app_context():
        db.session.rollback()
