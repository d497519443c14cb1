"""The page on which people make and revoke tokens."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from participation import clock
from participation.accounts.models import AccessToken, Role, Scope
from participation.audit.models import AuditEvent
from participation.database import db
from participation.errors import InvalidInput, NotFound, NotPermitted
from participation.tokens.services import DAYS, MOST_TOKENS, create_token, revoke_token
from tests.token_fixtures import bearer

PAGE = "/account/tokens"
FORM = {"name": "QGIS", "scopes": ["read", "plan"], "proceeding": "", "days": "30"}


@pytest.fixture
def planner(make_proceeding, make_actor):
    return make_actor(make_proceeding(), Role.PLANNER)


def secret_in(page: str) -> str | None:
    found = re.search(r'value="(staff_[^"]+)"', page)
    return found[1] if found else None


def stored(app):
    with app.app_context():
        return db.session.scalars(select(AccessToken).order_by(AccessToken.id)).all()


def test_a_new_token_is_shown_once_kept_as_a_hash_and_works(app, planner, make_client):
    client = make_client(planner)
    answer = client.send(PAGE, FORM)
    secret = secret_in(answer.get_data(as_text=True))
    assert secret
    assert answer.headers["Cache-Control"] == "no-store"
    assert secret_in(client.get(PAGE).get_data(as_text=True)) is None
    (token,) = stored(app)
    assert secret not in (token.secret_hash, token.name)
    assert timedelta(days=29) < token.expires_at - clock.now() < timedelta(days=31)
    stranger = make_client(None)
    path = "/api/v1/proceedings/churchyard/planning/contributions"
    assert stranger.get(path, headers=bearer(secret)).status_code == 200


def test_a_form_sent_twice_makes_one_token(app, planner, make_client):
    client = make_client(planner)
    assert client.send(PAGE, FORM).status_code == 200
    again = client.send(PAGE, FORM)
    assert again.status_code == 422
    assert secret_in(again.get_data(as_text=True)) is None
    assert len(stored(app)) == 1


@pytest.mark.parametrize("change, words", [
    ({"name": ""}, "Sagen Sie, wofür"),
    ({"name": "x" * 81}, "höchstens 80 Zeichen"),
    ({"scopes": []}, "was das Token darf"),
    ({"scopes": ["moderate"]}, ""),
    ({"days": "3000"}, ""),
    ({"proceeding": "77"}, ""),
])  # fmt: skip
def test_what_is_wrong_is_said_and_nothing_is_made(app, planner, make_client, change, words):
    answer = make_client(planner).send(PAGE, FORM | change)
    assert answer.status_code == 422
    assert words in answer.get_data(as_text=True)
    assert stored(app) == []


def test_making_and_revoking_is_on_record(app, planner, make_client):
    client = make_client(planner)
    secret = secret_in(client.send(PAGE, FORM).get_data(as_text=True))
    (token,) = stored(app)
    assert client.send(f"{PAGE}/{token.id}/revoke").status_code == 303
    assert client.send(f"{PAGE}/{token.id}/revoke").status_code == 303
    with app.app_context():
        events = db.session.scalars(select(AuditEvent).order_by(AuditEvent.id)).all()
    assert [(one.action, one.subject_id, one.user_id) for one in events] == [
        ("tokens.create", token.id, planner.user_id),
        ("tokens.revoke", token.id, planner.user_id),
    ]
    assert secret not in str([one.details for one in events])
    assert '<h3 class="h4">QGIS' not in client.get(PAGE).get_data(as_text=True)


def test_the_page_says_when_a_token_was_last_used_to_the_day(app, planner, make_client, make_token):
    secret = make_token(planner, Scope.READ)
    client = make_client(planner)
    assert "Noch nicht benutzt" in client.get(PAGE).get_data(as_text=True)
    make_client(None).get("/api/v1/proceedings", headers=bearer(secret))
    assert "Zuletzt benutzt am" in client.get(PAGE).get_data(as_text=True)
    assert stored(app)[0].used_on == clock.now().astimezone(app.extensions["settings"].time_zone).date()


def test_nobody_revokes_somebody_elses_token(app, planner, make_actor, make_client, make_token, make_proceeding):
    make_token(planner, Scope.READ)
    other = make_client(make_actor(make_proceeding("elsewhere"), Role.MANAGER))
    assert other.send(f"{PAGE}/{stored(app)[0].id}/revoke").status_code == 404
    assert stored(app)[0].revoked_at is None


@pytest.mark.parametrize("is_administrator", [False, True])
def test_without_a_role_there_are_no_tokens(app, make_actor, make_client, is_administrator):
    client = make_client(make_actor(is_administrator=is_administrator))
    page = client.get(PAGE)
    assert page.status_code == 200
    assert 'name="scopes"' not in page.get_data(as_text=True)
    assert client.send(PAGE, FORM).status_code == 403
    assert stored(app) == []


HELD = {
    Role.MODERATOR: {Scope.READ, Scope.MODERATE},
    Role.PLANNER: {Scope.READ, Scope.PLAN},
    Role.MANAGER: {Scope.READ, Scope.MODERATE, Scope.PLAN},
}


@pytest.mark.parametrize("scope", list(Scope))
@pytest.mark.parametrize("where", ["here", "elsewhere", "everywhere"])
@pytest.mark.parametrize("role", list(Role))
def test_nobody_passes_on_more_than_they_hold(app_context, make_proceeding, make_actor, role, where, scope):
    here, elsewhere = make_proceeding(), make_proceeding("elsewhere")
    actor = make_actor(here, role)
    place = {"here": here.id, "elsewhere": elsewhere.id, "everywhere": None}[where]
    wanted = {"name": "T", "scopes": [scope], "proceeding_id": place, "days": DAYS[0]}
    if where == "elsewhere" or scope not in HELD[role]:
        with pytest.raises(InvalidInput):
            create_token(actor, **wanted)
    else:
        assert create_token(actor, **wanted).token.scopes == [scope.value]


def test_a_program_makes_and_revokes_no_tokens(app_context, make_proceeding, make_actor):
    proceeding = make_proceeding()
    manager = make_actor(proceeding, Role.MANAGER)
    made = create_token(manager, name="T", scopes=list(Scope), proceeding_id=None, days=7)
    program = manager.limited_to(list(Scope), None, token_id=made.token.id)
    with pytest.raises(NotPermitted):
        create_token(program, name="U", scopes=[Scope.READ], proceeding_id=None, days=7)
    with pytest.raises(NotFound):
        revoke_token(program, made.token.id)


def test_there_is_an_end_to_the_number_of_tokens(app_context, make_proceeding, make_actor):
    actor = make_actor(make_proceeding(), Role.PLANNER)
    for number in range(MOST_TOKENS):
        create_token(actor, name=str(number), scopes=[Scope.READ], proceeding_id=None, days=7)
    with pytest.raises(InvalidInput):
        create_token(actor, name="one more", scopes=[Scope.READ], proceeding_id=None, days=7)
