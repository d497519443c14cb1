"""Where a proceeding stands is said in words that fit the moment."""

from datetime import UTC, datetime, timedelta

import pytest
from flask_babel import force_locale

from participation.proceedings.models import Phase, PhaseKind, ProceedingState
from participation.proceedings.phases import Act
from participation.proceedings.standing import closed_words, phase_rows, standing, standing_words, time_left_words

START = datetime(2026, 11, 1, 23, tzinfo=UTC)  # midnight in Berlin: the 2nd of November begins
END = START + timedelta(days=44)  # the 15th of December was the last day
DAY = timedelta(days=1)


@pytest.fixture
def proceeding(app_context, make_proceeding):
    with force_locale("en"):
        yield make_proceeding(starts_at=START, ends_at=END)


def add_phase(proceeding, starts_at, ends_at, **allows):
    closed = {"allows_contributing": False, "allows_commenting": False, "allows_voting": False}
    title = {"de": "Entwürfe vergleichen", "en": "Compare drafts"}
    phase = Phase(kind=PhaseKind.DISCUSS, title=title, starts_at=starts_at, ends_at=ends_at, **(closed | allows))
    proceeding.phases.append(phase)


@pytest.mark.parametrize(
    "moment, expected",
    [
        (START - DAY, ("soon", "Starts soon", "from November 2, 2026")),
        (START, ("open", "Collect ideas", "44 days left")),
        (END - timedelta(seconds=1), ("open", "Collect ideas", "1 day left")),
        (END, ("eval", "Evaluation", "")),
    ],
    ids=["the day before", "at the start", "a second before the end", "at the end"],
)
def test_badge_follows_the_clock(proceeding, set_clock, moment, expected):
    set_clock(moment)
    assert (standing(proceeding), standing_words(proceeding), time_left_words(proceeding)) == expected


@pytest.mark.parametrize(
    "state, results, expected",
    [
        (ProceedingState.DRAFT, {}, ("draft", "Draft", "")),
        (ProceedingState.CLOSED, {}, ("done", "Ended", "until December 15, 2026")),
        (ProceedingState.ARCHIVED, {"de": "Gebaut wird."}, ("done", "Decided", "until December 15, 2026")),
    ],
)
def test_badge_follows_the_state(proceeding, set_clock, state, results, expected):
    set_clock(END + DAY)
    proceeding.state, proceeding.results = state, results
    assert (standing(proceeding), standing_words(proceeding), time_left_words(proceeding)) == expected


@pytest.mark.parametrize(
    "moment, expected",
    [
        (START - DAY, "You can vote from November 2, 2026."),
        (END, "This consultation ended on December 15, 2026. You can still read everything."),
    ],
)
def test_closed_act_says_when_it_goes_on_or_since_when_it_is_over(proceeding, set_clock, moment, expected):
    set_clock(moment)
    assert closed_words(proceeding, Act.VOTE) == expected


def test_between_phases_the_next_opening_is_named(proceeding, set_clock):
    add_phase(proceeding, END + 5 * DAY, END + 9 * DAY, allows_commenting=True)
    set_clock(END)
    assert closed_words(proceeding, Act.COMMENT) == "You can comment from December 21, 2026."
    assert (
        closed_words(proceeding, Act.CONTRIBUTE)
        == "At the moment you can read everything. Next: Compare drafts, from December 21, 2026."
    )


def test_phases_are_done_now_or_next_and_end_on_their_last_day(proceeding, set_clock):
    add_phase(proceeding, END, END + DAY)
    set_clock(START)
    first, second = phase_rows(proceeding)
    assert (first["state"], first["starts"], first["ends"]) == ("now", "November 2, 2026", "December 15, 2026")
    assert (first["note"], second["state"], second["note"]) == ("44 days left", "next", "")
    set_clock(END)
    assert [(row["state"], row["note"]) for row in phase_rows(proceeding)] == [
        ("done", "completed"),
        ("now", "1 day left"),
    ]
