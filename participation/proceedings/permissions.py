"""Who may see, manage and look behind a proceeding."""

from participation.accounts.actors import Actor
from participation.accounts.models import Role
from participation.proceedings.models import Proceeding, ProceedingState
from participation.proceedings.terms import Terms

PUBLIC_STATES = frozenset({ProceedingState.PUBLISHED, ProceedingState.CLOSED, ProceedingState.ARCHIVED})


def may_see_proceeding(actor: Actor, proceeding: Proceeding | Terms) -> bool:
    """Everyone once it is published; a draft only its team and administrators."""
    return proceeding.state in PUBLIC_STATES or actor.is_administrator or proceeding.id in actor.team_ids


def may_moderate(actor: Actor, proceeding_id: int) -> bool:
    """Moderators and managers of this proceeding."""
    return actor.has_role(proceeding_id, Role.MODERATOR)


def may_plan(actor: Actor, proceeding_id: int) -> bool:
    """Planners and managers of this proceeding."""
    return actor.has_role(proceeding_id, Role.PLANNER)


def may_manage(actor: Actor, proceeding_id: int) -> bool:
    """Managers of this proceeding."""
    return actor.has_role(proceeding_id)
