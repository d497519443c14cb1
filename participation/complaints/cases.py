"""A complaint as moderators see it: what it is about, who may not decide about it, what can still be done."""

from dataclasses import dataclass

from flask_babel import lazy_gettext
from sqlalchemy import select

from participation.accounts.actors import Actor, require
from participation.accounts.models import Membership, Participant, Role
from participation.complaints.models import Complainant, Complaint
from participation.complaints.permissions import is_involved, may_read_complaint
from participation.complaints.queries import with_parts
from participation.contributions.models import Contribution
from participation.contributions.states import STEPS
from participation.database import db
from participation.discussion.models import Comment
from participation.errors import NotFound
from participation.moderation.models import ModerationDecision, Outcome
from participation.moderation.permissions import is_reversible, is_superseded
from participation.moderation.queries import decisions_about
from participation.notices.models import Notice
from participation.proceedings.models import Proceeding
from participation.proceedings.permissions import may_moderate


@dataclass(frozen=True, slots=True)
class ComplaintCase:
    """A complaint with what it is about and who may not decide about it (see permissions.is_involved).

    `has_others`: whether anybody in the proceeding may decide. `is_in_force`: whether the decision complained about
    still holds and can be taken back. `limit`: what a reporter can still get, if anything.
    """

    complaint: Complaint
    item: Contribution | Comment
    contribution: Contribution
    decision: ModerationDecision | None
    notice: Notice | None
    first_deciders: frozenset[int]
    parties: frozenset[int]
    has_others: bool
    is_in_force: bool
    limit: Outcome | None

    @property
    def kind(self) -> str:
        """What kind of text it is about."""
        return self.item.__tablename__


def complaint_case(actor: Actor, proceeding: Proceeding, complaint_id: int) -> ComplaintCase:
    """Return one complaint of a proceeding for its moderators, as it stands now.

    Raises:
        NotPermitted: not a moderator here.
        NotFound: there is none with this number here.
    """
    require(may_moderate(actor, proceeding.id), actor=actor)
    complaint = db.session.scalar(with_parts().where(Complaint.id == complaint_id))
    if complaint is None or complaint.proceeding_id != proceeding.id or not may_read_complaint(actor, complaint):
        raise NotFound(lazy_gettext("There is nothing to decide at this address."))
    item = complaint.comment or complaint.contribution
    contribution = complaint.comment.contribution if complaint.comment else complaint.contribution
    if item is None or contribution is None:
        raise NotFound
    deciders, parties = _first_deciders(complaint), _parties(complaint, item)
    return ComplaintCase(
        complaint=complaint,
        item=item,
        contribution=contribution,
        decision=complaint.decision,
        notice=complaint.notice,
        first_deciders=deciders,
        parties=parties,
        has_others=_has_others(proceeding.id, deciders, parties),
        is_in_force=_is_in_force(complaint.decision, item),
        limit=_limit(complaint, item),
    )


def _first_deciders(complaint: Complaint) -> frozenset[int]:
    """Return who took the decision, and who took those that it takes back; or who answered the notice."""
    if complaint.decision is None:
        deciders = {complaint.notice.settled_by if complaint.notice else None}
    else:
        decision, deciders = complaint.decision, {complaint.decision.moderator_id}
        while decision.undoes_id is not None:
            decision = db.session.get_one(ModerationDecision, decision.undoes_id)
            deciders.add(decision.moderator_id)
    return frozenset(id_ for id_ in deciders if id_ is not None)


def _parties(complaint: Complaint, item: Contribution | Comment) -> frozenset[int]:
    reporter_id = complaint.notice.participant_id if complaint.notice else None
    addressee_id = complaint.decision.addressee_id if complaint.decision else None
    involved = (complaint.participant_id, item.participant_id, reporter_id, addressee_id)
    return frozenset(id_ for id_ in involved if id_ is not None)


def _has_others(proceeding_id: int, deciders: frozenset[int], parties: frozenset[int]) -> bool:
    statement = (
        select(Membership.user_id, Participant.id)
        .outerjoin(Participant, Participant.user_id == Membership.user_id)
        .where(Membership.proceeding_id == proceeding_id, Membership.role.in_((Role.MODERATOR, Role.MANAGER)))
    )
    others = (Actor(user_id=user_id, participant_id=id_) for user_id, id_ in db.session.execute(statement))
    return any(not is_involved(other, deciders, parties) for other in others)


def _is_in_force(decision: ModerationDecision | None, item: Contribution | Comment) -> bool:
    if decision is None:
        return False
    decisions = decisions_about(item)
    if decision.outcome is Outcome.UNDO:  # it took a publication back
        return decision.is_limit and decision.state_after is item.state and not is_superseded(decision, decisions)
    return is_reversible(decision, item.state, decisions)


def _limit(complaint: Complaint, item: Contribution | Comment) -> Outcome | None:
    if complaint.complainant is not Complainant.REPORTER:
        return None
    return next((outcome for outcome in (Outcome.HIDE, Outcome.REJECT) if item.state in STEPS[outcome]), None)
