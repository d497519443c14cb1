"""The public ledger: what it says, the file, the program that checks it, and where an own contribution stands in it."""

import json
from http import HTTPStatus
from pathlib import Path
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext

from participation.accounts.sessions import current_actor
from participation.exports.sending import stream
from participation.forms import ActForm
from participation.ledger import verify_ledger
from participation.ledger.queries import DIGITS, HEXADECIMAL, entries_with, head_of, lines, waiting_count
from participation.ledger.services import seal
from participation.proceedings.permissions import PUBLIC_STATES
from participation.proceedings.queries import proceeding_by_slug
from participation.recounts.counting import counted_at_once, is_counting, last_counting, start_counting

bp = Blueprint("ledger", __name__, url_prefix="/ledger")

VERIFIER = Path(verify_ledger.__file__)
LONGEST_TYPED = 100


@bp.route("/<slug>", methods=["GET", "POST"])
def page(slug: str) -> Any:
    """Explain the ledger, count it again, and find the entry that belongs to a receipt; a press counts a long one."""
    proceeding = proceeding_by_slug(current_actor(), slug)
    seal(proceeding.id)
    head = head_of(proceeding.id)
    counted, counted_at = counted_at_once(proceeding.id, head), None
    form = ActForm()
    if form.validate_on_submit():
        if counted is None:
            start_counting(proceeding, head)
            flash(gettext("The ledger is being counted. Please come back in a few minutes."), "ok")
        return redirect(url_for(".page", slug=slug), 303)
    is_long = counted is None
    if is_long and (last := last_counting(proceeding.id)):
        counted, counted_at = last
    typed = request.args.get("fingerprint", "")[:LONGEST_TYPED]
    wanted = "".join(typed.split()).lower()
    is_wrong = bool(wanted) and (len(wanted) != DIGITS or not HEXADECIMAL.issuperset(wanted))
    found = [] if is_wrong else [(json.loads(body), body) for body in entries_with(proceeding.id, wanted)]
    answer = render_template(
        "pages/ledger.html",
        proceeding=proceeding,
        head=head,
        waiting=waiting_count(proceeding.id),
        counted=counted,
        counted_at=counted_at,
        is_long=is_long,
        is_counting=is_long and is_counting(proceeding.id),
        typed=typed,
        is_wrong=is_wrong,
        found=found,
        form=form,
    )
    return answer, HTTPStatus.UNPROCESSABLE_ENTITY if is_wrong or form.errors else HTTPStatus.OK


@bp.route("/<slug>.jsonl")
def download(slug: str) -> Response:
    """Send the ledger, one entry a line."""
    proceeding = proceeding_by_slug(current_actor(), slug)
    seal(proceeding.id)
    head = head_of(proceeding.id)
    return stream(
        Response(content_type="application/jsonl"),
        lambda: lines(proceeding.id, head),
        name=f"{proceeding.slug}-ledger.jsonl",
        etag=f"{head.number}-{head.hash[:32]}",
        is_open=proceeding.state in PUBLIC_STATES,
    )


@bp.route("/verify_ledger.py")
def verifier() -> Response:
    """Send the program with which everyone can check a ledger."""
    response = Response(VERIFIER.read_bytes(), content_type="text/x-python; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{VERIFIER.name}"'
    response.headers["Cache-Control"] = "public, no-cache"
    response.add_etag()
    return response.make_conditional(request)  # type: ignore[return-value]
