"""Who gets digests."""

from participation.accounts.actors import Actor
from participation.accounts.models import Role


def may_get_digests(actor: Actor) -> bool:
    """Moderators and managers of any proceeding."""
    return bool(actor.proceeding_ids(Role.MODERATOR))
