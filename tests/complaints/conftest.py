"""A decision by a first moderator, a second moderator, and complaints about it."""

import pytest
from sqlalchemy import select

from participation.accounts.models import Role
from participation.complaints.cases import complaint_case
from participation.complaints.contested import contested_answer, contested_decision
from participation.complaints.services import NewComplaint, complain
from participation.contributions.models import Contribution
from participation.contributions.states import PublicationState as State
from participation.database import db
from participation.discussion.models import Comment
from participation.moderation.models import Outcome
from participation.notices.services import NewNotice, decide, refuse_notices, report
from participation.notifications.models import OutboxMail

LIMIT = {"ground": "insult", "statement_of_reasons": "Der zweite Satz beleidigt eine Person."}
WHY = "Der Satz zitiert nur, was in der Zeitung stand."
ANSWER = "Das Zitat ist kenntlich gemacht, es greift niemanden an."
REFUSAL = "Der Satz ist scharf, aber er greift niemanden an."


@pytest.fixture
def proceeding(app_context, make_proceeding):
    return make_proceeding()


@pytest.fixture
def first(proceeding, make_actor):
    return make_actor(proceeding, Role.MODERATOR)


@pytest.fixture
def second(proceeding, make_actor):
    return make_actor(proceeding, Role.MODERATOR)


@pytest.fixture
def author(make_guest):
    return make_guest("author@example.org")


@pytest.fixture
def reporter(make_guest):
    return make_guest()


@pytest.fixture
def make_item(proceeding, author, make_contribution, make_comment):
    """Makes a contribution or a comment of the author in a state."""

    def make(kind, state=State.PUBLISHED):
        if kind == "contribution":
            return make_contribution(proceeding, state=state, author=author)
        return make_comment(make_contribution(proceeding), state=state, author=author)

    return make


@pytest.fixture(params=["contribution", "comment"])
def item(request, make_item):
    return make_item(request.param)


@pytest.fixture
def hide(first):
    """Hides an item as the first moderator."""

    def hide_it(item, outcome=Outcome.HIDE):
        return decide(first, item, outcome=outcome, seen_version=item.version, seen_notice=0, **LIMIT)

    return hide_it


@pytest.fixture
def object_to(author):
    """Sends the author's complaint about a decision."""

    def send(decision, text=WHY, actor=None, email=""):
        return complain(actor or author, contested_decision(decision), NewComplaint(text, email))

    return send


@pytest.fixture
def refused_notice(first, reporter):
    """Reports an item and has the first moderator refuse it."""

    def make(item, email=""):
        comment = item if isinstance(item, Comment) else None
        contribution = db.session.get_one(Contribution, item.contribution_id) if comment else item
        new = NewNotice("insult", "Der zweite Satz beleidigt.", email=email)
        notice = report(reporter, contribution, comment, new, idempotency_key="k")
        refuse_notices(first, item, answer=REFUSAL, seen_version=item.version, seen_notice=notice.id)
        return notice

    return make


@pytest.fixture
def object_to_answer(reporter):
    """Sends the reporter's complaint about what was answered."""

    def send(notice, text=WHY, email=""):
        return complain(reporter, contested_answer(notice), NewComplaint(text, email))

    return send


@pytest.fixture
def case_of(proceeding):
    """Reads a complaint as a moderator does."""

    def read(moderator, complaint):
        return complaint_case(moderator, proceeding, complaint.id)

    return read


@pytest.fixture
def mails():
    """Reads what a template's mails in the outbox are about."""

    def read(template):
        found = db.session.scalars(select(OutboxMail).where(OutboxMail.template == template).order_by(OutboxMail.id))
        return [(mail.participant_id, mail.ids) for mail in found]

    return read
