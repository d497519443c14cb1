"""The moderators' pages about votes, what a blocked voter sees, and their complaint."""

import re
from html import unescape

import pytest
from sqlalchemy import select

from participation import clock
from participation.accounts.models import Role
from participation.casework.services import hold_case
from participation.complaints.cases import complaint_case
from participation.complaints.models import Complainant, Complaint, ComplaintOutcome
from participation.complaints.services import decide as decide_complaint
from participation.contributions.models import Contribution
from participation.contributions.receipts import receipt_secret
from participation.database import db, transaction
from participation.discussion.models import Vote
from participation.moderation.blocks import block_of
from participation.moderation.models import ModerationDecision, Outcome
from participation.moderation.objections import objection_secret
from participation.notifications.models import OutboxMail
from participation.notifications.services import send_waiting_mail
from participation.proceedings.models import Proceeding
from tests.inbox import plain_text

FACTS = "In zwei Minuten über sechs Beiträge abgestimmt."
SENT = {"seen_version": "1", "block_days": "14", "ground": "votes", "statement_of_reasons": FACTS}


@pytest.fixture
def proceeding(make_proceeding):
    return make_proceeding()


@pytest.fixture
def voter(make_guest):
    return make_guest("voter@example.org")


@pytest.fixture
def item(app, proceeding, voter, make_contribution, make_guest):
    """A contribution of somebody else; the voter voted on it and on five others."""
    author = make_guest("author@example.org")
    items = [make_contribution(proceeding, author=author, votes_for=1) for _ in range(6)]
    with app.app_context(), transaction() as session:
        for one in items:
            session.add(Vote(contribution_id=one.id, participant_id=voter.participant_id, value=1, cast_at=clock.now()))
    return items[0]


@pytest.fixture
def moderators(proceeding, make_actor):
    return [make_actor(proceeding, Role.MODERATOR) for _ in range(2)]


@pytest.fixture
def desk(moderators, make_client):
    return make_client(moderators[0])


@pytest.fixture
def form_path(item, voter):
    return f"/moderation/churchyard/contributions/{item.id}/votes/{voter.participant_id}"


@pytest.fixture
def block(app, desk, form_path):
    """Blocks the voter on the page; returns the path of the page that tells them."""

    def send():
        assert desk.send(form_path, SENT).status_code == 303
        with app.test_request_context():
            decision = db.session.scalars(select(ModerationDecision)).one()
            return f"/decisions/{objection_secret(decision)}"

    return send


def text_of(response):
    return unescape(response.get_data(as_text=True))


def test_from_the_case_one_gets_to_the_votes_and_to_the_form(desk, item, form_path):
    case = text_of(desk.get(f"/moderation/churchyard/contribution/{item.id}?state=any"))
    votes_path = form_path.rpartition("/")[0]
    assert f'href="{votes_path}"' in case
    votes = text_of(desk.get(votes_path))
    assert "6 Stimmen, davon 6 innerhalb von 10 Minuten" in votes
    assert f'href="{form_path}"' in votes
    assert desk.get(form_path).status_code == 200


def test_a_case_without_votes_has_no_way_there(desk, proceeding, make_contribution):
    case = text_of(desk.get(f"/moderation/churchyard/contribution/{make_contribution(proceeding).id}?state=any"))
    assert "/votes" not in case


@pytest.mark.parametrize("days, status", [("1", 200), ("7", 200), ("30", 200), ("365", 404), ("x", 404)])
def test_one_looks_back_only_as_far_as_is_offered(desk, form_path, days, status):
    assert desk.get(f"{form_path.rpartition('/')[0]}?days={days}").status_code == status


def test_pages_do_not_say_how_somebody_voted_or_where_mail_goes(desk, form_path):
    for path in (form_path, form_path.rpartition("/")[0]):
        page = text_of(desk.get(path))
        assert "voter@example.org" not in page
        assert "stimmt zu" not in page


def test_what_was_typed_comes_back_and_what_is_missing_is_said(desk, form_path):
    page = desk.send(form_path, SENT | {"ground": ""})
    assert page.status_code == 422
    assert FACTS in text_of(page)
    assert "Wählen Sie die Regel, gegen die verstoßen wurde." in text_of(page)
    page = desk.send(form_path, SENT | {"block_days": "91"})
    assert page.status_code == 422
    assert "Wählen Sie 1 bis 90 Tage." in text_of(page) or "90" in text_of(page)


def test_who_never_voted_here_is_no_page(desk, item, make_guest):
    path = f"/moderation/churchyard/contributions/{item.id}/votes/{make_guest().participant_id}"
    assert desk.get(path).status_code == 404


def test_when_the_case_changed_one_is_told_and_can_send_again(desk, form_path):
    page = desk.send(form_path, SENT | {"seen_version": "7"})
    assert page.status_code == 409
    assert FACTS in text_of(page)
    version = re.search(r'name="seen_version" value="(\d+)"', text_of(page))[1]
    assert desk.send(form_path, SENT | {"seen_version": version}).status_code == 303


def test_while_a_colleague_looks_one_can_take_it_over(app, desk, moderators, item, form_path):
    with app.test_request_context():
        hold_case(moderators[1], db.session.get_one(Contribution, item.id))
    page = desk.send(form_path, SENT)
    assert page.status_code == 409
    assert 'name="take_over"' in text_of(page)
    assert desk.send(form_path, SENT | {"take_over": "1"}).status_code == 303


def test_the_voter_reads_it_on_the_page_of_every_contribution_and_nobody_else_does(
    block, item, voter, make_client, make_guest
):
    path = block()
    page = text_of(make_client(voter).get(f"/proceedings/churchyard/contributions/{item.id}"))
    assert f'href="{path}"' in page
    assert 'name="vote"' not in page
    for other in (make_client(make_guest()), make_client(None)):
        assert "/decisions/" not in text_of(other.get(f"/proceedings/churchyard/contributions/{item.id}"))


def test_the_page_of_the_decision_says_all_that_it_must(block, client):
    page = text_of(client.get(block()))
    for part in (FACTS, "mit einem Programm abgestimmt (Regel 8)", "nicht schreiben", "Ein Computer zählt",
                 "kostenlos", "Widersprechen"):  # fmt: skip
        assert part in page, part
    assert client.get("/decisions/1-" + "0" * 32).status_code == 404


def test_it_says_when_it_is_over_and_when_it_was_taken_back(app, block, client, desk, set_clock):
    path = block()
    before = clock.now()
    set_clock(before.replace(year=before.year + 1))
    assert "Die Zeit ist um." in text_of(client.get(path))
    set_clock(before)
    with app.app_context():
        decision_id = db.session.scalar(select(ModerationDecision.id))
    assert desk.send(f"/moderation/decisions/{decision_id}/undo").status_code == 303
    assert "gilt nicht mehr" in text_of(client.get(path))


def test_the_author_learns_nothing_on_the_receipt(app, block, item, client):
    path = block()
    with app.test_request_context():
        receipt = f"/receipts/{receipt_secret(db.session.get_one(Contribution, item.id))}"
    page = text_of(client.get(receipt))
    assert FACTS not in page
    assert path not in page
    assert "Entscheidungen" not in page


def test_the_mail_goes_to_the_voter_with_the_links_of_the_voter(app, block, inbox):
    path = block()
    with app.test_request_context():
        send_waiting_mail()
    [message] = inbox.messages
    assert message["To"] == "voter@example.org"
    words = plain_text(message)
    assert FACTS in words
    assert f"http://127.0.0.1:5000{path}" in words
    assert f"http://127.0.0.1:5000{path}/complaint" in words
    assert "/receipts/" not in words


@pytest.mark.parametrize("outcome", list(ComplaintOutcome))
def test_the_voter_objects_once_and_another_moderator_decides(
    app, block, voter, moderators, item, make_client, outcome
):
    path = block()
    client = make_client(voter)
    sent = client.send(f"{path}/complaint", {"text": "Ich lese schnell und habe selbst abgestimmt."})
    assert sent.status_code == 303
    receipt = sent.headers["Location"]
    with app.test_request_context():
        complaint = db.session.scalars(select(Complaint)).one()
        assert complaint.complainant is Complainant.VOTER
        proceeding = db.session.scalars(select(Proceeding)).one()
        case = complaint_case(moderators[1], proceeding, complaint.id)
        assert moderators[0].user_id in case.first_deciders
        assert voter.participant_id in case.parties
        answer = "Die Zeiten sprechen für einen Menschen."
        decide_complaint(moderators[1], case, outcome=outcome, answer=answer, seen_version=case.item.version)
        is_upheld = outcome is ComplaintOutcome.UPHELD
        assert (block_of(voter.participant_id, proceeding.id) is None) is is_upheld
        told = db.session.execute(select(OutboxMail.template, OutboxMail.participant_id)).all()
        assert {participant_id for _, participant_id in told} == {voter.participant_id}
        assert ("complaints/settled", voter.participant_id) in [tuple(row) for row in told]
    page = text_of(client.get(receipt))
    assert ("Sie können wieder schreiben und abstimmen." in page) is is_upheld
    again = client.send(f"{path}/complaint", {"text": "Ich sage es noch einmal anders."})
    assert again.status_code == 409


def test_the_desk_of_complaints_says_who_objects_and_what_follows(block, voter, moderators, make_client):
    path = block()
    make_client(voter).send(f"{path}/complaint", {"text": "Ich lese schnell und habe selbst abgestimmt."})
    page = text_of(make_client(moderators[1]).get("/moderation/churchyard/complaints"))
    assert "Widerspruch von jemandem, der abgestimmt hat" in page
    assert "Die Sperre wird aufgehoben." in page


def test_the_history_and_the_public_log_name_it(desk, block, item, client):
    block()
    assert "Abstimmende gesperrt" in text_of(desk.get(f"/moderation/churchyard/contribution/{item.id}?state=any"))
    lines = client.get("/moderation-log/churchyard.json").get_json()["lines"]
    assert [line["count"] for line in lines] == ["<3"]


def test_after_lifting_one_votes_again(app, desk, block, item, voter, make_client):
    block()
    votes_path = f"/moderation/churchyard/contributions/{item.id}/votes"
    undo_path = re.search(r'action="(/moderation/decisions/\d+/undo)"', text_of(desk.get(votes_path)))[1]
    undone = desk.send(undo_path, follow_redirects=True)
    assert "Die Sperre ist aufgehoben" in text_of(undone)
    sent = make_client(voter).send(f"/proceedings/churchyard/contributions/{item.id}/vote", {"vote": "against"})
    assert sent.status_code == 303
    with app.app_context():
        outcomes = db.session.scalars(select(ModerationDecision.outcome).order_by(ModerationDecision.id)).all()
        assert outcomes == [Outcome.BLOCK_VOTER, Outcome.UNDO]
