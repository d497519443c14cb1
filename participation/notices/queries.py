"""Reads of notices: what waits for moderators, what a reporter sees, what mails say."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext
from sqlalchemy import Select, func, select

from participation.accounts.actors import STRANGER, Actor, require
from participation.contributions.models import Contribution
from participation.contributions.permissions import may_read_contribution
from participation.contributions.queries import contribution_to_read, contribution_with_parts
from participation.database import db
from participation.discussion.models import Comment
from participation.discussion.permissions import may_read_comment
from participation.errors import NotFound
from participation.moderation.models import ModerationDecision
from participation.moderation.permissions import is_undo_over
from participation.moderation.queue_filter import FLAGS, Flag
from participation.notices.answers import Answer, answer_to
from participation.notices.models import Notice, NoticeOutcome, NoticeState
from participation.notices.receipts import notice_secret
from participation.notifications.services import MailContext, mail_context
from participation.proceedings.models import Proceeding
from participation.proceedings.permissions import may_moderate, may_see_proceeding

NOTICES_SHOWN = 50


def open_reports(proceeding_ids: Sequence[int]) -> Select[int | None, int | None, datetime]:
    """Return what is reported and not settled in these proceedings, as the moderators' queue asks for it."""
    return select(Notice.contribution_id, Notice.comment_id, Notice.created_at).where(
        Notice.proceeding_id.in_(proceeding_ids), Notice.state == NoticeState.OPEN
    )


FLAGS["notice"] = Flag(lazy_gettext("Reported"), open_reports)


@dataclass(frozen=True, slots=True)
class OpenNotices:
    """The open notices about an item: the newest ones (newest first), how many there are, and the id of the newest."""

    shown: Sequence[Notice] = ()
    count: int = 0
    newest_id: int = 0


def open_notices(actor: Actor, item: Contribution | Comment) -> OpenNotices:
    """Return the open notices about an item, for its moderators.

    Raises:
        NotPermitted: not a moderator of this proceeding.
    """
    require(may_moderate(actor, item.proceeding_id), actor=actor)
    are_open = _about(item).filter_by(state=NoticeState.OPEN)
    shown = db.session.scalars(are_open.order_by(Notice.id.desc()).limit(NOTICES_SHOWN)).all()
    if not shown:
        return OpenNotices()
    count = len(shown)
    if count == NOTICES_SHOWN:
        count = db.session.scalar(select(func.count()).select_from(are_open.subquery())) or 0
    return OpenNotices(shown, count, shown[0].id)


def newest_open(kind: str, ids: Sequence[int]) -> dict[int, int]:
    """Return the id of the newest open notice about each of some contributions, or comments, that have one."""
    column = getattr(Notice, f"{kind}_id")
    statement = (
        select(column, func.max(Notice.id)).where(column.in_(ids), Notice.state == NoticeState.OPEN).group_by(column)
    )
    return dict(db.session.execute(statement).all())


def newest_answer(actor: Actor, item: Contribution | Comment) -> Notice | None:
    """Return the notice about an item that was settled last, for its moderators, if it was answered and not decided.

    Raises:
        NotPermitted: not a moderator of this proceeding.
    """
    require(may_moderate(actor, item.proceeding_id), actor=actor)
    settled = _about(item).filter_by(state=NoticeState.SETTLED)
    newest = db.session.scalar(settled.order_by(Notice.settled_at.desc(), Notice.id.desc()).limit(1))
    return newest if newest and newest.answer else None


def undoable_answer(actor: Actor, item: Contribution | Comment) -> Notice | None:
    """Return a notice of those that were answered last, as long as the answer can be taken back.

    Raises:
        NotPermitted: not a moderator of this proceeding.
    """
    newest = newest_answer(actor, item)
    if newest is None or newest.outcome is not NoticeOutcome.NOT_UPHELD or newest.settled_at is None:
        return None
    return None if is_undo_over(newest.settled_at) else newest


def own_notice(actor: Actor, item: Contribution | Comment) -> Notice | None:
    """Return what the actor reported about an item before, open or settled."""
    if actor.participant_id is None:
        return None
    return db.session.scalar(_about(item).filter_by(participant_id=actor.participant_id))


def _about(item: Contribution | Comment) -> Select[Notice]:
    return select(Notice).filter_by(**{f"{item.__tablename__}_id": item.id})


def item_to_report(
    actor: Actor, proceeding: Proceeding, contribution_id: int, comment_id: int | None
) -> tuple[Contribution, Comment | None]:
    """Return the contribution and, if one is asked for, the comment on it, as far as this actor may read them.

    Raises:
        NotFound: there is none here, or the actor may not read it.
        Gone: the contribution was public once.
    """
    contribution = contribution_to_read(actor, proceeding, contribution_id)
    if comment_id is None:
        return contribution, None
    comment = db.session.get(Comment, comment_id)
    if comment is None or comment.contribution_id != contribution.id or not may_read_comment(actor, comment):
        raise NotFound(lazy_gettext("There is no comment with this number."))
    return contribution, comment


@dataclass(frozen=True, slots=True)
class Reported:
    """What a notice is about; pages show its words only while `is_public`."""

    contribution: Contribution
    comment: Comment | None
    is_public: bool


def reported_by(notice: Notice) -> Reported:
    """Return what was reported, and whether a stranger may read it."""
    return item_in_public(notice.contribution_id, notice.comment_id)


def item_in_public(contribution_id: int | None, comment_id: int | None) -> Reported:
    """Return a contribution, or a comment and what it is on, and whether a stranger may read it."""
    comment = db.session.get(Comment, comment_id) if comment_id else None
    contribution = contribution_with_parts(comment.contribution_id if comment else contribution_id or 0)
    if contribution is None:
        raise NotFound
    is_public = (
        may_see_proceeding(STRANGER, contribution.proceeding)
        and may_read_contribution(STRANGER, contribution)
        and (comment is None or may_read_comment(STRANGER, comment))
    )
    return Reported(contribution, comment, is_public)


def answer_of(notice: Notice) -> Answer | None:
    """Return the answer to a notice, once it is settled."""
    decision = db.session.get(ModerationDecision, notice.decision_id) if notice.decision_id else None
    return answer_to(notice, decision)


@mail_context("notices/received", lazy_gettext("Receipt of a report"))
def received_mail(ids: dict[str, Any]) -> MailContext | None:
    """Confirm that a notice came in (Art. 16(4)).

    Nothing of what was typed stands in it: anybody can type anybody's address.
    """
    notice = db.session.get(Notice, ids["notice_id"])
    if notice is None or not notice.email:
        return None
    return MailContext({"path": _path(notice)}, address=notice.email, language=notice.language)


@mail_context("notices/settled", lazy_gettext("Answer to a report"))
def settled_mail(ids: dict[str, Any]) -> MailContext | None:
    """Tell the outcome (Art. 16(5)); no word of the reported text, of the notice or of its author."""
    notice = db.session.get(Notice, ids["notice_id"])
    if notice is None or not notice.email or notice.state is not NoticeState.SETTLED:
        return None
    path = _path(notice)
    values = {"path": path, "objection_path": f"{path}/complaint", "notice": notice, "answer_of": answer_of}
    return MailContext(values, address=notice.email, language=notice.language)


def _path(notice: Notice) -> str:
    return f"/notices/{notice_secret(notice)}"
