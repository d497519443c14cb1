"""Many clients at once from one process: they send prepared requests over kept connections and note what came back."""

import selectors
import socket
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

HEAD_END = b"\r\n\r\n"


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back for a request: its number, status (0: the connection broke), body, and seconds it took."""

    number: int
    status: int
    body: bytes
    seconds: float


@dataclass
class _Client:
    numbers: Iterator[int]
    connection: socket.socket | None = None
    number: int = -1
    since: float = 0.0
    received: bytearray = field(default_factory=bytearray)


def storm(
    port: int, request: Callable[[int], bytes], *, clients: int, seconds: float, first: int = 0
) -> tuple[list[Answer], float]:
    """Let so many clients send one request after the other; return the answers and the seconds until the last one.

    Args:
        port: on this machine.
        request: the bytes of a request by its number. Client k sends the numbers first + k, first + k + clients, …
        clients: how many.
        seconds: after that no request is sent any more.
        first: the number to begin with.
    """
    selector = selectors.DefaultSelector()
    answers: list[Answer] = []
    started = time.perf_counter()
    end = started + seconds
    waiting = 0
    for k in range(clients):
        waiting += _next(_Client(_numbers(first + k, clients)), port, request, selector)
    while waiting:
        for key, _ in selector.select(timeout=30) or ():
            client: _Client = key.data
            answer = _answer(client)
            if answer is None:
                continue
            answers.append(answer)
            if answer.status == 0:
                _close(client, selector)
            if time.perf_counter() >= end or not _next(client, port, request, selector):
                _close(client, selector)
                waiting -= 1
    return answers, time.perf_counter() - started


def _numbers(first: int, step: int) -> Iterator[int]:
    while True:
        yield first
        first += step


def _next(client: _Client, port: int, request: Callable[[int], bytes], selector: selectors.BaseSelector) -> bool:
    """Send the client's next request; whether there is a server."""
    client.number = next(client.numbers)
    client.since = time.perf_counter()
    client.received.clear()
    try:
        if client.connection is None:
            client.connection = socket.create_connection(("127.0.0.1", port), timeout=30)
            client.connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            selector.register(client.connection, selectors.EVENT_READ, client)
        client.connection.sendall(request(client.number))
    except OSError:
        return False
    return True


def _answer(client: _Client) -> Answer | None:
    """Return the answer if it is complete."""
    try:
        data = client.connection.recv(65_536) if client.connection else b""
    except OSError:
        data = b""
    taken = time.perf_counter() - client.since
    if not data:
        return Answer(client.number, 0, b"", taken)
    client.received += data
    head, found, body = bytes(client.received).partition(HEAD_END)
    if not found:
        return None
    lower = head.lower()
    length = int(lower.partition(b"content-length:")[2].partition(b"\r\n")[0] or 0)
    if len(body) < length:
        return None
    return Answer(client.number, int(head[9:12]), body, taken)


def _close(client: _Client, selector: selectors.BaseSelector) -> None:
    if client.connection is not None:
        selector.unregister(client.connection)
        client.connection.close()
        client.connection = None
