"""Clients that ask a server for something again and again, each on a connection of its own that stays open."""

import asyncio
import contextlib
import statistics
import time
from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from urllib.parse import urlsplit

KEPT_BYTES = 2_000_000  # of an answer; of larger ones only the length is told
READ_AT_ONCE = 256 * 1024


@dataclass(frozen=True, slots=True)
class Request:
    """One request; `is_counted` says whether it is what is measured, `expected` which status is right."""

    path: str
    method: str = "GET"
    body: bytes = b""
    headers: tuple[tuple[str, str], ...] = ()
    is_counted: bool = True
    expected: int = 200

    def encoded(self, host: str) -> bytes:
        """Return it as it travels."""
        lines = [f"{self.method} {self.path} HTTP/1.1", f"Host: {host}"]
        lines += [f"{name}: {value}" for name, value in self.headers]
        if self.method != "GET":
            lines.append(f"Content-Length: {len(self.body)}")
        return "\r\n".join([*lines, "\r\n"]).encode() + self.body


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back."""

    status: int
    headers: dict[str, str]
    body: bytes
    size: int


# What one client does: yields requests and is sent their answers; the argument is the client's number.
Script = Callable[[int], Generator[Request, Answer, None]]


@dataclass(slots=True)
class Load:
    """What some clients saw: times of the right answers in seconds, their bytes, and how many were wrong."""

    seconds: float = 0.0
    times: list[float] = field(default_factory=list)
    size: int = 0
    wrong: dict[int, int] = field(default_factory=dict)

    @property
    def rate(self) -> float:
        """Right answers per second."""
        return len(self.times) / self.seconds if self.seconds else 0.0

    @property
    def median(self) -> float:
        """Half of the answers took no longer."""
        return statistics.median(self.times) if self.times else 0.0

    @property
    def p99(self) -> float:
        """Of a hundred answers, 99 took no longer."""
        ordered = sorted(self.times)
        return ordered[min(len(ordered) - 1, int(len(ordered) * 0.99))] if ordered else 0.0

    @property
    def mean_size(self) -> float:
        """Bytes of an answer."""
        return self.size / len(self.times) if self.times else 0.0


def run(url: str, script: Script, *, clients: int, seconds: float, at_most: int = 1_000_000) -> Load:
    """Let clients work until the time is over, or each of them has asked so often."""
    return asyncio.run(_run(url, script, clients, seconds, at_most))


async def _run(url: str, script: Script, clients: int, seconds: float, at_most: int) -> Load:
    load = Load()
    begun = time.perf_counter()
    await asyncio.gather(*(_client(url, script(number), begun + seconds, at_most, load) for number in range(clients)))
    load.seconds = time.perf_counter() - begun
    return load


async def _client(
    url: str, script: Generator[Request, Answer, None], deadline: float, at_most: int, load: Load
) -> None:
    address = urlsplit(url)
    reader, writer = await asyncio.open_connection(address.hostname, address.port, limit=READ_AT_ONCE)
    host = f"{address.hostname}:{address.port}"
    with contextlib.suppress(StopIteration):
        request = next(script)
        for _ in range(at_most):
            begun = time.perf_counter()
            if begun >= deadline:
                break
            writer.write(request.encoded(host))
            answer = await _answer(reader)
            if answer.status != request.expected:
                load.wrong[answer.status] = load.wrong.get(answer.status, 0) + 1
            elif request.is_counted:
                load.times.append(time.perf_counter() - begun)
                load.size += answer.size
            request = script.send(answer)
    writer.close()
    with contextlib.suppress(OSError):
        await writer.wait_closed()


async def _answer(reader: asyncio.StreamReader) -> Answer:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    status = int(head[0].split(" ", 2)[1])
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:] if line)}
    body = bytearray()
    if headers.get("transfer-encoding") == "chunked":
        size = 0
        while length := int(await reader.readuntil(b"\r\n"), 16):
            size += await _take(reader, length, body)
            await reader.readexactly(2)
        await reader.readexactly(2)
    else:
        size = await _take(reader, int(headers.get("content-length", "0")), body)
    return Answer(status, headers, bytes(body), size)


async def _take(reader: asyncio.StreamReader, length: int, body: bytearray) -> int:
    left = length
    while left:
        part = await reader.read(min(left, READ_AT_ONCE))
        if not part:
            raise ConnectionResetError("the server closed the connection in the middle of an answer")
        left -= len(part)
        if len(body) < KEPT_BYTES:
            body += part
    return length
