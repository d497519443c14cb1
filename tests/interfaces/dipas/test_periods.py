"""One period with two phases, from ours and the clock."""

from datetime import UTC, datetime, timedelta

import pytest

from participation.interfaces.dipas.periods import (
    day_words,
    has_second_phase,
    is_running,
    is_started,
    last_phase,
    project_phase,
)
from participation.proceedings.models import Phase, PhaseKind, Proceeding, ProceedingState

MARCH = datetime(2027, 3, 1, tzinfo=UTC)


def phase(kind, first, last, *, is_open=True):
    open_ = {f"allows_{act}": is_open for act in ("contributing", "commenting", "voting")}
    return Phase(
        kind=kind, title={}, starts_at=MARCH + timedelta(days=first), ends_at=MARCH + timedelta(days=last), **open_
    )


def proceeding(*phases, state=ProceedingState.PUBLISHED):
    return Proceeding(slug="x", state=state, phases=list(phases))


LONG = (
    phase(PhaseKind.INFORM, -10, 0, is_open=False),
    phase(PhaseKind.COLLECT, 0, 10),
    phase(PhaseKind.DISCUSS, 20, 30),
    phase(PhaseKind.RESULTS, 40, 50, is_open=False),
)


@pytest.mark.parametrize("day, pds, init", [
    (-5, "unstarted", "unstarted"), (0, "phase1", "phase1"), (15, "phase1", "phase1"), (20, "phase2", "phase2"),
    (29.9, "phase2", "phase2"), (30, "phase2", "frozen"), (45, "phase2", "frozen"),
])  # fmt: skip
def test_phases_follow_the_clock_and_a_gap_belongs_to_the_one_before(app_context, set_clock, day, pds, init):
    set_clock(MARCH + timedelta(days=day))
    one = proceeding(*LONG)
    assert (last_phase(one), project_phase(one)) == (pds, init)
    assert is_running(one) is (0 <= day < 30)
    assert is_started(one) is (day >= 0)


def test_what_was_closed_early_is_frozen_in_the_phase_it_had(app_context, set_clock):
    set_clock(MARCH + timedelta(days=5))
    one = proceeding(*LONG, state=ProceedingState.CLOSED)
    assert (last_phase(one), project_phase(one), is_running(one)) == ("phase1", "frozen", False)


def test_days_are_those_of_taking_part_in_the_zone_of_the_city(app_context):
    assert day_words(proceeding(*LONG)) == ("2027-03-01T00:00:00Z", "2027-03-31T00:00:00Z")
    midnight = phase(PhaseKind.COLLECT, -1 / 24, 10 - 1 / 24)  # 1 March 00:00 to 10 March 24:00 in Berlin
    assert day_words(proceeding(midnight)) == ("2027-03-01T00:00:00Z", "2027-03-10T00:00:00Z")


def test_without_phases_there_are_no_days(app_context):
    one = proceeding()
    assert (day_words(one), last_phase(one), project_phase(one)) == (("", ""), "unstarted", "unstarted")


@pytest.mark.parametrize("kind, word", [
    (PhaseKind.COLLECT, "phase1"), (PhaseKind.DISCUSS, "phase2"), (PhaseKind.BOTH, "phasemix"),
    (PhaseKind.INFORM, "phase1"),
])  # fmt: skip
def test_kinds_of_phases_have_words(app_context, set_clock, kind, word):
    set_clock(MARCH)
    one = proceeding(phase(kind, -1, 1))
    assert last_phase(one) == word
    assert has_second_phase(one) is (word != "phase1")
