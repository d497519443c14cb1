"""What a digest tells, and to whom."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext
from sqlalchemy import func, select, union_all

from participation.accounts.models import Membership, Role, User
from participation.complaints.models import Complaint, ComplaintState
from participation.contributions.models import Contribution
from participation.contributions.states import PublicationState
from participation.database import db
from participation.digests.models import DEFAULT_RHYTHM, Digest, DigestChoice, Rhythm
from participation.digests.stopping import stopping_path
from participation.discussion.models import Comment
from participation.notices.models import Notice, NoticeState
from participation.notifications.services import MailContext, mail_context
from participation.proceedings.models import Proceeding

DIGESTS_FOR = (Role.MODERATOR, Role.MANAGER)


@dataclass(frozen=True, slots=True)
class Recipient:
    """A moderator, the rhythm chosen, and since when this choice (or, without one, the account) exists."""

    user_id: int
    rhythm: Rhythm
    since: datetime


@dataclass(frozen=True, slots=True)
class Waiting:
    """What waits in one proceeding: texts to be decided, texts with open reports, complaints. Only numbers."""

    proceeding: Proceeding
    texts: int
    new_texts: int
    reported: int
    new_reports: int
    complaints: int
    new_complaints: int
    oldest_at: datetime

    @property
    def has_news(self) -> bool:
        """Whether something came since the digest before."""
        return bool(self.new_texts or self.new_reports or self.new_complaints)


def recipients() -> list[Recipient]:
    """Return all moderators (and managers, who moderate) who did not choose to get no digest."""
    since = func.coalesce(DigestChoice.chosen_at, User.created_at)
    statement = (
        select(User.id, func.coalesce(DigestChoice.rhythm, DEFAULT_RHYTHM), since)
        .outerjoin(DigestChoice, DigestChoice.user_id == User.id)
        .where(User.id.in_(select(Membership.user_id).where(Membership.role.in_(DIGESTS_FOR))))
        .order_by(User.id)
    )
    found = [Recipient(*row) for row in db.session.execute(statement).all()]
    return [one for one in found if one.rhythm is not Rhythm.NEVER]


def rhythm_of(user_id: int) -> Rhythm:
    """Return the rhythm an account chose, or the default."""
    choice = db.session.get(DigestChoice, user_id)
    return choice.rhythm if choice else DEFAULT_RHYTHM


def is_done(user_id: int, due_at: datetime) -> bool:
    """Whether the digest of this moment, or of a later one, is done."""
    statement = select(Digest.id).where(Digest.user_id == user_id, Digest.due_at >= due_at).limit(1)
    return db.session.scalar(statement) is not None


def seen_before(user_id: int) -> dict[str, int]:
    """Return what an account's newest digest had seen."""
    statement = select(Digest.seen).where(Digest.user_id == user_id).order_by(Digest.due_at.desc()).limit(1)
    return db.session.scalar(statement) or {}


def seen_now() -> dict[str, int]:
    """Return the newest id of each kind of item. Imports bring old dates, but new ids."""
    return {
        model.__tablename__: db.session.scalar(select(func.max(model.id))) or 0
        for model in (Contribution, Comment, Notice, Complaint)
    }


def waiting_for(user_id: int, seen: dict[str, int]) -> list[Waiting]:
    """Return what waits in each proceeding that an account moderates now, longest waiting first.

    Args:
        user_id: whose roles count.
        seen: what the digest before had seen.
    """
    of_user = select(Membership.proceeding_id).where(Membership.user_id == user_id, Membership.role.in_(DIGESTS_FOR))
    ids = list(db.session.scalars(of_user.distinct()))
    texts = {row.proceeding_id: row for row in db.session.execute(_texts(ids, seen))}
    reports = {row.proceeding_id: row for row in db.session.execute(_reports(ids, seen))}
    complaints = {row.proceeding_id: row for row in db.session.execute(_complaints(ids, seen))}
    proceedings = db.session.scalars(select(Proceeding).where(Proceeding.id.in_({*texts, *reports, *complaints})))
    found = [_waiting(one, texts.get(one.id), reports.get(one.id), complaints.get(one.id)) for one in proceedings]
    return sorted(found, key=lambda one: (one.oldest_at, one.proceeding.id))


def _texts(ids: Sequence[int], seen: dict[str, int]) -> Any:
    parts = union_all(
        *(
            select(
                model.proceeding_id,
                func.count().label("texts"),
                func.count().filter(model.id > seen.get(model.__tablename__, 0)).label("news"),
                func.min(model.created_at).label("oldest_at"),
            )
            .where(model.proceeding_id.in_(ids), model.state == PublicationState.SUBMITTED)
            .group_by(model.proceeding_id)
            for model in (Contribution, Comment)
        )
    ).subquery()
    sums = (func.sum(parts.c.texts).label("texts"), func.sum(parts.c.news).label("news"))
    return select(parts.c.proceeding_id, *sums, func.min(parts.c.oldest_at).label("oldest_at")).group_by(
        parts.c.proceeding_id
    )


def _reports(ids: Sequence[int], seen: dict[str, int]) -> Any:
    reported = func.count(Notice.contribution_id.distinct()) + func.count(Notice.comment_id.distinct())
    return (
        select(
            Notice.proceeding_id,
            reported.label("reported"),
            func.count().filter(Notice.id > seen.get(Notice.__tablename__, 0)).label("news"),
            func.min(Notice.created_at).label("oldest_at"),
        )
        .where(Notice.proceeding_id.in_(ids), Notice.state == NoticeState.OPEN)
        .group_by(Notice.proceeding_id)
    )


def _complaints(ids: Sequence[int], seen: dict[str, int]) -> Any:
    return (
        select(
            Complaint.proceeding_id,
            func.count().label("complaints"),
            func.count().filter(Complaint.id > seen.get(Complaint.__tablename__, 0)).label("news"),
            func.min(Complaint.created_at).label("oldest_at"),
        )
        .where(Complaint.proceeding_id.in_(ids), Complaint.state == ComplaintState.OPEN)
        .group_by(Complaint.proceeding_id)
    )


def _waiting(proceeding: Proceeding, texts: Any, reports: Any, complaints: Any) -> Waiting:
    oldest = min(row.oldest_at for row in (texts, reports, complaints) if row is not None)
    return Waiting(
        proceeding,
        texts=int(texts.texts) if texts else 0,
        new_texts=int(texts.news) if texts else 0,
        reported=reports.reported if reports else 0,
        new_reports=reports.news if reports else 0,
        complaints=complaints.complaints if complaints else 0,
        new_complaints=complaints.news if complaints else 0,
        oldest_at=oldest,
    )


@mail_context("moderation/digest", lazy_gettext("Digest for a moderator"))
def digest_mail(ids: dict[str, Any]) -> MailContext | None:
    """Tell a moderator what waits when the mail leaves; nobody who moderates no more, or finds nothing new."""
    found = waiting_for(ids["user_id"], ids["seen"])
    if not any(one.has_news for one in found):
        return None
    return MailContext({"waiting": found}, unsubscribe_path=stopping_path(ids["user_id"]))
