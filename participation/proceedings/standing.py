"""Where a proceeding stands, in words for pages: its badge, what is left of it, why something is closed, its phases."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from flask_babel import gettext, ngettext
from flask_babel.speaklater import LazyString

from participation import clock
from participation.errors import PhaseClosed
from participation.languages import show_date, text_in
from participation.proceedings.models import Phase, Proceeding, ProceedingState
from participation.proceedings.phases import Act, current_phase, days_left, is_open, last_day, next_phase
from participation.proceedings.terms import Span, Terms

STANDINGS = ("open", "eval", "soon", "done", "draft")


def standing(proceeding: Proceeding) -> str:
    """Say in one word where a proceeding stands: open, eval, soon, done or draft."""
    if proceeding.state is ProceedingState.DRAFT:
        return "draft"
    if proceeding.state is not ProceedingState.PUBLISHED:
        return "done"
    if any(is_open(proceeding, act) for act in Act):
        return "open"
    return "eval" if _last_open_phase(proceeding) else "soon"


def standing_words(proceeding: Proceeding) -> str:
    """Return what stands on the badge: the phase's name, or what comes before and after it."""
    phase = current_phase(proceeding)
    words: str
    match standing(proceeding):
        case "draft":
            words = gettext("Draft")
        case "done":
            words = gettext("Decided") if text_in(proceeding.results) else gettext("Ended")
        case "soon":
            words = gettext("Starts soon")
        case _:
            words = text_in(phase.title) if phase else gettext("Evaluation")
    return words


def time_left_words(proceeding: Proceeding) -> str:
    """Return “23 days left”, “from 11 January 2027”, or nothing."""
    words = ""
    match standing(proceeding):
        case "open":
            phase = current_phase(proceeding)
            words = _days_left_words(phase) if phase else ""
        case "soon":
            opening = _next_opening(proceeding, *Act)
            words = gettext("from %(date)s", date=show_date(opening.starts_at)) if opening else ""
        case "done":
            last = _last_open_phase(proceeding)
            words = gettext("until %(date)s", date=show_date(last_day(last))) if last else ""
    return words


def closed_words(proceeding: Proceeding | Terms, act: Act) -> str:
    """Return the sentence that stands where an act is closed: since when, and when it goes on."""
    words: str
    if proceeding.state is ProceedingState.DRAFT:
        words = gettext("This is a draft. Only the team sees it.")
    elif _is_over(proceeding):
        last = _last_open_phase(proceeding)
        words = (
            gettext(
                "This consultation ended on %(date)s. You can still read everything.", date=show_date(last_day(last))
            )
            if last
            else gettext("This consultation has ended. You can still read everything.")
        )
    else:
        words = _until_then(proceeding, act)
    return words


def require_open(proceeding: Proceeding | Terms, act: Act) -> None:
    """Raise PhaseClosed, which says until when or from when, unless the act is open to residents now."""
    if not is_open(proceeding, act):
        raise PhaseClosed(LazyString(closed_words, proceeding, act))


def _until_then(proceeding: Proceeding | Terms, act: Act) -> str:
    opening = _next_opening(proceeding, act)
    if opening is not None:
        date = show_date(opening.starts_at)
        sentences: dict[Act, str] = {
            Act.CONTRIBUTE: gettext("You can contribute from %(date)s.", date=date),
            Act.COMMENT: gettext("You can comment from %(date)s.", date=date),
            Act.VOTE: gettext("You can vote from %(date)s.", date=date),
        }
        return sentences[act]
    following = next_phase(proceeding)
    words: str = (
        gettext(
            "At the moment you can read everything. Next: %(phase)s, from %(date)s.",
            phase=text_in(following.title),
            date=show_date(following.starts_at),
        )
        if following
        else gettext("At the moment you can read everything.")
    )
    return words


def phase_rows(proceeding: Proceeding) -> list[dict[str, Any]]:
    """Return the phases as macros/phases.html shows them, in their order."""
    now = clock.now()
    return [
        {
            "title": text_in(phase.title),
            "starts": show_date(phase.starts_at),
            "ends": show_date(last_day(phase)),
            "state": "done" if phase.ends_at <= now else "now" if phase.starts_at <= now else "next",
            "note": _phase_note(phase, now),
        }
        for phase in proceeding.phases
    ]


def _phase_note(phase: Phase, now: datetime) -> str:
    completed: str = gettext("completed")
    if phase.ends_at <= now:
        return completed
    return _days_left_words(phase) if phase.starts_at <= now else ""


def _days_left_words(phase: Phase) -> str:
    words: str = ngettext("%(num)s day left", "%(num)s days left", days_left(phase))
    return words


def _is_over(proceeding: Proceeding | Terms) -> bool:
    """Whether residents could act once, and will not again."""
    if proceeding.state is not ProceedingState.PUBLISHED:
        return True
    is_any_open = any(is_open(proceeding, act) for act in Act)
    return not is_any_open and _last_open_phase(proceeding) is not None and _next_opening(proceeding, *Act) is None


def _next_opening(proceeding: Proceeding | Terms, *acts: Act) -> Phase | Span | None:
    now = clock.now()
    phases: Sequence[Phase | Span] = proceeding.phases
    return next((phase for phase in phases if phase.starts_at > now and _allows(phase, *acts)), None)


def _last_open_phase(proceeding: Proceeding | Terms) -> Phase | Span | None:
    now = clock.now()
    phases: Sequence[Phase | Span] = proceeding.phases
    over = [phase for phase in phases if phase.ends_at <= now and _allows(phase, *Act)]
    return max(over, key=lambda phase: phase.ends_at, default=None)


def _allows(phase: Phase | Span, *acts: Act) -> bool:
    return any(getattr(phase, f"allows_{act}") for act in acts)
