"""A synthetic load: as many contributions, votes and comments as wanted, spread as in a real city, always the same."""

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import Any, cast

import numpy as np
import shapely
from numpy.typing import NDArray
from sqlalchemy import Table, func, select

from participation import clock
from participation.accounts.models import Participant
from participation.contributions.checking import NewContribution
from participation.contributions.imported import CONTRIBUTION, add_contributions
from participation.contributions.models import Contribution, Origin
from participation.contributions.services import contribution_values
from participation.contributions.states import PublicationState
from participation.database import Session, transaction
from participation.database.bulk_insert import MANY_ROWS, indexes_made_afterwards, insert_rows, reserved_ids
from participation.demo.phrases import comment_phrase, text_phrase, title_phrase
from participation.demo.spread import made_up_places
from participation.discussion.models import Comment, Vote, VoteValue
from participation.proceedings.default_rules import default_rules
from participation.proceedings.models import (
    Category,
    ContributionType,
    GeometryKind,
    ModerationMode,
    Phase,
    PhaseKind,
    Placing,
    Proceeding,
    ProceedingState,
    Voting,
)

COMMENT = cast("Table", Comment.__table__)
PARTICIPANT = cast("Table", Participant.__table__)
VOTE = cast("Table", Vote.__table__)

SEED = 20_261_124
CITY = shapely.MultiPolygon([shapely.box(12.26, 51.26, 12.50, 51.42)])
CATEGORIES = (
    ("green", "Grün und Klima", "Green and climate", "green", "tree"),
    ("paths", "Wege und Verkehr", "Paths and traffic", "orange", "bike"),
    ("housing", "Wohnen und Nutzung", "Housing and use", "violet", "house"),
    ("culture", "Kultur und Erinnerung", "Culture and memory", "red", "culture"),
    ("meeting", "Treffen und Spielen", "Meeting and play", "lightblue", "people"),
    ("other", "Sonstiges", "Other", "neutral", "dots"),
)
TYPES = (
    ("idea", "Idee", "Idea", "idea"),
    ("notice", "Hinweis", "Notice", "warn"),
    ("question", "Frage", "Question", "question"),
)
PUBLISHED_SHARE = 0.97
REPLY_SHARE = 0.25
DAYS = 60
DAY_SECONDS = 24 * 3600
FEWEST_VOTERS = 101
VOTES_FOR_SHARE = 0.8


@dataclass(frozen=True, slots=True)
class Seeded:
    """How many rows were made."""

    contributions: int
    votes: int
    comments: int


def seed(*, slug: str, contributions: int, votes: int = 0, comments: int = 0) -> Seeded:
    """Add synthetic contributions with votes and comments to a proceeding; made anew unless there is one of this name.

    Counters equal the rows. The same command on an empty database gives the same contributions.
    """
    with transaction() as session:
        proceeding = _proceeding(session, slug)
        before = session.scalar(select(func.count()).where(Contribution.proceeding_id == proceeding.id)) or 0
        random = np.random.default_rng(SEED + before)
        ids = reserved_ids(session, CONTRIBUTION, contributions)
        load = _Load(proceeding, random, ids, votes, comments)
        voters = _voters(session, int(load.votes.max(initial=0)))
        with _quick(session, CONTRIBUTION, contributions):
            add_contributions(session, load.contributions())
        with _quick(session, VOTE, votes):
            vote_count = insert_rows(session, VOTE, load.vote_rows(voters))
        comment_ids = reserved_ids(session, COMMENT, int(load.comments.sum()))
        with _quick(session, COMMENT, len(comment_ids)):
            comment_count = insert_rows(session, COMMENT, load.comment_rows(comment_ids))
        # What services derive from rows when they write one, and the database does not, is made of all of them here.
    return Seeded(contributions, vote_count, comment_count)


class _Load:
    """The rows of one load; every array has one value for each contribution, in the order of their ids and ages."""

    def __init__(
        self, proceeding: Proceeding, random: np.random.Generator, ids: Sequence[int], votes: int, comments: int
    ) -> None:
        count = len(ids)
        self.proceeding = proceeding
        self.random = random
        self.ids = ids
        self.now = clock.now()
        # Seconds, the oldest first: as many come in each day as on the day before.
        self.ages = np.sort(random.random(count) * DAYS * DAY_SECONDS)[::-1]
        self.is_public = random.random(count) < PUBLISHED_SHARE
        self.votes = _shared_out(random, self.is_public, votes)
        only_for = proceeding.voting is Voting.SUPPORT
        self.votes_for = self.votes if only_for else random.binomial(self.votes, VOTES_FOR_SHARE)
        self.comments = _shared_out(random, self.is_public, comments)

    def contributions(self) -> Iterator[dict[str, Any]]:
        """Yield the columns of each contribution."""
        count = len(self.ids)
        phase = max(self.proceeding.phases, key=lambda one: one.starts_at, default=None)
        categories = [category.key for category in self.proceeding.categories]
        types = [type_.key for type_ in self.proceeding.types] or [""]
        weights = 1 / np.arange(1, len(categories) + 1)
        category_numbers = self.random.choice(len(categories), count, p=weights / weights.sum())
        numbers = self.random.integers(0, 1_000_000, (count, 3)).tolist()
        places = made_up_places(self.proceeding, self.random, count)
        for index, id_ in enumerate(self.ids):
            told, language = text_phrase(numbers[index][1])
            new = NewContribution(
                title=title_phrase(numbers[index][0]),
                text=told,
                category=categories[category_numbers[index]],
                type=types[numbers[index][2] % len(types)],
                geometry=places[index],
                language=language,
            )
            state = PublicationState.PUBLISHED if self.is_public[index] else PublicationState.SUBMITTED
            values = contribution_values(
                self.proceeding,
                new,
                state=state,
                created_at=self._moment(index),
                origin=Origin.WEB,
                phase_id=phase.id if phase else None,
            )
            yield values | {
                "id": id_,
                "votes_for": int(self.votes_for[index]),
                "votes_against": int(self.votes[index] - self.votes_for[index]),
                "comment_count": int(self.comments[index]),
                "updated_at": self.now,
            }

    def vote_rows(self, voters: Sequence[int]) -> Iterator[dict[str, Any]]:
        """Yield the columns of each vote; nobody votes twice on the same contribution."""
        for index in np.flatnonzero(self.votes).tolist():
            first = int(self.random.integers(0, len(voters)))
            votes_for = int(self.votes_for[index])
            for number in range(int(self.votes[index])):
                yield {
                    "contribution_id": self.ids[index],
                    "participant_id": voters[(first + number) % len(voters)],
                    "value": int(VoteValue.FOR if number < votes_for else VoteValue.AGAINST),
                    "cast_at": self.now,
                }

    def comment_rows(self, ids: Sequence[int]) -> Iterator[dict[str, Any]]:
        """Yield the columns of each comment; some answer the one before."""
        following = iter(zip(ids, self.random.random(len(ids)).tolist(), strict=True))
        for index in np.flatnonzero(self.comments).tolist():
            parent = None
            count = int(self.comments[index])
            for number, (id_, luck) in enumerate(islice(following, count), start=1):
                moment = self._moment(index, number / (count + 1))
                yield {
                    "id": id_,
                    "proceeding_id": self.proceeding.id,
                    "contribution_id": self.ids[index],
                    "parent_id": parent if luck < REPLY_SHARE else None,
                    "participant_id": None,
                    "state": PublicationState.PUBLISHED,
                    "text": comment_phrase(id_),
                    "language": "de",
                    "public_name": None,
                    "idempotency_key": None,
                    "created_at": moment,
                    "published_at": moment,
                }
                parent = id_

    def _moment(self, index: int, later: float = 0.0) -> datetime:
        """Return when a contribution was made, or a moment between then (0) and now (1)."""
        return self.now - timedelta(seconds=float(self.ages[index]) * (1 - later))


def _quick(session: Session, table: Table, count: int) -> AbstractContextManager[None]:
    """Return how so many rows are inserted: with indexes made afterwards, if they are many and more than there were."""
    is_large = count >= MANY_ROWS and count >= (session.scalar(select(func.count()).select_from(table)) or 0)
    return indexes_made_afterwards(session, table) if is_large else nullcontext()


def _shared_out(random: np.random.Generator, is_public: NDArray[np.bool_], total: int) -> NDArray[np.int64]:
    """Share a total out among the public contributions: most get little, a few get much."""
    weights = (random.pareto(1.5, len(is_public)) + 0.05) * is_public
    if not weights.any():
        return np.zeros(len(is_public), dtype=np.int64)
    return random.multinomial(total, weights / weights.sum())


def _voters(session: Session, most_votes: int) -> Sequence[int]:
    """Add as many guests as the contribution with the most votes needs, and return their ids."""
    if not most_votes:
        return []
    ids = reserved_ids(session, PARTICIPANT, max(FEWEST_VOTERS, most_votes))
    now = clock.now()
    insert_rows(session, PARTICIPANT, ({"id": id_, "language": "de", "created_at": now} for id_ in ids))
    return ids


def _proceeding(session: Session, slug: str) -> Proceeding:
    proceeding = session.scalar(select(Proceeding).where(Proceeding.slug == slug))
    if proceeding is None:
        proceeding = _new_proceeding(slug)
        session.add(proceeding)
        session.flush()
    else:
        session.refresh(proceeding, ["categories", "types", "phases"])
    return proceeding


def _new_proceeding(slug: str) -> Proceeding:
    now = clock.now()
    return Proceeding(
        slug=slug,
        state=ProceedingState.PUBLISHED,
        title={"de": "Lasttest", "en": "Load test"},
        subtitle={"de": "Erzeugte Beiträge", "en": "Generated contributions"},
        summary={"de": "Alles hier ist erfunden.", "en": "Everything here is made up."},
        about={"de": "Alle Beiträge sind erzeugt.", "en": "All contributions are generated."},
        rules_note={},
        rules=default_rules(),
        results={},
        organiser="mitreden",
        contact_email="seed@example.org",
        project_area=CITY,
        placing=Placing.FREE,
        is_place_required=False,
        geometry_kinds=[kind.value for kind in GeometryKind],
        text_max=2_000,
        moderation_mode=ModerationMode.AFTER,
        voting=Voting.FOR_AGAINST,
        licence="CC0-1.0",
        languages=["de", "en"],
        created_at=now,
        phases=[
            Phase(
                kind=PhaseKind.COLLECT,
                title={"de": "Ideen sammeln", "en": "Collect ideas"},
                starts_at=now - timedelta(days=DAYS + 1),
                ends_at=now + timedelta(days=DAYS),
                allows_contributing=True,
                allows_commenting=True,
                allows_voting=True,
            )
        ],
        categories=[
            Category(key=key, position=position, name={"de": de, "en": en}, hint={}, color=color, icon=icon)
            for position, (key, de, en, color, icon) in enumerate(CATEGORIES)
        ],
        types=[
            ContributionType(key=key, position=position, name={"de": de, "en": en}, icon=icon)
            for position, (key, de, en, icon) in enumerate(TYPES)
        ],
    )
