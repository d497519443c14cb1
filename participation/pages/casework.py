"""What moderators do around a decision: hold a case, give it to someone, write notes, keep views, hear what is new."""

from dataclasses import replace
from datetime import datetime
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qsl, urlencode

from flask import Blueprint, flash, jsonify, redirect, request
from flask_babel import gettext, lazy_gettext, ngettext
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from participation import clock
from participation.casework import queries, services
from participation.casework.forms import NoteForm, ViewForm
from participation.casework.models import SavedView
from participation.errors import Conflict, InvalidInput, wants_json
from participation.forms import require_token
from participation.moderation.queue import count_new
from participation.moderation.queue_filter import FLAGS, QueueFilter, Sort
from participation.pages.desk import Desk, case_here, desk_here
from participation.pages.desk_page import CaseForms, assign_form, render_desk

bp = Blueprint("casework", __name__, url_prefix="/moderation")
CASE = "/<slug>/<any(contribution, comment):item_kind>/<id:item_id>"


@bp.route(f"{CASE}/hold", methods=["POST"])
def hold(slug: str, item_kind: str, item_id: int) -> Any:
    """Say that one is looking at a case, or take it over; programs get who holds it now."""
    desk, found = case_here(slug, item_kind, item_id)
    require_token()
    takes_over, page = "take_over" in request.form, request.form.get("page", "")
    case = services.hold_case(desk.actor, found.item, takes_over=takes_over, page=page)
    if not wants_json():
        return redirect(desk.case_url(found), HTTPStatus.SEE_OTHER)
    is_mine = case.held_by == desk.actor.user_id
    holder = "" if is_mine or case.holder is None else case.holder.name
    return jsonify(is_mine=is_mine, holder=holder, version=found.item.version, state=found.item.state)


@bp.route(f"{CASE}/release", methods=["POST"])
def release(slug: str, item_kind: str, item_id: int) -> Any:
    """Stop looking at a case; sent by the page when one leaves it."""
    desk, found = case_here(slug, item_kind, item_id)
    require_token()
    services.release_case(desk.actor, found.item, page=request.form.get("page", ""))
    return "", HTTPStatus.NO_CONTENT


@bp.route(f"{CASE}/assign", methods=["POST"])
def assign(slug: str, item_kind: str, item_id: int) -> Any:
    """Give a case to oneself, to a colleague or to nobody."""
    desk, found = case_here(slug, item_kind, item_id)
    form = assign_form(desk.actor, found, queries.case_of(desk.actor, found.item), request.form)
    status = None
    if form.validate_on_submit():
        try:
            services.assign_case(
                desk.actor,
                found.item,
                form.assignee.data or None,
                seen_assignee_id=form.seen_assignee.data or None,
            )
        except InvalidInput as error:
            form.assignee.errors = [str(error.message)]
        except Conflict as error:
            form = assign_form(desk.actor, found, queries.case_of(desk.actor, found.item))
            form.assignee.errors = [str(error.message)]
            status = Conflict.status
        else:
            return redirect(desk.case_url(found), HTTPStatus.SEE_OTHER)
    page, usual = render_desk(desk, found, CaseForms(assign=form))
    return page, status or usual


@bp.route(f"{CASE}/notes", methods=["POST"])
def note(slug: str, item_kind: str, item_id: int) -> Any:
    """Write an internal note."""
    desk, found = case_here(slug, item_kind, item_id)
    form = NoteForm()
    if form.validate_on_submit():
        try:
            services.add_note(desk.actor, found.item, form.text.data or "")
        except InvalidInput as error:
            form.text.errors = [str(error.message)]
        else:
            return redirect(
                desk.case_url(found, _anchor="notes", sent=desk.draft_key("note", found)), HTTPStatus.SEE_OTHER
            )
    return render_desk(desk, found, CaseForms(note=form))


@bp.route("/views", methods=["POST"])
@bp.route("/<slug>/views", methods=["POST"])
def save_view(slug: str | None = None) -> Any:
    """Keep the filter of the address under a name."""
    desk = desk_here(slug)
    form = ViewForm()
    if form.validate_on_submit():
        try:
            services.save_view(
                desk.actor,
                proceeding_id=desk.chosen.id if desk.chosen else None,
                name=form.name.data or "",
                query=urlencode(desk.wanted.to_arguments(), doseq=True),
                is_shared=form.is_shared.data,
            )
        except InvalidInput as error:
            form.name.errors = [str(error.message)]
        else:
            flash(gettext("The view is saved."), "ok")
            return redirect(desk.queue_url(), HTTPStatus.SEE_OTHER)
    return render_desk(desk, forms=CaseForms(view=form))


@bp.route("/views/<id:view_id>")
def open_view(view_id: int) -> Response:
    """Lead to the queue as it was saved; if it asks for something that is gone, say so and show all that waits."""
    desk, view = _view_here(view_id)
    try:
        wanted = QueueFilter.from_arguments(MultiDict(parse_qsl(view.query)))
        desk = replace(desk, wanted=wanted)
        wanted.require_known(desk.proceedings)
    except InvalidInput as error:
        flash(
            gettext(
                "The view “%(name)s” asks for something that is gone: %(reason)s Here is all that waits.",
                name=view.name,
                reason=str(error.message),
            ),
            "warn",
        )
        desk = replace(desk, wanted=QueueFilter())
    return redirect(desk.queue_url(), HTTPStatus.SEE_OTHER)


@bp.route("/views/<id:view_id>/delete", methods=["POST"])
def delete_view(view_id: int) -> Response:
    """Forget a view of one's own."""
    desk, view = _view_here(view_id)
    require_token()
    services.delete_view(desk.actor, view)
    flash(gettext("The view is deleted."), "ok")
    return redirect(desk.queue_url(), HTTPStatus.SEE_OTHER)


@bp.route("/news")
@bp.route("/<slug>/news")
def news(slug: str | None = None) -> Response:
    """Tell a page how much of what its filter finds came in since it was made."""
    desk = desk_here(slug)
    try:
        since = datetime.fromisoformat(request.args.get("since", ""))
        if since.utcoffset() is None or not 2000 <= since.year < 9999:
            raise ValueError
    except ValueError as error:
        message = lazy_gettext("Name a time with its zone, such as 2026-11-24T12:00:00+00:00.")
        raise InvalidInput(message, field="since") from error
    number = count_new(desk.actor, desk.ids, desk.wanted, min(since, clock.now()))
    text = ngettext("%(num)s new case", "%(num)s new cases", number)
    return jsonify(count=number, text=text, url=desk.queue_url(_newest_first(desk.wanted)))


def _view_here(view_id: int) -> tuple[Desk, SavedView]:
    """Return a saved view and the unfiltered desk it belongs to."""
    desk = desk_here(None)
    view = queries.saved_view(desk.actor, view_id)
    chosen = next((proceeding for proceeding in desk.own if proceeding.id == view.proceeding_id), None)
    return replace(desk, chosen=chosen), view


def _newest_first(wanted: QueueFilter) -> QueueFilter:
    """Return the filter in the order that shows what came in last; flags keep theirs."""
    return wanted if wanted.kind in FLAGS else replace(wanted, sort=Sort.NEWEST)
