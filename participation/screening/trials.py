"""Trials: a rule is asked about what came in during the last 90 days, in the order of time, part by part."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, func, literal, select, tuple_

from participation.database import db
from participation.proceedings.models import Proceeding
from participation.screening.models import RuleOfProceeding, ScreenedText
from participation.screening.queries import Item
from participation.screening.rules import READS_TEXT, Evidence, Posting, hits_in
from participation.screening.signatures import BANDS, Signature
from participation.screening.surroundings import Entry, surroundings_of

TRIAL_DAYS = 90
BATCH = 500
# What one request reads at most: about a second's work.
MOST_TEXTS = 4_000
MOST_CHARACTERS = 1_000_000

Reader = Callable[[Sequence[ScreenedText]], dict[Item, Posting]]


@dataclass(slots=True)
class Part:
    """What one request has read, and what the rule would have held of it, in the order of time."""

    read_to: tuple[datetime, int]
    read_count: int = 0
    held: list[tuple[Item, Evidence]] = field(default_factory=list)
    is_last: bool = False


def first_place(begun_at: datetime) -> tuple[datetime, int]:
    """Return the place in time after which a trial reads."""
    return begun_at - timedelta(days=TRIAL_DAYS), 0


def count_left(row: RuleOfProceeding) -> int:
    """Return how many texts a trial still has to read."""
    return db.session.scalar(select(func.count()).select_from(_texts(row, row.read_to, row.read_to_id).subquery())) or 0


def read_on(proceeding: Proceeding, row: RuleOfProceeding, reader: Reader) -> Part:
    """Read the next part and ask the rule about it, as if its texts came in now; memory is that of one batch."""
    if row.read_to is None:
        raise ValueError("a trial that has begun has a place")
    part = Part((row.read_to, row.read_to_id))
    characters = 0
    while part.read_count < MOST_TEXTS and characters < MOST_CHARACTERS:
        texts = db.session.scalars(_texts(row, *part.read_to).limit(BATCH)).all()
        if texts:
            postings = list(_postings(row, texts, reader))
            part.held += _held(proceeding, row, postings)
            part.read_to = (texts[-1].posted_at, texts[-1].id)
            part.read_count += len(texts)
            characters += sum(len(entry.posting.text) for entry in postings)
        if len(texts) < BATCH:
            part.is_last = True
            break
    return part


def _texts(row: RuleOfProceeding, read_to: datetime | None, read_to_id: int) -> Select[ScreenedText]:
    place = (ScreenedText.posted_at, ScreenedText.id)
    after = (literal(key, column.type) for key, column in zip((read_to, read_to_id), place, strict=True))
    return (
        select(ScreenedText)
        .where(
            ScreenedText.proceeding_id == row.proceeding_id,
            tuple_(*place) > tuple_(*after),
            ScreenedText.posted_at <= row.trial_begun_at,
        )
        .order_by(*place)
    )


def _postings(row: RuleOfProceeding, texts: Sequence[ScreenedText], reader: Reader) -> Iterator[Entry]:
    written = reader(texts) if row.rule in READS_TEXT else {}
    for text in texts:
        bands: tuple[Any, ...] = tuple(getattr(text, f"band_{number}") for number in range(1, BANDS + 1))
        yield Entry(
            written.get((text.item_kind, text.item_id)) or _without_text(text),
            Signature(bands, text.signature) if text.signature else None,
            text.id,
        )


def _without_text(text: ScreenedText) -> Posting:
    return Posting(
        item_kind=text.item_kind,
        item_id=text.item_id,
        proceeding_id=text.proceeding_id,
        participant_id=text.participant_id,
        posted_at=text.posted_at,
        text="",
    )


def _held(proceeding: Proceeding, row: RuleOfProceeding, entries: Sequence[Entry]) -> Iterator[tuple[Item, Evidence]]:
    rules = {row.rule: row.tried_settings or {}}
    around = surroundings_of(db.session(), proceeding, entries, rules)
    for entry, surroundings in zip(entries, around, strict=True):
        for hit in hits_in(entry.posting, surroundings, rules):
            yield (entry.posting.item_kind, entry.posting.item_id or 0), hit.evidence
