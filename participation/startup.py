"""Checks before the first answer, and `flask serve`, which runs them and then the server."""

import gc
import os
import sys
from collections.abc import Iterable
from threading import Lock
from types import TracebackType
from typing import TYPE_CHECKING

import click
from flask import Flask, current_app
from sqlalchemy.exc import DatabaseError, DBAPIError, OperationalError

from participation.accounts.queries import has_demo_accounts
from participation.config import Settings
from participation.database import db
from participation.demo import ACCOUNTS, PASSWORD
from participation.jobs.keeper import keep_workers
from participation.logs import first_line
from participation.operation.doctor import start_problems
from participation.operation.metrics import forget_processes, init_metrics

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

DEFAULT_PORT = 5000
ALWAYS_ANSWERED = frozenset({"/healthz", "/readyz", "/metrics"})  # they say by themselves what is wrong


class StartGuard:
    """WSGI middleware: until the checks have passed once in this process, it answers 503 and logs the reason."""

    def __init__(self, app: Flask, settings: Settings) -> None:
        self.app = app
        self.settings = settings
        self.application: WSGIApplication = app.wsgi_app
        self.lock = Lock()
        self.has_passed = False

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        if not self.has_passed and environ.get("PATH_INFO") not in ALWAYS_ANSWERED:
            with self.lock, self.app.app_context():
                problems = start_problems(self.settings)
            self.has_passed = not problems
            if self.has_passed and not gc.get_freeze_count():
                # What is loaded now stays: the collector need not look at it again and again.
                gc.collect()
                gc.freeze()
            if problems:
                self.app.logger.critical("Not started: %s", " ".join(problems))
                start_response("503 Service Unavailable", [("Content-Type", "text/plain"), ("Retry-After", "60")])
                return [b"The site is being set up. Please come back in a few minutes.\n"]
        return self.application(environ, start_response)


@click.command("serve")
@click.option("--port", type=click.IntRange(1, 65_535), envvar="PORT", default=DEFAULT_PORT, show_default=True)
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--workers", type=click.IntRange(1, 64), default=1, show_default=True)
@click.option("--jobs/--no-jobs", default=True, show_default=True, help="Also do background jobs, see `flask worker`.")
def serve(port: int, host: str, workers: int, *, jobs: bool) -> None:
    """Check the installation and serve it until Ctrl-C."""
    settings: Settings = current_app.extensions["settings"]
    problems = start_problems(settings)
    if problems:
        raise SystemExit("\n".join(problems))
    click.echo(f"{settings.site_name} runs at http://{host}:{port}  (Ctrl-C ends it)")
    if has_demo_accounts():
        click.echo(f"Demo accounts, password {PASSWORD}: {', '.join(account.email for account in ACCOUNTS)}")
    db.session.remove()
    db.engine.dispose()
    forget_processes(settings)
    arguments = [
        sys.executable,
        "-m",
        "granian",
        "--interface",
        "wsgi",
        "--host",
        host,
        "--port",
        str(port),
        "--workers",
        str(workers),
    ]
    arguments += ["--blocking-threads", "8", "--backpressure", "128", "--no-ws", "--log-level", "error"]
    # A worker that is told to end while it still starts would otherwise never do so.
    arguments += ["--workers-kill-timeout", "5", "app:app"]
    sys.stdout.flush()
    if jobs:
        keep_workers(current_app._get_current_object())  # type: ignore[attr-defined]
    os.execv(sys.executable, arguments)  # noqa: S606 – the server takes the place of this process, and Ctrl-C goes to it


def _tell_fault(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """Say in two lines what a command met that an operator can mend; what is our fault keeps its traceback."""
    if isinstance(error, DBAPIError) and kind in (OperationalError, DatabaseError):
        click.echo(f"The database does not do what it should: {first_line(error.orig)}", err=True)
        click.echo("This says more: flask --app app doctor", err=True)
    else:
        sys.__excepthook__(kind, error, trace)


def init_startup(app: Flask, settings: Settings) -> None:
    """Guard the application, count its requests and add the command."""
    init_metrics(app, settings)
    app.wsgi_app = StartGuard(app, settings)  # type: ignore[method-assign]
    app.cli.add_command(serve)
    sys.excepthook = _tell_fault
