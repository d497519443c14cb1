"""Which desks a planner has."""

from participation.accounts.actors import Actor
from participation.accounts.models import Role
from participation.proceedings.models import Proceeding, ProceedingState
from participation.proceedings.queries import visible_proceedings

# A draft has nothing to evaluate yet, and what is archived is done with.
FIRST = (ProceedingState.PUBLISHED, ProceedingState.CLOSED, ProceedingState.DRAFT, ProceedingState.ARCHIVED)


def desks_of(actor: Actor) -> list[Proceeding]:
    """Return the proceedings this actor plans: running ones first, among equals the newest."""
    own = visible_proceedings(actor, actor.proceeding_ids(Role.PLANNER))
    return sorted(own, key=lambda proceeding: FIRST.index(proceeding.state))
