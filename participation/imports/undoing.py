"""Which contributions of an import stay when it is undone, because people did something with them, and why."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, case, exists, func, or_, select
from sqlalchemy.orm import aliased

from participation.casework.models import InternalNote, ModerationCase
from participation.contributions.models import Contribution, ResponseStatus
from participation.contributions.states import PublicationState
from participation.database import db
from participation.discussion.models import Comment, Vote
from participation.imports.models import ImportedContribution, ImportRun
from participation.moderation.models import ModerationDecision
from participation.notices.models import Notice

Merged = aliased(Contribution)
SHOWN = 50


def _is_there(model: Any, column: str = "contribution_id") -> ColumnElement[bool]:
    return exists().where(getattr(model, column) == Contribution.id)


# The first that holds is told.
WHY: dict[str, ColumnElement[bool]] = {
    "answered": or_(
        Contribution.response_status != ResponseStatus.RECEIVED,
        Contribution.response.is_not(None),
        Contribution.responded_at.is_not(None),
    ),
    "decided": or_(
        _is_there(ModerationDecision),
        _is_there(Merged, "leading_id"),
        Contribution.state.not_in((PublicationState.PUBLISHED, PublicationState.SUBMITTED)),
    ),
    "reported": _is_there(Notice),
    "comments": _is_there(Comment),
    "votes": _is_there(Vote),
    "casework": or_(_is_there(InternalNote), _is_there(ModerationCase)),
    "changed": Contribution.version > 1,
}
why: ColumnElement[str | None] = case(*((condition, key) for key, condition in WHY.items()), else_=None)


def _of_run(run: ImportRun, *columns: Any) -> Select[Any]:
    return (
        select(*columns)
        .join(ImportedContribution, ImportedContribution.contribution_id == Contribution.id)
        .where(ImportedContribution.run_id == run.id)
    )


def kept_counts(run: ImportRun) -> dict[str, int]:
    """Return how many contributions of an import would stay, or stayed, by the reason."""
    counted = _of_run(run, why.label("why"), func.count()).group_by("why")
    found = {key: count for key, count in db.session.execute(counted).all() if key is not None}
    return {key: found[key] for key in WHY if key in found}


def kept(run: ImportRun, limit: int = SHOWN) -> Sequence[Any]:
    """Return the first contributions that stay: rows of id, title and why."""
    statement = _of_run(run, Contribution.id, Contribution.title, why.label("why"))
    return db.session.execute(statement.where(why.is_not(None)).order_by(Contribution.id).limit(limit)).all()


def next_of(run: ImportRun, limit: int) -> Sequence[Any]:
    """Return the next contributions that undoing looks at, held: rows of id and why (None: it goes)."""
    held = (
        _of_run(run, Contribution.id)
        .where(Contribution.id > run.undone_to)
        .order_by(Contribution.id)
        .limit(limit)
        .with_for_update(of=Contribution)
    )
    ids = list(db.session.scalars(held))
    # Asked when they are held: a vote that came in meanwhile is seen, and a later one waits and finds nothing.
    statement = select(Contribution.id, why.label("why")).where(Contribution.id.in_(ids)).order_by(Contribution.id)
    return db.session.execute(statement).all()
