"""The desks of the staff for programs: queue, cases, decisions, the planners' edition."""

import json
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy import func, select

from participation.accounts.models import Role, Scope
from participation.audit.models import AuditEvent
from participation.contributions.states import PublicationState as State
from participation.database import db
from participation.exports.tables import CONTRIBUTIONS, Audience
from participation.moderation.models import ModerationDecision
from participation.notices.models import Notice, NoticeState
from tests.interfaces.api.conftest import HERE, problem

QUEUE = f"{HERE}/moderation/queue"
HIDE = {"outcome": "hide", "version": 1, "ground": "insult", "statement_of_reasons": "Der zweite Satz."}


@pytest.fixture
def place(make_proceeding):
    return make_proceeding()


@pytest.fixture
def moderator(place, make_actor):
    return make_actor(place, Role.MODERATOR)


@pytest.fixture
def desk(program, moderator, make_token):
    return program(make_token(moderator, Scope.MODERATE))


def case_path(item):
    return f"{HERE}/moderation/{item.__tablename__}/{item.id}"


def decisions(app):
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(ModerationDecision))


def test_the_queue_is_that_of_the_page(desk, place, make_contribution, make_comment, make_notice):
    waiting = make_contribution(place, state=State.SUBMITTED, title="Wartet hier")
    public = make_contribution(place, title="Ist gemeldet")
    comment = make_comment(public, "Wartet auch", state=State.SUBMITTED)
    make_notice(public)
    found = desk.get(QUEUE).get_json()
    assert [(one["kind"], one["id"]) for one in found["items"]] == [
        ("contribution", waiting.id), ("comment", comment.id),
    ]  # fmt: skip
    assert found["items"][1]["contribution"] == public.id
    (reported,) = desk.get(f"{QUEUE}?kind=notice").get_json()["items"]
    assert (reported["id"], reported["reports"]) == (public.id, 1)
    assert desk.get(f"{QUEUE}?kind=comment&q=auch").get_json()["items"][0]["text"] == "Wartet auch"


def test_the_queue_has_pages(desk, place, make_contribution):
    ids = [make_contribution(place, state=State.SUBMITTED).id for _ in range(5)]
    seen, path = [], f"{QUEUE}?limit=2"
    while path:
        page = desk.get(path).get_json()
        seen += [one["id"] for one in page["items"]]
        path = (page["next"] or "").removeprefix("http://127.0.0.1:5000")
    assert seen == ids


def test_a_decision_is_taken_settles_notices_and_names_the_token(
    app, desk, place, moderator, make_contribution, make_notice
):
    contribution = make_contribution(place)
    notice = make_notice(contribution)
    case = desk.get(case_path(contribution)).get_json()
    assert (case["newest_notice"], case["notices"][0]["reason"]) == (notice.id, "insult")
    answer = desk.post(f"{case_path(contribution)}/decisions", HIDE | {"newest_notice": notice.id})
    assert answer.status_code == 201
    told = answer.get_json()
    assert (told["state"], told["version"], told["notices"]) == ("hidden", 2, [])
    assert told["decisions"][0]["statement_of_reasons"] == "Der zweite Satz."
    with app.app_context():
        assert db.session.get_one(Notice, notice.id).state is NoticeState.SETTLED
        event = db.session.scalars(select(AuditEvent).where(AuditEvent.action == "moderation.hide")).one()
    assert event.user_id == moderator.user_id
    assert event.details["by_token_id"] > 0


def test_a_decision_is_taken_back(desk, place, make_contribution):
    contribution = make_contribution(place)
    told = desk.post(f"{case_path(contribution)}/decisions", HIDE).get_json()
    path = f"{case_path(contribution)}/decisions/{told['decisions'][0]['id']}/undo"
    problem(desk.post(path, {"version": 1}), 409)
    back = desk.post(path, {"version": told["version"]})
    assert back.status_code == 201
    assert back.get_json()["state"] == "published"
    problem(desk.post(path, {"version": back.get_json()["version"]}), 409)
    problem(desk.post(f"{case_path(contribution)}/decisions/999/undo", {"version": 3}), 404)


def test_those_who_reported_are_told_why_a_text_stays(desk, place, make_contribution, make_notice):
    contribution = make_contribution(place)
    notice = make_notice(contribution)
    answer = {"answer": "Der Satz greift niemanden an.", "version": 1, "newest_notice": notice.id}
    path = f"{case_path(contribution)}/notices/refusal"
    assert problem(desk.post(path, answer | {"answer": "kurz"}), 422)["field"] == "answer"
    problem(desk.post(path, answer | {"newest_notice": notice.id + 1}), 409)
    assert desk.post(path, answer).get_json()["notices"] == []


@pytest.mark.parametrize("body, status, field", [
    (HIDE | {"version": 2}, 409, None),
    (HIDE | {"outcome": "reject"}, 409, None),
    (HIDE | {"newest_notice": 99}, 409, None),
    (HIDE | {"ground": None}, 422, "ground"),
    (HIDE | {"ground": "cats"}, 422, "ground"),
    (HIDE | {"statement_of_reasons": ""}, 422, "statement_of_reasons"),
    (HIDE | {"outcome": "undo"}, 422, "outcome"),
    (HIDE | {"version": "1"}, 422, "version"),
    (HIDE | {"outcome": "redact", "passages": ["steht nicht da"]}, 422, "passages"),
    (HIDE | {"outcome": "merge", "leading": 99}, 422, "leading"),
    (HIDE | {"outcome": "move", "place": {"geometry": {"type": "Point", "coordinates": [0, 0]}}}, 422, "geometry"),
])  # fmt: skip
def test_decisions_that_cannot_be_are_refused_and_change_nothing(
    app, desk, place, make_contribution, body, status, field
):
    contribution = make_contribution(place)
    told = problem(desk.post(f"{case_path(contribution)}/decisions", body), status)
    assert told.get("field") == field
    assert decisions(app) == 0


@pytest.mark.parametrize("outcome, more", [
    ("redact", {"passages": ["im August"]}), ("move", {"category": "paths"}),
    ("move", {"place": {"geometry": {"type": "Point", "coordinates": [12.3708, 51.3422]}}}),
    ("move", {"place": {"geometry": None}}), ("hide", {}),
])  # fmt: skip
def test_every_kind_of_decision_can_be_taken(desk, place, make_contribution, outcome, more):
    answer = desk.post(f"{case_path(make_contribution(place))}/decisions", HIDE | {"outcome": outcome} | more)
    assert answer.status_code == 201, answer.get_json()
    assert answer.get_json()["decisions"][0]["outcome"] == outcome


def test_comments_are_decided_about_in_the_same_way(desk, place, make_contribution, make_comment):
    comment = make_comment(make_contribution(place), state=State.SUBMITTED)
    answer = desk.post(f"{case_path(comment)}/decisions", {"outcome": "publish", "version": 1})
    assert answer.get_json()["state"] == "published"


def test_of_two_decisions_in_the_same_moment_one_is_taken(app, desk, place, make_contribution):
    path, start = f"{case_path(make_contribution(place))}/decisions", Barrier(2)

    def send(_number):
        start.wait(timeout=20)
        return desk.post(path, HIDE).status_code

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(send, range(2))) == [201, 409]
    assert decisions(app) == 1


REFUSAL = {"answer": "Ach so ist das.", "version": 1, "newest_notice": 1}
CALLS = [
    ("GET", "moderation/queue", None),
    ("GET", "moderation/contribution/{id}", None),
    ("POST", "moderation/contribution/{id}/decisions", HIDE),
    ("POST", "moderation/contribution/{id}/decisions/1/undo", {"version": 1}),
    ("POST", "moderation/contribution/{id}/notices/refusal", REFUSAL),
    ("GET", "moderation/contribution/{id}/votes", None),
    ("GET", "planning/contributions", None),
]  # fmt: skip


@pytest.mark.parametrize("method, path, body", CALLS)
def test_strangers_and_guests_do_not_get_to_the_desks(
    app, program, guest_program, place, make_contribution, method, path, body
):
    here = f"{HERE}/{path}".format(id=make_contribution(place).id)
    for who in (program(), guest_program()):
        problem(who.send(method, here, body), 401)
    assert decisions(app) == 0


@pytest.mark.parametrize("method, path, body", CALLS)
@pytest.mark.parametrize("scope", list(Scope))
@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("is_here", [True, False])
def test_every_call_of_the_staff_needs_scope_and_role_in_this_proceeding(
    program, place, make_proceeding, make_actor, make_token, make_contribution, role, is_here, scope, method, path, body
):
    contribution = make_contribution(place)
    owner = make_actor(place if is_here else make_proceeding("elsewhere"), role)
    answer = program(make_token(owner, scope)).send(method, f"{HERE}/{path}".format(id=contribution.id), body)
    needed = Scope.PLAN if path.startswith("planning") else Scope.MODERATE
    held = {Scope.PLAN: Role.PLANNER, Scope.MODERATE: Role.MODERATOR}[needed]
    may = is_here and scope is needed and role in (held, Role.MANAGER)
    assert (answer.status_code == 403) is not may
    if may:
        assert answer.status_code in (200, 201, 404, 409)


def test_a_case_of_another_proceeding_is_not_found(desk, make_proceeding, make_contribution):
    problem(desk.get(case_path(make_contribution(make_proceeding("elsewhere")))), 404)


def test_who_casts_many_votes_is_found_and_blocked(desk, place, make_guest, make_contribution, guest_program):
    voter = make_guest("voter@example.org")
    items = [make_contribution(place) for _ in range(6)]
    for item in items[:5]:
        guest_program(voter).send("PUT", f"{HERE}/contributions/{item.id}/vote", {"value": "against"})
    path = f"{case_path(items[0])}/votes"
    pace = desk.get(path).get_json()
    assert [one["votes"] for one in pace["periods"]] == [1]
    (found,) = pace["voters"]
    assert (found["id"], found["votes"], found["blocked_until"]) == (voter.participant_id, 5, None)
    assert "against" not in desk.get(path).text
    body = {
        "outcome": "block_voter", "version": 1, "ground": "votes", "statement_of_reasons": "Fünf in einer Minute.",
        "block_days": 7,
    }  # fmt: skip
    decisions = f"{case_path(items[0])}/decisions"
    assert problem(desk.post(decisions, body), 422)["field"] == "voter"
    assert problem(desk.post(decisions, body | {"voter": voter.participant_id + 99}), 422)["field"] == "voter"
    assert desk.post(decisions, body | {"voter": found["id"]}).status_code == 201
    assert desk.get(path).get_json()["voters"][0]["blocked_until"] is not None
    late = guest_program(voter).send("PUT", f"{HERE}/contributions/{items[5].id}/vote", {"value": "for"})
    assert problem(late, 403)
    assert problem(desk.get(f"{path}?days=2"), 422)["field"] == "days"


def test_planners_read_names_only_on_request_and_that_is_kept_on_record(
    app, program, place, make_actor, make_token, make_contribution
):
    make_contribution(place, public_name="Kim Haselmaus")
    planner = make_actor(place, Role.PLANNER)
    reader, path = program(make_token(planner, Scope.PLAN)), f"{HERE}/planning/contributions"

    def noted():
        with app.app_context():
            return db.session.scalar(select(func.count()).where(AuditEvent.action == "exports.personal"))

    assert "Haselmaus" not in reader.get(f"{path}?personal=0").text
    assert noted() == 0
    (feature,) = reader.get(f"{path}?personal=1").get_json()["features"]
    assert feature["properties"]["public_name"] == "Kim Haselmaus"
    assert noted() == 1
    assert problem(reader.get(f"{path}?personal=yes"), 422)["field"] == "personal"


def test_planners_read_the_columns_of_their_downloads(
    client, program, place, make_actor, make_token, make_client, make_contribution
):
    planner = make_actor(place, Role.PLANNER)
    make_contribution(place, public_name="Kim Haselmaus")
    make_contribution(place, state=State.SUBMITTED)
    answer = program(make_token(planner, Scope.PLAN)).get(f"{HERE}/planning/contributions")
    (feature,) = answer.get_json()["features"]
    assert list(feature["properties"]) == [one.name for one in CONTRIBUTIONS.columns_for(Audience.PLANNERS)]
    assert "Haselmaus" not in answer.get_data(as_text=True)
    downloaded = make_client(planner).get("/planning/churchyard/contributions.geojson").data
    assert json.loads(downloaded)["features"] == [feature]
    assert answer.headers["Cache-Control"] == "no-cache, private"


@pytest.mark.parametrize("query, field", [
    ("?kind=cats", "kind"), ("?state=cats", "state"), ("?category=cats", "category"), ("?after=cats", "after"),
    ("?limit=101", "limit"), ("?bbox=1", "bbox"), ("?page=2", "page"), ("?sort=reported", "sort"),
])  # fmt: skip
def test_a_wrong_word_in_the_filter_is_named(desk, place, query, field):
    assert problem(desk.get(QUEUE + query), 422)["field"] == field
