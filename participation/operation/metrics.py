"""Figures for Prometheus: each process counts its requests in a file of its own, and one answer adds all of them up.

The files lie in memory (/dev/shm), not in instance/: a full disk must not end a process that counts.
"""

import hashlib
import hmac
import os
import shutil
import socket
import tempfile
import time
from collections.abc import Iterator
from ipaddress import ip_address
from pathlib import Path
from typing import Any

from flask import Flask, Response, current_app, g, request
from sqlalchemy.exc import SQLAlchemyError

from participation.config import Settings
from participation.database import db
from participation.errors import NotFound, NotPermitted
from participation.jobs.queries import job_counts
from participation.notifications.queries import unsent_mail_counts
from participation.operation.ages import job_age, mail_age

FOLDER = "PROMETHEUS_MULTIPROC_DIR"  # read by prometheus_client when it is imported
SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"


def metrics_folder(settings: Settings) -> Path:
    """Return where the processes of this installation on this machine count."""
    if FOLDER in os.environ:
        return Path(os.environ[FOLDER])
    shared = Path("/dev/shm")  # noqa: S108 – the folder in it is ours alone
    place = shared if os.access(shared, os.W_OK) else Path(tempfile.gettempdir())
    name = hashlib.sha256(f"{settings.instance_path}:{socket.gethostname()}".encode()).hexdigest()[:16]
    return place / f"mitreden-{os.geteuid()}-{name}"


def forget_processes(settings: Settings) -> None:
    """Begin to count at nought; before the first process starts."""
    if settings.operation.metrics != "off":
        shutil.rmtree(metrics_folder(settings), ignore_errors=True)


def init_metrics(app: Flask, settings: Settings) -> None:
    """Count requests, if the setting says so."""
    if settings.operation.metrics == "off":
        return
    folder = metrics_folder(settings)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if folder.is_symlink() or folder.stat().st_uid != os.geteuid():
        raise SystemExit(f"{folder} belongs to somebody else: remove it, or set {FOLDER}.")
    os.environ[FOLDER] = str(folder)
    from prometheus_client import Counter, Histogram  # not before the folder is known

    requests = Counter("mitreden_requests", "Requests", ("method", "route", "status"), registry=None)
    seconds = Histogram(
        "mitreden_request_seconds", "Time to the answer's first byte", ("route",), registry=None, buckets=SECONDS
    )

    @app.after_request
    def count(response: Response) -> Response:
        route = request.endpoint or "none"
        method = request.method if request.method in METHODS else "other"
        requests.labels(method, route, response.status_code).inc()
        if "begun" in g:
            seconds.labels(route).observe(time.perf_counter() - g.begun)
        return response


def require_reader(settings: Settings) -> None:
    """Let only those read the figures whom the setting allows.

    Raises:
        NotFound: nobody may. NotPermitted: this one may not.
    """
    allowed = settings.operation.metrics
    if allowed == "off":
        raise NotFound
    if allowed == "token":
        given = request.headers.get("Authorization", "").removeprefix("Bearer ")
        is_allowed = hmac.compare_digest(given.encode(), settings.operation.metrics_token.encode())
    else:
        is_forwarded = "X-Forwarded-For" in request.headers or "Forwarded" in request.headers
        is_allowed = not is_forwarded and ip_address(request.remote_addr or "0.0.0.0").is_loopback  # noqa: S104
    if not is_allowed:
        raise NotPermitted


def figures(settings: Settings) -> bytes:
    """Return all figures in the format of Prometheus."""
    from prometheus_client import CollectorRegistry, generate_latest
    from prometheus_client.multiprocess import MultiProcessCollector

    registry = CollectorRegistry()
    MultiProcessCollector(registry, str(metrics_folder(settings)))  # type: ignore[no-untyped-call]
    registry.register(_Present(settings))
    return generate_latest(registry)


class _Present:
    """What is so at this moment; asked when somebody reads the figures."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings

    def collect(self) -> Iterator[Any]:
        from prometheus_client.core import GaugeMetricFamily

        def one(name: str, words: str, value: float) -> Any:
            return GaugeMetricFamily(f"mitreden_{name}", words, value=value)

        try:
            yield one(
                "disk_free_bytes", "Room in the instance folder", shutil.disk_usage(self.settings.instance_path).free
            )
        except OSError:
            current_app.logger.warning("the instance folder cannot be looked at")
        try:
            waiting, given_up = unsent_mail_counts()
            states = GaugeMetricFamily("mitreden_jobs", "Background jobs by state", labels=["state"])
            for state, count in job_counts().items():
                states.add_metric([state.value], count)
            present = [
                states,
                one("job_age_seconds", "For how long the oldest job has waited", job_age().total_seconds()),
                one("mails_waiting", "Mails in the outbox", waiting),
                one("mails_given_up", "Mails that were given up", given_up),
                one("mail_age_seconds", "For how long a mail has been due", mail_age().total_seconds()),
            ]
        except SQLAlchemyError:
            db.session.rollback()
            yield one("database_up", "Whether the database answers", 0)
            return
        yield from [*present, one("database_up", "Whether the database answers", 1)]
