"""Votes on a contribution and on those merged into it: counted together, never moved.

Whoever voted on several of them counts once: by the vote on the leading one, else by the newest of the others. So the
leading contribution's counters are the voters of the whole group; a merged one keeps the counters of its own votes.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, bindparam, case, delete, func, or_, select, update

from participation import clock
from participation.accounts.actors import Actor
from participation.contributions.models import Contribution
from participation.contributions.services import add_to_counters
from participation.database import Session, db, run
from participation.discussion.models import Vote, VoteValue
from participation.ledger.models import Kind
from participation.ledger.services import append

# Tables instead of classes, and made once: what every vote asks.
_VOTE, _CONTRIBUTION = Vote.__table__.c, Contribution.__table__.c
_OWN_VOTES = (
    select(_VOTE.contribution_id, _VOTE.value)
    .where(
        or_(
            _VOTE.contribution_id == bindparam("contribution"),
            _VOTE.contribution_id.in_(
                select(_CONTRIBUTION.id).where(_CONTRIBUTION.leading_id == bindparam("contribution"))
            ),
        ),
        _VOTE.participant_id == bindparam("participant"),
    )
    .order_by(
        case((_VOTE.contribution_id == bindparam("contribution"), 0), else_=1),
        _VOTE.cast_at.desc(),
        _VOTE.contribution_id.desc(),
    )
)


def own_vote(actor: Actor, contribution_id: int) -> VoteValue | None:
    """Return how the actor's vote counts here, wherever in the group it was cast."""
    if actor.participant_id is None:
        return None
    return next(iter(own_votes(db.session(), actor.participant_id, contribution_id).values()), None)


def own_votes(session: Session, participant_id: int, contribution_id: int) -> dict[int, VoteValue]:
    """Return what someone cast here, by the contribution it was cast on; the first one counts.

    Of a group there may be several: on the leading contribution and on those merged into it.
    """
    rows = run(session, _OWN_VOTES, {"contribution": contribution_id, "participant": participant_id})
    return {row.contribution_id: VoteValue(row.value) for row in rows}


def last_vote_at(contribution_id: int) -> datetime | None:
    """Return when somebody last voted here, wherever in the group, or None without votes."""
    moment: datetime | None = db.session.scalar(select(func.max(Vote.cast_at)).where(_in_group(contribution_id)))
    return moment


def has_voted(session: Session, contribution_id: int, participant_id: int) -> bool:
    """Whether someone's vote counts here, wherever in the group it was cast; joins a transaction."""
    own = select(Vote.contribution_id).where(_in_group(contribution_id), Vote.participant_id == participant_id)
    return session.scalar(own.limit(1)) is not None


def take_back_votes(session: Session, actor: Actor, proceeding_id: int, contribution_id: int) -> None:
    """Delete the actor's votes in the whole group, with what merged ones count of them; joins a transaction.

    The counters of the leading one, and its entry in the ledger, are the caller's.
    """
    own = (_in_group(contribution_id), Vote.participant_id == actor.participant_id)
    cast = session.execute(select(Vote.contribution_id, Vote.value).where(*own).order_by(Vote.contribution_id)).all()
    session.execute(delete(Vote).where(*own).execution_options(synchronize_session="fetch"))
    for id_, value in cast:
        if id_ != contribution_id:
            add_to_counters(
                session, id_, votes_for=-(value == VoteValue.FOR), votes_against=-(value == VoteValue.AGAINST)
            )
            append(
                session,
                Kind.VOTE,
                proceeding_id=proceeding_id,
                contribution_id=id_,
                voter_id=actor.participant_id,
                vote=(value, 0),
            )


def recount_votes(session: Session, contribution_id: int) -> None:
    """Set a contribution's counters from the rows: its own and those of what is merged into it; joins a transaction."""
    ranked = (
        select(
            Vote.value,
            func.row_number()
            .over(partition_by=Vote.participant_id, order_by=_first_counts(contribution_id))
            .label("place"),
        )
        .where(_in_group(contribution_id))
        .subquery()
    )
    counted = session.execute(
        select(ranked.c.value, func.count()).where(ranked.c.place == 1).group_by(ranked.c.value)
    ).all()
    numbers = {VoteValue(value): count for value, count in counted}
    session.execute(
        update(Contribution)
        .where(Contribution.id == contribution_id)
        .values(
            votes_for=numbers.get(VoteValue.FOR, 0),
            votes_against=numbers.get(VoteValue.AGAINST, 0),
            updated_at=clock.now(),
        )
        .execution_options(synchronize_session=False)
    )


def joint_votes(session: Session, contribution_id: int) -> tuple[int, int]:
    """Return the counters for and against of a contribution, as they are in the transaction."""
    counters = select(Contribution.votes_for, Contribution.votes_against).where(Contribution.id == contribution_id)
    votes_for, votes_against = session.execute(counters).one()
    return votes_for, votes_against


def _in_group(contribution_id: int) -> ColumnElement[bool]:
    merged = select(Contribution.id).where(Contribution.leading_id == contribution_id)
    return or_(Vote.contribution_id == contribution_id, Vote.contribution_id.in_(merged))


def _first_counts(contribution_id: int) -> list[Any]:
    return [
        case((Vote.contribution_id == contribution_id, 0), else_=1),
        Vote.cast_at.desc(),
        Vote.contribution_id.desc(),
    ]
