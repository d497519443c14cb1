"""Objecting to a decision, and deciding about it; what that changes goes through moderation and notices."""

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext
from sqlalchemy import select

from participation import clock
from participation.accounts.actors import Actor, require
from participation.accounts.services import hold_participant
from participation.audit.services import add_event
from participation.complaints.cases import ComplaintCase
from participation.complaints.contested import Contested
from participation.complaints.models import (
    ANSWER_LONGEST,
    ANSWER_SHORTEST,
    TEXT_LONGEST,
    TEXT_SHORTEST,
    Complainant,
    Complaint,
    ComplaintOutcome,
    ComplaintState,
)
from participation.complaints.permissions import is_in_time, may_decide_complaint, may_read_complaint
from participation.complaints.queries import sent_before
from participation.contributions.checking import check_text
from participation.contributions.models import Contribution
from participation.database import Session, locked, purge, transaction
from participation.discussion.models import Comment
from participation.errors import Conflict, InvalidInput
from participation.moderation.models import TO_VOTERS, ModerationDecision, Outcome
from participation.moderation.permissions import is_undo_over
from participation.moderation.reasons import TIME_IS_OVER
from participation.notices import services as notices
from participation.notices.models import Notice
from participation.notifications.services import add_mail

Settle = Callable[[Session, ModerationDecision | None], None]


class ComplainedBefore(Conflict):
    """There is a complaint about this decision already, with another text."""

    title = lazy_gettext("You have objected already.")


class ComplaintChanged(Conflict):
    """Someone else settled the complaint, or decided about the text."""


@dataclass(frozen=True, slots=True)
class NewComplaint:
    """Why someone objects, and where to write to if they like."""

    text: str
    email: str = ""
    language: str = "de"


def check_complaint(text: str) -> str:
    """Return why someone objects, as it will be stored; 10 to 4,000 characters."""
    return check_text(text, TEXT_LONGEST, TEXT_SHORTEST)


def check_answer(text: str) -> str:
    """Return the reasons of whoever decides about a complaint, as they will be stored; 10 to 4,000 characters."""
    try:
        return check_text(text, ANSWER_LONGEST, ANSWER_SHORTEST)
    except InvalidInput as error:
        raise InvalidInput(error.message, field="answer") from error


def complain(actor: Actor, contested: Contested, new: NewComplaint) -> Complaint:
    """Object to a decision, or to the answer to a notice, once; the same words sent again give the first one back.

    Args:
        actor: must have a participant_id (see accounts.sessions.participating_actor), and hold the author's or the
            reporter's secret link, which is the right to object.
        contested: what is objected to.
        new: why.

    Raises:
        InvalidInput: the text is too short or too long.
        ComplainedBefore: there is a complaint with other words.
        Conflict: six months are over, or the notice was opened again meanwhile.
    """
    text = check_complaint(new.text)
    if not is_in_time(contested.decided_at):
        raise Conflict(TIME_IS_OVER)
    item, notice = contested.item, contested.notice
    with transaction() as session:
        hold_participant(session, actor)
        locked(session, item)
        before = session.scalar(sent_before(contested))
        if before is not None:
            if before.text == text:
                return before
            raise ComplainedBefore(lazy_gettext("One can object to a decision once. What you sent first is with us."))
        if notice is not None:
            _require_settled(locked(session, notice), contested)
        complaint = Complaint(
            **{f"{item.__tablename__}_id": item.id},
            proceeding_id=item.proceeding_id,
            complainant=contested.complainant,
            decision_id=contested.decision.id if contested.decision else None,
            notice_id=notice.id if notice else None,
            participant_id=actor.participant_id,
            text=text,
            email=new.email or None,
            language=new.language,
            receipt_nonce=secrets.token_hex(16),
            created_at=clock.now(),
        )
        session.add(complaint)
        session.flush()
        add_event(
            session, actor, "complaints.submit", item, proceeding_id=item.proceeding_id, complaint_id=complaint.id
        )
        _add_mail(session, "complaints/received", complaint, _addressee_id(contested.item, contested.decision), notice)
    return complaint


def _require_settled(notice: Notice, contested: Contested) -> None:
    decision_id = contested.decision.id if contested.decision else None
    if notice.settled_at is None or notice.decision_id != decision_id:
        raise Conflict(lazy_gettext("Your report is being looked at once more. Please look at its present state."))


def decide(
    moderator: Actor,
    case: ComplaintCase,
    *,
    outcome: ComplaintOutcome,
    answer: str,
    seen_version: int,
    **reasons: Any,
) -> None:
    """Decide about a complaint, and tell whoever sent it why.

    To uphold takes the decision back that an author or voter objects to (and settles anew the notices that had led to
    it), or limits what a reporter wants limited; where neither can be done any more, the answer stands for itself.

    Args:
        moderator: another person than the first.
        case: as it stood on the page, see `cases.complaint_case`.
        outcome: upheld or not.
        answer: the reasons, plain text.
        seen_version: version of the text on the page the moderator decided from.
        reasons: `ground` and `statement_of_reasons` for the author of a text that is limited, as in
            `moderation.services.decide`.

    Raises:
        NotPermitted: not a moderator of this proceeding, or involved.
        InvalidInput: the answer, or the statement of reasons, is missing, too short or too long.
        Conflict: someone else settled it, or changed the text, in the meantime.
    """
    complaint, item = case.complaint, case.item
    require(
        may_read_complaint(moderator, complaint),
        lazy_gettext("Only moderators of this consultation can decide."),
        actor=moderator,
    )
    require(
        may_decide_complaint(moderator, complaint, case.first_deciders, case.parties),
        lazy_gettext("You are involved in this yourself. Another person decides about the complaint."),
    )
    answer = check_answer(answer)

    def settle(session: Session, taken: ModerationDecision | None) -> None:
        if locked(session, complaint).state is not ComplaintState.OPEN:
            raise ComplaintChanged(lazy_gettext("Someone else has decided about this complaint in the meantime."))
        complaint.state = ComplaintState.SETTLED
        complaint.outcome = outcome
        complaint.answer = answer
        complaint.settled_at = clock.now()
        complaint.settled_by = moderator.user_id
        complaint.settling_decision_id = taken.id if taken else None
        event = f"complaints.{outcome}"
        add_event(session, moderator, event, item, proceeding_id=item.proceeding_id, complaint_id=complaint.id)
        _add_mail(session, "complaints/settled", complaint, _addressee_id(item, case.decision), case.notice)

    is_upheld = outcome is ComplaintOutcome.UPHELD
    if is_upheld and complaint.complainant is not Complainant.REPORTER and case.is_in_force:
        _lift(moderator, case, answer, seen_version, settle)
    elif is_upheld and case.limit is not None:
        notices.decide(
            moderator,
            item,
            outcome=case.limit,
            seen_version=seen_version,
            seen_notice=0,
            and_then=settle,
            **reasons,
        )
    else:
        with transaction() as session:
            if locked(session, item).version != seen_version:
                raise ComplaintChanged(lazy_gettext("The text has changed since you opened it. Please look again."))
            settle(session, None)


def _lift(moderator: Actor, case: ComplaintCase, answer: str, seen_version: int, settle: Settle) -> None:
    """Make public what a decision kept from the public, also after the time for taking it back."""
    decision = case.decision
    if decision is not None and decision.outcome is not Outcome.UNDO:
        notices.undo(
            moderator,
            case.item,
            decision,
            seen_version=seen_version,
            on_complaint=True,
            answer=answer,
            and_then=settle,
        )
    else:  # it took a publication back; what is undone is not undone again, one decides anew
        notices.decide(
            moderator,
            case.item,
            outcome=Outcome.PUBLISH,
            seen_version=seen_version,
            seen_notice=0,
            and_then=settle,
        )


def _addressee_id(item: Contribution | Comment, decision: ModerationDecision | None) -> int | None:
    """Return whom the decision limits: the author of the text, or someone who voted on it."""
    is_voters = decision is not None and decision.outcome in TO_VOTERS
    return decision.addressee_id if decision is not None and is_voters else item.participant_id


def _add_mail(
    session: Session, template: str, complaint: Complaint, addressee_id: int | None, notice: Notice | None
) -> None:
    """Write to whom the decision limits in any case, to a reporter where an address was typed."""
    about = {"proceeding_id": complaint.proceeding_id, "complaint_id": complaint.id}
    if notice is None:
        add_mail(session, template, addressee_id or complaint.participant_id, **about)
    elif complaint.email or notice.email:
        add_mail(session, template, complaint.participant_id or notice.participant_id, **about)


def take_back_answer(
    moderator: Actor,
    item: Contribution | Comment,
    *,
    settled_at: datetime,
    seen_version: int,
    and_then: Callable[[Session], None] | None = None,
) -> None:
    """Take back for 30 days that reports were answered with “the text may stay”: they are open again.

    Args:
        moderator: who takes it back.
        item: what was reported.
        settled_at: when they were answered.
        seen_version: version of the item on the page.
        and_then: what else is done in the same transaction.

    Raises:
        NotPermitted: not a moderator of this proceeding.
        Conflict: the time is over, somebody objected to the answer, or item or reports changed meanwhile.
    """
    if is_undo_over(settled_at):
        raise Conflict(lazy_gettext("The time for taking it back is over."))

    def unless_objected(session: Session, reopened: Sequence[Notice]) -> None:
        about = select(Complaint.id).where(Complaint.notice_id.in_([notice.id for notice in reopened]))
        if session.scalar(about.limit(1)) is not None:
            raise Conflict(lazy_gettext("Somebody objected to this answer. Decide about the complaint instead."))
        if and_then is not None:
            and_then(session)

    notices.reopen_refused(moderator, item, settled_at=settled_at, seen_version=seen_version, and_then=unless_objected)


def forget_complainants(before: datetime, *, is_dry: bool) -> int:
    """Delete the addresses of complaints that were settled before a moment; return of how many."""
    is_known = Complaint.email.is_not(None)
    return purge(Complaint, Complaint.settled_at < before, is_known, is_dry=is_dry, values={"email": None})
