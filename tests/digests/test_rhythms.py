"""When a digest is due, in the city's time, both changes of the clock included."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from participation.digests.models import Rhythm
from participation.digests.rhythms import last_due

BERLIN = ZoneInfo("Europe/Berlin")


def utc(text):
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize("rhythm, now, due", [
    # Tuesday, winter time: 7:00 is 6:00 UTC
    (Rhythm.DAILY, "2026-11-24 05:59:59", "2026-11-23 06:00"),
    (Rhythm.DAILY, "2026-11-24 06:00:00", "2026-11-24 06:00"),
    (Rhythm.DAILY, "2026-11-24 23:30:00", "2026-11-24 06:00"),  # already Wednesday there
    (Rhythm.DAILY, "2026-11-28 12:00:00", "2026-11-27 06:00"),  # Saturday
    (Rhythm.DAILY, "2026-11-30 05:59:59", "2026-11-27 06:00"),  # Monday before seven
    (Rhythm.WEEKLY, "2026-11-24 12:00:00", "2026-11-23 06:00"),
    (Rhythm.WEEKLY, "2026-11-30 05:59:59", "2026-11-23 06:00"),
    (Rhythm.WEEKLY, "2026-11-30 06:00:00", "2026-11-30 06:00"),
    (Rhythm.HOURLY, "2026-11-24 12:34:56", "2026-11-24 12:00"),
    # summer time begins on Sunday, 29 March 2026, and ends on Sunday, 25 October 2026
    (Rhythm.DAILY, "2026-03-30 05:00:00", "2026-03-30 05:00"),
    (Rhythm.DAILY, "2026-03-30 04:59:59", "2026-03-27 06:00"),
    (Rhythm.WEEKLY, "2026-10-26 05:59:59", "2026-10-19 05:00"),
    (Rhythm.WEEKLY, "2026-10-26 06:00:00", "2026-10-26 06:00"),
    (Rhythm.HOURLY, "2026-10-25 00:59:59", "2026-10-25 00:00"),  # 2:59, the first time
    (Rhythm.HOURLY, "2026-10-25 01:00:00", "2026-10-25 01:00"),  # 2:00, the second time
])  # fmt: skip
def test_a_digest_is_due_at_the_hour_of_the_city(rhythm, now, due):
    assert last_due(rhythm, utc(now), BERLIN) == utc(due)


def test_who_wants_none_is_never_due():
    assert last_due(Rhythm.NEVER, utc("2026-11-24 12:00"), BERLIN) is None


def test_an_hour_begins_with_the_clock_of_the_city_also_where_it_is_shifted_by_half():
    assert last_due(Rhythm.HOURLY, utc("2026-11-24 12:34:56"), ZoneInfo("Asia/Kolkata")) == utc("2026-11-24 12:30")
