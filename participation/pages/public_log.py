"""The public log of moderation: how often which rule was applied; no texts, no names, nobody to be guessed."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from sqlalchemy import Subquery, case, extract, func, select

from participation.complaints.models import Complaint, ComplaintOutcome, ComplaintState
from participation.contributions.models import Contribution
from participation.database import db
from participation.discussion.models import Comment
from participation.moderation.models import ModerationDecision, Outcome
from participation.proceedings.models import Proceeding, Rule

LEAST = 3  # smaller numbers are merged: a single decision could be recognised


class Period(StrEnum):
    """What a line of the log is about."""

    MONTH = "month"
    YEAR = "year"


class Complained(StrEnum):
    """What became of complaints about a decision: the best of several counts for those who complained."""

    NONE = "none"
    NOT_UPHELD = "not_upheld"
    OPEN = "open"
    UPHELD = "upheld"


class Alike(NamedTuple):
    """What decisions of one line have in common; None: several were merged."""

    kind: str | None
    outcome: Outcome | None
    ground: str | None  # key of the rule
    was_automated: bool | None
    complaint: Complained | None


MERGED = Alike(None, None, None, None, None)
WIDER: Sequence[Callable[[Alike], Alike]] = (
    lambda alike: alike._replace(complaint=None),
    lambda alike: MERGED._replace(outcome=alike.outcome),
    lambda _alike: MERGED,
)


@dataclass(frozen=True, slots=True)
class LogLine:
    """So many decisions that are alike, of one period: `2026-11` or `2026` (UTC). count None: one or two."""

    period: str
    alike: Alike
    count: int | None


def public_log(proceeding: Proceeding, period: Period) -> list[LogLine]:
    """Return the log of a proceeding, newest period first."""
    by_period: dict[str, Counter[Alike]] = {}
    for name, alike, count in _counted(proceeding, period):
        by_period.setdefault(name, Counter())[alike] += count
    return [
        LogLine(name, alike, count)
        for name in sorted(by_period, reverse=True)
        for alike, count in merged(by_period[name]).items()
    ]


def merged(counts: Mapping[Alike, int]) -> dict[Alike, int | None]:
    """Merge what is rarer than LEAST: whatever became of complaints, then all of one outcome, then all outcomes.

    What is left in the end has no number.
    """
    enough: dict[Alike, int | None] = {}
    rest = Counter(counts)
    for widen in WIDER:
        rare: Counter[Alike] = Counter()
        for alike, count in rest.items():
            if count >= LEAST:
                enough[alike] = count
            else:
                rare[widen(alike)] += count
        rest = rare
    shown = sorted(enough.items(), key=lambda line: (-(line[1] or 0), [str(part) for part in line[0]]))
    return dict(shown) | {alike: count if count >= LEAST else None for alike, count in rest.items()}


def _counted(proceeding: Proceeding, period: Period) -> Iterable[tuple[str, Alike, int]]:
    year, month = (extract(part, ModerationDecision.decided_at) for part in ("year", "month"))
    complained = _complained(proceeding)
    alike = (
        case((ModerationDecision.comment_id.is_(None), "contribution"), else_="comment"),
        ModerationDecision.outcome,
        Rule.key,
        ModerationDecision.was_automated,
        complained.c.rank,
    )
    columns = (year, month) if period is Period.MONTH else (year,)
    for of_proceeding in (
        ModerationDecision.contribution_id.in_(
            select(Contribution.id).where(Contribution.proceeding_id == proceeding.id)
        ),
        ModerationDecision.comment_id.in_(select(Comment.id).where(Comment.proceeding_id == proceeding.id)),
    ):
        statement = (
            select(*columns, *alike, func.count())
            .outerjoin(Rule, Rule.id == ModerationDecision.rule_id)
            .outerjoin(complained, complained.c.decision_id == ModerationDecision.id)
            .where(of_proceeding)
            .group_by(*columns, *alike)
        )
        for *when, kind, outcome, ground, was_automated, rank, count in db.session.execute(statement):
            name = "-".join(f"{int(number):02d}" for number in when)
            yield name, Alike(kind, outcome, ground, was_automated, tuple(Complained)[rank or 0]), count


def _complained(proceeding: Proceeding) -> Subquery:
    """Return for each decision that somebody complained about what became of it, as the place in `Complained`."""
    rank = case((Complaint.outcome == ComplaintOutcome.UPHELD, 3), (Complaint.state == ComplaintState.OPEN, 2), else_=1)
    return (
        select(Complaint.decision_id, func.max(rank).label("rank"))
        .where(Complaint.proceeding_id == proceeding.id, Complaint.decision_id.is_not(None))
        .group_by(Complaint.decision_id)
        .subquery()
    )
