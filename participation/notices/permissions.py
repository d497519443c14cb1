"""Who may report what."""

from participation.accounts.actors import Actor
from participation.contributions.models import Contribution
from participation.contributions.permissions import may_read_contribution
from participation.discussion.models import Comment
from participation.discussion.permissions import may_read_comment


def may_report(actor: Actor, contribution: Contribution, comment: Comment | None = None) -> bool:
    """Whoever may read it."""
    return may_read_contribution(actor, contribution) and (comment is None or may_read_comment(actor, comment))


def is_own(actor: Actor, item: Contribution | Comment) -> bool:
    """Whether the actor wrote it: nobody reports oneself."""
    return actor.participant_id is not None and actor.participant_id == item.participant_id
