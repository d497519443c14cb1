"""What the public ledger says of moderators' acts: which text they touched, and a commitment to what they decided."""

from typing import Any

from participation.accounts.actors import Actor
from participation.audit.models import AuditEvent
from participation.audit.services import add_event
from participation.contributions.receipts import present_commitment
from participation.contributions.states import publicity_of
from participation.database import Session
from participation.discussion.joint_votes import joint_votes
from participation.discussion.models import Comment
from participation.discussion.services import comment_commitment
from participation.ledger.commitments import canonical, commitment, new_salt, sha256
from participation.ledger.models import Kind
from participation.ledger.services import append
from participation.moderation.models import INDEPENDENT, ModerationDecision, Outcome
from participation.moderation.steps.base import Item
from participation.proceedings.models import Category, ContributionType, Proceeding

SALT = "ledger_salt"  # of the details, in the trail


def record_decision(session: Session, moderator: Actor, item: Item, decision: ModerationDecision) -> None:
    """Put a decision into trail and ledger; joins its transaction.

    The ledger names the text only where the decision changes what the public sees, or what the text is: never whose
    author was warned, or who was blocked.
    """
    about = _subject(session, item, decision) if _is_named(session, decision) else {}
    record_details(session, moderator, f"moderation.{decision.outcome}", item, decision, **about)


def record_details(
    session: Session, actor: Actor | None, action: str, item: Item, decision: ModerationDecision, **about: Any
) -> None:
    """Put a commitment to a decision into trail and ledger, and what else the ledger tells; joins a transaction."""
    salt = new_salt()
    trail: dict[str, Any] = {"decision_id": decision.id, SALT: salt}
    add_event(session, actor, action, item, proceeding_id=item.proceeding_id, **trail)
    details = commitment(salt, decision_fingerprint(decision))
    append(session, Kind.DECIDE, proceeding_id=item.proceeding_id, details=details, **about)


def decision_fingerprint(decision: ModerationDecision) -> str:
    """Return the SHA-256 of what was decided: everything but who, and the words to the author."""
    content = {
        "automated": decision.was_automated,
        "changes": decision.changes,
        "comment": decision.comment_id,
        "contribution": decision.contribution_id,
        "decided_at": decision.decided_at.isoformat(),
        "id": decision.id,
        "outcome": decision.outcome,
        "rule": decision.rule_id or (decision.rule.id if decision.rule else None),
        "state_after": decision.state_after,
        "state_before": decision.state_before,
        "undoes": decision.undoes_id,
    }
    return sha256(canonical(content))


def record_settling(session: Session, moderator: Actor, action: str, item: Item, **about: Any) -> AuditEvent:
    """Put into trail and ledger that reports or a complaint were settled, or are open again; joins the transaction."""
    salt = new_salt()
    event = add_event(session, moderator, action, item, proceeding_id=item.proceeding_id, **about, **{SALT: salt})
    details = commitment(salt, settling_fingerprint(event))
    append(session, Kind.SETTLE, proceeding_id=item.proceeding_id, details=details)
    return event


def settling_fingerprint(event: Any) -> str:
    """Return the SHA-256 of an act of the trail; event: an AuditEvent, or a row of it."""
    content = {
        "action": event.action,
        "details": {name: value for name, value in event.details.items() if name != SALT},
        "happened_at": event.happened_at.isoformat(),
        "subject": [event.subject_kind, event.subject_id],
    }
    return sha256(canonical(content))


def _is_named(session: Session, decision: ModerationDecision) -> bool:
    decided = decision
    if decision.outcome is Outcome.UNDO:
        decided = session.get_one(ModerationDecision, decision.undoes_id)
    return decided.outcome not in INDEPENDENT


def _subject(session: Session, item: Item, decision: ModerationDecision) -> dict[str, Any]:
    about: dict[str, Any] = {"state": publicity_of(item.state)}
    if isinstance(item, Comment):
        return about | {
            "contribution_id": item.contribution_id,
            "comment_id": item.id,
            "commitment": comment_commitment(item),
        }
    type_ = session.get(ContributionType, item.type_id) if item.type_id else None
    words = (
        session.get_one(Proceeding, item.proceeding_id).slug,
        session.get_one(Category, item.category_id).key,
        type_.key if type_ else None,
    )
    about |= {"contribution_id": item.id, "commitment": present_commitment(item, *words)}
    leading_id = decision.changes.get("leading_id", item.leading_id)  # that of a moment ago, or the present one
    if leading_id is not None:
        about |= {"leading_id": leading_id, "joint_votes": joint_votes(session, leading_id)}
    return about
