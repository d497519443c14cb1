"""Reads of comments and votes."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy import select

from participation.accounts.actors import Actor
from participation.contributions.models import Contribution
from participation.contributions.states import PublicationState
from participation.database import db
from participation.discussion.models import Comment, Vote, VoteValue
from participation.proceedings.permissions import may_moderate

MOST_COMMENTS = 1_000


@dataclass(slots=True)
class Thread:
    """A comment as a page shows it. Without `text` a placeholder stands there, because others answered."""

    comment: Comment
    text: str | None
    is_own: bool
    replies: list["Thread"] = field(default_factory=list)
    parent: "Thread | None" = field(default=None, repr=False, compare=False)

    @property
    def answers(self) -> list["Thread"]:
        """All replies below this comment, however deep, oldest first: pages show two levels."""
        order = list(self.replies)
        for thread in order:
            order.extend(thread.replies)
        return sorted(order, key=lambda thread: thread.comment.id)


def threads_of(actor: Actor, contribution: Contribution) -> list[Thread]:
    """Return the comments of a contribution as a tree, oldest first, as far as this actor may read them."""
    statement = (
        select(Comment).where(Comment.contribution_id == contribution.id).order_by(Comment.id).limit(MOST_COMMENTS)
    )
    return build_threads(actor, contribution.proceeding_id, db.session.scalars(statement).all())


def build_threads(actor: Actor, proceeding_id: int, comments: Sequence[Comment]) -> list[Thread]:
    """Arrange comments (parents before children) into threads; drop unreadable ones nobody readable answered."""
    sees_all = may_moderate(actor, proceeding_id)
    by_id: dict[int, Thread] = {}
    top: list[Thread] = []
    for comment in comments:
        is_own = actor.participant_id is not None and comment.participant_id == actor.participant_id
        may_read = sees_all or is_own or comment.state is PublicationState.PUBLISHED
        thread = Thread(
            comment, comment.text if may_read and comment.state is not PublicationState.WITHDRAWN else None, is_own
        )
        by_id[comment.id] = thread
        parent = by_id.get(comment.parent_id or 0)
        thread.parent = parent
        (parent.replies if parent else top).append(thread)
    return _without_empty(top)


def _without_empty(threads: list[Thread]) -> list[Thread]:
    """Drop placeholders without answers, deepest first, without recursion: chains of replies can be long."""
    order = list(threads)
    for thread in order:
        order.extend(thread.replies)
    for thread in reversed(order):
        thread.replies = [reply for reply in thread.replies if reply.text is not None or reply.replies]
    return [thread for thread in threads if thread.text is not None or thread.replies]


def own_vote(actor: Actor, contribution_id: int) -> VoteValue | None:
    """Return how the actor voted."""
    if actor.participant_id is None:
        return None
    value = db.session.scalar(
        select(Vote.value).where(Vote.contribution_id == contribution_id, Vote.participant_id == actor.participant_id)
    )
    return None if value is None else VoteValue(value)
