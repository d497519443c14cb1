"""What an act needs to know of a proceeding – not its texts, area and topics – so that it costs one statement."""

from dataclasses import dataclass
from datetime import datetime

from participation.proceedings.models import ProceedingState, Voting


@dataclass(frozen=True, slots=True)
class Span:
    """A phase: [starts_at, ends_at), and what it allows."""

    title: dict[str, str]
    starts_at: datetime
    ends_at: datetime
    allows_contributing: bool
    allows_commenting: bool
    allows_voting: bool


@dataclass(frozen=True, slots=True)
class Terms:
    """A proceeding as acts and the rules about them see it."""

    id: int
    slug: str
    state: ProceedingState
    voting: Voting
    results: dict[str, str]
    phases: tuple[Span, ...]  # in the order in which they start
