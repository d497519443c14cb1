"""The way to object, the receipt and the mails: who reads what, what comes back, what never stands there."""

from dataclasses import replace
from datetime import UTC, datetime
from html import unescape

import pytest
from sqlalchemy import select

from participation.accounts.models import Role
from participation.complaints.models import Complaint, ComplaintOutcome
from participation.contributions.models import Contribution
from participation.contributions.receipts import receipt_secret
from participation.contributions.states import PublicationState as State
from participation.database import db
from participation.discussion.models import Comment
from participation.moderation.models import ModerationDecision, Outcome
from participation.moderation.objections import objection_secret
from participation.notices.receipts import notice_secret
from participation.notices.services import NewNotice, decide, refuse_notices, report
from participation.notifications.services import send_waiting_mail
from tests.complaints.conftest import ANSWER, REFUSAL, WHY
from tests.inbox import plain_text

TITLE, TEXT = "Kennwort Sumpfdotterblume", "Der Text spricht von Wollgras."
REASONS = "Im zweiten Satz nennen Sie eine Telefonnummer."
HOSTILE = "</textarea><script>alert(1)</script> {{ 7*7 }} \u202everdreht & “quer”"


@pytest.fixture
def place(make_proceeding):
    return make_proceeding()


@pytest.fixture
def moderators(place, make_actor):
    return [make_actor(place, Role.MODERATOR) for _ in range(2)]


@pytest.fixture
def writer(make_guest):
    return make_guest("author@example.org")


@pytest.fixture
def reporting(make_guest):
    return make_guest()


@pytest.fixture(params=["contribution", "comment"])
def subject(request, place, writer, make_contribution, make_comment):
    contribution = make_contribution(place, title=TITLE, text=TEXT, author=writer)
    return contribution if request.param == "contribution" else make_comment(contribution, TEXT, author=writer)


def there(item):
    return db.session.get_one(type(item), item.id)


@pytest.fixture
def limited(app, moderators):
    """Hides an item and returns the author's link to object."""

    def limit(item):
        with app.test_request_context():
            reasons = {"ground": "personal_data", "statement_of_reasons": REASONS}
            decision = decide(
                moderators[0], there(item), outcome=Outcome.HIDE, seen_version=1, seen_notice=0, **reasons
            )
            return f"/decisions/{objection_secret(decision)}/complaint"

    return limit


@pytest.fixture
def refused(app, moderators, reporting):
    """Reports an item, refuses the report, and returns the path of the reporter's receipt."""

    def refuse(item, email=""):
        with app.test_request_context():
            one = there(item)
            comment = one if isinstance(one, Comment) else None
            contribution = db.session.get_one(Contribution, comment.contribution_id) if comment else one
            new = NewNotice("insult", "Der zweite Satz ist eine Drohung.", "Wollgras", "Lou", email)
            notice = report(reporting, contribution, comment, new, idempotency_key="k")
            refuse_notices(moderators[0], one, answer=REFUSAL, seen_version=one.version, seen_notice=notice.id)
            return f"/notices/{notice_secret(notice)}"

    return refuse


@pytest.fixture
def settle(app, place, moderators, make_client):
    """Decides about the only complaint as the second moderator, through the desk."""

    def settle_it(outcome, **reasons):
        with app.app_context():
            complaint = db.session.scalars(select(Complaint)).one()
            kind = Contribution if complaint.contribution_id else Comment
            item = db.session.get_one(kind, complaint.contribution_id or complaint.comment_id)
        data = {"outcome": outcome, "answer": ANSWER, "seen_version": item.version, **reasons}
        client = make_client(moderators[1])
        assert client.send(f"/moderation/{place.slug}/complaints/{complaint.id}", data).status_code == 303

    return settle_it


def text_of(response):
    return unescape(response.get_data(as_text=True))


def read(client, path):
    response = client.get(path)
    assert response.status_code == 200
    assert response.headers["Cache-Control"] == "no-store"
    assert response.headers["X-Robots-Tag"] == "noindex"
    return text_of(response)


def complaints(app):
    with app.app_context():
        return db.session.scalars(select(Complaint)).all()


def test_the_authors_receipt_leads_to_the_form_and_then_to_the_complaint(
    app, place, client, writer, make_contribution, limited
):
    item = make_contribution(place, title=TITLE, author=writer)
    form = limited(item)
    with app.app_context():
        receipt = f"/receipts/{receipt_secret(there(item))}"
    assert f'href="{form}"' in text_of(client.get(receipt))
    sent = client.send(form, {"text": WHY})
    assert sent.status_code == 303
    page = text_of(client.get(receipt))
    assert f'href="{form}"' not in page
    assert f'href="{sent.headers["Location"]}"' in page


def test_an_own_comment_leads_to_the_form_and_that_of_others_does_not(
    place, client, writer, make_client, moderators, make_contribution, make_comment, limited
):
    contribution = make_contribution(place)
    form = limited(make_comment(contribution, TEXT, author=writer))
    path = f"/proceedings/churchyard/contributions/{contribution.id}"
    assert f'href="{form}"' in text_of(make_client(writer).get(path))
    for other in (client, make_client(moderators[0])):
        assert "/decisions/" not in text_of(other.get(path))


def test_moderators_get_no_authors_link_on_the_desk(place, subject, limited, make_client, moderators):
    limited(subject)
    kind = subject.__tablename__
    for moderator in moderators:
        assert 'href="/decisions/' not in text_of(
            make_client(moderator).get(f"/moderation/churchyard/{kind}/{subject.id}")
        )


def test_the_form_shows_the_decision_but_not_the_text(client, subject, limited, markup_findings):
    form = limited(subject)
    response = client.get(form)
    page = text_of(response)
    assert response.status_code == 200
    assert response.headers["Cache-Control"] == "no-store"
    for part in (REASONS, "(Regel 3)", "Warum ist die Entscheidung falsch?"):
        assert part in page
    assert "Wollgras" not in page
    assert markup_findings(response.get_data(as_text=True)) == []
    assert "Why is the decision wrong?" in text_of(client.get(f"/en{form}"))


def test_a_reporter_objects_from_the_receipt(app, client, make_client, reporting, subject, refused, markup_findings):
    receipt = refused(subject)
    assert f'href="{receipt}/complaint"' in text_of(client.get(receipt))
    response = client.get(f"{receipt}/complaint")
    assert REFUSAL in text_of(response)
    assert "Drohung" not in text_of(response)
    assert markup_findings(response.get_data(as_text=True)) == []
    sent = make_client(reporting).send(f"{receipt}/complaint", {"text": WHY})
    assert sent.status_code == 303
    page = text_of(client.get(receipt))
    assert f'href="{sent.headers["Location"]}"' in page
    assert f'href="{receipt}/complaint"' not in page
    assert complaints(app)[0].notice_id is not None


def test_an_open_report_offers_nothing_to_object_to(client, app, subject, make_notice):
    notice = make_notice(subject)
    with app.app_context():
        path = f"/notices/{notice_secret(notice)}"
    assert "/complaint" not in text_of(client.get(path))
    assert client.get(f"{path}/complaint").status_code == 409
    refused = client.send(f"{path}/complaint", {"text": WHY})
    assert refused.status_code == 409
    assert WHY in text_of(refused)


@pytest.mark.parametrize("text", ["", "zu kurz", "x" * 4001])
def test_a_text_that_is_refused_comes_back(app, client, subject, limited, markup_findings, text):
    response = client.send(limited(subject), {"text": text, "email": "lou@example.org"})
    page = text_of(response)
    assert response.status_code == 422
    assert "<title>Fehler:" in page
    assert f"{text}</textarea>" in page
    assert 'value="lou@example.org"' in page
    assert markup_findings(response.get_data(as_text=True)) == []
    assert complaints(app) == []


def test_an_address_that_is_none_is_refused(app, client, subject, limited):
    response = client.send(limited(subject), {"text": WHY, "email": "lou"})
    assert response.status_code == 422
    assert WHY in text_of(response)
    assert complaints(app) == []


def test_a_second_complaint_is_refused_and_its_text_comes_back(app, client, subject, limited, markup_findings):
    form = limited(subject)
    receipt = client.send(form, {"text": WHY}).headers["Location"]
    assert client.get(form).headers["Location"] == receipt
    assert client.send(form, {"text": WHY}).headers["Location"] == receipt
    response = client.send(form, {"text": "Ein ganz anderer, zweiter Text."})
    page = text_of(response)
    assert response.status_code == 409
    for part in ("Sie haben schon widersprochen.", "Ein ganz anderer, zweiter Text."):
        assert part in page
    assert markup_findings(response.get_data(as_text=True)) == []
    assert [complaint.text for complaint in complaints(app)] == [WHY]


def test_after_six_months_the_way_is_closed_and_the_text_comes_back(
    app, place, client, writer, make_contribution, limited, set_clock
):
    set_clock(datetime(2026, 1, 10, 9, 0, tzinfo=UTC))
    item = make_contribution(place, author=writer)
    form = limited(item)
    with app.app_context():
        receipt = f"/receipts/{receipt_secret(there(item))}"
    set_clock(datetime(2026, 7, 10, 22, 0, tzinfo=UTC))
    assert "Diese Zeit ist vorbei." in text_of(client.get(receipt))
    assert client.get(form).status_code == 409
    response = client.send(form, {"text": WHY})
    assert response.status_code == 409
    assert WHY in text_of(response)
    assert complaints(app) == []
    set_clock(datetime(2026, 7, 10, 21, 0, tzinfo=UTC))
    assert client.send(form, {"text": WHY}).status_code == 303


@pytest.mark.parametrize("path", ["/decisions/{}/complaint", "/complaints/{}", "/notices/{}/complaint"])
@pytest.mark.parametrize("secret", ["1", "1-", "1-x", f"1-{'0' * 32}", "x-y", f"{10**12}-x", "1-ü"])
def test_guessed_links_lead_nowhere_and_keep_what_was_typed(app, client, subject, limited, path, secret):
    client.send(limited(subject), {"text": WHY})
    assert client.get(path.format(secret)).status_code == 404
    if path != "/complaints/{}":
        response = client.send(path.format(secret), {"text": WHY})
        assert response.status_code == 404
        assert WHY in text_of(response)
    assert len(complaints(app)) == 1


def test_links_end_with_their_nonces(app, client, place, writer, make_contribution, limited):
    item = make_contribution(place, author=writer)
    form = limited(item)
    receipt = client.send(form, {"text": WHY}).headers["Location"]
    with app.app_context(), db.engine.begin() as connection:
        connection.execute(Contribution.__table__.update().values(receipt_nonce="another"))
        connection.execute(Complaint.__table__.update().values(receipt_nonce="another"))
    assert client.get(form).status_code == 404
    assert client.get(receipt).status_code == 404


def test_the_receipt_shows_the_words_only_where_they_were_typed(
    client, make_client, writer, subject, limited, markup_findings
):
    path = make_client(writer).send(limited(subject), {"text": HOSTILE, "email": "lou@example.org"}).headers["Location"]
    own = make_client(writer).get(path)
    assert HOSTILE in text_of(own)
    assert "<script>alert" not in own.get_data(as_text=True)
    assert markup_findings(own.get_data(as_text=True)) == []
    page = read(client, path)
    for part in ("verdreht", "lou@example.org", "Wollgras"):
        assert part not in page
    assert "Ihr Widerspruch ist da" in page
    assert "We have your complaint" in read(client, f"/en{path}")
    if isinstance(subject, Contribution):
        assert TITLE not in page


@pytest.mark.parametrize("outcome", list(ComplaintOutcome))
def test_the_outcome_of_an_authors_complaint_is_told(
    app, client, inbox, subject, limited, settle, markup_findings, outcome
):
    path = client.send(limited(subject), {"text": WHY}).headers["Location"]
    settle(outcome)
    page = read(client, path)
    for part in ("Über Ihren Widerspruch ist entschieden", ANSWER, "anderer Mensch", "Streitbeilegung", "vor Gericht"):
        assert part in page
    is_upheld = outcome is ComplaintOutcome.UPHELD
    assert ("Ihr Text ist öffentlich." in page) is is_upheld
    assert ("Die Entscheidung bleibt bestehen." in page) is not is_upheld
    assert (TITLE in page) is is_upheld
    assert markup_findings(client.get(path).get_data(as_text=True)) == []
    with app.app_context():
        send_waiting_mail()
    mails = {message["Subject"]: plain_text(message) for message in inbox.messages}
    assert ANSWER in mails["Über Ihren Widerspruch ist entschieden"]
    for title in ("Ihr Widerspruch ist da", "Über Ihren Widerspruch ist entschieden"):
        assert path in mails[title]
        assert WHY not in mails[title]
        assert "Wollgras" not in mails[title]


@pytest.mark.parametrize("language, words", [
    ("de", ("Ihr Widerspruch ist da", "Über Ihren Widerspruch ist entschieden")),
    ("en", ("We have your complaint", "Your complaint is decided")),
])  # fmt: skip
@pytest.mark.parametrize("outcome", list(ComplaintOutcome))
def test_a_reporter_is_told_in_the_language_of_the_complaint_and_the_author_why(
    app, client, make_client, inbox, subject, refused, settle, language, words, outcome
):
    receipt = refused(subject, "lou@example.org")
    prefix = "/en" if language == "en" else ""
    sent = client.send(f"{prefix}{receipt}/complaint", {"text": WHY})
    path = sent.headers["Location"]
    settle(outcome, ground="personal_data", statement_of_reasons=REASONS)
    with app.app_context():
        send_waiting_mail()
    to_reporter = [message for message in inbox.messages if message["To"] == "lou@example.org"]
    assert [message["Subject"] for message in to_reporter][-2:] == list(words)
    for message in to_reporter[-2:]:
        body = plain_text(message)
        assert message["Content-Language"] == language
        assert path in body
        for part in (TITLE, "Wollgras", WHY, REASONS, "Drohung"):
            assert part not in body
    to_author = [plain_text(message) for message in inbox.messages if message["To"] == "author@example.org"]
    is_upheld = outcome is ComplaintOutcome.UPHELD
    assert any(REASONS in body for body in to_author) is is_upheld
    page = read(make_client(None), path)
    for part in (REASONS, WHY):
        assert part not in page
    if is_upheld:
        assert "Wollgras" not in page
        with app.app_context():
            taken = db.session.scalars(select(ModerationDecision).order_by(ModerationDecision.id.desc())).first()
            link = f"/decisions/{objection_secret(taken)}/complaint"
        assert any(link in body for body in to_author)
        assert there_state(app, subject) is State.HIDDEN


def there_state(app, item):
    with app.app_context():
        return there(item).state


def test_the_decision_mail_leads_to_the_form(app, client, inbox, subject, limited):
    form = limited(subject)
    with app.app_context():
        send_waiting_mail()
    (message,) = inbox.messages
    assert form in plain_text(message)


def test_sending_too_much_is_limited_together_with_other_posts(app, client, subject, limited, monkeypatch):
    settings = app.extensions["settings"]
    monkeypatch.setitem(app.extensions, "settings", replace(settings, post_limit="2 per hour"))
    form = limited(subject)
    answers = [client.send(form, {"text": f"Das ist Fassung {number}."}).status_code for number in range(3)]
    assert answers == [303, 409, 429]
