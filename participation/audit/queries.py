"""Reading the trail."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select

from participation.audit.models import AuditEvent
from participation.audit.services import Subject
from participation.database import db


def events_about(subject: Subject, limit: int = 100) -> Sequence[AuditEvent]:
    """Return the newest of what happened to an object, oldest first."""
    statement = (
        select(AuditEvent)
        .where(AuditEvent.subject_kind == subject.__tablename__, AuditEvent.subject_id == subject.id)
        .order_by(AuditEvent.id.desc())
        .limit(limit)
    )
    return db.session.scalars(statement).all()[::-1]


def last_event_at(proceeding_id: int) -> datetime | None:
    """Return when something was last done in a proceeding."""
    statement = select(AuditEvent.happened_at).where(AuditEvent.proceeding_id == proceeding_id)
    return db.session.scalar(statement.order_by(AuditEvent.id.desc()).limit(1))


def acts_since(proceeding_id: int, moment: datetime) -> Sequence[str]:
    """Return which kinds of acts there were in a proceeding since a moment."""
    statement = select(AuditEvent.action).where(AuditEvent.proceeding_id == proceeding_id)
    return db.session.scalars(statement.where(AuditEvent.happened_at >= moment).distinct()).all()
