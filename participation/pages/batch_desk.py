"""Deciding about many texts at once: choose, decide, watch, take back."""

from http import HTTPStatus
from typing import Any

from flask import Blueprint, flash, jsonify, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from participation.accounts.actors import Actor, require
from participation.accounts.sessions import signed_in_actor
from participation.batches import queries, services
from participation.batches.forms import BatchForm, ReasonsForm, batch_form, form_in
from participation.batches.models import MOST_ITEMS, SHOWN, Batch, BatchOutcome, BatchState
from participation.batches.services import Chosen
from participation.database import db, id_in
from participation.errors import Conflict, InvalidInput, wants_json
from participation.forms import require_token
from participation.moderation.models import Outcome
from participation.moderation.queue import queue_versions
from participation.moderation.queue_filter import QueueFilter
from participation.moderation.text_blocks import blocks_of
from participation.proceedings.models import Proceeding
from participation.proceedings.permissions import may_moderate
from participation.proceedings.queries import proceeding_by_slug, rules_in_force

bp = Blueprint("batches", __name__, url_prefix="/moderation/<slug>/batches")


@bp.route("", methods=["POST"])
def choose(slug: str) -> Response:
    """Keep the ticked texts of a queue, or (all=1) all that match its filter, to decide about them."""
    actor, proceeding = _here(slug)
    require_token()
    chosen = _all_matching(actor, proceeding) if "all" in request.form else _ticked()
    try:
        batch = services.open_batch(actor, proceeding, chosen)
    except InvalidInput as error:
        flash(str(error.message), "warn")
        query = QueueFilter.from_arguments(request.args).to_arguments()
        return redirect(url_for("moderation.queue", slug=slug, **query), HTTPStatus.SEE_OTHER)
    return _to(slug, batch)


def _ticked() -> list[Chosen]:
    """Read `item=contribution-12-3`: kind, number, version."""
    chosen = []
    for value in request.form.getlist("item")[: MOST_ITEMS + 1]:
        kind, _, rest = value.partition("-")
        number, _, version = rest.partition("-")
        id_, seen = id_in(number), id_in(version)
        if kind not in services.MODELS or id_ is None or seen is None:
            raise InvalidInput(gettext("This selection is not complete. Please choose again."))
        chosen.append(Chosen(kind, id_, seen))
    return chosen


def _all_matching(actor: Actor, proceeding: Proceeding) -> list[Chosen]:
    wanted = QueueFilter.from_arguments(request.args)
    return [Chosen(*row) for row in queue_versions(actor, [proceeding.id], wanted, limit=MOST_ITEMS + 1)]


@bp.route("/<id:batch_id>", methods=["GET", "POST"])
def batch(slug: str, batch_id: int) -> Any:
    """Show a batch: the form while it is chosen, its progress while it runs, what came of it."""
    actor, proceeding = _here(slug)
    found = queries.batch_of(actor, proceeding, batch_id)
    if request.method == "POST" and found.state is not BatchState.CHOOSING:
        flash(gettext("This batch was started already."), "warn")
        return _to(slug, found)
    languages = queries.languages_of(found, proceeding)
    form = batch_form(languages, queries.reports_in(found).languages, rules_in_force(proceeding.id))
    if form.validate_on_submit():
        try:
            if form.outcome.data is BatchOutcome.KEEP:
                services.start_answers(actor, found, answers=form.answers())
            else:
                decision = {"ground": form.ground.data, "reasons": form.reasons(languages)}
                services.start_batch(actor, proceeding, found, outcome=Outcome(form.outcome.data), **decision)
        except InvalidInput as error:
            _tell(form, error)
        except Conflict as error:
            flash(str(error.message), "warn")
            return _to(slug, found)
        else:
            return _to(slug, found)
    return _page(actor, proceeding, found, form)


@bp.route("/<id:batch_id>/go", methods=["POST"])
def go(slug: str, batch_id: int) -> Response:
    """Decide about the next texts of a batch; a colleague's only after taking it over."""
    actor, proceeding = _here(slug)
    require_token()
    found = queries.batch_of(actor, proceeding, batch_id)
    if "take_over" in request.form:
        services.take_over(actor, found)
    try:
        progress = services.go_on(actor, proceeding, found)
    except Conflict as error:
        if wants_json():
            raise
        flash(str(error.message), "warn")
        return _to(slug, found)
    if wants_json():
        return jsonify(done=progress.decided + progress.left_alone, total=found.item_count)
    return _to(slug, found)


@bp.route("/<id:batch_id>/undo", methods=["POST"])
def undo(slug: str, batch_id: int) -> Any:
    """Take back what a batch decided."""
    actor, proceeding = _here(slug)
    found = queries.batch_of(actor, proceeding, batch_id)
    languages, rules = queries.languages_of(found, proceeding), rules_in_force(proceeding.id)
    form = form_in(ReasonsForm, languages, rules)
    if form.validate_on_submit():
        reasons = {"ground": form.ground.data, "reasons": form.reasons(languages)}
        try:
            return _to(slug, services.undo_batch(actor, proceeding, found, **reasons))
        except InvalidInput as error:
            _tell(form, error)
        except Conflict as error:
            flash(str(error.message), "warn")
            return _to(slug, found)
    return _page(actor, proceeding, found, batch_form(languages, (), rules, formdata=None), form)


def _tell(form: ReasonsForm, error: InvalidInput) -> None:
    if error.field:
        form[error.field].errors = [str(error.message)]
    else:
        form.form_errors = [str(error.message)]


def _here(slug: str) -> tuple[Actor, Proceeding]:
    actor = signed_in_actor()
    proceeding = proceeding_by_slug(actor, slug)
    require(may_moderate(actor, proceeding.id), actor=actor)
    return actor, proceeding


def _to(slug: str, found: Batch) -> Response:
    return redirect(url_for(".batch", slug=slug, batch_id=found.id), HTTPStatus.SEE_OTHER)


def _is_about_reports(found: Batch) -> bool:
    undone = db.session.get(Batch, found.undoes_id) if found.undoes_id else None
    return (undone or found).outcome is BatchOutcome.KEEP


def _page(
    actor: Actor, proceeding: Proceeding, found: Batch, form: BatchForm, undo_form: ReasonsForm | None = None
) -> tuple[str, int]:
    languages = queries.languages_of(found, proceeding)
    if undo_form is None:
        undo_form = form_in(ReasonsForm, languages, rules_in_force(proceeding.id), formdata=None)
    page = render_template(
        "moderation/batch.html",
        proceeding=proceeding,
        batch=found,
        progress=queries.progress_of(found),
        items=queries.shown_items(found, limit=SHOWN),
        problems=queries.shown_items(found, only_problems=True),
        undoing=queries.undoing_batch(found),
        needs_reasons=queries.undo_needs_reasons(found),
        blocks=blocks_of(actor, proceeding.id),
        reading=languages,
        is_about_reports=_is_about_reports(found),
        is_own=found.moderator_id == actor.user_id,
        form=form,
        undo_form=undo_form,
    )
    return page, InvalidInput.status if form.errors or undo_form.errors else HTTPStatus.OK
