"""Who writes next on SQLite, which has one writer: first come, first served, with a bound.

SQLite itself lets waiting writers sleep for longer and longer and wakes them in no order, so that under load some wait
for seconds while others pass them. So the threads of a process queue here, and only the first of each process asks
SQLite, in short steps. Measured in docs/adr/0029.
"""

import sqlite3
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock

MOST_WAITING = 64
STEP_SECONDS = 0.0005
SQLITE_BUSY = 5  # https://www.sqlite.org/rescode.html, in the lowest byte


class NoTurnError(Exception):
    """The queue is too long, or did not move for too long."""


class WriteQueue:
    """The threads of this process that want to write."""

    def __init__(self) -> None:
        self._guard = Lock()
        self._waiting: deque[Lock] = deque()
        self._is_taken = False

    @contextmanager
    def turn(self, seconds: float) -> Iterator[None]:
        """Wait for one's turn, and pass it on at the end.

        Raises:
            NoTurnError: it did not come within so many seconds, or too many wait already.
        """
        self._enter(seconds)
        try:
            yield
        finally:
            self._leave()

    def _enter(self, seconds: float) -> None:
        with self._guard:
            if not self._is_taken:
                self._is_taken = True
                return
            if len(self._waiting) >= MOST_WAITING:
                raise NoTurnError
            bell = Lock()
            bell.acquire()
            self._waiting.append(bell)
        if bell.acquire(timeout=seconds):
            return
        with self._guard:
            if bell in self._waiting:
                self._waiting.remove(bell)
                raise NoTurnError
        # It rang in the last moment: the turn is ours.

    def _leave(self) -> None:
        with self._guard:
            if self._waiting:
                self._waiting.popleft().release()
            else:
                self._is_taken = False


write_queue = WriteQueue()


def begin_writing(connection: sqlite3.Connection, seconds: float) -> None:
    """Take SQLite's write lock; other processes may hold it.

    Raises:
        NoTurnError: one of them held it for so many seconds.
    """
    end = time.monotonic() + seconds
    (patience,) = connection.execute("PRAGMA busy_timeout").fetchone()
    connection.execute("PRAGMA busy_timeout = 0")
    try:
        while True:
            try:
                connection.execute("BEGIN IMMEDIATE")
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode & 0xFF != SQLITE_BUSY:
                    raise
                if time.monotonic() > end:
                    raise NoTurnError from error
                time.sleep(STEP_SECONDS)
            else:
                return
    finally:
        connection.execute(f"PRAGMA busy_timeout = {patience}")
