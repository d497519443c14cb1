"""How much waits for a moderator, for the menu of every page: counted up to a bound, from indexes."""

from typing import Any

from sqlalchemy import func, literal, select

from participation.accounts.actors import Actor
from participation.contributions.states import PublicationState
from participation.database import db
from participation.moderation.queue import MODELS, proceeding_ids_to_moderate
from participation.moderation.queue_filter import FLAGS

MOST_TOLD = 99
MOST_FLAGGED = 1_000  # reports or complaints that are read: many can be about one text


def waiting_count(actor: Actor) -> int:
    """Return how many texts, reported texts and complaints wait in the proceedings that the actor moderates.

    Of each sort at most one more than is told is counted; who moderates nothing has nothing to do.
    """
    ids = proceeding_ids_to_moderate(actor)
    if not ids:
        return 0
    parts: list[Any] = [
        select(literal(1)).where(model.proceeding_id.in_(ids), model.state == PublicationState.SUBMITTED)
        for model in MODELS.values()
    ]
    for flag in FLAGS.values():
        newest = flag.rows(ids).limit(MOST_FLAGGED).subquery()
        parts.append(select(newest.c.contribution_id, newest.c.comment_id).distinct())
    counts = [
        select(func.count()).select_from(part.limit(MOST_TOLD + 1).subquery()).scalar_subquery() for part in parts
    ]
    return sum(db.session.execute(select(*counts)).one())
