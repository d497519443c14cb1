"""Reporting content, and settling what was reported. Nothing here hides anything: only a moderator's decision does."""

import hashlib
import json
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import astuple, dataclass, replace
from datetime import datetime
from types import MappingProxyType
from typing import Any

from flask_babel import lazy_gettext
from sqlalchemy import or_, select

from participation import clock
from participation.accounts.actors import Actor, require
from participation.accounts.services import hold_participant
from participation.audit.services import add_event
from participation.casework.services import require_not_held
from participation.contributions.checking import NAME_LONGEST, check_text
from participation.contributions.models import Contribution
from participation.contributions.text import clean_line, clean_text
from participation.database import Session, locked, purge, transaction
from participation.discussion.models import Comment
from participation.errors import Conflict, InvalidInput, NotFound
from participation.moderation.models import ModerationDecision
from participation.moderation.services import AndThen
from participation.moderation.services import decide as decide_about
from participation.moderation.services import undo as undo_decision
from participation.notices.models import (
    ANSWER_LONGEST,
    EXPLANATION_LONGEST,
    EXPLANATION_SHORTEST,
    PASSAGE_LONGEST,
    Notice,
    NoticeOutcome,
    NoticeState,
)
from participation.notices.permissions import is_own, may_report
from participation.notifications.services import add_mail
from participation.proceedings.permissions import may_moderate
from participation.proceedings.queries import rule_in_force


class NoticesChanged(Conflict):
    """The open notices are not those that the moderator saw."""


@dataclass(frozen=True, slots=True)
class NewNotice:
    """What someone reports: key of the broken rule, what exactly and why, where exactly; who they are, if they like."""

    reason: str
    explanation: str
    passage: str = ""
    name: str = ""
    email: str = ""
    language: str = "de"


def check(new: NewNotice) -> NewNotice:
    """Return the notice as it will be stored.

    Raises:
        InvalidInput: the first text that is too short or too long; `field` says which.
    """
    return replace(
        new,
        explanation=check_explanation(new.explanation),
        passage=check_passage(new.passage),
        name=check_name(new.name),
    )


def check_explanation(text: str) -> str:
    """Return what exactly is wrong and why, as it will be stored; 10 to 2,000 characters."""
    return _checked(text, EXPLANATION_LONGEST, "explanation")


def check_passage(text: str) -> str:
    """Return the passage as it will be stored, or nothing."""
    text = clean_text(text)
    if len(text) > PASSAGE_LONGEST:
        raise InvalidInput(lazy_gettext("Write at most %(count)s characters.", count=PASSAGE_LONGEST), field="passage")
    return text


def check_name(name: str) -> str:
    """Return the name as it will be stored, or nothing."""
    name = clean_line(name)
    if len(name) > NAME_LONGEST:
        raise InvalidInput(
            lazy_gettext("The name may have at most %(count)s characters.", count=NAME_LONGEST), field="name"
        )
    return name


def report(
    actor: Actor, contribution: Contribution, comment: Comment | None, new: NewNotice, *, idempotency_key: str
) -> Notice:
    """Report a contribution, or a comment on it; who reports it again gets the first notice back.

    Args:
        actor: must have a participant_id (see accounts.sessions.participating_actor).
        contribution: the one reported, or the one that the reported comment is on.
        comment: the reported one, if it is a comment.
        new: what is reported.
        idempotency_key: of the form; what is sent twice with it, word for word, is stored once.

    Raises:
        InvalidInput: a text is too short or too long, or no such rule holds.
        NotFound: the actor may not read it (any more).
        Conflict: it is the actor's own.
    """
    checked = check(new)
    item = comment or contribution
    rule = rule_in_force(item.proceeding_id, checked.reason)
    if rule is None:
        raise InvalidInput(lazy_gettext("Choose what is wrong."), field="reason")
    if is_own(actor, item):
        raise Conflict(lazy_gettext("This is your own text."))
    subject = _subject(item)
    key = hashlib.sha256(json.dumps([idempotency_key, subject, astuple(checked)]).encode()).hexdigest()
    with transaction() as session:
        hold_participant(session, actor)
        locked(session, contribution)
        if comment is not None:
            locked(session, comment)
        if not may_report(actor, contribution, comment):
            raise NotFound(lazy_gettext("This text is not public any more. There is nothing left to report."))
        by_this_person = select(Notice.id).filter_by(participant_id=actor.participant_id, **subject)
        statement = select(Notice).where(or_(Notice.idempotency_key == key, Notice.id.in_(by_this_person)))
        sent_before = session.scalar(statement.order_by(Notice.id).limit(1))
        if sent_before is not None:
            return sent_before
        notice = Notice(
            **subject,
            proceeding_id=item.proceeding_id,
            participant_id=actor.participant_id,
            rule=rule,
            explanation=checked.explanation,
            passage=checked.passage,
            name=checked.name or None,
            email=checked.email or None,
            language=checked.language,
            idempotency_key=key,
            receipt_nonce=secrets.token_hex(16),
            created_at=clock.now(),
        )
        session.add(notice)
        session.flush()
        add_event(session, actor, "notices.report", item, proceeding_id=item.proceeding_id, notice_id=notice.id)
        _tell_reporter(session, "notices/received", notice)
    return notice


def decide(
    moderator: Actor,
    item: Contribution | Comment,
    *,
    seen_notice: int,
    and_then: AndThen | None = None,
    **decision: Any,
) -> ModerationDecision:
    """Decide as `moderation.services.decide` does; a limit of the text upholds all open notices about it, and tells it.

    Args:
        moderator: who decides.
        item: what is decided about.
        seen_notice: id of the newest open notice on the page the moderator decided from, or 0.
        and_then: what else is done in the same transaction.
        decision: what `moderation.services.decide` takes.

    Raises:
        NoticesChanged: someone else settled them meanwhile.
    """

    def settle(session: Session, taken: ModerationDecision) -> None:
        if taken.limits_text:
            notices = _open_notices(session, item)
            if seen_notice and seen_notice not in {notice.id for notice in notices}:
                raise _changed()
            _settle(session, moderator, item, notices, NoticeOutcome.UPHELD, decision_id=taken.id)
        if and_then is not None:
            and_then(session, taken)

    return decide_about(moderator, item, and_then=settle, **decision)


def undo(
    moderator: Actor,
    item: Contribution | Comment,
    decision: ModerationDecision,
    *,
    answer: str = "",
    and_then: AndThen | None = None,
    **how: Any,
) -> ModerationDecision:
    """Take a decision back as `moderation.services.undo` does; the notices that it settled are open again.

    Args:
        moderator: who decides.
        item: what was decided about.
        decision: the newest one.
        answer: why the text may stay, for those who reported it: with it their notices are settled anew, not upheld.
        and_then: what else is done in the same transaction.
        how: what `moderation.services.undo` takes.
    """

    def reopen(session: Session, taken: ModerationDecision) -> None:
        notices = session.scalars(select(Notice).where(Notice.decision_id == decision.id).order_by(Notice.id)).all()
        if answer:
            _settle(session, moderator, item, notices, NoticeOutcome.NOT_UPHELD, answer=answer)
        else:
            _reopen(session, moderator, item, notices)
        if and_then is not None:
            and_then(session, taken)

    return undo_decision(moderator, item, decision, and_then=reopen, **how)


def check_answer(answer: str) -> str:
    """Return what is answered to reporters, as it will be stored; 10 to 2,000 characters."""
    return _checked(answer, ANSWER_LONGEST, "answer")


def refuse_notices(
    moderator: Actor,
    item: Contribution | Comment,
    *,
    answer: str,
    seen_version: int,
    seen_notice: int,
    answers: Mapping[str, str] = MappingProxyType({}),
    and_then: Callable[[Session, datetime], None] | None = None,
) -> None:
    """Settle all open notices about an item without changing it, and tell the reporters why.

    Args:
        moderator: who decides.
        item: what was reported.
        answer: plain text; every reporter reads it.
        seen_version: version of the item on the page the moderator decided from.
        seen_notice: id of the newest open notice on that page: nobody answers what came in later.
        answers: for reporters who wrote in one of these languages, instead of `answer`.
        and_then: what else is done in the same transaction; it is told when they were settled.

    Raises:
        NotPermitted: not a moderator of this proceeding.
        InvalidInput: the answer is too short or too long.
        NoticesChanged: the item or the notices changed in the meantime.
        HeldByAnother: someone else is looking at it just now.
    """
    require(
        may_moderate(moderator, item.proceeding_id),
        lazy_gettext("Only moderators of this consultation can decide."),
        actor=moderator,
    )
    answer = check_answer(answer)
    answers = {language: check_answer(text) for language, text in answers.items()}
    with transaction() as session:
        _hold(session, item)
        require_not_held(session, moderator, item)
        notices = _open_notices(session, item)
        if item.version != seen_version or not notices or notices[-1].id != seen_notice:
            raise _changed()
        settled_at = _settle(
            session, moderator, item, notices, NoticeOutcome.NOT_UPHELD, answer=answer, answers=answers
        )
        if and_then is not None:
            and_then(session, settled_at)


def reopen_refused(
    moderator: Actor,
    item: Contribution | Comment,
    *,
    settled_at: datetime,
    seen_version: int,
    and_then: Callable[[Session, Sequence[Notice]], None],
) -> None:
    """Take back that notices about an item were refused: those that were settled at that moment are open again.

    Args:
        moderator: who takes it back.
        item: what was reported.
        settled_at: as `refuse_notices` told it.
        seen_version: version of the item then.
        and_then: what else is done in the same transaction; it may refuse by raising.

    Raises:
        NotPermitted: not a moderator of this proceeding.
        NoticesChanged: the item changed meanwhile, or nothing is left that was settled then.
        HeldByAnother: someone else is looking at it just now.
    """
    require(may_moderate(moderator, item.proceeding_id), actor=moderator)
    with transaction() as session:
        _hold(session, item)
        require_not_held(session, moderator, item)
        refused = select(Notice).filter_by(
            state=NoticeState.SETTLED, outcome=NoticeOutcome.NOT_UPHELD, settled_at=settled_at, **_subject(item)
        )
        notices = session.scalars(refused.order_by(Notice.id).execution_options(populate_existing=True)).all()
        if item.version != seen_version or not notices:
            raise _changed()
        and_then(session, notices)
        _reopen(session, moderator, item, notices)


def _settle(
    session: Session,
    moderator: Actor,
    item: Contribution | Comment,
    notices: Sequence[Notice],
    outcome: NoticeOutcome,
    *,
    decision_id: int | None = None,
    answer: str = "",
    answers: Mapping[str, str] = MappingProxyType({}),
) -> datetime:
    """Settle some notices at one moment, and return it."""
    now = clock.now()
    for notice in notices:
        notice.state = NoticeState.SETTLED
        notice.outcome = outcome
        notice.settled_at = now
        notice.settled_by = moderator.user_id
        notice.decision_id = decision_id
        notice.answer = answers.get(notice.language, answer)
        _tell_reporter(session, "notices/settled", notice)
    if notices:
        ids = [notice.id for notice in notices]
        add_event(session, moderator, f"notices.{outcome}", item, proceeding_id=item.proceeding_id, notice_ids=ids)
    return now


def _reopen(session: Session, moderator: Actor, item: Contribution | Comment, notices: Sequence[Notice]) -> None:
    for notice in notices:
        notice.state = NoticeState.OPEN
        notice.outcome = notice.settled_at = notice.settled_by = notice.decision_id = None
        notice.answer = ""
    if notices:
        ids = [notice.id for notice in notices]
        add_event(session, moderator, "notices.reopen", item, proceeding_id=item.proceeding_id, notice_ids=ids)


def _open_notices(session: Session, item: Contribution | Comment) -> Sequence[Notice]:
    """Return them as they are now, oldest first; nobody adds or settles one while the transaction holds the item.

    All are settled together, so the newest one tells whether any of those before it was.
    """
    statement = select(Notice).filter_by(state=NoticeState.OPEN, **_subject(item)).order_by(Notice.id)
    return session.scalars(statement.execution_options(populate_existing=True)).all()


def _tell_reporter(session: Session, template: str, notice: Notice) -> None:
    if notice.email:
        about = {"proceeding_id": notice.proceeding_id, "notice_id": notice.id}
        add_mail(session, template, notice.participant_id, **about)


def _hold(session: Session, item: Contribution | Comment) -> None:
    """Let everything about one item follow each other; the contribution comes first, as everywhere."""
    if isinstance(item, Comment):
        session.execute(
            select(Contribution.id).where(Contribution.id == item.contribution_id).with_for_update(key_share=True)
        )
    locked(session, item)


def _subject(item: Contribution | Comment) -> dict[str, int]:
    return {f"{item.__tablename__}_id": item.id}


def _checked(text: str, longest: int, field: str) -> str:
    try:
        return check_text(text, longest, EXPLANATION_SHORTEST)
    except InvalidInput as error:
        raise InvalidInput(error.message, field=field) from error


def _changed() -> NoticesChanged:
    return NoticesChanged(lazy_gettext("The reports have changed since you opened this page. Please look again."))


def forget_reporters(before: datetime, *, is_dry: bool) -> int:
    """Delete names and addresses of notices that were settled before a moment; return of how many notices."""
    is_known = or_(Notice.name.is_not(None), Notice.email.is_not(None))
    return purge(Notice, Notice.settled_at < before, is_known, is_dry=is_dry, values={"name": None, "email": None})
