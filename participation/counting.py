"""Where rate limits are counted in one process: plain lists of times, cleared now and then.

The storage of the library `limits` starts a thread for almost every request, which looks through all counters.
"""

from bisect import bisect_left
from collections import defaultdict
from threading import Lock

from limits.storage import MovingWindowSupport, Storage

from participation import clock

SCHEME = "process"
CLEAR_EVERY = 1_000  # entries


class ProcessStorage(Storage, MovingWindowSupport):
    """When each client did something, by key, oldest first; asked for by the address `process://`."""

    STORAGE_SCHEME = [SCHEME]  # noqa: RUF012 – the library reads it as a plain list

    def __init__(self, uri: str | None = None, wrap_exceptions: bool = False, **_: str) -> None:
        super().__init__(uri, wrap_exceptions=wrap_exceptions)
        self._lock = Lock()
        self._times: defaultdict[str, list[float]] = defaultdict(list)
        self._expiry: dict[str, int] = {}
        self._entries = 0

    @property
    def base_exceptions(self) -> type[Exception]:
        """No exception of its own."""
        return ValueError

    def acquire_entry(self, key: str, limit: int, expiry: int, amount: int = 1) -> bool:
        """Count something unless the limit is reached; whether it was counted."""
        now = clock.now().timestamp()
        with self._lock:
            times = self._times[key]
            self._expiry[key] = expiry
            if len(times) - bisect_left(times, now - expiry) + amount > limit:
                return False
            times.extend([now] * amount)
            self._entries += amount
            if self._entries >= CLEAR_EVERY:
                self._clear(now)
        return True

    def get_moving_window(self, key: str, limit: int, expiry: int) -> tuple[float, int]:  # noqa: ARG002
        """Return when the first thing that still counts was done, and how many count."""
        now = clock.now().timestamp()
        with self._lock:
            times = self._times.get(key, [])
            first = bisect_left(times, now - expiry)
            return (times[first], len(times) - first) if first < len(times) else (now, 0)

    def _clear(self, now: float) -> None:
        self._entries = 0
        for key in list(self._times):
            times = self._times[key]
            del times[: bisect_left(times, now - self._expiry[key])]
            if not times:
                del self._times[key], self._expiry[key]

    def check(self) -> bool:
        """Whether it works."""
        return True

    def reset(self) -> int | None:
        """Forget everything."""
        with self._lock:
            count = len(self._times)
            self._times.clear()
            self._expiry.clear()
        return count

    def clear(self, key: str) -> None:
        """Forget a key."""
        with self._lock:
            self._times.pop(key, None)
            self._expiry.pop(key, None)

    def incr(self, key: str, expiry: float, amount: int = 1) -> int:
        """Count in a fixed window, which no limit of ours has."""
        raise NotImplementedError

    def get(self, key: str) -> int:
        """Return the count of a fixed window."""
        raise NotImplementedError

    def get_expiry(self, key: str) -> float:
        """Return the end of a fixed window."""
        raise NotImplementedError
