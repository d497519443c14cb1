"""Taking part through the API: the same services, checks and limits as the forms."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from sqlalchemy import func, select

from participation import clock
from participation.accounts.models import Participant, Role, Scope
from participation.contributions.models import Contribution
from participation.contributions.states import PublicationState as State
from participation.database import db
from participation.discussion.models import Comment, Vote
from participation.moderation.models import Outcome
from participation.moderation.services import decide
from participation.moderation.steps import Particulars
from participation.notices.models import Notice
from participation.notifications.models import OutboxMail
from participation.proceedings.models import ModerationMode, Placing, Voting
from participation.screening.models import HoldingRule
from tests.interfaces.api.conftest import API, HERE, NEW, problem

CONTRIBUTIONS = f"{HERE}/contributions"
REPORT = {"reason": "insult", "explanation": "Der zweite Satz beleidigt meine Nachbarin."}


@pytest.fixture
def place(make_proceeding):
    return make_proceeding()


def count(app, model):
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(model))


def test_a_program_without_cookies_takes_part_from_the_first_word_on(app, program, place, client):
    token = program().post(f"{API}/guests", {"language": "en"})
    assert token.status_code == 201
    assert token.headers["Cache-Control"] == "no-store"
    assert "Set-Cookie" not in token.headers
    guest = program(token.get_json()["token"])
    sent = guest.post(CONTRIBUTIONS, NEW)
    assert sent.status_code == 201
    told = sent.get_json()
    assert told["state"] == "submitted"
    assert client.get(told["receipt_url"].removeprefix("http://127.0.0.1:5000")).status_code == 200
    feature = guest.get(told["url"].replace("http://127.0.0.1:5000", API)).get_json()
    assert feature["geometry"] == NEW["geometry"]
    assert feature["properties"]["title"] == NEW["title"]
    with app.app_context():
        assert db.session.scalars(select(Participant.language)).one() == "en"
        assert token.get_json()["token"] not in str(db.session.scalars(select(Participant.token_hash)).one())


def test_it_is_public_at_once_where_the_form_publishes_at_once(program, guest_program, make_proceeding):
    make_proceeding(moderation_mode=ModerationMode.AFTER)
    assert guest_program().post(CONTRIBUTIONS, NEW).get_json()["state"] == "published"
    assert len(program().get(CONTRIBUTIONS).get_json()["features"]) == 1


def test_rules_of_screening_hold_texts_of_programs_too(guest_program, make_proceeding, arm_rule):
    proceeding = make_proceeding(moderation_mode=ModerationMode.MIXED)
    arm_rule(proceeding, HoldingRule.WORDS, words=["linden"])
    assert guest_program().post(CONTRIBUTIONS, NEW).get_json()["state"] == "submitted"
    other = NEW | {"text": "Bitte pflanzen Sie hier Ulmen.", "title": "Ulmen am Markt"}
    assert guest_program().post(CONTRIBUTIONS, other).get_json()["state"] == "published"


@pytest.mark.parametrize("change, field", [
    ({"title": "kurz"}, "title"), ({"title": "x" * 201}, "title"), ({"title": 5}, "title"),
    ({"text": "kurz"}, "text"), ({"text": "x" * 1501}, "text"), ({"category": "cats"}, "category"),
    ({"type": "cat"}, "type"), ({"consent": False}, "consent"), ({"email": "no address"}, "email"),
    ({"public_name": "x" * 81}, "public_name"), ({"language": "fr"}, "language"), ({"colour": "red"}, "colour"),
    ({"geometry": {"type": "Point", "coordinates": [51.3421, 12.3707]}}, "geometry"),
    ({"geometry": {"type": "Point", "coordinates": [12.3707]}}, "geometry"),
    ({"geometry": {"type": "Point", "coordinates": [False, 51.3]}}, "geometry"),
    ({"geometry": {"type": "Point"}}, "geometry.coordinates"), ({"geometry": "here"}, "geometry"),
])  # fmt: skip
def test_what_the_form_refuses_is_refused_and_named(app, guest_program, place, change, field):
    told = problem(guest_program().post(CONTRIBUTIONS, NEW | change), 422)
    assert told["field"] == field
    assert count(app, Contribution) == 0


@pytest.mark.parametrize("missing", ["title", "text", "category", "consent"])
def test_what_is_missing_is_named(guest_program, place, missing):
    body = {name: value for name, value in NEW.items() if name != missing}
    assert problem(guest_program().post(CONTRIBUTIONS, body), 422)["field"] == missing


def test_all_faults_are_told_at_once(guest_program, place):
    told = problem(guest_program().post(CONTRIBUTIONS, {"title": 1, "colour": "red"}), 422)
    assert {one["field"] for one in told["errors"]} == {"title", "text", "category", "consent", "colour"}


def test_a_place_outside_is_refused_where_the_proceeding_says_inside(guest_program, make_proceeding):
    make_proceeding(placing=Placing.INSIDE)
    outside = NEW | {"geometry": {"type": "Point", "coordinates": [12.38, 51.3421]}}
    assert problem(guest_program().post(CONTRIBUTIONS, outside), 422)["field"] == "geometry"


def test_place_and_type_may_be_left_out(guest_program, place):
    assert guest_program().post(CONTRIBUTIONS, NEW | {"geometry": None, "type": None}).status_code == 201
    without = {name: value for name, value in NEW.items() if name not in ("geometry", "type")}
    assert guest_program().post(CONTRIBUTIONS, without).status_code == 201


def test_an_address_gets_a_question_first(app, guest_program, place):
    guest_program().post(CONTRIBUTIONS, NEW | {"email": "someone@example.org"})
    with app.app_context():
        assert db.session.scalars(select(OutboxMail.template)).all() == ["contributions/confirm"]


def test_the_same_key_is_the_same_contribution_but_only_for_the_same_guest(app, guest_program, place, make_guest):
    guest = make_guest()
    first = guest_program(guest).post(CONTRIBUTIONS, NEW, Idempotency_Key="k-1")
    second = guest_program(guest).post(CONTRIBUTIONS, NEW, Idempotency_Key="k-1")
    assert first.get_json() == second.get_json()
    assert (first.status_code, second.status_code) == (201, 201)
    other = guest_program().post(CONTRIBUTIONS, NEW, Idempotency_Key="k-1")
    assert other.get_json()["id"] != first.get_json()["id"]
    assert guest_program(guest).post(CONTRIBUTIONS, NEW).get_json()["id"] != first.get_json()["id"]
    assert count(app, Contribution) == 3


def test_the_same_key_for_something_else_is_refused(app, guest_program, place, make_guest):
    guest = guest_program(make_guest())
    guest.post(CONTRIBUTIONS, NEW, Idempotency_Key="k")
    changed = guest.post(CONTRIBUTIONS, NEW | {"text": "Bitte pflanzen Sie hier Ulmen."}, Idempotency_Key="k")
    assert problem(changed, 422)["field"] == "Idempotency-Key"
    assert count(app, Contribution) == 1


@pytest.mark.parametrize("key", ["", " ", "x" * 65, "ä", "a b"])
def test_a_key_that_is_none_is_refused(guest_program, place, key):
    assert problem(guest_program().post(CONTRIBUTIONS, NEW, Idempotency_Key=key), 422)["field"] == "Idempotency-Key"


@pytest.mark.parametrize("what", ["contribution", "comment", "report", "vote"])
def test_two_sendings_in_the_same_moment_are_stored_once(
    app, guest_program, place, make_guest, make_contribution, what
):
    guest, public = make_guest(), make_contribution(place)
    here = f"{CONTRIBUTIONS}/{public.id}"
    method, path, body, model, before = {
        "contribution": ("POST", CONTRIBUTIONS, NEW, Contribution, 1),
        "comment": ("POST", f"{here}/comments", {"text": "Das sehe ich auch so."}, Comment, 0),
        "report": ("POST", f"{here}/notices", REPORT, Notice, 0),
        "vote": ("PUT", f"{here}/vote", {"value": "for"}, Vote, 0),
    }[what]
    start = Barrier(2)

    def send(_number):
        sender = guest_program(guest)
        start.wait(timeout=20)
        return sender.send(method, path, body, Idempotency_Key="twice")

    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(send, range(2)))
    assert {one.status_code for one in answers} <= {200, 201}
    assert count(app, model) == before + 1
    if what != "vote":
        assert len({one.get_json()["id"] for one in answers}) == 1
    else:
        assert answers[0].get_json()["votes_for"] == 1


def test_votes_are_cast_changed_and_taken_back(program, guest_program, place, make_contribution):
    path = f"{CONTRIBUTIONS}/{make_contribution(place).id}/vote"
    guest = guest_program()
    assert guest.get(path).get_json() == {"votes_for": 0, "votes_against": 0, "own": None}
    assert guest.send("PUT", path, {"value": "for"}).get_json() == {"votes_for": 1, "votes_against": 0, "own": "for"}
    assert guest.send("PUT", path, {"value": "for"}).get_json()["votes_for"] == 1
    changed = {"votes_for": 0, "votes_against": 1, "own": "against"}
    assert guest.send("PUT", path, {"value": "against"}).get_json() == changed
    assert program().get(path).get_json() == changed | {"own": None}
    assert guest.send("DELETE", path).get_json() == {"votes_for": 0, "votes_against": 0, "own": None}
    assert guest.send("DELETE", path).status_code == 200


def test_where_only_support_counts_nobody_votes_against(guest_program, make_proceeding, make_contribution):
    path = f"{CONTRIBUTIONS}/{make_contribution(make_proceeding(voting=Voting.SUPPORT)).id}/vote"
    problem(guest_program().send("PUT", path, {"value": "against"}), 422)


def test_comments_and_answers_are_taken_once(app, guest_program, place, make_guest, make_contribution):
    path = f"{CONTRIBUTIONS}/{make_contribution(place).id}/comments"
    guest = guest_program(make_guest())
    first = guest.post(path, {"text": "Gut.", "public_name": "Kim"}, Idempotency_Key="a")
    assert first.status_code == 201
    assert guest.post(path, {"text": "Gut.", "public_name": "Kim"}, Idempotency_Key="a").get_json() == first.get_json()
    assert count(app, Comment) == 1
    problem(guest.post(path, {"text": "x"}), 422)
    problem(guest.post(path, {"text": "Antwort", "parent": 999}), 409)
    problem(guest.post(path, {"text": "Antwort", "parent": first.get_json()["id"]}), 409)  # it waits to be checked


def test_a_report_leads_to_a_receipt_and_a_second_one_to_the_same(
    app, client, guest_program, place, make_contribution, make_comment
):
    contribution = make_contribution(place)
    path, comment = f"{CONTRIBUTIONS}/{contribution.id}/notices", make_comment(contribution)
    guest = guest_program()
    first, again = guest.post(path, REPORT).get_json(), guest.post(path, REPORT).get_json()
    assert first == again
    assert client.get(first["receipt_url"].removeprefix("http://127.0.0.1:5000")).status_code == 200
    about_comment = guest.post(path, REPORT | {"comment": comment.id}).get_json()
    assert about_comment["id"] != first["id"]
    assert count(app, Notice) == 2
    problem(guest.post(path, REPORT | {"comment": 999}), 404)
    assert problem(guest.post(path, REPORT | {"reason": "cats"}), 422)["field"] == "reason"


def test_reports_of_a_program_have_the_limit_of_the_form(app, guest_program, place, make_contribution):
    paths = [f"{CONTRIBUTIONS}/{make_contribution(place).id}/notices" for _ in range(11)]
    answers = [guest_program().post(path, REPORT) for path in paths]
    assert {one.status_code for one in answers[:10]} == {201}
    problem(answers[10], 429)
    assert 60 < int(answers[10].headers["Retry-After"]) <= 3600
    assert count(app, Notice) == 10


def acts(contribution):
    here = f"{CONTRIBUTIONS}/{contribution.id}"
    return [
        ("POST", CONTRIBUTIONS, NEW),
        ("PUT", f"{here}/vote", {"value": "for"}),
        ("DELETE", f"{here}/vote", None),
        ("POST", f"{here}/comments", {"text": "Gut so."}),
        ("POST", f"{here}/notices", REPORT),
    ]


def test_without_a_guests_token_nobody_takes_part(app, program, place, make_contribution, make_actor, make_token):
    contribution = make_contribution(place)
    staff = program(make_token(make_actor(place, Role.MANAGER), *Scope))
    for method, path, body in acts(contribution):
        refused = program().send(method, path, body)
        problem(refused, 401)
        assert refused.headers["WWW-Authenticate"].startswith("Bearer")
        problem(staff.send(method, path, body), 403)
    assert [count(app, model) for model in (Vote, Comment, Notice)] == [0, 0, 0]


def test_when_the_phase_is_over_nothing_is_taken_but_reports(app, guest_program, make_proceeding, make_contribution):
    now = clock.now()
    closed = make_proceeding(starts_at=now - timedelta(days=9), ends_at=now - timedelta(days=2))
    contribution = make_contribution(closed)
    guest = guest_program()
    for method, path, body in acts(contribution):
        answer = guest.send(method, path, body)
        if path.endswith("/notices"):
            assert answer.status_code == 201
        else:
            assert "seit dem" in problem(answer, 409)["detail"]


@pytest.mark.parametrize("state, status", [(State.HIDDEN, 410), (State.SUBMITTED, 404), (State.REJECTED, 404)])
def test_nobody_acts_on_what_cannot_be_read(guest_program, place, make_contribution, state, status):
    contribution = make_contribution(place, state=state)
    for method, path, body in acts(contribution)[1:]:
        problem(guest_program().send(method, path, body), status)


def test_whoever_is_blocked_is_told_so(guest_program, place, make_guest, make_contribution, block):
    guest = make_guest()
    block(make_contribution(place, author=guest))
    assert "endet am" in problem(guest_program(guest).post(CONTRIBUTIONS, NEW), 403)["detail"]


@pytest.fixture
def block(app, make_actor, place):
    """Block a guest because of a contribution."""

    def call(contribution):
        moderator = make_actor(place, Role.MODERATOR)
        with app.test_request_context():
            item = db.session.get_one(Contribution, contribution.id)
            reasons = {"ground": "insult", "statement_of_reasons": "Der zweite Satz."}
            days = Particulars(block_days=7)
            decide(moderator, item, outcome=Outcome.BLOCK, seen_version=1, particulars=days, **reasons)

    return call


def test_posts_of_a_program_count_with_those_of_the_pages(app, guest_program, place, make_contribution):
    path = f"{CONTRIBUTIONS}/{make_contribution(place).id}/vote"
    guest = guest_program()
    for number in range(60):
        answer = guest.send("PUT", path, {"value": "for" if number % 2 else "against"})
    assert answer.status_code == 200
    assert answer.headers["X-RateLimit-Remaining"] == "0"
    assert "Retry-After" not in answer.headers
    for method, other, body in acts(make_contribution(place)):
        refused = guest.send(method, other, body)
        problem(refused, 429)
        assert 1 <= int(refused.headers["Retry-After"]) <= 600
    problem(guest.post(f"{API}/guests", {"language": "de"}), 429)
    assert guest.get(path).status_code == 200
