"""What a phase allows is computed from the clock."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from participation.errors import PhaseClosed
from participation.proceedings.models import ProceedingState
from participation.proceedings.phases import Act, days_left, is_open, span_of_days
from participation.proceedings.standing import require_open

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
BERLIN = ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize("act", list(Act))
@pytest.mark.parametrize(
    "seconds, is_allowed",
    [(-1, False), (0, True), (86_399, True), (86_400, False)],
    ids=["a second before the start", "at the start", "a second before the end", "at the end"],
)
def test_an_act_is_open_from_the_start_until_just_before_the_end(
    app_context, make_proceeding, set_clock, act, seconds, is_allowed
):
    proceeding = make_proceeding(starts_at=NOON, ends_at=NOON + timedelta(days=1))
    set_clock(NOON + timedelta(seconds=seconds))
    assert is_open(proceeding, act) is is_allowed
    if not is_allowed:
        with pytest.raises(PhaseClosed):
            require_open(proceeding, act)


@pytest.mark.parametrize("act", list(Act))
def test_only_what_the_phase_allows_is_open(app_context, make_proceeding, act):
    proceeding = make_proceeding(allows=(act.value,))
    assert [other for other in Act if is_open(proceeding, other)] == [act]


@pytest.mark.parametrize("state", [state for state in ProceedingState if state is not ProceedingState.PUBLISHED])
def test_nothing_is_open_in_a_proceeding_that_is_not_published(app_context, make_proceeding, state):
    proceeding = make_proceeding(state=state)
    assert not any(is_open(proceeding, act) for act in Act)


def test_the_last_day_counts_in_full_on_both_clock_changes():
    spring = span_of_days(datetime(2026, 3, 29), datetime(2026, 3, 29), BERLIN)  # noqa: DTZ001 – a day as entered
    autumn = span_of_days(datetime(2026, 10, 25), datetime(2026, 10, 25), BERLIN)  # noqa: DTZ001
    assert spring[1].astimezone(UTC) - spring[0].astimezone(UTC) == timedelta(hours=23)
    assert autumn[1].astimezone(UTC) - autumn[0].astimezone(UTC) == timedelta(hours=25)
    assert spring[0].astimezone(UTC) == datetime(2026, 3, 28, 23, tzinfo=UTC)


@pytest.mark.parametrize("first, last, now, left", [
    ((2026, 11, 24), (2026, 11, 26), (2026, 11, 24, 0, 0), 3),
    ((2026, 11, 24), (2026, 11, 26), (2026, 11, 25, 23, 59), 2),
    ((2026, 11, 24), (2026, 11, 26), (2026, 11, 26, 23, 59), 1),
    ((2026, 11, 24), (2026, 11, 26), (2026, 11, 28, 12, 0), 0),
    ((2026, 3, 27), (2026, 3, 29), (2026, 3, 27, 23, 30), 3),  # the clocks go forward on the last day
    ((2026, 10, 23), (2026, 10, 25), (2026, 10, 25, 0, 0), 1),  # and back: a day of 25 hours
])  # fmt: skip
def test_days_left_are_days_of_the_calendar_today_included(
    app_context, make_proceeding, set_clock, first, last, now, left
):
    starts_at, ends_at = span_of_days(datetime(*first), datetime(*last), BERLIN)  # noqa: DTZ001 – days as entered
    phase = make_proceeding(starts_at=starts_at, ends_at=ends_at).phases[0]
    set_clock(datetime(*now, tzinfo=BERLIN))
    assert days_left(phase) == left
