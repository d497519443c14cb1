"""What stands around postings: earlier ones of the same people, and what they resemble.

New texts and trials on past ones are asked about in the same way, so that a trial finds what an armed rule would find.
"""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, exists, func, literal, or_, select, true, tuple_, union
from sqlalchemy.orm import aliased

from participation.accounts.models import Participant
from participation.database import LARGEST_ID, Session
from participation.proceedings.models import Proceeding
from participation.screening.models import HoldingRule, ScreenedText
from participation.screening.rules import Posting, Resemblance, Settings, Surroundings
from participation.screening.signatures import BANDS, Signature, likeness

BAND_COLUMNS = tuple(getattr(ScreenedText, f"band_{number}") for number in range(1, BANDS + 1))
PLACE = (ScreenedText.posted_at, ScreenedText.id)
MOST_IN_BAND = 50  # of a wave of equal texts the oldest are compared


@dataclass(frozen=True, slots=True)
class Entry:
    """A posting in its place in time: before all with a later moment, or the same moment and a higher number."""

    posting: Posting
    signature: Signature | None
    number: int = LARGEST_ID  # id of its screened_text; a new one is the last

    @property
    def place(self) -> tuple[datetime, int]:
        """Its place in time."""
        return self.posting.posted_at, self.number


def surroundings_of(
    session: Session, proceeding: Proceeding, entries: Sequence[Entry], rules: Mapping[HoldingRule, Settings]
) -> list[Surroundings]:
    """Return what these rules need to know about each of the postings.

    Args:
        entries: of one proceeding, in the order of time.
    """
    posts = _posts(session, proceeding, entries, rules[HoldingRule.BURST]) if HoldingRule.BURST in rules else {}
    newcomers = _newcomers(session, entries) if HoldingRule.FIRST_POST in rules else frozenset()
    alike = _resemblances(session, proceeding, entries) if HoldingRule.SIMILAR in rules else {}
    return [
        Surroundings(
            proceeding,
            posts_before=_before(posts.get(entry.posting.participant_id, []), entry),
            is_newcomer=entry.place in newcomers,
            resembles=alike.get(entry.place),
        )
        for entry in entries
    ]


def _people(entries: Iterable[Entry]) -> set[int]:
    return {entry.posting.participant_id for entry in entries if entry.posting.participant_id is not None}


def _posts(
    session: Session, proceeding: Proceeding, entries: Sequence[Entry], settings: Settings
) -> dict[int | None, list[tuple[datetime, int]]]:
    """Return when each participant wrote here, from the first entry's span of minutes on."""
    since = entries[0].posting.posted_at - timedelta(minutes=settings["minutes"])
    statement = (
        select(ScreenedText.participant_id, ScreenedText.posted_at, ScreenedText.id)
        .where(
            ScreenedText.participant_id.in_(_people(entries)),
            ScreenedText.posted_at > since,
            ScreenedText.posted_at <= entries[-1].posting.posted_at,
            ScreenedText.proceeding_id == proceeding.id,
        )
        .order_by(ScreenedText.posted_at, ScreenedText.id)
    )
    found = defaultdict(list)
    for participant_id, posted_at, number in session.execute(statement):
        found[participant_id].append((posted_at, number))
    return found


def _before(posts: Sequence[tuple[datetime, int]], entry: Entry) -> tuple[datetime, ...]:
    return tuple(moment for moment, _ in posts[: bisect_left(posts, entry.place)])


def _newcomers(session: Session, entries: Sequence[Entry]) -> frozenset[tuple[datetime, int]]:
    """Return the places of what was sent by guests of whom nothing had been published before, in any proceeding."""
    people = _people(entries)
    first_published = (
        select(ScreenedText.participant_id, func.min(ScreenedText.published_at))
        .where(ScreenedText.participant_id.in_(people), ScreenedText.published_at.is_not(None))
        .group_by(ScreenedText.participant_id)
    )
    published = {author: moment for author, moment in session.execute(first_published) if moment is not None}
    guests = set(
        session.scalars(select(Participant.id).where(Participant.id.in_(people), Participant.user_id.is_(None)))
    )
    return frozenset(
        entry.place
        for entry in entries
        if (author := entry.posting.participant_id) in guests
        and not (author in published and published[author] < entry.posting.posted_at)
    )


def _resemblances(
    session: Session, proceeding: Proceeding, entries: Sequence[Entry]
) -> dict[tuple[datetime, int], Resemblance]:
    """Return the hidden or rejected text that each entry is most like, by the entry's place."""
    found = {}
    for entry in _perhaps_alike(session, proceeding, entries):
        moment, number = (literal(key, column.type) for key, column in zip(entry.place, PLACE, strict=True))
        earlier = tuple_(*PLACE) < tuple_(moment, number)
        if entry.signature is not None:
            alike = texts_like(session, proceeding.id, entry.signature, ScreenedText.is_limited.is_(true()), earlier)
            if alike:
                found[entry.place] = alike[0]
    return found


def _perhaps_alike(session: Session, proceeding: Proceeding, entries: Sequence[Entry]) -> Sequence[Entry]:
    """Leave out what shares no band with a hidden or rejected text: of many past texts, nearly all."""
    if len(entries) == 1:
        return entries
    limited = aliased(ScreenedText)
    shares_band = or_(
        *(
            exists().where(
                limited.proceeding_id == proceeding.id,
                getattr(limited, column.key) == column,
                limited.is_limited.is_(true()),
            )
            for column in BAND_COLUMNS
        )
    )
    numbers = [entry.number for entry in entries]
    sharing = set(session.scalars(select(ScreenedText.id).where(ScreenedText.id.in_(numbers), shares_band)))
    return [entry for entry in entries if entry.number in sharing]


def texts_like(
    session: Session, proceeding_id: int, signature: Signature, *conditions: ColumnElement[bool]
) -> list[Resemblance]:
    """Return texts that share a band, the most similar and then the oldest ones first.

    Of each band at most MOST_IN_BAND are compared, what is not limited first: the work is the same for any number.
    """
    alike = [
        select(ScreenedText.id, ScreenedText.item_kind, ScreenedText.item_id, ScreenedText.signature)
        .where(ScreenedText.proceeding_id == proceeding_id, column == band, *conditions)
        .order_by(ScreenedText.is_limited, ScreenedText.id)
        .limit(MOST_IN_BAND)
        .subquery()
        for column, band in zip(BAND_COLUMNS, signature.bands, strict=True)
    ]
    rows = session.execute(union(*(select(one) for one in alike))).all()
    found = [(likeness(row.signature, signature.places), row) for row in rows]
    found.sort(key=lambda one: (-one[0], one[1].id))
    return [Resemblance(row.item_kind, row.item_id, percent) for percent, row in found]
