"""What became of the mails, for managers and administrators."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from flask_babel import lazy_gettext
from sqlalchemy import ColumnElement, func, select, true

from participation import clock
from participation.accounts.actors import Actor, require
from participation.database import Page, db, page_after
from participation.errors import NotFound
from participation.notifications.models import FAILED_STATES, MailState, OutboxMail
from participation.notifications.permissions import may_see_mails

PAGE_SIZE = 40
LONG_WAIT = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class MailCounts:
    """How many mails stand in each state, and since when the longest waiting one waits."""

    by_state: dict[MailState, int]
    waiting_since: datetime | None

    @property
    def is_stuck(self) -> bool:
        """Whether a mail waits for longer than a busy server explains."""
        return self.waiting_since is not None and clock.now() - self.waiting_since > LONG_WAIT


def mail_counts(actor: Actor, proceeding_id: int | None) -> MailCounts:
    """Count the mails of a proceeding or, with None, all of them.

    Raises:
        NotPermitted: neither manager nor administrator.
    """
    require(may_see_mails(actor, proceeding_id), actor=actor)
    counted = select(OutboxMail.state, func.count()).where(_of(proceeding_id)).group_by(OutboxMail.state)
    is_waiting = OutboxMail.state == MailState.WAITING
    oldest = select(func.min(OutboxMail.created_at)).where(_of(proceeding_id), is_waiting)
    by_state = dict.fromkeys(MailState, 0) | dict(db.session.execute(counted).all())
    return MailCounts(by_state, db.session.scalar(oldest))


def failed_mails(
    actor: Actor, proceeding_id: int | None, *, after: str = "", before: str = "", limit: int = PAGE_SIZE
) -> Page[OutboxMail]:
    """Return one page of the mails that failed, newest first; of a proceeding or, with None, of all.

    Raises:
        NotPermitted: neither manager nor administrator.
        InvalidInput: the cursor is none of ours.
    """
    require(may_see_mails(actor, proceeding_id), actor=actor)
    statement = select(OutboxMail).where(_of(proceeding_id), OutboxMail.state.in_(FAILED_STATES))
    return page_after(statement, [(OutboxMail.id, True)], after=after or None, before=before or None, limit=limit)


def failed_counts(actor: Actor) -> dict[int, int]:
    """Return how many mails failed in each proceeding this actor manages, by its id."""
    statement = (
        select(OutboxMail.proceeding_id, func.count())
        .where(OutboxMail.proceeding_id.in_(actor.proceeding_ids()), OutboxMail.state.in_(FAILED_STATES))
        .group_by(OutboxMail.proceeding_id)
    )
    return {id_: count for id_, count in db.session.execute(statement) if id_ is not None}


def mail_of(actor: Actor, proceeding_id: int | None, mail_id: int) -> OutboxMail:
    """Return one mail of a proceeding or, with None, of any.

    Raises:
        NotPermitted: neither manager nor administrator.
        NotFound: there is none with this number here.
    """
    require(may_see_mails(actor, proceeding_id), actor=actor)
    mail = db.session.scalar(select(OutboxMail).where(_of(proceeding_id), OutboxMail.id == mail_id))
    if mail is None:
        raise NotFound(lazy_gettext("There is no mail with this number."))
    return mail


def unsent_mail_counts() -> tuple[int, int]:
    """Return how many mails wait in the outbox, and how many were given up."""
    states = (MailState.WAITING, MailState.GIVEN_UP)
    statement = select(OutboxMail.state, func.count()).where(OutboxMail.state.in_(states)).group_by(OutboxMail.state)
    counts = dict(db.session.execute(statement).all())
    return counts.get(MailState.WAITING, 0), counts.get(MailState.GIVEN_UP, 0)


def mail_due_since() -> datetime | None:
    """Return since when the mail that should have left first is due."""
    is_waiting = OutboxMail.state == MailState.WAITING
    oldest = db.session.scalar(select(func.min(OutboxMail.next_attempt_at)).where(is_waiting))
    return oldest if oldest is not None and oldest <= clock.now() else None


def _of(proceeding_id: int | None) -> ColumnElement[bool]:
    return true() if proceeding_id is None else OutboxMail.proceeding_id == proceeding_id
