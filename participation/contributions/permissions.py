"""Who sees which contribution: the rule that pages, maps, downloads and mails ask alike."""

from participation.accounts.actors import Actor
from participation.contributions.models import Contribution
from participation.contributions.states import READABLE_STATES, PublicationState
from participation.proceedings.permissions import may_moderate


def readable_states(actor: Actor, proceeding_id: int) -> frozenset[PublicationState]:
    """States that this actor may read at a contribution's own address: its moderators all, others public ones."""
    return frozenset(PublicationState) if may_moderate(actor, proceeding_id) else READABLE_STATES


def is_author(actor: Actor, contribution: Contribution) -> bool:
    """Whether the actor wrote it."""
    return actor.participant_id is not None and actor.participant_id == contribution.participant_id


def may_read_contribution(actor: Actor, contribution: Contribution) -> bool:
    """The public what is public, moderators everything, authors their own."""
    return is_author(actor, contribution) or contribution.state in readable_states(actor, contribution.proceeding_id)
