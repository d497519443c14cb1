"""What one tells once a year (Regulation (EU) 2022/2065, Art. 15): reports, complaints, and how long they took."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median
from typing import Any

from sqlalchemy import func, select

from participation.complaints.models import Complaint, ComplaintOutcome
from participation.contributions.models import Contribution
from participation.database import db
from participation.discussion.models import Comment
from participation.notices.models import Notice, NoticeOutcome
from participation.pages.public_log import LEAST
from participation.proceedings.models import Proceeding

MOST_ROWS = 50_000  # of reports or complaints read for one page; the newest ones
HOURS = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Handled:
    """Reports or complaints of a year. None: one or two, or a number that would tell of one or two.

    median_hours: from coming in until they were decided; None where fewer than three were.
    """

    received: int | None
    upheld: int | None
    median_hours: float | None


@dataclass(frozen=True, slots=True)
class YearFigures:
    """One year of a proceeding; texts: contributions and comments that came in."""

    year: str
    texts: int | None
    reports: Handled
    complaints: Handled


def transparency_figures(proceeding: Proceeding) -> list[YearFigures]:
    """Return the figures of a proceeding, newest year first; years are those in which something came in (UTC)."""
    texts = _texts(proceeding)
    reports = _by_year(Notice, proceeding, NoticeOutcome.UPHELD)
    complaints = _by_year(Complaint, proceeding, ComplaintOutcome.UPHELD)
    return [
        YearFigures(
            year, _or_few(texts.get(year, 0)), _handled(reports.get(year, [])), _handled(complaints.get(year, []))
        )
        for year in sorted({*texts, *reports, *complaints}, reverse=True)
    ]


def _texts(proceeding: Proceeding) -> dict[str, int]:
    counts: dict[str, int] = defaultdict(int)
    for model in (Contribution, Comment):
        year = func.extract("year", model.created_at)
        statement = select(year, func.count()).where(model.proceeding_id == proceeding.id).group_by(year)
        for number, count in db.session.execute(statement):
            counts[str(int(number))] += count
    return counts


def _by_year(
    model: type[Notice] | type[Complaint], proceeding: Proceeding, upheld: Any
) -> dict[str, list[tuple[datetime, datetime | None, bool]]]:
    statement = (
        select(model.created_at, model.settled_at, model.outcome)
        .where(model.proceeding_id == proceeding.id)
        .order_by(model.id.desc())
        .limit(MOST_ROWS)
    )
    found = defaultdict(list)
    for created_at, settled_at, outcome in db.session.execute(statement):
        found[str(created_at.year)].append((created_at, settled_at, outcome == upheld))
    return found


def _handled(rows: Sequence[tuple[datetime, datetime | None, bool]]) -> Handled:
    upheld = sum(is_upheld for _, _, is_upheld in rows)
    hours = [(settled_at - created_at) / HOURS for created_at, settled_at, _ in rows if settled_at is not None]
    tells_of_few = 0 < len(rows) - upheld < LEAST
    return Handled(
        received=_or_few(len(rows)),
        upheld=None if tells_of_few else _or_few(upheld),
        median_hours=median(hours) if len(hours) >= LEAST else None,
    )


def _or_few(count: int) -> int | None:
    return None if 0 < count < LEAST else count
