"""Deciding about contributions and comments."""

from collections.abc import Callable
from typing import Any

from flask_babel import lazy_gettext

from participation import clock
from participation.accounts.actors import Actor, require
from participation.audit.services import add_event
from participation.contributions.models import Contribution
from participation.contributions.services import set_state
from participation.contributions.text import clean_text
from participation.database import Session, transaction
from participation.discussion.models import Comment
from participation.discussion.services import set_comment_state
from participation.errors import InvalidInput
from participation.moderation.models import Ground, ModerationDecision, Outcome
from participation.notifications.services import add_mail
from participation.proceedings.permissions import may_moderate

REASONS_LONGEST = 4_000


def decide(
    moderator: Actor,
    item: Contribution | Comment,
    *,
    outcome: Outcome,
    seen_version: int,
    ground: Ground | None = None,
    statement_of_reasons: str = "",
    and_then: Callable[[Session, ModerationDecision], None] | None = None,
) -> ModerationDecision:
    """Publish, reject or hide a contribution or comment, and tell its author why.

    Args:
        statement_of_reasons: the facts, plain text; required to limit (Regulation (EU) 2022/2065, Art. 17).
        seen_version: version of the item on the page the moderator decided from.
        and_then: what else is done in the same transaction, e.g. settling the notices about the item.

    Raises:
        NotPermitted: not a moderator of this proceeding.
        InvalidInput: limited without ground or statement of reasons.
        Conflict: someone changed the item in the meantime, or its state does not allow this.
    """
    require(
        may_moderate(moderator, item.proceeding_id),
        lazy_gettext("Only moderators of this proceeding can decide."),
        actor=moderator,
    )
    statement_of_reasons = clean_text(statement_of_reasons)
    if outcome.needs_reasons:
        if ground is None:
            raise InvalidInput(lazy_gettext("Choose the rule that the text breaks."), field="ground")
        if not statement_of_reasons:
            raise InvalidInput(
                lazy_gettext("State the reasons; the author will read them."), field="statement_of_reasons"
            )
        if len(statement_of_reasons) > REASONS_LONGEST:
            raise InvalidInput(
                lazy_gettext("Write at most %(count)s characters.", count=REASONS_LONGEST), field="statement_of_reasons"
            )
    with transaction() as session:
        if isinstance(item, Contribution):
            set_state(session, item, outcome.state, seen_version=seen_version)
        else:
            set_comment_state(session, item, outcome.state, seen_version=seen_version)
        subject: dict[str, Any] = {f"{item.__tablename__}_id": item.id}
        decision = ModerationDecision(
            **subject,
            moderator_id=moderator.user_id,
            outcome=outcome,
            ground=ground if outcome.needs_reasons else None,
            statement_of_reasons=statement_of_reasons if outcome.needs_reasons else "",
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
