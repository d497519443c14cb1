"""What a reporter learns, on the receipt and by mail; and what neither of them ever says."""

from html import unescape

import pytest
from sqlalchemy import select

from participation.accounts.models import Role
from participation.contributions.models import Contribution
from participation.contributions.states import PublicationState
from participation.database import db
from participation.discussion.models import Comment
from participation.moderation.models import Outcome
from participation.notices.models import Notice
from participation.notices.receipts import notice_secret
from participation.notices.services import NewNotice, decide, refuse_notices, report
from participation.notifications.services import send_waiting_mail
from tests.inbox import plain_text

TITLE, TEXT, AUTHOR = "Kennwort Sumpfdotterblume", "Der Text spricht von Wollgras.", "Kim Haselmaus"
EXPLANATION, PASSAGE, NAME = "Der zweite Satz ist eine Drohung.", "spricht von Wollgras", "Lou Siebenschläfer"
REASONS = "Im Satz über Wollgras nennen Sie eine Telefonnummer."
ANSWER = "Der Satz ist scharf, aber er greift niemanden an."


@pytest.fixture
def reporter(make_guest):
    return make_guest()


@pytest.fixture
def place(make_proceeding):
    return make_proceeding()


@pytest.fixture(params=["contribution", "comment"])
def item(request, place, make_contribution, make_comment):
    contribution = make_contribution(place, title=TITLE, text=TEXT, public_name=AUTHOR)
    return contribution if request.param == "contribution" else make_comment(contribution, TEXT, public_name=AUTHOR)


@pytest.fixture
def send_report(app, item, reporter):
    """Reports the item as the reporter, and returns the path of the receipt."""

    def send(email="", language="de"):
        with app.test_request_context():
            there = db.session.get_one(type(item), item.id)
            comment = there if isinstance(there, Comment) else None
            contribution_id = comment.contribution_id if comment else there.id
            contribution = db.session.get_one(Contribution, contribution_id)
            new = NewNotice("personal_data", EXPLANATION, PASSAGE, NAME, email, language)
            notice = report(reporter, contribution, comment, new, idempotency_key="k")
            return f"/notices/{notice_secret(notice)}"

    return send


@pytest.fixture
def settle(app, item, place, make_actor):
    """Settles the report by hiding what was reported, or by an answer."""
    moderator = make_actor(place, Role.MODERATOR)

    def settle_it(how):
        with app.test_request_context():
            there = db.session.get_one(type(item), item.id)
            seen = {"seen_version": there.version, "seen_notice": db.session.scalar(select(Notice.id))}
            if how == "hide":
                reasons = {"ground": "personal_data", "statement_of_reasons": REASONS}
                decide(moderator, there, outcome=Outcome.HIDE, **seen, **reasons)
            else:
                refuse_notices(moderator, there, answer=ANSWER, **seen)

    return settle_it


def read(client, path):
    response = client.get(path)
    assert response.status_code == 200
    assert response.headers["Cache-Control"] == "no-store"
    assert response.headers["X-Robots-Tag"] == "noindex"
    return unescape(response.get_data(as_text=True))


def test_an_open_report_is_confirmed(make_client, reporter, send_report, markup_findings):
    path = send_report()
    page = read(make_client(reporter), path)
    for part in ("Ihre Meldung ist da", TITLE, "(Regel 3)", EXPLANATION, PASSAGE, "Ein Mensch sieht es sich an."):
        assert part in page
    assert AUTHOR not in page
    assert markup_findings(page) == []
    assert "We have your report" in read(make_client(reporter), f"/en{path}")


def test_whoever_has_only_the_link_reads_no_word_that_was_typed(client, send_report):
    page = read(client, send_report(email="victim@example.org"))
    assert TITLE in page
    for part in (EXPLANATION, PASSAGE, NAME, "victim@example.org", AUTHOR):
        assert part not in page


def test_a_report_that_is_upheld_tells_the_rule_and_the_remedies_but_not_the_text(
    client, make_client, reporter, send_report, settle, markup_findings
):
    path = send_report()
    settle("hide")
    for who in (make_client(reporter), client):
        page = read(who, path)
        for part in ("Über Ihre Meldung ist entschieden", "(Regel 3)", "widersprechen", f'href="{path}/complaint"'):
            assert part in page
        for part in (TITLE, TEXT, "Wollgras", AUTHOR, EXPLANATION, PASSAGE, REASONS):
            assert part not in page
        assert markup_findings(page) == []


def test_a_report_that_is_not_upheld_tells_the_answer(make_client, reporter, send_report, settle):
    path = send_report()
    settle("answer")
    page = read(make_client(reporter), path)
    for part in ("Der Text bleibt, wie er ist.", ANSWER, "widersprechen", TITLE, EXPLANATION):
        assert part in page
    assert AUTHOR not in page


def test_a_comment_under_a_hidden_contribution_is_not_named(
    client, place, make_contribution, make_comment, make_notice, app
):
    contribution = make_contribution(place, title=TITLE, state=PublicationState.HIDDEN)
    notice = make_notice(make_comment(contribution, TEXT))
    with app.app_context():
        path = f"/notices/{notice_secret(notice)}"
    page = read(client, path)
    assert TITLE not in page
    assert "Wollgras" not in page


@pytest.mark.parametrize("secret", ["1", "1-", "1-x", f"1-{'0' * 32}", f"2-{'0' * 32}", "x-y", f"{10**12}-x"])
def test_guessed_links_lead_nowhere(client, send_report, secret):
    send_report()
    assert client.get(f"/notices/{secret}").status_code == 404


def test_a_link_ends_with_its_nonce(app, client, send_report):
    path = send_report()
    with app.app_context(), db.engine.begin() as connection:
        connection.execute(Notice.__table__.update().values(receipt_nonce="another"))
    assert client.get(path).status_code == 404


@pytest.mark.parametrize("how", ["hide", "answer"])
@pytest.mark.parametrize("language, words", [
    ("de", ("Ihre Meldung ist da", "Über Ihre Meldung ist entschieden")),
    ("en", ("We have your report", "Your report is decided")),
])  # fmt: skip
def test_the_typed_address_gets_two_mails_without_a_word_that_was_typed(
    app, inbox, item, send_report, settle, how, language, words
):
    def deliver():
        with app.app_context():
            send_waiting_mail()

    path = send_report("lou@example.org", language)
    deliver()
    settle(how)
    deliver()
    deliver()
    to_reporter = [message for message in inbox.messages if message["To"] == "lou@example.org"]
    assert [message["Subject"] for message in to_reporter] == list(words)
    for message in to_reporter:
        body = plain_text(message)
        assert message["Content-Language"] == language
        assert (f"/en{path}" if language == "en" else path) in body
        for part in (TITLE, "Wollgras", AUTHOR, EXPLANATION, PASSAGE, NAME, REASONS):
            assert part not in body
    outcome = plain_text(to_reporter[1])
    assert (ANSWER if how == "answer" else "(Regel 3)" if language == "de" else "(rule 3)") in outcome
    assert (f"/en{path}/complaint" if language == "en" else f"{path}/complaint") in outcome


def test_without_an_address_nobody_is_written_to(app, inbox, send_report, settle):
    send_report()
    settle("answer")
    with app.app_context():
        assert send_waiting_mail() == (0, 0)
