"""What each rule looks for: pure functions of a posting, what surrounds it, and the rule's settings.

Each returns its evidence, as it is stored and shown to moderators, or None: spans of title or text
(`{"spans": [["text", 3, 9], …]}`), the item it resembles, a number, or `{}` where there is nothing more to say.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from shapely.geometry.base import BaseGeometry

from participation.geodata.relations import distance_metres, is_inside
from participation.proceedings.models import Placing, Proceeding
from participation.screening.links import addresses_in
from participation.screening.models import HoldingRule
from participation.screening.words import listed_forms, listed_words_in

MOST_SPANS = 20
Evidence = dict[str, Any]
Settings = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Posting:
    """A contribution or comment as the rules see it; `item_id` is None until it is stored."""

    item_kind: str  # the table: "contribution" or "comment"
    proceeding_id: int
    posted_at: datetime
    text: str
    title: str = ""
    geometry: BaseGeometry | None = None  # lon, lat
    participant_id: int | None = None
    item_id: int | None = None


class Resemblance(NamedTuple):
    """An earlier text, and about how much they have in common."""

    item_kind: str
    item_id: int
    percent: int


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the rules know beside the posting; everything is older than it."""

    proceeding: Proceeding
    posts_before: tuple[datetime, ...] = ()  # of the same participant here, newest last
    is_newcomer: bool = False  # a guest of whom nothing was published yet
    resembles: Resemblance | None = None  # the hidden or rejected text that it is most like


class Standing(NamedTuple):
    """What became of a text: since when it is public, or that it was hidden or rejected."""

    published_at: datetime | None
    is_limited: bool = False


class Hit(NamedTuple):
    """A rule that fires, and why."""

    rule: HoldingRule
    evidence: Evidence


Look = Callable[[Posting, Surroundings, Settings], Evidence | None]


def look_for_links(posting: Posting, _surroundings: Surroundings, _settings: Settings) -> Evidence | None:
    """Internet and e-mail addresses."""
    return _spans(posting, addresses_in)


def look_for_words(posting: Posting, _surroundings: Surroundings, settings: Settings) -> Evidence | None:
    """Words of the proceeding's list."""
    forms = listed_forms(tuple(settings["words"]))
    return _spans(posting, lambda text: listed_words_in(text, forms))


def look_for_burst(posting: Posting, surroundings: Surroundings, settings: Settings) -> Evidence | None:
    """The n-th text of the same participant within so many minutes."""
    seconds = settings["minutes"] * 60
    count = 1 + sum((posting.posted_at - moment).total_seconds() < seconds for moment in surroundings.posts_before)
    return {"count": count, "minutes": settings["minutes"]} if count >= settings["count"] else None


def look_for_similar(_posting: Posting, surroundings: Surroundings, settings: Settings) -> Evidence | None:
    """A text that was hidden or rejected, sent again."""
    found = surroundings.resembles
    return found._asdict() if found is not None and found.percent >= settings["percent"] else None


def look_outside(posting: Posting, surroundings: Surroundings, settings: Settings) -> Evidence | None:
    """A place outside the project area, where places may be chosen freely."""
    proceeding = surroundings.proceeding
    if posting.geometry is None or proceeding.placing is not Placing.FREE:
        return None
    if is_inside(posting.geometry, proceeding.project_area, tolerance=max(1.0, settings["metres"])):
        return None
    return {"metres": max(1, round(distance_metres(posting.geometry, proceeding.project_area)))}


def look_for_first_post(_posting: Posting, surroundings: Surroundings, _settings: Settings) -> Evidence | None:
    """The first text of a guest; accounts are no guests."""
    return {} if surroundings.is_newcomer else None


LOOKS: dict[HoldingRule, Look] = {
    HoldingRule.LINKS: look_for_links,
    HoldingRule.WORDS: look_for_words,
    HoldingRule.BURST: look_for_burst,
    HoldingRule.SIMILAR: look_for_similar,
    HoldingRule.OUTSIDE: look_outside,
    HoldingRule.FIRST_POST: look_for_first_post,
}
READS_TEXT = frozenset({HoldingRule.LINKS, HoldingRule.WORDS, HoldingRule.OUTSIDE})


def hits_in(posting: Posting, surroundings: Surroundings, rules: Mapping[HoldingRule, Settings]) -> list[Hit]:
    """Return which of the rules fire, in the order of the pages."""
    found = []
    for rule, look in LOOKS.items():
        if rule in rules:
            evidence = look(posting, surroundings, rules[rule])
            if evidence is not None:
                found.append(Hit(rule, evidence))
    return found


def _spans(posting: Posting, find: Callable[[str], Iterable[tuple[int, int]]]) -> Evidence | None:
    spans = [[part, *span] for part in ("title", "text") for span in find(getattr(posting, part))]
    return {"spans": spans[:MOST_SPANS]} if spans else None
