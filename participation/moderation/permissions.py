"""When a decision can be taken back."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from participation import clock
from participation.contributions.states import STEPS, PublicationState
from participation.moderation.models import INDEPENDENT, ModerationDecision, Outcome

UNDO_DAYS = 30
Aspect = tuple[str, int]
STATE, WORDS, PLACE = ("state", 0), ("words", 0), ("place", 0)


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
    return is_undo_over(decision.decided_at)


def is_undo_over(decided_at: datetime) -> bool:
    """Whether the time for taking back what was done then is over."""
    return clock.now() >= decided_at + timedelta(days=UNDO_DAYS)


def state_back(
    decision: ModerationDecision, present: PublicationState, decisions: Sequence[ModerationDecision]
) -> PublicationState:
    """Return the state that taking a decision back leads to: the present one if others decided about the state since.

    Args:
        decision: a reversible one, see `is_reversible`.
        present: the state of the item.
        decisions: all about the item.
    """
    is_kept = decision.state_before is decision.state_after or _is_changed_since(decision, STATE, decisions)
    return present if is_kept else decision.state_before


def is_superseded(decision: ModerationDecision, decisions: Sequence[ModerationDecision]) -> bool:
    """Whether a later decision about the item took it back, or changed the same thing and was not taken back itself."""
    if any(one.undoes_id == decision.id for one in decisions):
        return True
    by_id = {one.id: one for one in decisions}
    return _is_changed_since(decision, _aspects(decision, by_id)[0], decisions)


def _is_changed_since(decision: ModerationDecision, aspect: Aspect, decisions: Sequence[ModerationDecision]) -> bool:
    """Whether later decisions changed this; one that was taken back counts as little as what took it back."""
    by_id = {one.id: one for one in decisions}
    later = [one for one in decisions if one.id > decision.id]
    ignored: set[int] = set()
    for one in later:
        undone = by_id.get(one.undoes_id or 0)
        if undone in later and (aspect != STATE or one.state_after is undone.state_before):
            ignored |= {one.id, undone.id}
    return any(one.id not in ignored and aspect in _aspects(one, by_id) for one in later)


def _aspects(decision: ModerationDecision, by_id: Mapping[int, ModerationDecision]) -> tuple[Aspect, ...]:
    """Return what a decision, or the one it takes back, changed; first what its reasons are about."""
    meant = by_id.get(decision.undoes_id or 0, decision)
    if meant.outcome in INDEPENDENT:
        return ((meant.outcome, meant.id),)
    if meant.outcome is Outcome.MOVE:
        return (PLACE,)
    if meant.outcome is not Outcome.REDACT:
        return (STATE,)
    if decision.state_before is decision.state_after:
        return (WORDS,)
    return (WORDS, STATE) if meant is decision else (STATE, WORDS)
