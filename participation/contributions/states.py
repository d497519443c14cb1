"""The states of contributions and comments, and the only ways between them."""

from enum import StrEnum

from flask_babel import lazy_gettext

from participation.errors import Conflict
from participation.proceedings.models import ModerationMode, Proceeding


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
WAS_PUBLIC_STATES = frozenset({PublicationState.HIDDEN, PublicationState.WITHDRAWN})  # told as “no longer public”

MODERATED = frozenset(
    {
        (PublicationState.SUBMITTED, PublicationState.PUBLISHED),
        (PublicationState.SUBMITTED, PublicationState.REJECTED),
        (PublicationState.PUBLISHED, PublicationState.HIDDEN),
        (PublicationState.HIDDEN, PublicationState.PUBLISHED),
        (PublicationState.PUBLISHED, PublicationState.MERGED),
        (PublicationState.MERGED, PublicationState.PUBLISHED),
    }
)
TRANSITIONS = MODERATED | {
    (state, PublicationState.WITHDRAWN) for state in PublicationState if state is not PublicationState.WITHDRAWN
}
UNDOING = frozenset((new, old) for old, new in MODERATED)  # moderators' steps, taken back


def is_limit(old: PublicationState, new: PublicationState) -> bool:
    """Whether a moderator's step takes something from the public, or keeps it away: it needs a statement of reasons."""
    return new in (PublicationState.REJECTED, PublicationState.HIDDEN) or (
        old in READABLE_STATES and new not in READABLE_STATES
    )


def first_state(proceeding: Proceeding) -> PublicationState:
    """Return where a new contribution or comment begins: held until a moderator has read it, or public at once."""
    is_held = proceeding.moderation_mode is ModerationMode.BEFORE
    return PublicationState.SUBMITTED if is_held else PublicationState.PUBLISHED


def require_transition(old: PublicationState, new: PublicationState, *, is_undoing: bool = False) -> None:
    """Raise Conflict unless the table has this step, or the step that is taken back."""
    if (old, new) not in (UNDOING if is_undoing else TRANSITIONS):
        raise Conflict(lazy_gettext("This was decided already. Please look at its present state."))
