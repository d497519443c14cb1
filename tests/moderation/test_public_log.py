"""The public moderation log: how often which rule was applied, and no single decision that can be recognised."""

import csv
import io
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from participation.accounts.models import Role
from participation.complaints import services as complaint_services
from participation.complaints.cases import complaint_case
from participation.complaints.contested import contested_decision
from participation.complaints.models import ComplaintOutcome
from participation.complaints.services import NewComplaint
from participation.contributions.states import PublicationState as State
from participation.moderation.models import Outcome
from participation.moderation.services import decide, undo
from participation.pages.public_log import LEAST, MERGED, Alike, Complained, Period, merged, public_log
from participation.proceedings.models import ProceedingState

SECRET = "Ein Satz, der niemanden etwas angeht"
ALIKE = [
    Alike(kind, outcome, ground, False, complaint)
    for kind in ("contribution", "comment")
    for outcome, ground in (
        (Outcome.PUBLISH, None),
        (Outcome.HIDE, "insult"),
        (Outcome.REJECT, "insult"),
        (Outcome.REJECT, "off_topic"),
    )
    for complaint in (Complained if ground else [Complained.NONE])
]


@given(st.dictionaries(st.sampled_from(ALIKE), st.integers(1, 12)))
def test_nothing_is_counted_twice_or_left_out_and_small_numbers_never_stand_alone(counts):
    shown = merged(counts)
    hidden = [alike for alike, count in shown.items() if count is None]
    assert all(count is None or count >= LEAST for count in shown.values())
    assert hidden in ([], [MERGED])
    left = sum(counts.values()) - sum(count or 0 for count in shown.values())
    assert left == 0 if not hidden else 0 < left < LEAST
    for alike, count in counts.items():
        assert (alike in shown) is (count >= LEAST)


@pytest.fixture
def decisions(app_context, make_proceeding, make_contribution, make_comment, make_actor, set_clock):
    """Four insults in October, one advertisement and two publications in November; one in another proceeding."""
    proceeding, elsewhere = make_proceeding(), make_proceeding("elsewhere")
    moderator = make_actor(proceeding, Role.MODERATOR)

    def limit(item, ground):
        return decide(moderator, item, outcome=Outcome.HIDE, seen_version=1, ground=ground, statement_of_reasons=SECRET)

    set_clock(datetime(2026, 10, 31, 23, 59, tzinfo=UTC))
    for _ in range(3):
        limit(make_contribution(proceeding, title=SECRET), "insult")
    limit(make_comment(make_contribution(proceeding), SECRET), "insult")
    set_clock(datetime(2026, 11, 1, 0, 1, tzinfo=UTC))
    limit(make_contribution(proceeding, title=SECRET), "advertising")
    for _ in range(2):
        item = make_contribution(proceeding, state=State.SUBMITTED)
        decide(moderator, item, outcome=Outcome.PUBLISH, seen_version=1)
    other = make_actor(elsewhere, Role.MODERATOR)
    item = make_contribution(elsewhere, state=State.SUBMITTED)
    decide(other, item, outcome=Outcome.PUBLISH, seen_version=1)
    return proceeding


def test_lines_are_of_one_proceeding_by_month_or_year(decisions):
    insults = Alike("contribution", Outcome.HIDE, "insult", False, Complained.NONE)
    assert [(line.period, line.alike, line.count) for line in public_log(decisions, Period.MONTH)] == [
        ("2026-11", MERGED, 3),
        ("2026-10", insults, 3),
        ("2026-10", MERGED, None),
    ]
    assert [(line.period, line.alike, line.count) for line in public_log(decisions, Period.YEAR)] == [
        ("2026", insults, 3),
        ("2026", MERGED, 4),
    ]


@pytest.mark.parametrize("path", ["", ".csv", ".json", ".csv?by=year", ".json?by=year"])
def test_everybody_can_read_it_and_finds_no_text_and_no_name(client, decisions, path):
    response = client.get(f"/moderation-log/churchyard{path}")
    assert response.status_code == 200
    text = response.get_data(as_text=True)
    assert SECRET not in text
    assert "K. Anders" not in text


def test_table_and_json_say_the_same(client, decisions):
    lines = client.get("/moderation-log/churchyard.json").get_json()["lines"]
    table = list(csv.DictReader(io.StringIO(client.get("/moderation-log/churchyard.csv").get_data(as_text=True))))
    assert [{name: str(value) for name, value in line.items()} for line in lines] == table
    assert [line["count"] for line in lines] == [3, 3, "<3"]


def test_a_decision_taken_back_stands_in_it_too(app_context, make_proceeding, make_contribution, make_actor):
    proceeding = make_proceeding()
    moderator = make_actor(proceeding, Role.MODERATOR)
    reasons = {"ground": "insult", "statement_of_reasons": SECRET}
    for _ in range(3):
        item = make_contribution(proceeding, state=State.SUBMITTED)
        rejected = decide(moderator, item, outcome=Outcome.REJECT, seen_version=1, **reasons)
        undo(moderator, item, rejected, seen_version=item.version)
    assert {line.alike.outcome: line.count for line in public_log(proceeding, Period.YEAR)} == {
        Outcome.REJECT: 3,
        Outcome.UNDO: 3,
    }


@pytest.mark.parametrize("path", ["", ".csv", ".json"])
def test_the_log_of_a_draft_is_not_there_and_an_unknown_period_neither(client, make_proceeding, path):
    make_proceeding("draft", state=ProceedingState.DRAFT)
    make_proceeding()
    assert client.get(f"/moderation-log/draft{path}").status_code == 404
    if path:
        assert client.get(f"/moderation-log/churchyard{path}?by=week").status_code == 404


@pytest.fixture
def complain(app_context, make_proceeding, make_contribution, make_actor, make_guest):
    """Hides a text, lets its author object, and has a second moderator decide about that."""
    proceeding = make_proceeding()
    first, second = (make_actor(proceeding, Role.MODERATOR) for _ in range(2))
    reasons = {"ground": "insult", "statement_of_reasons": SECRET}

    def make(became):
        item = make_contribution(proceeding, author=make_guest())
        decision = decide(first, item, outcome=Outcome.HIDE, seen_version=1, **reasons)
        if became is Complained.NONE:
            return proceeding
        complaint = complaint_services.complain(make_guest(), contested_decision(decision), NewComplaint(SECRET))
        if became is not Complained.OPEN:
            complaint_services.decide(
                second,
                complaint_case(second, proceeding, complaint.id),
                outcome=ComplaintOutcome(became),
                answer=SECRET,
                seen_version=item.version,
            )
        return proceeding

    return make


@pytest.mark.parametrize("became", list(Complained))
def test_the_log_says_what_became_of_complaints(client, complain, became):
    for _ in range(LEAST):
        proceeding = complain(became)
    lines = [line for line in public_log(proceeding, Period.YEAR) if line.alike.outcome is Outcome.HIDE]
    assert [(line.alike.ground, line.alike.complaint, line.count) for line in lines] == [("insult", became, LEAST)]
    words = {"none": "keiner", "open": "noch nicht entschieden", "upheld": "bestätigt", "not_upheld": "zurückgewiesen"}
    assert f"<td>{words[became]}</td>" in client.get("/moderation-log/churchyard").get_data(as_text=True)
    for path in (".csv", ".json"):
        text = client.get(f"/moderation-log/churchyard{path}").get_data(as_text=True)
        assert became.value in text
        assert SECRET not in text


def test_a_single_complaint_is_not_recognised(complain):
    for became in (Complained.NONE, Complained.OPEN, Complained.NOT_UPHELD):
        proceeding = complain(became)
    insult = Alike("contribution", Outcome.HIDE, "insult", False, None)
    assert [(line.alike, line.count) for line in public_log(proceeding, Period.YEAR)] == [(insult, 3)]
    complain(Complained.NONE)
    complain(Complained.NONE)
    none = insult._replace(complaint=Complained.NONE)
    assert [(line.alike, line.count) for line in public_log(proceeding, Period.YEAR)] == [(none, 3), (MERGED, None)]
