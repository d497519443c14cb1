"""The public moderation log: page, CSV, JSON."""

import csv
import io
from typing import Any

from flask import Blueprint, Response, jsonify, render_template, request

from participation.accounts.sessions import current_actor
from participation.errors import NotFound
from participation.moderation.reasons import ground_of
from participation.pages.public_log import LEAST, LogLine, Period, public_log
from participation.pages.transparency import transparency_figures
from participation.proceedings.queries import newest_rules, proceeding_by_slug

bp = Blueprint("moderation_log", __name__, url_prefix="/moderation-log")

COLUMNS = ("period", "kind", "outcome", "rule", "automated", "complaint", "count")
SEVERAL, FEW = "several", f"<{LEAST}"


@bp.route("/<slug>")
def page(slug: str) -> str:
    """Show what was decided how often, by year and by month."""
    proceeding = proceeding_by_slug(current_actor(), slug)
    tables = [(period, public_log(proceeding, period)) for period in (Period.YEAR, Period.MONTH)]
    grounds = {key: ground_of(rule) for key, rule in newest_rules(proceeding.id).items()}
    return render_template(
        "moderation/log.html",
        proceeding=proceeding,
        tables=tables,
        years=transparency_figures(proceeding),
        grounds=grounds,
        least=LEAST,
        period=Period,
    )


@bp.route("/<slug>.csv")
def as_csv(slug: str) -> Response:
    """Download the log as a table (RFC 4180); `by=year` or by month."""
    buffer = io.StringIO(newline="")
    writer = csv.DictWriter(buffer, COLUMNS, lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(_lines(slug))
    response = Response(buffer.getvalue(), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{slug}-moderation.csv"'
    return response


@bp.route("/<slug>.json")
def as_json(slug: str) -> Response:
    """Answer the log for programs; `by=year` or by month; with the figures of each year. null: fewer than three."""
    years = transparency_figures(proceeding_by_slug(current_actor(), slug))
    return jsonify(proceeding=slug, least=LEAST, lines=_lines(slug), years=years)


def _lines(slug: str) -> list[dict[str, Any]]:
    proceeding = proceeding_by_slug(current_actor(), slug)
    by = request.args.get("by", Period.MONTH.value)
    if by not in tuple(Period):
        raise NotFound
    return [_line(line) for line in public_log(proceeding, Period(by))]


def _line(line: LogLine) -> dict[str, Any]:
    kind, outcome, ground, was_automated, complaint = line.alike
    is_limit = ground is not None
    return {
        "period": line.period,
        "kind": kind or SEVERAL,
        "outcome": outcome or SEVERAL,
        "rule": ground if is_limit else SEVERAL if kind is None else "",
        "automated": SEVERAL if was_automated is None else was_automated,
        "complaint": complaint or SEVERAL,
        "count": FEW if line.count is None else line.count,
    }
