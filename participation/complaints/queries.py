"""Reads of complaints: where someone stands who may object, what waits for moderators, what mails say."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext
from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload

from participation.accounts.actors import Actor, require
from participation.complaints.answers import ComplaintAnswer, answer_to
from participation.complaints.contested import Contested
from participation.complaints.models import Complaint, ComplaintState
from participation.complaints.permissions import is_in_time
from participation.complaints.receipts import complaint_secret
from participation.contributions.models import Contribution
from participation.database import db
from participation.database.paging import Page, page_after
from participation.discussion.models import Comment
from participation.moderation.models import ModerationDecision
from participation.moderation.objections import objection_secret
from participation.moderation.queue_filter import FLAGS, Flag
from participation.moderation.reasons import TIME_IS_OVER
from participation.notices.models import Notice
from participation.notices.receipts import notice_secret
from participation.notifications.services import MailContext, mail_context
from participation.proceedings.models import Proceeding
from participation.proceedings.permissions import may_moderate

DESK_LENGTH = 50


@dataclass(frozen=True, slots=True)
class Objection:
    """How someone stands to a decision: secret of the form, secret of what was sent before, whether there is time."""

    secret: str
    sent: str | None
    is_in_time: bool
    too_late = TIME_IS_OVER  # what is said then


def open_complaints(proceeding_ids: Sequence[int]) -> Select[int | None, int | None, datetime]:
    """Return what one objects to and nobody has decided about in these proceedings, as the moderators' queue asks."""
    return select(Complaint.contribution_id, Complaint.comment_id, Complaint.created_at).where(
        Complaint.proceeding_id.in_(proceeding_ids), Complaint.state == ComplaintState.OPEN
    )


FLAGS["complaint"] = Flag(lazy_gettext("Complaints"), open_complaints)


def objections(decisions: Iterable[ModerationDecision]) -> dict[int, Objection]:
    """Return how whom they limit stands to some decisions, by their ids; for the pages of this person only."""
    limiting = {decision.id: decision for decision in decisions}
    statement = select(Complaint).where(Complaint.decision_id.in_(limiting), Complaint.notice_id.is_(None))
    sent = {complaint.decision_id: complaint for complaint in db.session.scalars(statement)} if limiting else {}
    return {
        id_: Objection(
            objection_secret(decision),
            complaint_secret(sent[id_]) if id_ in sent else None,
            is_in_time(decision.decided_at),
        )
        for id_, decision in limiting.items()
    }


def objection_to_answer(notice: Notice) -> Objection | None:
    """Return how the reporter stands to what was answered, once it was."""
    if notice.settled_at is None:
        return None
    sent = db.session.scalar(_about_answer(notice.id, notice.decision_id))
    return Objection(notice_secret(notice), complaint_secret(sent) if sent else None, is_in_time(notice.settled_at))


def sent_before(contested: Contested) -> Select[Complaint]:
    """Return the statement for the complaint of the same person about the same decision."""
    decision_id = contested.decision.id if contested.decision else None
    if contested.notice is not None:
        return _about_answer(contested.notice.id, decision_id)
    return select(Complaint).where(Complaint.decision_id == decision_id, Complaint.notice_id.is_(None))


def _about_answer(notice_id: int, decision_id: int | None) -> Select[Complaint]:
    return select(Complaint).where(
        Complaint.notice_id == notice_id, Complaint.decision_id.is_not_distinct_from(decision_id)
    )


def complaint_about(contested: Contested) -> Complaint | None:
    """Return the complaint that was sent about a decision or an answer before."""
    return db.session.scalar(sent_before(contested))


def answer_of(complaint: Complaint) -> ComplaintAnswer | None:
    """Return the answer to a complaint, once it is settled."""
    taken_id = complaint.settling_decision_id
    return answer_to(complaint, db.session.get(ModerationDecision, taken_id) if taken_id else None)


def page_of_complaints(
    actor: Actor, proceeding: Proceeding, state: ComplaintState, *, after: str = "", before: str = ""
) -> Page[Complaint]:
    """Return one page of the complaints of a proceeding: open ones oldest first, settled ones newest first.

    Raises:
        NotPermitted: not a moderator here.
        InvalidInput: the cursor is none of ours.
    """
    require(may_moderate(actor, proceeding.id), actor=actor)
    statement = with_parts().where(Complaint.proceeding_id == proceeding.id, Complaint.state == state)
    is_settled = state is ComplaintState.SETTLED
    order = [(Complaint.created_at, is_settled), (Complaint.id, is_settled)]
    return page_after(statement, order, after=after, before=before, limit=DESK_LENGTH)


def open_complaints_about(actor: Actor, item: Contribution | Comment) -> Sequence[Complaint]:
    """Return what waits about one contribution or comment, for its moderators; oldest first."""
    require(may_moderate(actor, item.proceeding_id), actor=actor)
    statement = select(Complaint).filter_by(state=ComplaintState.OPEN, **{f"{item.__tablename__}_id": item.id})
    return db.session.scalars(statement.order_by(Complaint.id)).all()


def with_parts() -> Select[Complaint]:
    """Return the statement for complaints with what pages of moderators show of them."""
    of_contribution = joinedload(Complaint.contribution)
    of_comment = joinedload(Complaint.comment).joinedload(Comment.contribution)
    parts = (Contribution.category, Contribution.type, Contribution.proceeding)
    return select(Complaint).options(
        *(subject.joinedload(part) for subject in (of_contribution, of_comment) for part in parts),
        joinedload(Complaint.decision),
        joinedload(Complaint.settling_decision),
        joinedload(Complaint.notice),
    )


@mail_context("complaints/received", lazy_gettext("Receipt of a complaint"))
def received_mail(ids: dict[str, Any]) -> MailContext | None:
    """Confirm that a complaint came in; nothing of what was typed stands in it."""
    complaint = _with_notice(ids["complaint_id"])
    return _mail(complaint, {}) if complaint else None


@mail_context("complaints/settled", lazy_gettext("Answer to a complaint"))
def settled_mail(ids: dict[str, Any]) -> MailContext | None:
    """Tell the outcome with its reasons (Art. 20(5))."""
    complaint = _with_notice(ids["complaint_id"])
    if complaint is None or complaint.state is not ComplaintState.SETTLED:
        return None
    return _mail(complaint, {"complaint": complaint, "answer_of": answer_of})


def _with_notice(complaint_id: int) -> Complaint | None:
    return db.session.scalar(
        select(Complaint).where(Complaint.id == complaint_id).options(joinedload(Complaint.notice))
    )


def _mail(complaint: Complaint, values: dict[str, Any]) -> MailContext:
    """Write to the address typed with the complaint or the notice; to an author's known one otherwise."""
    address = complaint.email or (complaint.notice.email if complaint.notice else None)
    path = f"/complaints/{complaint_secret(complaint)}"
    return MailContext({"path": path, **values}, address=address, language=complaint.language)
