"""Reads of casework: for the moderators of a proceeding, and nobody else."""

from collections.abc import Iterable, Sequence
from typing import Any

from flask_babel import lazy_gettext
from sqlalchemy import or_, select
from sqlalchemy.orm import joinedload

from participation import clock
from participation.accounts.actors import Actor, require
from participation.accounts.models import Role, User
from participation.accounts.queries import users_with_role
from participation.casework.models import InternalNote, ModerationCase, SavedView
from participation.contributions.models import Contribution
from participation.database import db
from participation.discussion.models import Comment
from participation.errors import NotFound
from participation.proceedings.permissions import may_moderate

Item = Contribution | Comment
NOTES_SHOWN = 100


def is_held_by_another(actor: Actor, case: ModerationCase | None) -> bool:
    """Whether someone else is looking at the item just now."""
    return (
        case is not None
        and case.held_until is not None
        and case.held_by != actor.user_id
        and case.held_until > clock.now()
    )


def case_of(actor: Actor, item: Item) -> ModerationCase | None:
    """Return whose an item is and who looks at it, with their accounts; None while neither is said.

    Raises:
        NotPermitted: not a moderator of its proceeding.
    """
    require(may_moderate(actor, item.proceeding_id), actor=actor)
    return next(iter(cases_of([item]).values()), None)


def cases_of(items: Iterable[Item]) -> dict[tuple[str, int], ModerationCase]:
    """Return the cases of some items, by (table, id); callers check the right."""
    ids: dict[str, list[int]] = {Contribution.__tablename__: [], Comment.__tablename__: []}
    for item in items:
        ids[item.__tablename__].append(item.id)
    contributions, comments = ids.values()
    statement = (
        select(ModerationCase)
        .where(or_(ModerationCase.contribution_id.in_(contributions), ModerationCase.comment_id.in_(comments)))
        .options(joinedload(ModerationCase.assignee), joinedload(ModerationCase.holder))
        .execution_options(populate_existing=True)
    )
    return {
        ("comment", case.comment_id) if case.comment_id else ("contribution", case.contribution_id or 0): case
        for case in db.session.scalars(statement)
    }


def notes_about(actor: Actor, item: Item) -> Sequence[InternalNote]:
    """Return the newest internal notes about an item with their authors, oldest first.

    Raises:
        NotPermitted: not a moderator of its proceeding.
    """
    require(may_moderate(actor, item.proceeding_id), actor=actor)
    about: dict[str, Any] = {f"{item.__tablename__}_id": item.id}
    statement = select(InternalNote).filter_by(**about).options(joinedload(InternalNote.author))
    return db.session.scalars(statement.order_by(InternalNote.id.desc()).limit(NOTES_SHOWN)).all()[::-1]


def moderators_of(proceeding_id: int) -> Sequence[User]:
    """Return who can be given an item of this proceeding, by name."""
    return users_with_role(proceeding_id, Role.MODERATOR, Role.MANAGER)


def saved_views(actor: Actor, proceeding_id: int | None) -> Sequence[SavedView]:
    """Return the actor's views of a queue, and those that others share there, by name."""
    own = SavedView.user_id == actor.user_id
    statement = select(SavedView).options(joinedload(SavedView.user)).order_by(SavedView.name, SavedView.id)
    if proceeding_id is None:
        return db.session.scalars(statement.where(own, SavedView.proceeding_id.is_(None))).all()
    require(may_moderate(actor, proceeding_id), actor=actor)
    return db.session.scalars(
        statement.where(SavedView.proceeding_id == proceeding_id, or_(own, SavedView.is_shared))
    ).all()


def saved_view(actor: Actor, view_id: int) -> SavedView:
    """Return a view that the actor may open: an own one, or one that is shared in a proceeding one moderates.

    Raises:
        NotFound: there is none, or it is somebody else's.
    """
    view = db.session.get(SavedView, view_id)
    is_here = view is not None and (view.proceeding_id is None or may_moderate(actor, view.proceeding_id))
    if view is None or not is_here or not (view.user_id == actor.user_id or view.is_shared):
        raise NotFound(lazy_gettext("This saved view does not exist any more."))
    return view
