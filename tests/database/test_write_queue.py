"""SQLite's one writer: who waits comes next in order, and nobody waits for ever."""

import threading
import time
from contextlib import suppress

import pytest

from participation.database import write_queue
from participation.database.write_queue import NoTurnError, WriteQueue


def started(target, queue):
    """Start a thread that wants a turn, and wait until it stands in the queue."""
    before = len(queue._waiting)
    thread = threading.Thread(target=target)
    thread.start()
    while len(queue._waiting) == before and thread.is_alive():
        time.sleep(0.001)
    return thread


def test_turns_come_in_the_order_of_coming_and_also_after_failures(monkeypatch):
    monkeypatch.setattr(write_queue, "MOST_WAITING", 5)
    queue, order = WriteQueue(), []

    def act(number):
        with suppress(ZeroDivisionError), queue.turn(20):
            order.append(number)
            1 / (number - 1)  # a writer that fails passes its turn on, too

    def give_up():
        with pytest.raises(NoTurnError), queue.turn(0.01):
            order.append("never")

    with queue.turn(1):
        threads = [started(lambda n=n: act(n), queue) for n in range(4)]
        started(give_up, queue).join()
        threads.append(started(lambda: act(4), queue))
        with pytest.raises(NoTurnError), queue.turn(20):
            order.append("too many")
    for thread in threads:
        thread.join()
    assert order == [0, 1, 2, 3, 4]
    with queue.turn(0):  # nobody holds it any more
        pass
