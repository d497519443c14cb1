"""The only place that reads the time."""

from datetime import UTC, datetime


def now() -> datetime:
    """Return the present moment, aware, in UTC; tests replace it with the `set_clock` fixture."""
    return datetime.now(UTC)
