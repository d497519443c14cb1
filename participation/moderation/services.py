"""Deciding about contributions and comments."""

from collections.abc import Callable
from typing import Any, NamedTuple

from flask_babel import lazy_gettext
from sqlalchemy import func, select

from participation import clock
from participation.accounts.actors import Actor, require
from participation.audit.services import add_event
from participation.contributions.models import Contribution
from participation.contributions.services import set_state
from participation.contributions.states import PublicationState, is_limit
from participation.contributions.text import clean_text
from participation.database import Session, locked, transaction
from participation.discussion.models import Comment
from participation.discussion.services import set_comment_state
from participation.errors import Conflict, InvalidInput
from participation.moderation.models import STATE_AFTER, ModerationDecision, Outcome
from participation.moderation.permissions import UNDO_DAYS, is_too_old, is_undoable
from participation.notifications.services import add_mail
from participation.proceedings.models import Rule
from participation.proceedings.permissions import may_moderate
from participation.proceedings.queries import rule_in_force
from participation.screening.queries import is_pointed_out

REASONS_LONGEST = 4_000
AndThen = Callable[[Session, ModerationDecision], None]


class Reasons(NamedTuple):
    """The rule that is broken, and the facts; empty where nothing is limited."""

    rule: Rule | None
    statement: str


NO_REASONS = Reasons(None, "")


def decide(
    moderator: Actor,
    item: Contribution | Comment,
    *,
    outcome: Outcome,
    seen_version: int,
    ground: str | None = None,
    statement_of_reasons: str = "",
    and_then: AndThen | None = None,
) -> ModerationDecision:
    """Publish, reject or hide a contribution or comment, and tell its author why.

    Args:
        ground: key of the broken rule; the decision keeps its present wording.
        statement_of_reasons: the facts, plain text; required to limit (Regulation (EU) 2022/2065, Art. 17).
        seen_version: version of the item on the page the moderator decided from.
        and_then: what else is done in the same transaction, e.g. settling the notices about the item.

    Raises:
        NotPermitted: not a moderator of this proceeding.
        InvalidInput: limited without ground or statement of reasons.
        Conflict: someone changed the item in the meantime, or its state does not allow this.
    """
    _require_moderator(moderator, item)
    reasons = _reasons(item, ground, statement_of_reasons) if is_limit(item.state, STATE_AFTER[outcome]) else NO_REASONS
    with transaction() as session:
        before = locked(session, item).state
        _set_state(session, item, STATE_AFTER[outcome], seen_version=seen_version)
        return _add_decision(session, moderator, item, outcome, before, reasons, and_then=and_then)


def undo(
    moderator: Actor,
    item: Contribution | Comment,
    decision: ModerationDecision,
    *,
    seen_version: int,
    ground: str | None = None,
    statement_of_reasons: str = "",
    and_then: AndThen | None = None,
) -> ModerationDecision:
    """Take the newest decision about an item back, within 30 days; the author is told.

    Args:
        ground: key of the broken rule; required where it takes something from the public again.
        statement_of_reasons: required there, too.
        seen_version: version of the item on the page the moderator decided from.
        and_then: what else is done in the same transaction.

    Raises:
        NotPermitted: not a moderator of this proceeding.
        InvalidInput: reasons are needed and missing.
        Conflict: more than 30 days ago, or someone decided or changed the item in the meantime.
    """
    _require_moderator(moderator, item)
    if is_too_old(decision):
        raise Conflict(
            lazy_gettext("A decision can be taken back for %(days)s days. Please decide anew.", days=UNDO_DAYS)
        )
    if not is_undoable(decision, item.state):
        raise Conflict(lazy_gettext("This was decided already. Please look at its present state."))
    target = decision.state_before
    reasons = _reasons(item, ground, statement_of_reasons) if is_limit(item.state, target) else NO_REASONS
    with transaction() as session:
        locked(session, item)
        if _newest_id(session, item) != decision.id:
            raise Conflict(lazy_gettext("This was decided already. Please look at its present state."))
        before = item.state
        _set_state(session, item, target, seen_version=seen_version, is_undoing=True)
        return _add_decision(
            session, moderator, item, Outcome.UNDO, before, reasons, undoes=decision, and_then=and_then
        )


def _require_moderator(moderator: Actor, item: Contribution | Comment) -> None:
    require(
        may_moderate(moderator, item.proceeding_id),
        lazy_gettext("Only moderators of this proceeding can decide."),
        actor=moderator,
    )


def _reasons(item: Contribution | Comment, ground: str | None, statement_of_reasons: str) -> Reasons:
    """Return what a limit must be explained with (Regulation (EU) 2022/2065, Art. 17)."""
    statement = clean_text(statement_of_reasons)
    rule = rule_in_force(item.proceeding_id, ground)
    if rule is None:
        raise InvalidInput(lazy_gettext("Choose the rule that the text breaks."), field="ground")
    if not statement:
        raise InvalidInput(lazy_gettext("State the reasons; the author will read them."), field="statement_of_reasons")
    if len(statement) > REASONS_LONGEST:
        raise InvalidInput(
            lazy_gettext("Write at most %(count)s characters.", count=REASONS_LONGEST), field="statement_of_reasons"
        )
    return Reasons(rule, statement)


def _set_state(session: Session, item: Contribution | Comment, new: PublicationState, **how: Any) -> None:
    if isinstance(item, Contribution):
        set_state(session, item, new, **how)
    else:
        set_comment_state(session, item, new, **how)


def _newest_id(session: Session, item: Contribution | Comment) -> int | None:
    column = getattr(ModerationDecision, f"{item.__tablename__}_id")
    return session.scalar(select(func.max(ModerationDecision.id)).where(column == item.id))


def _add_decision(
    session: Session,
    moderator: Actor,
    item: Contribution | Comment,
    outcome: Outcome,
    before: PublicationState,
    reasons: Reasons,
    *,
    undoes: ModerationDecision | None = None,
    and_then: AndThen | None = None,
) -> ModerationDecision:
    subject: dict[str, Any] = {f"{item.__tablename__}_id": item.id}
    decision = ModerationDecision(
        **subject,
        moderator_id=moderator.user_id,
        outcome=outcome,
        state_before=before,
        state_after=item.state,
        undoes_id=undoes.id if undoes else None,
        rule=reasons.rule,
        statement_of_reasons=reasons.statement,
        was_automated=is_pointed_out(session, item.__tablename__, item.id),
        decided_at=clock.now(),
        language=item.language,
    )
    session.add(decision)
    session.flush()
    add_event(
        session, moderator, f"moderation.{outcome}", item, proceeding_id=item.proceeding_id, decision_id=decision.id
    )
    add_mail(session, "moderation/decision", item.participant_id, decision_id=decision.id)
    if and_then is not None:
        and_then(session, decision)
    return decision
