"""When a decision can be taken back."""

from collections.abc import Mapping, Sequence
from datetime import timedelta

from participation import clock
from participation.contributions.states import STEPS, PublicationState
from participation.moderation.models import INDEPENDENT, ModerationDecision, Outcome

UNDO_DAYS = 30


def is_undoable(
    decision: ModerationDecision, present: PublicationState, decisions: Sequence[ModerationDecision]
) -> bool:
    """Whether a decision can be taken back: for 30 days, while the item stands where it led and nobody decided anew.

    Args:
        decision: one of them.
        present: the state of the item.
        decisions: all about the item, newest first.
    """
    return not is_too_old(decision) and is_reversible(decision, present, decisions)


def is_reversible(
    decision: ModerationDecision, present: PublicationState, decisions: Sequence[ModerationDecision]
) -> bool:
    """Whether there is a way back from a decision, however old it is; see `is_undoable`."""
    if decision.outcome is Outcome.UNDO or is_superseded(decision, decisions):
        return False
    leads_to = STEPS[decision.outcome]
    if decision.outcome in INDEPENDENT or decision.outcome is Outcome.MOVE:
        return present in leads_to  # what it did does not depend on the state
    return decision.state_after is present and leads_to.get(decision.state_before) is present


def is_too_old(decision: ModerationDecision) -> bool:
    """Whether the time for taking it back is over."""
    return clock.now() >= decision.decided_at + timedelta(days=UNDO_DAYS)


def is_superseded(decision: ModerationDecision, decisions: Sequence[ModerationDecision]) -> bool:
    """Whether a later decision about the item took it back or changed the same thing."""
    by_id = {one.id: one for one in decisions}
    changed = _changed(decision, by_id)
    return any(one.id > decision.id and _changed(one, by_id) == changed for one in decisions)


def _changed(decision: ModerationDecision, by_id: Mapping[int, ModerationDecision]) -> tuple[str, int]:
    """Return what a decision, or the one it takes back, is about: state and words, the place, or only itself."""
    meant = by_id.get(decision.undoes_id or 0, decision)
    if meant.outcome in INDEPENDENT:
        return meant.outcome, meant.id
    return ("place" if meant.outcome is Outcome.MOVE else "state"), 0
