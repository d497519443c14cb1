"""The moderators' desk with reports: the filter, the case, the answer; nothing typed is lost, nobody else sees them."""

from html import unescape

import pytest
from sqlalchemy import select

from participation.accounts.models import Role
from participation.contributions.states import PublicationState
from participation.database import db
from participation.notices.models import Notice, NoticeOutcome, NoticeState
from tests.notice_fixtures import EXPLANATION

ANSWER = "Der Satz ist scharf, aber er greift niemanden an."
QUEUE = "/moderation/churchyard?kind=notice"
LIMIT = {"outcome": "hide", "ground": "insult", "statement_of_reasons": "Der zweite Satz beleidigt."}


@pytest.fixture
def place(make_proceeding):
    return make_proceeding()


@pytest.fixture
def moderator(place, make_actor, make_client):
    return make_client(make_actor(place, Role.MODERATOR))


@pytest.fixture(params=["contribution", "comment"])
def item(request, place, make_contribution, make_comment):
    contribution = make_contribution(place)
    return contribution if request.param == "contribution" else make_comment(contribution)


@pytest.fixture
def notices(app):
    def read():
        with app.app_context():
            return db.session.scalars(select(Notice).order_by(Notice.id)).all()

    return read


def case_path(item):
    return f"/moderation/churchyard/{item.__tablename__}/{item.id}"


def sent(*notices, **words):
    return {"seen_version": "1", "seen_notice": str(max((notice.id for notice in notices), default=0)), **words}


def text_of(response):
    return unescape(response.get_data(as_text=True))


@pytest.mark.parametrize("queue", [QUEUE, "/moderation?kind=notice", f"/en{QUEUE}"])
def test_the_filter_shows_what_is_reported_and_how_often(moderator, item, make_notice, markup_findings, queue):
    make_notice(item, passage="Genau diese Stelle", name="Lou Siebenschläfer", email="lou@example.org")
    make_notice(item, explanation="Noch ein anderer Grund.")
    response = moderator.get(queue)
    page = text_of(response)
    for part in (EXPLANATION, "Genau diese Stelle", "Noch ein anderer Grund.", "Lou Siebenschläfer"):
        assert part in page
    assert "lou@example.org" not in page
    assert ("2 reports" if "/en/" in queue else "2 Meldungen") in page
    assert ("Reported" if "/en/" in queue else "Gemeldet") + ' <span class="ct">1</span>' in page
    assert markup_findings(response.get_data(as_text=True)) == []


def test_without_reports_the_filter_says_so(moderator, item, markup_findings):
    page = text_of(moderator.get(QUEUE))
    assert "Nichts ist gemeldet" in page
    assert markup_findings(page) == []
    assert moderator.get("/moderation/churchyard?kind=nonsense").status_code == 422


def test_hiding_settles_them_and_leads_back_to_the_filter(moderator, item, make_notice, notices):
    notice = make_notice(item)
    response = moderator.send(f"{case_path(item)}?kind=notice", sent(notice, **LIMIT))
    assert response.status_code == 303
    assert response.headers["Location"].startswith(f"{QUEUE}&decided=")
    assert notices()[0].outcome is NoticeOutcome.UPHELD
    assert EXPLANATION not in text_of(moderator.get(case_path(item)))
    assert "Meldung bestätigt" in text_of(moderator.get(case_path(item)))


def test_an_answer_settles_them_and_leads_back_to_the_filter(moderator, item, make_notice, notices):
    notice = make_notice(item)
    response = moderator.send(f"{case_path(item)}/notices?kind=notice", sent(notice, answer=ANSWER))
    assert response.status_code == 303
    assert response.headers["Location"].startswith(f"{QUEUE}&sent=")
    assert (notices()[0].outcome, notices()[0].answer) == (NoticeOutcome.NOT_UPHELD, ANSWER)
    assert "Meldung zurückgewiesen" in text_of(moderator.get(case_path(item)))


def test_an_answer_that_is_too_short_comes_back(moderator, item, make_notice, notices, markup_findings):
    notice = make_notice(item)
    response = moderator.send(f"{case_path(item)}/notices", sent(notice, answer="Nö <b>"))
    page = response.get_data(as_text=True)
    assert response.status_code == 422
    assert "<title>Fehler:" in page
    assert "Nö &lt;b&gt;" in page
    assert markup_findings(page) == []
    assert notices()[0].state is NoticeState.OPEN


def test_when_one_more_came_in_the_answer_waits_for_it_to_be_read(
    moderator, item, make_notice, notices, markup_findings
):
    seen = make_notice(item)
    new = make_notice(item, explanation="Das ist ein neuer Grund.")
    response = moderator.send(f"{case_path(item)}/notices", sent(seen, answer=ANSWER))
    page = text_of(response)
    assert response.status_code == 409
    for part in ("Jemand war schneller.", ANSWER, "Das ist ein neuer Grund.", f'name="seen_notice" value="{new.id}"'):
        assert part in page
    assert markup_findings(response.get_data(as_text=True)) == []
    assert {notice.state for notice in notices()} == {NoticeState.OPEN}


def test_the_second_of_two_moderators_keeps_the_answer(moderator, item, make_notice, notices, markup_findings):
    notice = make_notice(item)
    moderator.send(f"{case_path(item)}/notices", sent(notice, answer=ANSWER))
    response = moderator.send(f"{case_path(item)}/notices", sent(notice, answer="Eine ganz andere Antwort."))
    assert response.status_code == 409
    assert "Eine ganz andere Antwort." in text_of(response)
    assert ANSWER in text_of(response)
    assert markup_findings(response.get_data(as_text=True)) == []
    assert notices()[0].answer == ANSWER


def test_who_hides_what_was_answered_meanwhile_keeps_the_reasons(
    moderator, item, make_notice, notices, markup_findings
):
    notice = make_notice(item)
    moderator.send(f"{case_path(item)}/notices", sent(notice, answer=ANSWER))
    response = moderator.send(case_path(item), sent(notice, **LIMIT))
    page = text_of(response)
    assert response.status_code == 409
    assert "Die Meldungen haben sich geändert" in page
    assert LIMIT["statement_of_reasons"] in page
    assert ANSWER in page
    assert markup_findings(response.get_data(as_text=True)) == []
    assert notices()[0].outcome is NoticeOutcome.NOT_UPHELD
    assert moderator.send(case_path(item), sent(**LIMIT)).status_code == 303


@pytest.mark.parametrize("role", ["stranger", "author", "reporter", "planner", "moderator elsewhere", "administrator"])
def test_nobody_else_reads_a_report(
    place, make_proceeding, make_actor, make_guest, make_client, make_contribution, make_notice, role
):
    author, reporter = make_guest(), make_guest()
    contribution = make_contribution(place, author=author)
    make_notice(contribution, reporter=reporter, passage="Genau diese Stelle", name="Lou Siebenschläfer")
    actor = {
        "stranger": lambda: None,
        "author": lambda: author,
        "reporter": lambda: reporter,
        "planner": lambda: make_actor(place, Role.PLANNER),
        "moderator elsewhere": lambda: make_actor(make_proceeding("elsewhere"), Role.MODERATOR),
        "administrator": lambda: make_actor(is_administrator=True),
    }[role]()
    client = make_client(actor)
    paths = [QUEUE, "/moderation?kind=notice", case_path(contribution), f"/planning/{place.slug}", "/account", "/"]
    there = f"/proceedings/{place.slug}"
    paths += [there, f"{there}/contributions/{contribution.id}", f"{there}/contributions/{contribution.id}/report"]
    paths += [f"{there}/contributions.csv", f"{there}/contributions.geojson"]
    for path in paths:
        page = text_of(client.get(path))
        for part in (EXPLANATION, "Genau diese Stelle", "Lou Siebenschläfer"):
            assert part not in page
    assert client.send(f"{case_path(contribution)}/notices", {"answer": ANSWER}).status_code in (401, 403)


def test_withdrawn_items_can_still_be_answered(moderator, place, make_contribution, make_notice, notices):
    item = make_contribution(place, state=PublicationState.WITHDRAWN)
    notice = make_notice(item)
    assert "Antwort an alle" in text_of(moderator.get(QUEUE))
    answer = {"answer": "Der Text wurde inzwischen zurückgezogen."}
    assert moderator.send(f"{case_path(item)}/notices", sent(notice, **answer)).status_code == 303
    assert notices()[0].state is NoticeState.SETTLED


def test_an_answer_is_taken_back_at_the_case_by_one_press(moderator, item, make_notice, notices, markup_findings):
    notice = make_notice(item)
    moderator.send(f"{case_path(item)}/notices", sent(notice, answer=ANSWER))
    page = moderator.get(case_path(item)).get_data(as_text=True)
    assert ANSWER in unescape(page)
    assert markup_findings(page) == []
    told = text_of(moderator.send(f"{case_path(item)}/notices/undo", follow_redirects=True))
    assert "die Meldungen sind wieder offen" in told
    assert "1 Meldung" in told
    assert [(one.state, one.answer) for one in notices()] == [(NoticeState.OPEN, "")]
    again = text_of(moderator.send(f"{case_path(item)}/notices/undo", follow_redirects=True))
    assert "schon zurückgenommen" in again
