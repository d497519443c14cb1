"""What a proceeding allows at a moment: computed from the clock, never scheduled."""

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from participation import clock
from participation.languages import local
from participation.proceedings.models import Phase, Proceeding, ProceedingState
from participation.proceedings.terms import Span, Terms


class Act(StrEnum):
    """What a phase can allow."""

    CONTRIBUTE = "contributing"
    COMMENT = "commenting"
    VOTE = "voting"


def phase_at(proceeding: Proceeding, moment: datetime) -> Phase | None:
    """Return the phase that runs at a moment; where phases overlap, the one that began last."""
    running = [phase for phase in proceeding.phases if phase.starts_at <= moment < phase.ends_at]
    return max(running, key=lambda phase: phase.starts_at, default=None)


def current_phase(proceeding: Proceeding) -> Phase | None:
    """Return the phase that runs now."""
    return phase_at(proceeding, clock.now())


def next_phase(proceeding: Proceeding | Terms) -> Phase | Span | None:
    """Return the phase that begins next."""
    now = clock.now()
    phases: Sequence[Phase | Span] = proceeding.phases
    return min((p for p in phases if p.starts_at > now), key=lambda phase: phase.starts_at, default=None)


def is_open(proceeding: Proceeding | Terms, act: Act) -> bool:
    """Whether the proceeding is published and a running phase allows the act."""
    now = clock.now()
    return proceeding.state is ProceedingState.PUBLISHED and any(
        phase.starts_at <= now < phase.ends_at and bool(getattr(phase, f"allows_{act}")) for phase in proceeding.phases
    )


def last_day(phase: Phase | Span) -> datetime:
    """Return an instant on the last day of a phase; its end is the beginning of the day after."""
    return phase.ends_at - timedelta(microseconds=1)


def days_left(phase: Phase) -> int:
    """Return how many calendar days of the installation's zone the phase still runs, today and the last included."""
    return max(0, (local(last_day(phase)).date() - local(clock.now()).date()).days + 1)


def start_of_day(day: datetime, zone: ZoneInfo) -> datetime:
    """Return the instant at which a calendar day begins in a zone, clock changes respected."""
    return datetime.combine(day.date(), time.min, zone)


def span_of_days(first: datetime, last: datetime, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """Return [starts_at, ends_at) for whole calendar days in a zone: the last day counts in full.

    `first` and `last` are days as people enter them; their times are ignored.
    """
    return start_of_day(first, zone), start_of_day(last + timedelta(days=1), zone)
