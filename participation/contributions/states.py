"""The states of contributions and comments, and the only ways between them."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum

from flask_babel import lazy_gettext

from participation.errors import Conflict
from participation.proceedings.models import ModerationMode, Proceeding
from participation.screening.rules import Hit, Standing


class PublicationState(StrEnum):
    """Where a contribution or comment stands."""

    SUBMITTED = "submitted"
    PUBLISHED = "published"
    HIDDEN = "hidden"
    REJECTED = "rejected"
    MERGED = "merged"
    WITHDRAWN = "withdrawn"


LISTED_STATES = frozenset({PublicationState.PUBLISHED})  # in lists, maps, counts, downloads, feeds
READABLE_STATES = LISTED_STATES | {PublicationState.MERGED}  # at their own address
LIMITED_STATES = frozenset({PublicationState.REJECTED, PublicationState.HIDDEN})
WAS_PUBLIC_STATES = frozenset({PublicationState.HIDDEN, PublicationState.WITHDRAWN})  # told as “no longer public”

_SUBMITTED, _PUBLISHED, _HIDDEN, _REJECTED, _MERGED = (
    PublicationState.SUBMITTED,
    PublicationState.PUBLISHED,
    PublicationState.HIDDEN,
    PublicationState.REJECTED,
    PublicationState.MERGED,
)
# The steps of moderators, by their outcome: from which state to which.
STEPS: dict[str, dict[PublicationState, PublicationState]] = {
    "publish": {_SUBMITTED: _PUBLISHED, _HIDDEN: _PUBLISHED, _MERGED: _PUBLISHED},
    "redact": {_SUBMITTED: _PUBLISHED, _PUBLISHED: _PUBLISHED, _MERGED: _MERGED},
    "reject": {_SUBMITTED: _REJECTED},
    "hide": {_PUBLISHED: _HIDDEN, _MERGED: _HIDDEN},
    "merge": {_SUBMITTED: _MERGED, _PUBLISHED: _MERGED},
    "move": {state: state for state in (_SUBMITTED, _PUBLISHED, _HIDDEN)},
    "warn": {state: state for state in PublicationState if state is not PublicationState.WITHDRAWN},
    "block": {state: state for state in PublicationState if state is not PublicationState.WITHDRAWN},
    "block_voter": {state: state for state in PublicationState},  # whatever becomes of what they voted on
}
MODERATED = frozenset(step for steps in STEPS.values() for step in steps.items() if step[0] is not step[1])
TRANSITIONS = MODERATED | {
    (state, PublicationState.WITHDRAWN) for state in PublicationState if state is not PublicationState.WITHDRAWN
}
UNDOING = frozenset((new, old) for old, new in MODERATED)  # moderators' steps, taken back
ALWAYS_LIMITING = frozenset({"redact", "block", "block_voter"})  # whatever becomes of the state


def is_limit(old: PublicationState, new: PublicationState, outcome: str = "") -> bool:
    """Whether a moderator's step takes something from people, or keeps it away: it needs a statement of reasons.

    Args:
        old: the state before.
        new: the state after.
        outcome: of the decision, since removed passages and blocks do not show in the state.
    """
    if outcome in ALWAYS_LIMITING:
        return True
    return old is not new and (
        new in LIMITED_STATES
        or (new is PublicationState.MERGED and old is not PublicationState.HIDDEN)  # else it gives something back
        or (old in READABLE_STATES and new not in READABLE_STATES)
    )


def state_after(outcome: str, present: PublicationState) -> PublicationState:
    """Return where a moderator's step leads; raise Conflict unless the table has it."""
    try:
        return STEPS[outcome][present]
    except KeyError:
        raise _decided_already() from None


def first_state(proceeding: Proceeding, hits: Sequence[Hit]) -> PublicationState:
    """Return where a new contribution or comment begins: held until a moderator has read it, or public at once.

    Args:
        hits: what the armed rules of the proceeding found in it.
    """
    mode = proceeding.moderation_mode
    is_held = mode is ModerationMode.BEFORE or (mode is ModerationMode.MIXED and bool(hits))
    return PublicationState.SUBMITTED if is_held else PublicationState.PUBLISHED


def standing_of(state: PublicationState, published_at: datetime | None) -> Standing:
    """Return what screening keeps of a state: nothing is known of a text that waits, or waits again."""
    is_or_was_good = state in READABLE_STATES or state is PublicationState.WITHDRAWN
    return Standing(published_at if is_or_was_good else None, is_limited=state in LIMITED_STATES)


def require_transition(old: PublicationState, new: PublicationState, *, is_undoing: bool = False) -> None:
    """Raise Conflict unless the table has this step, or the step that is taken back."""
    if (old, new) not in (UNDOING if is_undoing else TRANSITIONS):
        raise _decided_already()


def _decided_already() -> Conflict:
    return Conflict(lazy_gettext("This was decided already. Please look at its present state."))
