"""The moderators' desk with complaints: who sees and decides what, and that nothing typed is lost."""

import re
from html import unescape

import pytest
from sqlalchemy import insert, select

from participation.accounts.actors import Actor
from participation.accounts.models import Role
from participation.casework.services import add_note, hold_case
from participation.complaints.contested import contested_answer, contested_decision
from participation.complaints.models import Complaint, ComplaintOutcome, ComplaintState
from participation.complaints.receipts import complaint_secret
from participation.complaints.services import NewComplaint, complain
from participation.contributions.models import Contribution
from participation.contributions.states import PublicationState as State
from participation.database import db, transaction
from participation.moderation.models import ModerationDecision, Outcome
from participation.moderation.steps import Particulars
from participation.notices.services import NewNotice, decide, refuse_notices, report
from tests.complaints.conftest import ANSWER, REFUSAL, WHY

REASONS = "Im zweiten Satz nennen Sie eine Telefonnummer."
LIMIT = {"ground": "personal_data", "statement_of_reasons": REASONS}
DESK = "/moderation/churchyard/complaints"
OTHER_ANSWER = "Ich sehe das <ganz> anders und lasse es verborgen."


@pytest.fixture
def place(make_proceeding):
    return make_proceeding()


@pytest.fixture
def actors(place, make_actor):
    return [make_actor(place, Role.MODERATOR) for _ in range(3)]


@pytest.fixture
def clients(actors, make_client):
    """The first moderator, who decided, and two others."""
    return [make_client(actor) for actor in actors]


@pytest.fixture
def text(place, make_contribution, make_guest):
    return make_contribution(place, author=make_guest(), title="Linden pflanzen")


@pytest.fixture
def by_author(app, text, actors, make_guest):
    """A complaint of the author; returns its path on the desk."""
    with app.test_request_context():
        item = db.session.get_one(Contribution, text.id)
        decision = decide(actors[0], item, outcome=Outcome.HIDE, seen_version=1, seen_notice=0, **LIMIT)
        return f"{DESK}/{complain(make_guest(), contested_decision(decision), NewComplaint(WHY)).id}"


@pytest.fixture
def by_reporter(app, text, actors, make_guest):
    """A complaint of someone who reported it; returns its path on the desk."""
    with app.test_request_context():
        item = db.session.get_one(Contribution, text.id)
        new = NewNotice("insult", "Der zweite Satz ist eine Drohung.", "der zweite Satz")
        notice = report(make_guest(), item, None, new, idempotency_key="k")
        refuse_notices(actors[0], item, answer=REFUSAL, seen_version=1, seen_notice=notice.id)
        return f"{DESK}/{complain(make_guest(), contested_answer(notice), NewComplaint(WHY)).id}"


@pytest.fixture
def only(app):
    """Reads the only complaint."""

    def read():
        with app.app_context():
            return db.session.scalars(select(Complaint)).one()

    return read


def page_of(response):
    return unescape(response.get_data(as_text=True))


def sent(outcome, version=2, **words):
    return {"outcome": outcome, "answer": ANSWER, "seen_version": str(version)} | words


def test_a_complaint_of_an_author_shows_decision_complaint_text_and_history(clients, by_author, markup_findings):
    for path in (DESK, by_author):
        response = clients[1].get(path)
        page = page_of(response)
        for part in (WHY, REASONS, "(Regel 3)", "Linden pflanzen", "Im Schatten", "Widerspruch eingegangen"):
            assert part in page, part
        assert 'name="ground"' not in page
        assert markup_findings(response.get_data(as_text=True)) == []
    assert "Complaint of an author" in page_of(clients[1].get(f"/en{DESK}"))


def test_a_complaint_of_a_reporter_shows_the_report_and_asks_for_reasons(clients, by_reporter, markup_findings):
    response = clients[1].get(by_reporter)
    page = page_of(response)
    for part in (WHY, REFUSAL, "Der zweite Satz ist eine Drohung.", 'name="ground"', 'name="statement_of_reasons"'):
        assert part in page
    assert markup_findings(response.get_data(as_text=True)) == []


def test_a_complaint_about_removed_passages_shows_what_was_removed(
    app, clients, actors, text, make_guest, markup_findings
):
    with app.test_request_context():
        item = db.session.get_one(Contribution, text.id)
        removal = {"outcome": Outcome.REDACT, "particulars": Particulars(passages=("im August",))}
        decision = decide(actors[0], item, seen_version=1, seen_notice=0, **removal, **LIMIT)
        path = f"{DESK}/{complain(make_guest(), contested_decision(decision), NewComplaint(WHY)).id}"
    response = clients[1].get(path)
    page = page_of(response)
    assert "Im Schatten ist es auch im August angenehm." in page
    assert re.search(r"<del>.*im August.*</del>", page)
    assert "Im Schatten ist es auch [entfernt] angenehm." in page
    assert markup_findings(response.get_data(as_text=True)) == []


def test_a_text_that_someone_else_is_checking_is_taken_over_with_what_was_typed(
    app, clients, actors, text, by_author, only, markup_findings
):
    with app.test_request_context():
        hold_case(actors[2], db.session.get_one(Contribution, text.id))
    refused = clients[1].send(by_author, sent("upheld"))
    assert refused.status_code == 409
    page = page_of(refused)
    for part in ("Jemand anderes prüft das gerade.", 'name="take_over"', ANSWER):
        assert part in page
    assert markup_findings(refused.get_data(as_text=True)) == []
    assert only().state is ComplaintState.OPEN
    assert clients[1].send(by_author, sent("upheld", take_over="1")).status_code == 303
    assert only().outcome is ComplaintOutcome.UPHELD
    with app.app_context():
        assert db.session.get_one(Contribution, text.id).state is State.PUBLISHED


def test_who_decided_first_reads_it_but_cannot_decide(clients, by_author, only, markup_findings):
    response = clients[0].get(by_author)
    page = page_of(response)
    assert "Ein anderer Mensch entscheidet." in page
    assert 'name="outcome"' not in page
    assert markup_findings(response.get_data(as_text=True)) == []
    for outcome in ComplaintOutcome:
        assert clients[0].send(by_author, sent(outcome)).status_code == 403
    assert only().state is ComplaintState.OPEN


def test_without_a_second_person_it_says_so_to_managers_too(
    app, place, text, make_actor, make_guest, make_client, markup_findings
):
    manager = make_actor(place, Role.MANAGER)
    with app.test_request_context():
        item = db.session.get_one(Contribution, text.id)
        decision = decide(manager, item, outcome=Outcome.HIDE, seen_version=1, seen_notice=0, **LIMIT)
        complain(make_guest(), contested_decision(decision), NewComplaint(WHY))
    response = make_client(manager).get(DESK)
    assert "Eine zweite Person wird gebraucht." in page_of(response)
    assert markup_findings(response.get_data(as_text=True)) == []
    second = make_actor(place, Role.MODERATOR)
    assert "Eine zweite Person" not in page_of(make_client(manager).get(DESK))
    assert 'name="outcome"' in page_of(make_client(second).get(DESK))


def test_to_uphold_publishes_and_leads_back_to_what_waits(app, clients, text, by_author, only):
    response = clients[1].send(by_author, sent("upheld"))
    assert (response.status_code, response.headers["Location"]) == (303, DESK)
    assert only().outcome is ComplaintOutcome.UPHELD
    page = page_of(clients[2].get(DESK))
    assert "Kein Widerspruch wartet" in page
    assert "Ihre Entscheidung über den Widerspruch ist gespeichert." in page_of(clients[1].get(DESK))
    assert clients[2].get(f"/proceedings/churchyard/contributions/{text.id}").status_code == 200
    settled = page_of(clients[2].get(f"{DESK}?state=settled"))
    for part in ("Widerspruch bestätigt", ANSWER, "Linden pflanzen"):
        assert part in settled
    assert 'name="outcome"' not in settled


def test_to_uphold_a_reporters_complaint_hides_with_reasons(app, clients, text, by_reporter):
    missing = clients[1].send(by_reporter, sent("upheld", 1))
    assert missing.status_code == 422
    for part in ("Wählen Sie die Regel", "Nennen Sie die Gründe", ANSWER):
        assert part in page_of(missing)
    assert clients[1].send(by_reporter, sent("upheld", 1, **LIMIT)).status_code == 303
    with app.app_context():
        assert db.session.get_one(Contribution, text.id).state is State.HIDDEN
        assert db.session.scalars(select(ModerationDecision)).one().statement_of_reasons == REASONS


def test_to_refuse_needs_no_reasons_for_the_author(clients, by_reporter, only):
    assert clients[1].send(by_reporter, sent("not_upheld", 1)).status_code == 303
    assert only().outcome is ComplaintOutcome.NOT_UPHELD


@pytest.mark.parametrize("wrong", [
    {"answer": ""}, {"answer": "zu kurz"}, {"answer": "x" * 4001}, {"outcome": ""}, {"outcome": "perhaps"},
])  # fmt: skip
def test_what_is_refused_comes_back(clients, by_author, only, markup_findings, wrong):
    data = sent("upheld", answer=f"{ANSWER} <b>") | wrong
    response = clients[1].send(by_author, data)
    assert response.status_code == 422
    assert f"{data['answer']}</textarea>" in page_of(response)
    assert markup_findings(response.get_data(as_text=True)) == []
    assert only().state is ComplaintState.OPEN


@pytest.mark.parametrize("first", list(ComplaintOutcome))
@pytest.mark.parametrize("late", list(ComplaintOutcome))
@pytest.mark.parametrize("by", ["by_author", "by_reporter"])
def test_the_second_of_two_sees_the_others_outcome_and_keeps_the_text(
    request, clients, only, markup_findings, by, first, late
):
    path = request.getfixturevalue(by)
    version = 2 if by == "by_author" else 1
    assert clients[1].send(path, sent(first, version, **LIMIT)).status_code == 303
    response = clients[2].send(path, sent(late, version, **LIMIT) | {"answer": OTHER_ANSWER})
    page = page_of(response)
    assert response.status_code == 409
    for part in ("Jemand war schneller.", ANSWER, OTHER_ANSWER, "readonly"):
        assert part in page
    assert markup_findings(response.get_data(as_text=True)) == []
    assert (only().outcome, only().answer) == (first, ANSWER)


def test_who_decides_about_a_text_that_changed_can_decide_anew(app, clients, actors, text, by_author, markup_findings):
    with app.test_request_context():
        item = db.session.get_one(Contribution, text.id)
        decide(actors[0], item, outcome=Outcome.PUBLISH, seen_version=2, seen_notice=0)
    response = clients[1].send(by_author, sent("upheld"))
    page = page_of(response)
    assert response.status_code == 409
    for part in (ANSWER, 'name="seen_version" value="3"', "Diese Entscheidung gilt nicht mehr"):
        assert part in page
    assert markup_findings(response.get_data(as_text=True)) == []
    assert clients[1].send(by_author, sent("upheld", 3)).status_code == 303


def test_the_queue_leads_to_complaints_that_wait(clients, text, by_author, make_proceeding, make_actor, make_client):
    for path in ("/moderation", "/moderation/churchyard", "/en/moderation/churchyard"):
        assert re.search(
            r'kind=complaint">.*(Widersprüche|Complaints) <span class="ct">1<', page_of(clients[1].get(path))
        )
    case = page_of(clients[1].get(f"/moderation/churchyard/contribution/{text.id}"))
    assert f'href="{by_author}"' in case
    clients[1].send(by_author, sent("not_upheld"))
    assert 'Widersprüche <span class="ct">0<' in page_of(clients[1].get("/moderation"))
    assert DESK not in page_of(clients[1].get(f"/moderation/churchyard/contribution/{text.id}"))
    other = make_client(make_actor(make_proceeding("elsewhere"), Role.MODERATOR))
    assert DESK not in page_of(other.get("/moderation"))


@pytest.mark.parametrize(
    "role", ["stranger", "guest", "author", "planner", "participant", "moderator elsewhere", "administrator"]
)
@pytest.mark.parametrize("by", ["by_author", "by_reporter"])
def test_nobody_else_reads_or_decides(
    request, app, place, text, make_proceeding, make_actor, make_guest, make_client, by, role
):
    path = request.getfixturevalue(by)
    elsewhere = make_proceeding("elsewhere")
    actor = {
        "stranger": lambda: None,
        "guest": make_guest,
        "author": lambda: Actor(participant_id=text.participant_id),
        "planner": lambda: make_actor(place, Role.PLANNER),
        "participant": make_actor,
        "moderator elsewhere": lambda: make_actor(elsewhere, Role.MODERATOR),
        "administrator": lambda: make_actor(is_administrator=True),
    }[role]()
    client = make_client(actor)
    with app.app_context():
        receipt = f"/complaints/{complaint_secret(db.session.scalars(select(Complaint)).one())}"
    there = f"/proceedings/{place.slug}"
    paths = [DESK, path, f"{DESK}?state=settled", path.replace("churchyard", "elsewhere"), receipt, f"/en{receipt}"]
    paths += ["/", "/account", there, f"{there}/contributions/{text.id}", f"/planning/{place.slug}", "/moderation"]
    paths += [f"{there}/contributions.csv", f"{there}/contributions.geojson", f"/moderation-log/{place.slug}.json"]
    for one in paths:
        assert WHY not in page_of(client.get(one)), one
    assert client.send(path, sent("upheld", 1, **LIMIT)).status_code in (401, 403)


def test_unknown_states_and_cursors_are_told(clients, by_author):
    assert clients[1].get(f"{DESK}?state=nonsense").status_code == 404
    assert clients[1].get(f"{DESK}?after=nonsense").status_code == 422
    assert clients[1].get(f"{DESK}/{10**6}").status_code == 404


def test_what_waits_is_paged_oldest_first(app, clients, text, by_author, only):
    def values_of(row, **changes):
        values = {column.key: getattr(row, column.key) for column in row.__table__.columns if column.key != "id"}
        return values | changes

    with app.app_context(), transaction() as session:
        decision = values_of(session.get_one(ModerationDecision, only().decision_id))
        returning = insert(ModerationDecision).returning(ModerationDecision.id)
        ids = [session.scalar(returning, decision) for _ in range(60)]
        session.execute(insert(Complaint), [values_of(only(), decision_id=id_, receipt_nonce=str(id_)) for id_ in ids])
    first = page_of(clients[1].get(DESK))
    assert first.count('<li class="q"') == 50
    following = first.partition('rel="next" href="')[2].partition('"')[0]
    second = page_of(clients[1].get(following))
    assert second.count('<li class="q"') == 11
    assert 'rel="prev"' in second


def test_the_queue_finds_what_one_objects_to_until_it_is_decided(app, place, text, actors, clients, by_author):
    queue = "/moderation/churchyard?kind=complaint"
    page = clients[1].get(queue).get_data(as_text=True)
    assert "1 Widerspruch" in page
    assert f"/moderation/churchyard/contribution/{text.id}" in page
    assert (
        clients[1].send(by_author, {"outcome": "not_upheld", "answer": ANSWER, "seen_version": "2"}).status_code == 303
    )
    assert "Keine Widersprüche" in clients[1].get(queue).get_data(as_text=True)


@pytest.mark.parametrize("prefix, words", [("", "Interne Notiz"), ("/en", "Internal note")])
def test_the_history_says_in_words_what_moderators_did(app, clients, actors, text, by_author, prefix, words):
    with app.test_request_context():
        add_note(actors[1], db.session.get_one(Contribution, text.id), "Bitte genau lesen.")
    page = page_of(clients[1].get(prefix + by_author))
    assert "casework.note" not in page
    assert words in page
