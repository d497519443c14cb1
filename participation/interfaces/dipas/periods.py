"""The calendar of a proceeding in DIPAS' words: one period with two phases, from our phases and the clock."""

from datetime import UTC, date, datetime, timedelta

from participation import clock
from participation.languages import local
from participation.proceedings.models import Phase, PhaseKind, Proceeding, ProceedingState
from participation.proceedings.phases import last_day

PHASE_WORDS = {PhaseKind.COLLECT: "phase1", PhaseKind.DISCUSS: "phase2", PhaseKind.BOTH: "phasemix"}
NEW_FOR = timedelta(days=12)


def taking_part(proceeding: Proceeding) -> list[Phase]:
    """Return the phases in which residents can do something; where there are none, all phases."""
    phases = [phase for phase in proceeding.phases if _is_for_residents(phase)]
    return phases or list(proceeding.phases)


def period(proceeding: Proceeding) -> tuple[date, date] | None:
    """Return the first and the last day of taking part, in the installation's zone; None without any phase."""
    phases = taking_part(proceeding)
    if not phases:
        return None
    return local(_start(phases)).date(), local(max(last_day(phase) for phase in phases)).date()


def day_words(proceeding: Proceeding) -> tuple[str, str]:
    """Return both days as DIPAS writes them, midnight with a Z; empty without any phase."""
    days = period(proceeding)
    return ("", "") if days is None else (f"{days[0]:%Y-%m-%d}T00:00:00Z", f"{days[1]:%Y-%m-%d}T00:00:00Z")


def is_started(proceeding: Proceeding) -> bool:
    """Whether the first day has come."""
    phases = taking_part(proceeding)
    return bool(phases) and _start(phases) <= clock.now()


def is_running(proceeding: Proceeding) -> bool:
    """Whether it goes on today: from the first to the last day, unless it was closed before."""
    phases = taking_part(proceeding)
    is_over = not phases or max(phase.ends_at for phase in phases) <= clock.now()
    return proceeding.state is ProceedingState.PUBLISHED and is_started(proceeding) and not is_over


def is_new(proceeding: Proceeding) -> bool:
    """Whether it runs and began within the last twelve days."""
    return is_running(proceeding) and clock.now() - _start(taking_part(proceeding)) <= NEW_FOR


def has_second_phase(proceeding: Proceeding) -> bool:
    """Whether drafts are discussed at some time."""
    return any(phase_word(phase) != "phase1" for phase in proceeding.phases if _is_for_residents(phase))


def last_phase(proceeding: Proceeding) -> str:
    """Return `unstarted`, or the phase that runs; between two phases and after the end, the last there was."""
    begun = [phase for phase in proceeding.phases if _is_for_residents(phase) and phase.starts_at <= clock.now()]
    return phase_word(max(begun, key=lambda phase: phase.starts_at)) if begun else "unstarted"


def project_phase(proceeding: Proceeding) -> str:
    """Return the same, but `frozen` once it is read only."""
    is_waiting = proceeding.state is ProceedingState.PUBLISHED and not is_started(proceeding)
    return last_phase(proceeding) if is_waiting or is_running(proceeding) else "frozen"


def phase_word(phase: Phase) -> str:
    """Return which of DIPAS' phases one of ours is: by its kind, else by whether ideas are collected."""
    return PHASE_WORDS.get(phase.kind, "phase1" if phase.allows_contributing else "phase2")


def moment_words(moment: datetime) -> str:
    """Write an instant as DIPAS does: `2026-11-24T23:05:00Z`."""
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def _is_for_residents(phase: Phase) -> bool:
    return phase.allows_contributing or phase.allows_commenting or phase.allows_voting


def _start(phases: list[Phase]) -> datetime:
    return min(phase.starts_at for phase in phases)
