"""Deciding about contributions and comments."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from flask_babel import lazy_gettext

from participation import clock
from participation.accounts.actors import Actor, require
from participation.casework.services import let_go, require_not_held
from participation.contributions.models import Contribution
from participation.contributions.states import PublicationState, is_limit, state_after
from participation.contributions.text import clean_text, visible_length
from participation.database import Session, locked, transaction
from participation.errors import Conflict, InvalidInput
from participation.moderation.mails import DECISION_MAIL
from participation.moderation.models import EXPLAINED, TO_AUTHORS, TO_VOTERS, ModerationDecision, Outcome
from participation.moderation.permissions import UNDO_DAYS, is_reversible, is_too_old, state_back
from participation.moderation.queries import decisions_about
from participation.moderation.recording import record_decision
from participation.moderation.steps import NO_PARTICULARS, STEP_OF, Particulars
from participation.moderation.steps.base import Item, Letter, subject_of
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
    item: Item,
    *,
    outcome: Outcome,
    seen_version: int,
    ground: str | None = None,
    statement_of_reasons: str = "",
    particulars: Particulars = NO_PARTICULARS,
    and_then: AndThen | None = None,
) -> ModerationDecision:
    """Decide about a contribution or comment, and tell its author, or who is blocked for votes on it, why.

    It is the one way in which anything is limited.

    Args:
        ground: key of the broken rule; the decision keeps its present wording.
        statement_of_reasons: the facts, plain text; required to limit (Regulation (EU) 2022/2065, Art. 17) and to warn.
        seen_version: version of the item on the page the moderator decided from.
        particulars: what else was chosen, e.g. the passages to remove.
        and_then: what else is done in the same transaction, e.g. settling the notices about the item.

    Raises:
        NotPermitted: not a moderator of this proceeding.
        InvalidInput: limited without ground or statement of reasons, or the particulars are wrong.
        Conflict: someone changed the item in the meantime, or its state does not allow this.
        HeldByAnother: someone else is looking at it just now.
    """
    _require_moderator(moderator, item)
    _require_author(item, outcome)
    reasons = _reasons_for(item, outcome, state_after(outcome, item.state), ground, statement_of_reasons)
    step = STEP_OF[outcome]
    with transaction() as session:
        step.hold(session, item, particulars.leading_id or _leading_id(item))
        _require_seen(locked(session, item), seen_version)
        require_not_held(session, moderator, item)
        decision = _new_decision(session, moderator, item, outcome, state_after(outcome, item.state), reasons)
        letters = _to_author(item, outcome) + step.take(session, item, decision, particulars)
        return _add_decision(session, moderator, item, decision, letters, and_then)


def undo(
    moderator: Actor,
    item: Item,
    decision: ModerationDecision,
    *,
    seen_version: int,
    ground: str | None = None,
    statement_of_reasons: str = "",
    on_complaint: bool = False,
    and_then: AndThen | None = None,
) -> ModerationDecision:
    """Take a decision about an item back, within 30 days; the author is told.

    One's own is taken back even while someone else is looking at the item.

    Args:
        ground: key of the broken rule; required where it takes something from the public again.
        statement_of_reasons: required there, too.
        seen_version: version of the item on the page the moderator decided from.
        on_complaint: a complaint about the decision is upheld: after 30 days, too, and what waited for it is published.
        and_then: what else is done in the same transaction.

    Raises:
        NotPermitted: not a moderator of this proceeding.
        InvalidInput: reasons are needed and missing.
        Conflict: more than 30 days ago, or someone decided or changed the item in the meantime.
    """
    _require_moderator(moderator, item)
    if is_too_old(decision) and not on_complaint:
        raise Conflict(
            lazy_gettext("A decision can be taken back for %(days)s days. Please decide anew.", days=UNDO_DAYS)
        )
    _require_reversible(decision, item)
    target = state_back(decision, item.state, decisions_about(item))
    publishes = on_complaint and item.state is not target is PublicationState.SUBMITTED
    new = PublicationState.PUBLISHED if publishes else target
    reasons = _reasons_for(item, Outcome.UNDO, new, ground, statement_of_reasons)
    step = STEP_OF[decision.outcome]
    with transaction() as session:
        step.hold(session, item, decision.changes.get("leading_id") or _leading_id(item))
        _require_seen(locked(session, item), seen_version)
        _require_reversible(decision, item)
        if decision.moderator_id != moderator.user_id:
            require_not_held(session, moderator, item)
        undoing = _new_decision(session, moderator, item, Outcome.UNDO, target, reasons, undoes_id=decision.id)
        letters = _to_author(item, decision.outcome) + step.undo(session, item, decision, undoing)
        if publishes:
            session.flush()  # the next step reads the row again
            undoing.state_after = new
            letters += STEP_OF[Outcome.PUBLISH].take(session, item, undoing, NO_PARTICULARS)
        return _add_decision(session, moderator, item, undoing, letters, and_then)


def _to_author(item: Item, outcome: Outcome) -> list[Letter]:
    """Return what the author of the text is told of a decision, or of taking it back: all but what is about voters."""
    return [] if outcome in TO_VOTERS else [Letter(DECISION_MAIL, item.participant_id)]


def _require_moderator(moderator: Actor, item: Item) -> None:
    require(
        may_moderate(moderator, item.proceeding_id),
        lazy_gettext("Only moderators of this consultation can decide."),
        actor=moderator,
    )


def _require_author(item: Item, outcome: Outcome) -> None:
    if outcome in TO_AUTHORS and item.participant_id is None:
        raise InvalidInput(lazy_gettext("Nobody knows who wrote this text."), field="outcome")


def _require_seen(item: Item, seen_version: int) -> None:
    if item.version != seen_version:
        raise Conflict(
            lazy_gettext("This contribution has changed since you opened it. Please look again.")
            if isinstance(item, Contribution)
            else lazy_gettext("This comment has changed since you opened it. Please look again.")
        )


def _require_reversible(decision: ModerationDecision, item: Item) -> None:
    if not is_reversible(decision, item.state, decisions_about(item)):
        raise Conflict(lazy_gettext("This was decided already. Please look at its present state."))


def _leading_id(item: Item) -> int | None:
    return item.leading_id if isinstance(item, Contribution) else None


def _reasons_for(
    item: Item, outcome: Outcome, new: PublicationState, ground: str | None, statement_of_reasons: str
) -> Reasons:
    """Return what a limit must be explained with (Regulation (EU) 2022/2065, Art. 17), or what else is told."""
    if outcome in EXPLAINED or is_limit(item.state, new, outcome):
        return check_reasons(item.proceeding_id, ground, statement_of_reasons)
    return Reasons(None, _checked(statement_of_reasons)) if outcome is Outcome.MOVE else NO_REASONS


def check_reasons(proceeding_id: int, ground: str | None, statement_of_reasons: str) -> Reasons:
    """Return the rule and the facts that a limit must be explained with (Regulation (EU) 2022/2065, Art. 17).

    Raises:
        InvalidInput: no such rule holds there, or the facts are missing or too long; `field` says which.
    """
    rule = rule_in_force(proceeding_id, ground)
    if rule is None:
        raise InvalidInput(lazy_gettext("Choose the rule that the text breaks."), field="ground")
    statement = _checked(statement_of_reasons)
    if not statement:
        raise InvalidInput(lazy_gettext("State the reasons; the author will read them."), field="statement_of_reasons")
    return Reasons(rule, statement)


def _checked(statement_of_reasons: str) -> str:
    statement = clean_text(statement_of_reasons)
    if not visible_length(statement):
        return ""
    if len(statement) > REASONS_LONGEST:
        raise InvalidInput(
            lazy_gettext("Write at most %(count)s characters.", count=REASONS_LONGEST), field="statement_of_reasons"
        )
    return statement


def _new_decision(
    session: Session,
    moderator: Actor,
    item: Item,
    outcome: Outcome,
    new: PublicationState,
    reasons: Reasons,
    *,
    undoes_id: int | None = None,
) -> ModerationDecision:
    return ModerationDecision(
        **subject_of(item),
        moderator_id=moderator.user_id,
        outcome=outcome,
        state_before=item.state,
        state_after=new,
        undoes_id=undoes_id,
        rule=reasons.rule,
        statement_of_reasons=reasons.statement,
        was_automated=is_pointed_out(session, item.__tablename__, item.id),
        changes={},
        decided_at=clock.now(),
        language=item.language,
    )


def _add_decision(
    session: Session,
    moderator: Actor,
    item: Item,
    decision: ModerationDecision,
    letters: Sequence[Letter],
    and_then: AndThen | None,
) -> ModerationDecision:
    session.add(decision)
    session.flush()
    record_decision(session, moderator, item, decision)
    let_go(session, moderator, item)
    about = {"proceeding_id": item.proceeding_id, "decision_id": decision.id}
    for letter in letters:
        add_mail(session, letter.template, letter.participant_id, **about)
    if and_then is not None:
        and_then(session, decision)
    return decision
