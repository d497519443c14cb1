"""Who is blocked in a proceeding, asked by every act of residents through proceedings/barriers.py."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext
from sqlalchemy import bindparam, exists, func, select
from sqlalchemy.orm import aliased, joinedload

from participation import clock
from participation.accounts.actors import Actor, require
from participation.contributions.models import Contribution
from participation.database import Session, db, run
from participation.discussion.models import Comment
from participation.errors import Blocked
from participation.languages import current_language, page_url, show_datetime
from participation.moderation.models import ModerationDecision, Outcome, ParticipantBlock
from participation.moderation.objections import objection_secret
from participation.moderation.reasons import statement_of
from participation.proceedings.barriers import barrier
from participation.proceedings.models import Proceeding
from participation.proceedings.permissions import may_moderate
from participation.proceedings.terms import Terms


def block_of(participant_id: int | None, proceeding_id: int) -> ParticipantBlock | None:
    """Return the block that holds longest for someone in a proceeding, with its decision."""
    return None if participant_id is None else blocks_of([participant_id], proceeding_id).get(participant_id)


def blocks_of(participant_ids: Sequence[int], proceeding_id: int) -> dict[int, ParticipantBlock]:
    """Return for some people the block that holds longest for each, with its decision."""
    shortest_first = (
        select(ParticipantBlock)
        .where(
            ParticipantBlock.participant_id.in_(participant_ids),
            ParticipantBlock.proceeding_id == proceeding_id,
            ParticipantBlock.ends_at > clock.now(),
            ParticipantBlock.lifted_at.is_(None),
        )
        .options(joinedload(ParticipantBlock.decision))
        .order_by(ParticipantBlock.ends_at)
    )
    return {block.participant_id: block for block in db.session.scalars(shortest_first)}


@dataclass(frozen=True, slots=True)
class OwnBlock:
    """What holds somebody away, as this person reads it: until when, and the secret of the page with the reasons."""

    ends_at: datetime
    secret: str


def own_block(actor: Actor, proceeding_id: int) -> OwnBlock | None:
    """Return what keeps the actor from acting in a proceeding now."""
    block = block_of(actor.participant_id, proceeding_id)
    return None if block is None else OwnBlock(block.ends_at, objection_secret(block.decision))


# The table instead of the class, and made once: every act asks it, and hardly anybody is blocked.
_BLOCK = ParticipantBlock.__table__.c
_IS_BLOCKED = (
    select(_BLOCK.id)
    .where(
        _BLOCK.participant_id == bindparam("participant"),
        _BLOCK.proceeding_id == bindparam("proceeding"),
        _BLOCK.ends_at > bindparam("now"),
        _BLOCK.lifted_at.is_(None),
    )
    .limit(1)
)


@barrier
def require_not_blocked(session: Session, actor: Actor, proceeding: Proceeding | Terms) -> None:
    """Let an actor act who is not blocked here; joins the transaction of the act.

    Raises:
        Blocked: the message says why, until when, and how to object.
    """
    asked = {"participant": actor.participant_id, "proceeding": proceeding.id, "now": clock.now()}
    if run(session, _IS_BLOCKED, asked).first() is None:
        return
    block = block_of(actor.participant_id, proceeding.id)
    statement = statement_of(block.decision) if block else None
    if block is None or statement is None:
        return
    raise Blocked(
        gettext(
            "A moderator decided this; it ends on %(date)s. The rule: %(rule)s The reasons: “%(facts)s”"
            " You can object free of charge. Another person will then look at it. To object: %(address)s",
            date=show_datetime(block.ends_at),
            rule=statement.ground,
            facts=statement.facts,
            address=page_url(f"/decisions/{objection_secret(block.decision)}/complaint", current_language()),
        )
    )


def warnings_of(actor: Actor, item: Contribution | Comment) -> int:
    """Return how often the author of an item was warned in its proceeding, not counting what was taken back.

    Raises:
        NotPermitted: not a moderator of this proceeding.
    """
    require(may_moderate(actor, item.proceeding_id), actor=actor)
    if item.participant_id is None:
        return 0
    own = {"participant_id": item.participant_id, "proceeding_id": item.proceeding_id}
    undoing = aliased(ModerationDecision)
    return sum(
        db.session.scalar(
            select(func.count()).where(
                ModerationDecision.outcome == Outcome.WARN,
                column.in_(select(model.id).filter_by(**own)),
                ~exists().where(undoing.undoes_id == ModerationDecision.id),
            )
        )
        or 0
        for column, model in (
            (ModerationDecision.contribution_id, Contribution),
            (ModerationDecision.comment_id, Comment),
        )
    )
