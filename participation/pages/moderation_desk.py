"""The moderators' desk: queue, case with what was reported about it, decision, answer to those who reported it."""

from http import HTTPStatus
from typing import Any

from flask import Blueprint, flash, redirect, request
from flask_babel import gettext
from werkzeug.wrappers import Response

from participation.accounts.actors import Actor
from participation.accounts.sessions import signed_in_actor
from participation.casework.services import HeldByAnother, hold_case
from participation.complaints.services import take_back_answer as take_answer_back
from participation.errors import Conflict, InvalidInput
from participation.forms import require_token
from participation.moderation import queries
from participation.moderation.models import TO_VOTERS, ModerationDecision, Outcome
from participation.moderation.queue import QueueItem
from participation.moderation.queue_counts import at_least
from participation.moderation.redaction import removed_mark
from participation.moderation.text_blocks import filled_blocks
from participation.notices import services
from participation.notices.forms import NoticedDecisionForm, RefusalForm
from participation.notices.queries import undoable_answer
from participation.notices.services import NoticesChanged
from participation.pages.case import decision_form
from participation.pages.desk import Desk, case_here, desk_here
from participation.pages.desk_page import CaseForms, Told, render_desk, versions

bp = Blueprint("moderation", __name__, url_prefix="/moderation")
bp.add_app_template_global(removed_mark)
bp.add_app_template_filter(at_least)


@bp.route("")
@bp.route("/<slug>")
def queue(slug: str | None = None) -> Any:
    """Show what waits, and the first case of it."""
    return render_desk(desk_here(slug))


@bp.route("/<slug>/<any(contribution, comment):item_kind>/<id:item_id>", methods=["GET", "POST"])
def case(slug: str, item_kind: str, item_id: int) -> Any:
    """Show one case and take the decision about it; then lead to the next one of the same filter."""
    desk, found = case_here(slug, item_kind, item_id)
    actor = desk.actor
    form = decision_form(found, data=versions(actor, found))
    if request.form.get("look"):  # at the preview, or at what was found
        return render_desk(desk, found, CaseForms(decision=form))
    if form.is_outdated(found.item.version):  # before its choices are checked: they are those of the state it saw
        return _conflict(desk, found, form)
    if "insert" in request.form:  # a text block, without script
        _insert_block(actor, found, form)
    elif form.validate_on_submit():
        cursor = desk.cursor_at(found)
        try:
            if "take_over" in request.form:
                hold_case(actor, found.item, takes_over=True)
            decision = _decide(actor, found, form)
        except InvalidInput as error:
            form[error.field].errors = [str(error.message)]
        except Conflict as error:
            return _conflict(*case_here(slug, item_kind, item_id), form, error)
        else:
            return redirect(desk.next_url(cursor, decided=decision.id), HTTPStatus.SEE_OTHER)
    return render_desk(desk, found, CaseForms(decision=form))


@bp.route("/decisions/<id:decision_id>/undo", methods=["POST"])
def undo(decision_id: int) -> Response:
    """Take a decision back at once, where the author needs no new reasons; else lead to the form that asks for them."""
    actor = signed_in_actor()
    decision, found = queries.decision_with_item(actor, decision_id)
    require_token()
    try:
        services.undo(actor, found.item, decision, seen_version=found.item.version)
    except InvalidInput:
        flash(gettext("To take this back, please tell the author why."), "warn")
    except Conflict as error:
        flash(str(error.message), "warn")
    else:
        is_voters = decision.outcome in TO_VOTERS
        flash(
            gettext("The block is lifted and the person will be told.")
            if is_voters
            else gettext("The decision is taken back and the author will be told."),
            "ok",
        )
    return redirect(desk_here(found.proceeding.slug).case_url(found), HTTPStatus.SEE_OTHER)


@bp.route("/<slug>/<any(contribution, comment):item_kind>/<id:item_id>/notices", methods=["POST"])
def refuse_notices(slug: str, item_kind: str, item_id: int) -> Any:
    """Tell those who reported a case why it stays as it is."""
    desk, found = case_here(slug, item_kind, item_id)
    form = RefusalForm()
    changed = ""
    if form.validate_on_submit():
        cursor = desk.cursor_at(found)
        try:
            services.refuse_notices(
                desk.actor,
                found.item,
                answer=form.answer.data or "",
                seen_version=form.seen_version.data or 0,
                seen_notice=form.seen_notice.data or 0,
            )
        except InvalidInput as error:
            form[error.field].errors = [str(error.message)]
        except Conflict as error:
            changed = str(error.message)
            desk, found = case_here(slug, item_kind, item_id)
        else:
            flash(gettext("Your answer is saved and goes to those who reported the text."), "ok")
            return redirect(desk.next_url(cursor, sent=desk.draft_key("refusal", found)), HTTPStatus.SEE_OTHER)
    if changed:
        form = RefusalForm(formdata=None, data={"answer": form.answer.data, **versions(desk.actor, found)})
    return render_desk(desk, found, CaseForms(refusal=form), Told(changed=changed))


@bp.route("/<slug>/<any(contribution, comment):item_kind>/<id:item_id>/notices/undo", methods=["POST"])
def take_back_answer(slug: str, item_kind: str, item_id: int) -> Any:
    """Open the reports about a case again that were answered last."""
    desk, found = case_here(slug, item_kind, item_id)
    require_token()
    answered = undoable_answer(desk.actor, found.item)
    if answered is None or answered.settled_at is None:
        flash(gettext("This answer was taken back already, or its time is over."), "warn")
        return redirect(desk.case_url(found), HTTPStatus.SEE_OTHER)
    try:
        take_answer_back(desk.actor, found.item, settled_at=answered.settled_at, seen_version=found.item.version)
    except Conflict as error:
        flash(str(error.message), "warn")
    else:
        flash(gettext("The answer is taken back, and the reports are open again."), "ok")
    return redirect(desk.case_url(found), HTTPStatus.SEE_OTHER)


def _insert_block(actor: Actor, found: QueueItem, form: NoticedDecisionForm) -> None:
    chosen = request.form.get("text_block")
    for one in filled_blocks(actor, found.proceeding, found.contribution, found.item):
        if str(one.block.id) == chosen:
            typed = (form.statement_of_reasons.data or "").rstrip()
            form.statement_of_reasons.data = f"{typed}\n\n{one.text}".lstrip()


def _decide(actor: Actor, found: QueueItem, form: NoticedDecisionForm) -> ModerationDecision:
    values = form.decision()
    undoable = queries.undoable_decision(found.item) if values["outcome"] is Outcome.UNDO else None
    if undoable is None:
        return services.decide(actor, found.item, seen_notice=form.seen_notice.data or 0, **values)
    del values["outcome"], values["particulars"]
    return services.undo(actor, found.item, undoable, **values)


def _conflict(
    desk: Desk, found: QueueItem, form: NoticedDecisionForm, error: Conflict | None = None
) -> tuple[str, int]:
    """Show what became of the case meanwhile, with what was typed, ready to be decided anew."""
    anew = decision_form(found, formdata=None, data=form.values() | versions(desk.actor, found))
    is_told = isinstance(error, NoticesChanged | HeldByAnother)
    changed = str(error.message) if error is not None and is_told else ""
    told = Told(is_conflict=True, changed=changed, is_held=isinstance(error, HeldByAnother))
    return render_desk(desk, found, CaseForms(decision=anew), told)
