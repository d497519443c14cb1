"""Reads of comments and votes."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import groupby

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select
from sqlalchemy.orm import aliased

from participation.accounts.actors import Actor
from participation.contributions.models import Contribution
from participation.contributions.states import PublicationState
from participation.database import LARGEST_ID, Page, db, page_after
from participation.discussion.models import Comment
from participation.discussion.permissions import may_read_comment
from participation.proceedings.permissions import may_moderate

THREADS_ON_A_PAGE = 40


def comment_versions(proceeding_ids: Sequence[int]) -> Select[int, int, int]:
    """Select what changes with everything that comments say, and with which of them can be read."""
    statement = select(func.count(), func.max(Comment.id), func.sum(Comment.version))
    return statement.where(Comment.proceeding_id.in_(proceeding_ids))


@dataclass(slots=True)
class Thread:
    """A comment as a page shows it. Without `text` (and name) a placeholder stands there, because others answered."""

    comment: Comment
    text: str | None
    is_own: bool
    replies: list["Thread"] = field(default_factory=list)
    parent: "Thread | None" = field(default=None, repr=False, compare=False)

    @property
    def name(self) -> str | None:
        """The name its author chose to show, for those who may read the text."""
        return None if self.text is None else self.comment.public_name

    @property
    def takes_replies(self) -> bool:
        """Whether it can be answered: what the public cannot read stays as it is."""
        return self.text is not None and self.comment.state is PublicationState.PUBLISHED

    @property
    def answers(self) -> list["Thread"]:
        """All replies below this comment, however deep, oldest first: pages show two levels."""
        order = list(self.replies)
        for thread in order:
            order.extend(thread.replies)
        return sorted(order, key=lambda thread: thread.comment.id)


def as_list(threads: Sequence[Thread]) -> list[Thread]:
    """Return every comment of some threads: their first ones, each before all its answers."""
    return [one for thread in threads for one in (thread, *thread.answers)]


@dataclass(frozen=True, slots=True)
class ThreadPage:
    """Some threads, oldest first, and which of how many pages they are."""

    threads: list[Thread]
    number: int
    count: int

    @property
    def shown(self) -> list[Thread]:
        """Every comment on the page."""
        return as_list(self.threads)

    def thread(self, comment_id: int | None) -> Thread | None:
        """Return a comment of this page by its id."""
        return next((thread for thread in self.shown if thread.comment.id == comment_id), None)


def page_of_threads(
    actor: Actor, contribution: Contribution, *, number: int = 1, comment_id: int | None = None
) -> ThreadPage:
    """Return some comments of a contribution with all their answers, as far as this actor may read them.

    Args:
        number: which page, from 1; there is always one that fits.
        comment_id: rather the page with this comment, if there is one.
    """
    few = _all_if_few(contribution)
    if few is not None:
        return ThreadPage(build_threads(actor, few), number=1, count=1)
    top = _top_comments(actor, contribution)
    count = max(1, -(-_count(top) // THREADS_ON_A_PAGE))
    if count > 1 and comment_id is not None:
        number = _number_of_page_with(contribution, comment_id, top) or number
    number = min(max(number, 1), count)
    first = top.order_by(Comment.id).limit(THREADS_ON_A_PAGE).offset((number - 1) * THREADS_ON_A_PAGE)
    return ThreadPage(_threads(actor, first), number, count)


def threads_after(actor: Actor, contribution: Contribution, *, after: str, limit: int) -> Page[Thread]:
    """Return some comments of a contribution with all their answers, for programs that read on.

    Args:
        after: the cursor of the page before; empty at the beginning.
        limit: how many threads at most.

    Raises:
        InvalidInput: the cursor was not made here.
    """
    found = page_after(_top_comments(actor, contribution), [(Comment.id, False)], after=after, limit=limit)
    threads = _threads(actor, select(Comment.id).where(Comment.id.in_(found.items)))
    return Page(threads, found.next_cursor, found.previous_cursor)


def _threads(actor: Actor, first: Select[int]) -> list[Thread]:
    """Return the threads that begin with these comments."""
    tree = select(first.subquery().c.id).cte("tree", recursive=True)
    reply = aliased(Comment)
    tree = tree.union_all(select(reply.id).join(tree, reply.parent_id == tree.c.id))
    comments = db.session.scalars(select(Comment).join(tree, tree.c.id == Comment.id).order_by(Comment.id)).all()
    return build_threads(actor, comments)


def _all_if_few(contribution: Contribution) -> Sequence[Comment] | None:
    """Return all comments if they fit on one page, as they mostly do; else None."""
    statement = select(Comment).where(Comment.contribution_id == contribution.id).order_by(Comment.id)
    found = db.session.scalars(statement.limit(THREADS_ON_A_PAGE + 1)).all()
    return found if len(found) <= THREADS_ON_A_PAGE else None


def _top_comments(actor: Actor, contribution: Contribution) -> Select[int]:
    """Select the ids of the comments that begin a thread: readable ones, and those that someone answered."""
    reply = aliased(Comment)
    return select(Comment.id).where(
        Comment.contribution_id == contribution.id,
        Comment.parent_id.is_(None),
        or_(
            _is_readable(actor, contribution.proceeding_id),
            exists(select(reply.id).where(reply.parent_id == Comment.id)),
        ),
    )


def _number_of_page_with(contribution: Contribution, comment_id: int, top: Select[int]) -> int | None:
    """Return the number of the page with a comment: that of the comment its thread begins with."""
    if not 0 < comment_id <= LARGEST_ID:
        return None
    line = (
        select(Comment.id, Comment.parent_id)
        .where(Comment.id == comment_id, Comment.contribution_id == contribution.id)
        .cte("line", recursive=True)
    )
    parent = aliased(Comment)
    line = line.union_all(select(parent.id, parent.parent_id).join(line, line.c.parent_id == parent.id))
    first_id = db.session.scalar(select(line.c.id).where(line.c.parent_id.is_(None)))
    return None if first_id is None else _count(top.where(Comment.id < first_id)) // THREADS_ON_A_PAGE + 1


def _count(statement: Select[int]) -> int:
    return db.session.scalar(select(func.count()).select_from(statement.subquery())) or 0


def _is_readable(actor: Actor, proceeding_id: int) -> ColumnElement[bool]:
    """The rule of `may_read_comment` as a condition."""
    if may_moderate(actor, proceeding_id):
        return Comment.state != PublicationState.WITHDRAWN
    is_public = Comment.state == PublicationState.PUBLISHED
    if actor.participant_id is None:
        return is_public
    is_own = Comment.participant_id == actor.participant_id
    return or_(is_public, and_(is_own, Comment.state != PublicationState.WITHDRAWN))


def threads_about(actor: Actor, contribution_ids: Sequence[int]) -> dict[int, list[Thread]]:
    """Return all comments of some contributions as threads, as far as this actor may read them; asks once."""
    comments = db.session.scalars(
        select(Comment)
        .where(Comment.contribution_id.in_(contribution_ids))
        .order_by(Comment.contribution_id, Comment.id)
    )
    return {id_: build_threads(actor, list(group)) for id_, group in groupby(comments, lambda one: one.contribution_id)}


def is_shown_to_all(proceeding_id: int) -> ColumnElement[bool]:
    """The rule of `build_threads` for strangers as a condition: what is public, or was answered in public."""
    is_public = Comment.state == PublicationState.PUBLISHED
    answered = select(Comment.parent_id.label("id")).where(
        Comment.proceeding_id == proceeding_id, is_public, Comment.parent_id.is_not(None)
    )
    above = aliased(Comment)
    tree = answered.cte("answered", recursive=True)
    tree = tree.union(
        select(above.parent_id).join(tree, above.id == tree.c.id).where(above.parent_id.is_not(None)),
    )
    return or_(is_public, Comment.id.in_(select(tree.c.id)))


def build_threads(actor: Actor, comments: Sequence[Comment]) -> list[Thread]:
    """Arrange comments (parents before children) into threads; drop unreadable ones nobody readable answered."""
    by_id: dict[int, Thread] = {}
    top: list[Thread] = []
    for comment in comments:
        is_own = actor.participant_id is not None and comment.participant_id == actor.participant_id
        thread = Thread(comment, comment.text if may_read_comment(actor, comment) else None, is_own)
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
