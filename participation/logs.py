"""Logs for operators: one line each, with the number of its request, without anything that says who asked or wrote.

Addresses of pages may be secret links, so a line names the route; addresses of people, cookies and what they typed are
never in it. Of an error it keeps where it happened, not its words, since these may quote what someone sent.
"""

import json
import logging
import re
import secrets
import sys
import time
import traceback
from datetime import UTC, datetime
from typing import Any

from flask import Flask, Response, g, has_app_context, has_request_context, request
from sqlalchemy.exc import OperationalError

from participation.config import Settings

REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")
HEADER = "X-Request-ID"
UNWATCHED = frozenset({"operation.healthz", "operation.readyz", "operation.metrics", "static"})
LONGEST_STATEMENT = 2_000
logger = logging.getLogger("participation.requests")


def told_error(error: BaseException, *, with_words: bool) -> str:
    """Say where an error comes from, and what caused it.

    Args:
        error: as it was raised.
        with_words: also what it says; it may quote what people typed.
    """
    if with_words:
        return "".join(traceback.format_exception(error)).rstrip()
    parts: list[str] = []
    seen: set[int] = set()
    one: BaseException | None = error
    while one is not None and id(one) not in seen:
        seen.add(id(one))
        where = "".join(traceback.format_tb(one.__traceback__)).rstrip()
        parts.append(f"{where}\n{type(one).__qualname__}{_harmless_words(one)}".lstrip())
        one = one.__cause__ or (None if one.__suppress_context__ else one.__context__)
    return "\n-- because of --\n".join(parts)


def _harmless_words(error: BaseException) -> str:
    """Return what a machine says about itself, e.g. a full disk; a database may quote values after the first line."""
    if isinstance(error, OperationalError):
        return f": {first_line(error.orig)}"
    return f": {error.strerror}" if isinstance(error, OSError) and error.strerror else ""


def first_line(error: object) -> str:
    """Return what a database says; after the first line it may quote values."""
    return (str(error).splitlines() or [""])[0]


class _Line(logging.Formatter):
    """What both formats have in common."""

    def __init__(self, *, with_words: bool) -> None:
        super().__init__()
        self.with_words = with_words

    def parts(self, record: logging.LogRecord) -> dict[str, Any]:
        values: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        if has_app_context() and "request_id" in g:
            values["request_id"] = g.request_id
        values |= getattr(record, "fields", {})
        if record.exc_info and record.exc_info[1] is not None:
            values["error"] = told_error(record.exc_info[1], with_words=self.with_words)
        return values


class JsonLine(_Line):
    """One JSON object a line."""

    def format(self, record: logging.LogRecord) -> str:
        return json.dumps(self.parts(record), ensure_ascii=False, default=str)


class TextLine(_Line):
    """For people who read along."""

    def format(self, record: logging.LogRecord) -> str:
        parts = self.parts(record)
        error = parts.pop("error", None)
        line = " ".join(
            [parts.pop("time"), parts.pop("level").upper(), f"{parts.pop('logger')}:", parts.pop("message")]
        )
        rest = " ".join(f"{name}={value}" for name, value in parts.items())
        return "\n".join(part for part in (f"{line} {rest}".rstrip(), error) if part)


class _Handler(logging.StreamHandler[Any]):
    """Known as ours: a second application in the same process takes the place of the first one's."""

    def emit(self, record: logging.LogRecord) -> None:
        self.stream = sys.stderr
        super().emit(record)


def begin_request() -> None:
    """Give the request a number: the one that a proxy in front has given it, or a new one."""
    given = request.headers.get(HEADER, "")
    g.request_id = given if REQUEST_ID.fullmatch(given) else secrets.token_hex(8)
    g.begun = time.perf_counter()


def end_request(response: Response) -> Response:
    """Tell the number, and write the line."""
    if "request_id" not in g:  # something was wrong before the first of our functions was called
        return response
    response.headers[HEADER] = g.request_id
    if logger.isEnabledFor(logging.INFO) and request.endpoint not in UNWATCHED:
        fields = {
            "method": request.method,
            "route": request.endpoint or "-",
            "status": response.status_code,
            "milliseconds": round((time.perf_counter() - g.begun) * 1000, 1),
        }
        logger.info("answered", extra={"fields": fields})
    return response


def note_slow_query(statement: str, seconds: float) -> None:
    """Write a statement down that took too long; its values are not known here."""
    route = request.endpoint if has_request_context() else None
    shortened = " ".join(statement.split())[:LONGEST_STATEMENT]
    fields = {"milliseconds": round(seconds * 1000), "route": route or "-", "statement": shortened}
    logger.warning("slow query", extra={"fields": fields})


def write_logs(settings: Settings) -> None:
    """Write all lines of this process in the chosen format to standard error."""
    is_json = settings.operation.log_format == "json"
    handler = _Handler(sys.stderr)
    handler.setFormatter((JsonLine if is_json else TextLine)(with_words=not settings.is_production))
    ours, all_ = logging.getLogger("participation"), logging.getLogger()
    for one in (ours, all_):
        for old in [each for each in one.handlers if isinstance(each, _Handler)]:
            one.removeHandler(old)
    # As text, other libraries keep their own way of writing; programs that read JSON want every line to be JSON.
    (all_ if is_json else ours).addHandler(handler)
    ours.setLevel(settings.operation.log_level.upper())


def init_logs(app: Flask, settings: Settings) -> None:
    """Set the logs up, and number the requests."""
    write_logs(settings)
    app.before_request(begin_request)
    app.after_request(end_request)
