"""Which tokens a person can have: nobody passes on more than they hold themselves."""

from participation.accounts.actors import ROLE_OF, Actor
from participation.accounts.models import Scope


def may_have_tokens(actor: Actor) -> bool:
    """Whoever belongs to the team of a proceeding, and is here in person."""
    return bool(actor.roles) and actor.token_id is None


def scopes_of(actor: Actor, proceeding_id: int | None = None) -> list[Scope]:
    """Return the scopes that fit the actor's roles in a proceeding, or in any of theirs."""
    if not any(proceeding_id in (None, id_) for id_, _ in actor.roles):
        return []
    held = [
        scope
        for scope, role in ROLE_OF.items()
        if (proceeding_id in actor.proceeding_ids(role) if proceeding_id else actor.proceeding_ids(role))
    ]
    return [Scope.READ, *held]
