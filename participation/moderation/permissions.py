"""When a decision can be taken back."""

from datetime import timedelta

from participation import clock
from participation.contributions.states import UNDOING, PublicationState
from participation.moderation.models import ModerationDecision, Outcome

UNDO_DAYS = 30


def is_undoable(decision: ModerationDecision, present: PublicationState) -> bool:
    """Whether the newest decision about an item can be taken back: for 30 days, while the item stands where it led."""
    return not is_too_old(decision) and is_reversible(decision, present)


def is_reversible(decision: ModerationDecision, present: PublicationState) -> bool:
    """Whether there is a way back from a decision, however old it is."""
    return (
        decision.outcome is not Outcome.UNDO
        and decision.state_after is present
        and (decision.state_after, decision.state_before) in UNDOING
    )


def is_too_old(decision: ModerationDecision) -> bool:
    """Whether the time for taking it back is over."""
    return clock.now() >= decision.decided_at + timedelta(days=UNDO_DAYS)
