"""Complaints in the demo, in every state that a page can show."""

from dataclasses import dataclass

from sqlalchemy import select

from participation import clock
from participation.accounts.actors import STRANGER, Actor
from participation.accounts.models import Participant, Role, User
from participation.complaints.cases import complaint_case
from participation.complaints.contested import contested_answer, contested_decision
from participation.complaints.models import ComplaintOutcome
from participation.complaints.receipts import complaint_secret
from participation.complaints.services import NewComplaint, complain, decide
from participation.contributions.models import Contribution
from participation.contributions.states import PublicationState
from participation.database import db, transaction
from participation.moderation.models import ModerationDecision
from participation.moderation.objections import objection_secret
from participation.notices.services import NewNotice, refuse_notices, report
from participation.proceedings.queries import proceeding_by_slug

NEW = NewComplaint("Der Satz zitiert nur, was in der Zeitung stand. " * 6)


@dataclass(frozen=True)
class MadeComplaints:
    """Addresses: the form, receipts that wait and that are decided, the case of a reporter's complaint on the desk."""

    form: str
    waiting: str
    decided: str
    of_reporter: str


def make_complaints(slug: str) -> MadeComplaints:
    """Let authors and a reporter of the demo object; needs an application context and no open transaction."""
    proceeding = proceeding_by_slug(STRANGER, slug)
    with transaction() as session:
        guest = Participant(token_hash="objecting", language="de", created_at=clock.now())
        session.add(guest)
    actor = Actor(participant_id=guest.id)
    users = {user.email.partition("@")[0]: user.id for user in db.session.scalars(select(User))}
    first, second = (
        Actor(user_id=users[name], roles=frozenset({(proceeding.id, Role.MODERATOR)}))
        for name in ("moderator", "manager")
    )
    in_place = ModerationDecision.contribution_id.in_(
        select(Contribution.id).where(Contribution.proceeding_id == proceeding.id)
    )
    statement = select(ModerationDecision).where(in_place, ModerationDecision.rule_id.is_not(None))
    offered, waiting, decided, *_ = db.session.scalars(statement.order_by(ModerationDecision.id)).all()

    item = db.session.scalars(
        select(Contribution)
        .where(Contribution.proceeding_id == proceeding.id, Contribution.state == PublicationState.PUBLISHED)
        .order_by(Contribution.id.desc())
    ).first()
    assert item is not None
    notice = report(actor, item, None, NewNotice("insult", "Der zweite Satz beleidigt."), idempotency_key="objecting")
    refuse_notices(
        first, item, answer="Der Satz greift niemanden an.", seen_version=item.version, seen_notice=notice.id
    )
    of_reporter = complain(actor, contested_answer(notice), NEW)

    settled = complain(actor, contested_decision(decided), NEW)
    case = complaint_case(second, proceeding, settled.id)
    answer = {"outcome": ComplaintOutcome.NOT_UPHELD, "answer": "Die Nummer steht noch immer im Text. " * 4}
    decide(second, case, seen_version=case.item.version, **answer)
    return MadeComplaints(
        form=f"/decisions/{objection_secret(offered)}/complaint",
        waiting=f"/complaints/{complaint_secret(complain(actor, contested_decision(waiting), NEW))}",
        decided=f"/complaints/{complaint_secret(settled)}",
        of_reporter=f"/moderation/{proceeding.slug}/complaints/{of_reporter.id}",
    )
