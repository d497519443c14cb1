"""The figures of a year: what came in, what was upheld, how long it took; nothing that tells of one or two."""

from datetime import UTC, datetime, timedelta

import pytest

from participation.notices.models import NoticeOutcome, NoticeState
from participation.pages.transparency import Handled, transparency_figures

MAY = datetime(2025, 5, 4, 12, tzinfo=UTC)


@pytest.fixture
def report(app_context, make_contribution, make_notice):
    def make(proceeding, *, is_upheld=None, hours=0, created_at=MAY):
        item = make_contribution(proceeding, created_at=created_at)
        settled = {}
        if is_upheld is not None:
            outcome = NoticeOutcome.UPHELD if is_upheld else NoticeOutcome.NOT_UPHELD
            settled_at = created_at + timedelta(hours=hours)
            settled = {
                "state": NoticeState.SETTLED, "outcome": outcome, "answer": "So ist es.", "settled_at": settled_at
            }  # fmt: skip
        return make_notice(item, created_at=created_at, **settled)

    return make


def test_each_year_says_how_many_came_were_upheld_and_how_long_half_of_them_took(app_context, make_proceeding, report):
    place = make_proceeding()
    for hours in (1, 5, 30):
        report(place, is_upheld=True, hours=hours)
    for hours in (2, 4, 6):
        report(place, is_upheld=False, hours=hours)
    report(place)
    report(place, created_at=MAY.replace(year=2024))
    report(make_proceeding("elsewhere"), is_upheld=True)
    newest, before = transparency_figures(place)
    assert (newest.year, newest.texts, before.year) == ("2025", 7, "2024")
    assert newest.reports == Handled(received=7, upheld=3, median_hours=4.5)
    assert newest.complaints == Handled(received=0, upheld=0, median_hours=None)


@pytest.mark.parametrize(
    "upheld, refused, told",
    [
        (1, 0, Handled(None, None, None)),
        (2, 3, Handled(5, None, 1.0)),
        (3, 2, Handled(5, None, 1.0)),  # what is left would tell of two
        (3, 0, Handled(3, 3, 1.0)),
        (0, 3, Handled(3, 0, 1.0)),
    ],
)
def test_no_number_tells_of_one_or_two(app_context, make_proceeding, report, upheld, refused, told):
    place = make_proceeding()
    for is_upheld in [True] * upheld + [False] * refused:
        report(place, is_upheld=is_upheld, hours=1)
    assert transparency_figures(place)[0].reports == told


def test_page_and_json_tell_them(make_proceeding, app, report, client):
    with app.app_context():
        place = make_proceeding()
        for _ in range(3):
            report(place, is_upheld=True, hours=1)
    year = client.get("/moderation-log/churchyard.json").json["years"][0]
    assert year["reports"] == {"received": 3, "upheld": 3, "median_hours": 1.0}
    assert "1 Stunde" in client.get("/moderation-log/churchyard").get_data(as_text=True)
