"""For load balancers and monitoring: does the process live, can it work. No personal data."""

from http import HTTPStatus

from flask import Blueprint, Response, current_app, jsonify

from participation.config import Settings
from participation.operation.doctor import examine
from participation.operation.findings import Severity
from participation.operation.metrics import CONTENT_TYPE, figures, require_reader

bp = Blueprint("operation", __name__)

WORDS = {None: "ok", Severity.NOTE: "ok", Severity.WARNING: "late", Severity.PROBLEM: "failing"}


@bp.route("/healthz")
def healthz() -> Response:
    """Say that the process answers; asks nothing and nobody."""
    return _unkept(jsonify(status="ok"))


@bp.route("/readyz")
def readyz() -> Response:
    """Say whether the site can work. Work that waits too long is told, but takes nobody's page away (200)."""
    settings: Settings = current_app.extensions["settings"]
    results = list(examine(settings, lambda check: check.at_readiness))
    checks = {one.check.name: WORDS[one.worst] if one.was_asked else "not asked" for one in results}
    is_failing = "failing" in checks.values()
    status = "failing" if is_failing else "late" if "late" in checks.values() else "ok"
    response = jsonify(status=status, checks=checks)
    response.status_code = HTTPStatus.SERVICE_UNAVAILABLE if is_failing else HTTPStatus.OK
    return _unkept(response)


@bp.route("/metrics")
def metrics() -> Response:
    """Send the figures to whom the setting allows."""
    settings: Settings = current_app.extensions["settings"]
    require_reader(settings)
    return _unkept(Response(figures(settings), content_type=CONTENT_TYPE))


def _unkept(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store"
    return response
