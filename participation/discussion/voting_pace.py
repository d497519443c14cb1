"""How fast votes come in on a contribution, and who casts many: for its moderators, never how somebody voted."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import func, select, union_all

from participation import clock
from participation.accounts.actors import Actor, require
from participation.accounts.models import Participant
from participation.contributions.models import Contribution
from participation.database import db
from participation.discussion.models import Vote
from participation.languages import local
from participation.proceedings.permissions import may_moderate

MOST_READ = 1_000  # of the newest votes on one contribution
MOST_VOTERS = 20
MOST_TIMES = 5_000  # of the votes of those who are listed
MOST_MERGED = 50
FEWEST = 5  # votes in the time looked at: who cast fewer is not listed
BURST = timedelta(minutes=10)


class Window(StrEnum):
    """How far one looks back, in days."""

    DAY = "1"
    WEEK = "7"
    MONTH = "30"

    @property
    def length(self) -> timedelta:
        """How long that is."""
        return timedelta(days=int(self))


@dataclass(frozen=True, slots=True)
class Period:
    """An hour, or beyond one day a day, in which votes came in here.

    by_new_guests: cast by guests' browsers that were first seen less than ten minutes before.
    """

    starts_at: datetime
    votes: int
    by_new_guests: int


@dataclass(frozen=True, slots=True)
class Voter:
    """Someone who voted here and cast many votes in the proceeding.

    votes: so many, in the time looked at. most_at_once: so many of them within ten minutes. cast_at: the vote here.
    """

    participant_id: int
    has_account: bool
    known_since: datetime
    votes: int
    most_at_once: int
    cast_at: datetime


@dataclass(frozen=True, slots=True)
class VotingPace:
    """What came in on a contribution and what is merged into it; periods: newest first; voters: most at once first."""

    periods: Sequence[Period]
    voters: Sequence[Voter]
    is_cut: bool  # there are more votes than were read


@dataclass(frozen=True, slots=True)
class _Cast:
    participant_id: int
    cast_at: datetime
    user_id: int | None
    known_since: datetime


def voting_pace(actor: Actor, contribution: Contribution, window: Window) -> VotingPace:
    """Return how votes came in on a contribution.

    Raises:
        NotPermitted: not a moderator of this proceeding.
    """
    require(may_moderate(actor, contribution.proceeding_id), actor=actor)
    since = clock.now() - window.length
    cast = _newest(contribution.id, since)
    return VotingPace(
        periods=_periods(cast[:MOST_READ], window),
        voters=_voters(contribution.proceeding_id, cast[:MOST_READ], since),
        is_cut=len(cast) > MOST_READ,
    )


def voter_here(actor: Actor, contribution: Contribution, participant_id: int) -> Participant | None:
    """Return who voted here, for the moderators of the proceeding.

    Raises:
        NotPermitted: not a moderator of this proceeding.
    """
    require(may_moderate(actor, contribution.proceeding_id), actor=actor)
    group = [contribution.id, *_merged_ids(contribution.id)]
    voted = select(Vote.participant_id).where(Vote.contribution_id.in_(group), Vote.participant_id == participant_id)
    return db.session.scalar(select(Participant).where(Participant.id.in_(voted)))


def _merged_ids(contribution_id: int) -> Sequence[int]:
    merged = select(Contribution.id).where(Contribution.leading_id == contribution_id)
    return db.session.scalars(merged.order_by(Contribution.id).limit(MOST_MERGED)).all()


def _newest(contribution_id: int, since: datetime) -> list[_Cast]:
    """Return the newest votes, one more than are looked at; each contribution's from its index."""
    parts = [
        select(
            select(Vote.participant_id, Vote.cast_at)
            .where(Vote.contribution_id == id_, Vote.cast_at >= since)
            .order_by(Vote.cast_at.desc())
            .limit(MOST_READ + 1)
            .subquery()
        )
        for id_ in (contribution_id, *_merged_ids(contribution_id))
    ]
    every = union_all(*parts).subquery()
    statement = (
        select(every.c.participant_id, every.c.cast_at, Participant.user_id, Participant.created_at)
        .join(Participant, Participant.id == every.c.participant_id)
        .order_by(every.c.cast_at.desc())
        .limit(MOST_READ + 1)
    )
    return [_Cast(*row) for row in db.session.execute(statement)]


def _periods(cast: Iterable[_Cast], window: Window) -> list[Period]:
    votes: Counter[datetime] = Counter()
    new: Counter[datetime] = Counter()
    for one in cast:
        hour = local(one.cast_at).replace(minute=0, second=0, microsecond=0)
        starts_at = hour if window is Window.DAY else hour.replace(hour=0)
        votes[starts_at] += 1
        new[starts_at] += one.user_id is None and one.cast_at - one.known_since < BURST
    return [Period(at, votes[at], new[at]) for at in sorted(votes, reverse=True)]


def _voters(proceeding_id: int, cast: Iterable[_Cast], since: datetime) -> list[Voter]:
    here: dict[int, _Cast] = {}
    for one in cast:
        here.setdefault(one.participant_id, one)
    votes = func.count()
    in_proceeding = (Contribution.proceeding_id == proceeding_id, Vote.cast_at >= since)
    statement = (
        select(Vote.participant_id, votes)
        .join(Contribution, Contribution.id == Vote.contribution_id)
        .where(Vote.participant_id.in_(here), *in_proceeding)
        .group_by(Vote.participant_id)
        .having(votes >= FEWEST)
        .order_by(votes.desc(), Vote.participant_id)
        .limit(MOST_VOTERS)
    )
    counted = dict(db.session.execute(statement).all())
    times: dict[int, list[datetime]] = {participant_id: [] for participant_id in counted}
    newest = (
        select(Vote.participant_id, Vote.cast_at)
        .join(Contribution, Contribution.id == Vote.contribution_id)
        .where(Vote.participant_id.in_(counted), *in_proceeding)
        .order_by(Vote.cast_at.desc())
        .limit(MOST_TIMES)
    )
    for participant_id, cast_at in db.session.execute(newest):
        times[participant_id].append(cast_at)
    voters = [
        Voter(
            participant_id=id_,
            has_account=here[id_].user_id is not None,
            known_since=here[id_].known_since,
            votes=number,
            most_at_once=most_at_once(times[id_]),
            cast_at=here[id_].cast_at,
        )
        for id_, number in counted.items()
    ]
    return sorted(voters, key=lambda one: (-one.most_at_once, -one.votes))


def most_at_once(times: Iterable[datetime]) -> int:
    """Return how many of these moments lie within ten minutes at most."""
    ordered = sorted(times)
    most = first = 0
    for number, moment in enumerate(ordered, start=1):
        while moment - ordered[first] >= BURST:
            first += 1
        most = max(most, number - first)
    return most
