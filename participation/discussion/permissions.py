"""Who reads which comment: the rule that pages and notices ask alike."""

from participation.accounts.actors import Actor
from participation.contributions.states import PublicationState
from participation.discussion.models import Comment
from participation.proceedings.permissions import may_moderate


def may_read_comment(actor: Actor, comment: Comment) -> bool:
    """The public what is public, moderators and authors everything but what was withdrawn."""
    if comment.state in (PublicationState.PUBLISHED, PublicationState.WITHDRAWN):
        return comment.state is PublicationState.PUBLISHED
    is_own = actor.participant_id is not None and comment.participant_id == actor.participant_id
    return is_own or may_moderate(actor, comment.proceeding_id)
