"""When a digest is due."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from participation.digests.models import Rhythm

MORNING = time(7)
MONDAY, SATURDAY = 0, 5
DAY = timedelta(days=1)


def last_due(rhythm: Rhythm, now: datetime, zone: ZoneInfo) -> datetime | None:
    """Return the last moment up to now at which a digest was due, in UTC; None if there is none in this rhythm.

    Every hour: at its beginning. Daily: at 7:00 from Monday to Friday. Weekly: on Monday at 7:00. In the zone's time.
    """
    here = now.astimezone(zone)
    match rhythm:
        case Rhythm.NEVER:
            return None
        case Rhythm.HOURLY:
            return (
                now - timedelta(minutes=here.minute, seconds=here.second, microseconds=here.microsecond)
            ).astimezone(UTC)
        case Rhythm.DAILY:
            days = range(SATURDAY)
        case Rhythm.WEEKLY:
            days = range(MONDAY, MONDAY + 1)
    day = here.date() if here.time() >= MORNING else here.date() - DAY
    while day.weekday() not in days:
        day -= DAY
    return datetime.combine(day, MORNING, zone).astimezone(UTC)
