"""Who may object until when, and who may decide about it."""

from datetime import datetime

from participation import clock
from participation.accounts.actors import Actor
from participation.complaints.models import Complaint
from participation.moderation.reasons import objection_ends_at
from participation.proceedings.permissions import may_moderate


def is_in_time(decided_at: datetime) -> bool:
    """Whether one may still object to what was decided then: for six months (Regulation (EU) 2022/2065, Art. 20(1))."""
    return clock.now() <= objection_ends_at(decided_at)


def may_read_complaint(actor: Actor, complaint: Complaint) -> bool:
    """Moderators of the proceeding."""
    return may_moderate(actor, complaint.proceeding_id)


def is_involved(actor: Actor, first_deciders: frozenset[int], parties: frozenset[int]) -> bool:
    """Whether the actor decided what is objected to, or is one of those whom it is about.

    Args:
        actor: a moderator.
        first_deciders: user ids of those who took the decision, and of those who took what it took back.
        parties: participant ids of author, reporter, blocked voter and complainant.
    """
    return actor.user_id in first_deciders or actor.participant_id in parties


def may_decide_complaint(
    actor: Actor, complaint: Complaint, first_deciders: frozenset[int], parties: frozenset[int]
) -> bool:
    """A moderator of the proceeding, and another person than the first (never against an own decision)."""
    return may_read_complaint(actor, complaint) and not is_involved(actor, first_deciders, parties)
