"""Adding to the trail."""

from typing import Any, Protocol

from participation import clock
from participation.accounts.actors import Actor
from participation.audit.models import AuditEvent
from participation.database import Session


class Subject(Protocol):
    """Anything with a table and an id."""

    __tablename__: str
    id: Any


def add_event(
    session: Session,
    actor: Actor | None,
    action: str,
    subject: Subject,
    *,
    proceeding_id: int | None = None,
    **details: Any,
) -> AuditEvent:
    """Record an act; joins the transaction of the act. `actor` is None for commands.

    The token of a program that acts for an account stands in the details.
    """
    if actor is not None and actor.token_id is not None:
        details = {"by_token_id": actor.token_id, **details}
    event = AuditEvent(
        happened_at=clock.now(),
        action=action,
        user_id=actor.user_id if actor else None,
        participant_id=actor.participant_id if actor else None,
        proceeding_id=proceeding_id,
        subject_kind=subject.__tablename__,
        subject_id=subject.id,
        details=details,
    )
    session.add(event)
    return event
