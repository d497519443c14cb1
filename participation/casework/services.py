"""Holding, giving and annotating cases; keeping views. Each act is one transaction; only moderators act."""

from typing import Any

from flask_babel import lazy_gettext
from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from participation import clock
from participation.accounts.actors import Actor, require
from participation.accounts.models import Role, User
from participation.audit.services import add_event
from participation.casework.models import (
    HOLD,
    MOST_VIEWS,
    NOTE_LONGEST,
    PAGE_LONGEST,
    VIEW_NAME_LONGEST,
    VIEW_QUERY_LONGEST,
    InternalNote,
    ModerationCase,
    SavedView,
)
from participation.casework.queries import Item, is_held_by_another, moderators_of
from participation.contributions.text import clean_line, clean_text, visible_length
from participation.database import Session, locked, transaction
from participation.errors import Conflict, InvalidInput, NotPermitted
from participation.proceedings.permissions import may_moderate


class HeldByAnother(Conflict):
    """Another moderator is looking at the item just now; `holder` is their name."""

    title = lazy_gettext("Someone else is checking this.")

    def __init__(self, holder: str) -> None:
        super().__init__(
            lazy_gettext("%(name)s is checking this just now. You can take it over.", name=holder),
        )
        self.holder = holder


def hold_case(moderator: Actor, item: Item, *, takes_over: bool = False, page: str = "") -> ModerationCase:
    """Say for five minutes that the moderator is looking at an item, or go on saying so.

    Args:
        moderator: who looks.
        item: what is looked at.
        takes_over: whether to do so although someone else holds it.
        page: names the opened page that says so; only this one can let go by being left.

    Returns:
        The case; `held_by` is somebody else while they hold it and it is not taken over.

    Raises:
        NotPermitted: not a moderator of this proceeding.
    """
    _require_moderator(moderator, item)
    with transaction() as session:
        locked(session, item)
        case = _case(session, item) or _new_case(session, item)
        is_foreign = is_held_by_another(moderator, case)
        if is_foreign and not takes_over:
            return case
        if is_foreign:
            _record(session, moderator, "take_over", item, held_by=case.held_by)
        case.held_by = moderator.user_id
        case.held_until = clock.now() + HOLD
        case.held_page = page[:PAGE_LONGEST]
    return case


def release_case(moderator: Actor, item: Item, *, page: str = "") -> None:
    """Stop holding an item because a page of it was left; what somebody else, or another page, holds stays so.

    The word of a page that is left can arrive after that of the page which was opened instead.
    """
    _require_moderator(moderator, item)
    with transaction() as session:
        locked(session, item)
        case = _case(session, item)
        if case is not None and case.held_page == page[:PAGE_LONGEST]:
            let_go(session, moderator, item)


def let_go(session: Session, moderator: Actor, item: Item) -> None:
    """Stop holding an item in the transaction of another act, which has locked it."""
    case = _case(session, item)
    if case is not None and case.held_by == moderator.user_id:
        case.held_by = case.held_until = None
        _drop_if_empty(session, case)


def require_not_held(session: Session, moderator: Actor, item: Item) -> None:
    """Refuse an act about an item that someone else is looking at; joins the act's transaction, which has locked it.

    Raises:
        HeldByAnother: someone else holds it.
    """
    case = _case(session, item)
    if case is not None and is_held_by_another(moderator, case):
        raise HeldByAnother(case.holder.name if case.holder else "")


def assign_case(moderator: Actor, item: Item, assignee_id: int | None, *, seen_assignee_id: int | None) -> None:
    """Give an item to oneself, to a colleague or (None) to nobody.

    Args:
        moderator: who gives it.
        item: what is given.
        assignee_id: a moderator of the proceeding.
        seen_assignee_id: whose it was on the page.

    Raises:
        NotPermitted: not a moderator of this proceeding.
        InvalidInput: the other one is not.
        Conflict: someone else gave it to somebody meanwhile.
    """
    _require_moderator(moderator, item)
    if assignee_id is not None and assignee_id not in {user.id for user in moderators_of(item.proceeding_id)}:
        raise InvalidInput(lazy_gettext("Choose a moderator of this consultation."), field="assignee")
    with transaction() as session:
        locked(session, item)
        case = _case(session, item)
        before = case.assigned_to if case else None
        if before == assignee_id:
            return
        if before != seen_assignee_id:
            raise Conflict(lazy_gettext("Someone gave this to somebody else meanwhile. Please look again."))
        case = case or _new_case(session, item)
        case.assigned_to = assignee_id
        case.assigned_at = clock.now() if assignee_id else None
        _drop_if_empty(session, case)
        _record(session, moderator, "assign", item, assigned_to=assignee_id, before=before)


def add_note(moderator: Actor, item: Item, text: str) -> InternalNote:
    """Tell the other moderators something about an item.

    Raises:
        NotPermitted: not a moderator of this proceeding.
        InvalidInput: empty or too long.
    """
    _require_moderator(moderator, item)
    text = clean_text(text)
    if not visible_length(text):
        raise InvalidInput(lazy_gettext("Write something first."), field="text")
    if len(text) > NOTE_LONGEST:
        raise InvalidInput(lazy_gettext("Write at most %(count)s characters.", count=NOTE_LONGEST), field="text")
    with transaction() as session:
        about: dict[str, Any] = _subject(item)
        note = InternalNote(**about, author_id=moderator.user_id, text=text, written_at=clock.now())
        session.add(note)
        session.flush()
        _record(session, moderator, "note", item, note_id=note.id)
    return note


def save_view(moderator: Actor, *, proceeding_id: int | None, name: str, query: str, is_shared: bool) -> SavedView:
    """Keep a filter of a queue under a name; the same name again replaces it.

    Args:
        moderator: whose view it is.
        proceeding_id: of the queue, or None for the queue over all proceedings.
        name: up to 60 characters.
        query: of the address, checked by the caller.
        is_shared: whether the other moderators of the proceeding see it, too.

    Raises:
        NotPermitted: not a moderator there.
        InvalidInput: no name or a too long one, too long a filter, or 30 views already.
    """
    is_moderator = (
        may_moderate(moderator, proceeding_id) if proceeding_id else bool(moderator.proceeding_ids(Role.MODERATOR))
    )
    require(is_moderator, actor=moderator)
    name = clean_line(name)
    if not visible_length(name):
        raise InvalidInput(lazy_gettext("Give the view a name."), field="name")
    if len(name) > VIEW_NAME_LONGEST:
        message = lazy_gettext("The name may have at most %(count)s characters.", count=VIEW_NAME_LONGEST)
        raise InvalidInput(message, field="name")
    if len(query) > VIEW_QUERY_LONGEST:
        raise InvalidInput(lazy_gettext("This filter is too long to be kept."), field="name")
    with transaction() as session:
        session.scalar(select(User.id).where(User.id == moderator.user_id).with_for_update(key_share=True))
        own = select(SavedView).filter_by(user_id=moderator.user_id)
        view = session.scalar(own.filter_by(proceeding_id=proceeding_id, name=name))
        if view is None:
            if (session.scalar(select(func.count()).select_from(own.subquery())) or 0) >= MOST_VIEWS:
                message = lazy_gettext("You can keep %(count)s views. Please delete one first.", count=MOST_VIEWS)
                raise InvalidInput(message, field="name")
            view = SavedView(user_id=moderator.user_id, proceeding_id=proceeding_id, name=name, created_at=clock.now())
            session.add(view)
        view.query = query
        view.is_shared = is_shared and proceeding_id is not None
        session.flush()
        add_event(session, moderator, "casework.save_view", view, proceeding_id=proceeding_id)
    return view


def delete_view(moderator: Actor, view: SavedView) -> None:
    """Forget a view.

    Raises:
        NotPermitted: somebody else's.
    """
    if view.user_id != moderator.user_id:
        raise NotPermitted(lazy_gettext("Only who saved a view can delete it."))
    with transaction() as session:
        session.delete(locked(session, view))
        add_event(session, moderator, "casework.delete_view", view, proceeding_id=view.proceeding_id)


def _require_moderator(moderator: Actor, item: Item) -> None:
    require(may_moderate(moderator, item.proceeding_id), actor=moderator)


def _subject(item: Item) -> dict[str, int]:
    return {f"{item.__tablename__}_id": item.id}


def _case(session: Session, item: Item) -> ModerationCase | None:
    """Return the case as it is now: whoever changes it holds the item."""
    statement = select(ModerationCase).filter_by(**_subject(item)).options(joinedload(ModerationCase.holder))
    return session.scalar(statement.execution_options(populate_existing=True))


def _new_case(session: Session, item: Item) -> ModerationCase:
    subject: dict[str, Any] = _subject(item)
    case = ModerationCase(**subject, proceeding_id=item.proceeding_id)
    session.add(case)
    return case


def _drop_if_empty(session: Session, case: ModerationCase) -> None:
    if case.assigned_to is None and case.held_by is None:
        session.delete(case)


def _record(session: Session, moderator: Actor, act: str, item: Item, **details: Any) -> None:
    add_event(session, moderator, f"casework.{act}", item, proceeding_id=item.proceeding_id, **details)
