"""Reporting: anyone, what they may read, once; and it changes nothing but the moderators' queue."""

from dataclasses import replace
from html import unescape

import pytest
from sqlalchemy import select

from participation.accounts.models import Role
from participation.audit.queries import events_about
from participation.contributions.models import Contribution
from participation.contributions.states import PublicationState
from participation.database import db
from participation.moderation.models import Outcome
from participation.moderation.services import decide
from participation.notices.models import Notice, NoticeState

WORDS = {"reason": "insult", "explanation": "Der zweite Satz </textarea> beleidigt jemanden."}
KEY = {"idempotency_key": "k" * 32}


def report_path(contribution, comment=None):
    query = f"?comment={comment.id}" if comment else ""
    return f"/proceedings/churchyard/contributions/{contribution.id}/report{query}"


@pytest.fixture
def notices(app):
    def read():
        with app.app_context():
            return db.session.scalars(select(Notice).order_by(Notice.id)).all()

    return read


@pytest.mark.parametrize("kind", ["contribution", "comment"])
def test_a_stranger_reports_and_gets_a_receipt(app, client, make_contribution, make_comment, notices, kind):
    contribution = make_contribution()
    comment = make_comment(contribution) if kind == "comment" else None
    path = report_path(contribution, comment)
    page = client.get(path)
    assert page.status_code == 200
    assert "Set-Cookie" not in page.headers
    everything = {"passage": " Das da. ", "name": " Kim  K. ", "email": "Kim@EXAMPLE.org"}
    sent = client.send(path, WORDS | KEY | everything)
    assert sent.status_code == 303
    assert "/notices/" in sent.headers["Location"]
    assert client.get(sent.headers["Location"]).status_code == 200
    (notice,) = notices()
    assert (notice.contribution_id, notice.comment_id) == (None, comment.id) if comment else (contribution.id, None)
    assert (notice.rule.key, notice.explanation) == ("insult", WORDS["explanation"])
    assert (notice.passage, notice.name, notice.email) == ("Das da.", "Kim K.", "Kim@example.org")
    assert (notice.language, notice.state) == ("de", NoticeState.OPEN)
    with app.app_context():
        assert [event.action for event in events_about(comment or contribution)] == ["notices.report"]


def test_the_links_stand_on_the_page_but_not_under_ones_own_texts(
    make_client, make_guest, make_contribution, make_comment
):
    author = make_guest()
    contribution = make_contribution(author=author)
    comment = make_comment(contribution, author=author)
    page = f"/proceedings/churchyard/contributions/{contribution.id}"
    for actor, has_links in ((None, True), (author, False)):
        html = make_client(actor).get(page).get_data(as_text=True)
        for path in (report_path(contribution), report_path(contribution, comment)):
            assert (f'href="{path}"' in html) is has_links


def test_however_many_report_it_nothing_is_hidden(app, make_contribution, make_client, notices):
    contribution = make_contribution()
    for number in range(12):
        words = WORDS | {"idempotency_key": f"key-{number}"}
        elsewhere = {"REMOTE_ADDR": f"203.0.113.{number}"}
        sent = make_client(None).send(report_path(contribution), words, environ_overrides=elsewhere)
        assert sent.status_code == 303
    assert len(notices()) == 12
    with app.app_context():
        found = db.session.get_one(Contribution, contribution.id)
        assert (found.state, found.version) == (PublicationState.PUBLISHED, contribution.version)


@pytest.mark.parametrize("wrong, field", [
    ({"reason": ""}, "reason"),
    ({"reason": "nonsense"}, "reason"),
    ({"explanation": "zu kurz"}, "explanation"),
    ({"explanation": "x" * 2001}, "explanation"),
    ({"passage": "x" * 501}, "passage"),
    ({"name": "x" * 81}, "name"),
    ({"email": "kim@example"}, "email"),
    ({"csrf_token": "x"}, ""),
])  # fmt: skip
def test_mistakes_are_named_and_nothing_typed_is_lost(client, make_contribution, notices, wrong, field):
    typed = WORDS | {"passage": "Diese Stelle", "name": "Kim", "email": "kim@example.org"} | wrong
    response = client.send(report_path(make_contribution()), typed)
    page = unescape(response.get_data(as_text=True))
    assert response.status_code == 422
    assert "<title>Fehler:" in page
    assert not field or f'href="#{field}"' in page
    for name in ("explanation", "passage", "name", "email"):
        assert typed[name] in page
    assert "Set-Cookie" not in response.headers
    assert notices() == []


def test_who_reports_it_again_is_led_to_the_first_receipt(client, make_contribution, make_comment, notices):
    contribution = make_contribution()
    comment = make_comment(contribution)
    first = client.send(report_path(contribution), WORDS | KEY).headers["Location"]
    again = client.send(report_path(contribution), WORDS | {"explanation": "Noch einmal, mit anderen Worten."})
    assert (again.status_code, again.headers["Location"]) == (303, first)
    assert client.get(report_path(contribution)).headers["Location"] == first
    assert len(notices()) == 1
    assert client.send(report_path(contribution, comment), WORDS | KEY).headers["Location"] != first
    assert len(notices()) == 2


def test_a_form_sent_twice_before_the_cookie_arrived_is_one_notice(make_client, make_contribution, notices):
    path = report_path(make_contribution())
    answers = [make_client(None).send(path, WORDS | KEY).headers["Location"] for _ in range(2)]
    assert answers[0] == answers[1]
    other = make_client(None).send(path, WORDS | KEY | {"explanation": "Ganz andere Worte von jemand anderem."})
    assert other.headers["Location"] != answers[0]
    assert len(notices()) == 2


@pytest.mark.parametrize("method", ["get", "send"])
def test_nobody_reports_oneself(make_client, make_guest, make_contribution, make_comment, notices, method):
    author = make_guest()
    contribution = make_contribution(author=author)
    comment = make_comment(contribution, author=author)
    client = make_client(author)
    for path in (report_path(contribution), report_path(contribution, comment)):
        response = getattr(client, method)(path, **({"data": WORDS | KEY} if method == "send" else {}))
        assert response.status_code == 303
        assert "/notices/" not in response.headers["Location"]
        assert "Das ist Ihr eigener Text." in client.get(response.headers["Location"]).get_data(as_text=True)
    assert notices() == []


@pytest.mark.parametrize("state, status", [
    (PublicationState.SUBMITTED, 404), (PublicationState.REJECTED, 404), (PublicationState.WITHDRAWN, 404),
    (PublicationState.HIDDEN, 410), (PublicationState.MERGED, 200),
])  # fmt: skip
def test_only_what_one_may_read_is_reported(client, make_contribution, notices, state, status):
    path = report_path(make_contribution(state=state))
    assert client.get(path).status_code == status
    sent = client.send(path, WORDS | KEY)
    assert sent.status_code == (303 if status == 200 else status)
    assert (WORDS["explanation"] in unescape(sent.get_data(as_text=True))) is (status != 200)
    assert len(notices()) == (status == 200)


@pytest.mark.parametrize("state", [state for state in PublicationState if state is not PublicationState.PUBLISHED])
def test_comments_that_are_not_public_are_not_there(client, make_contribution, make_comment, notices, state):
    contribution = make_contribution()
    path = report_path(contribution, make_comment(contribution, state=state))
    assert client.get(path).status_code == 404
    assert client.send(path, WORDS | KEY).status_code == 404
    assert notices() == []


@pytest.mark.parametrize("comment", ["", "x", "0", "99999999999", "{elsewhere}"])
def test_comments_of_elsewhere_are_not_there(client, make_proceeding, make_contribution, make_comment, comment):
    proceeding = make_proceeding()
    contribution = make_contribution(proceeding)
    elsewhere = make_comment(make_contribution(proceeding)).id
    path = f"{report_path(contribution)}?comment={comment.format(elsewhere=elsewhere)}"
    assert client.get(path).status_code == 404


def test_what_is_hidden_between_reading_and_sending_keeps_the_words(
    client, make_proceeding, make_contribution, make_comment, make_actor, notices, monkeypatch
):
    proceeding = make_proceeding()
    contribution = make_contribution(proceeding)
    comment = make_comment(contribution)
    moderator = make_actor(proceeding, Role.MODERATOR)

    def hide_first(new):
        item = db.session.get_one(type(comment), comment.id)
        reasons = {"ground": "insult", "statement_of_reasons": "Das beleidigt."}
        decide(moderator, item, outcome=Outcome.HIDE, seen_version=1, **reasons)
        return new

    monkeypatch.setattr("participation.notices.services.check", hide_first)
    response = client.send(report_path(contribution, comment), WORDS | KEY)
    assert response.status_code == 404
    assert WORDS["explanation"] in unescape(response.get_data(as_text=True))
    assert notices() == []


def test_reports_count_with_the_other_posts(app, client, make_contribution, monkeypatch):
    monkeypatch.setitem(app.extensions, "settings", replace(app.extensions["settings"], post_limit="2 per hour"))
    contribution = make_contribution()
    vote = f"/proceedings/churchyard/contributions/{contribution.id}/vote"
    answers = [client.send(vote, {"vote": "for"}), client.send(report_path(contribution), WORDS)]
    answers.append(client.send(report_path(contribution), WORDS))
    assert [answer.status_code for answer in answers] == [303, 303, 429]
    assert client.get(report_path(contribution)).status_code == 303
