"""The moderators' desk: queue, case with what was reported about it, decision, answer to those who reported it."""

from collections.abc import Sequence
from http import HTTPStatus
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from participation.accounts.actors import Actor, require
from participation.accounts.sessions import signed_in_actor
from participation.audit.queries import events_about
from participation.contributions.states import PublicationState
from participation.database import id_in
from participation.errors import Conflict, InvalidInput, NotFound, NotPermitted
from participation.forms import ActForm
from participation.moderation import queries
from participation.moderation.models import ModerationDecision, Outcome
from participation.moderation.reasons import ground_of
from participation.moderation.redaction import removed_mark
from participation.moderation.text_blocks import filled_blocks
from participation.notices import queries as notice_queries
from participation.notices import services
from participation.notices.forms import NoticedDecisionForm, RefusalForm
from participation.notices.services import NoticesChanged
from participation.pages.case import case_context, decision_form
from participation.pages.prechecks import hits_of_rows
from participation.proceedings.models import Proceeding
from participation.proceedings.permissions import may_moderate
from participation.proceedings.queries import proceeding_by_slug, visible_proceedings

bp = Blueprint("moderation", __name__, url_prefix="/moderation")
bp.add_app_template_global(removed_mark)


@bp.route("")
@bp.route("/<slug>")
def queue(slug: str | None = None) -> Any:
    """Show what waits, and the first case of it."""
    actor = signed_in_actor()
    proceedings = _own_proceedings(actor)
    chosen = _chosen(actor, slug) if slug else None
    return _page(actor, proceedings, chosen, None, None)


@bp.route("/<slug>/<any(contribution, comment):item_kind>/<id:item_id>", methods=["GET", "POST"])
def case(slug: str, item_kind: str, item_id: int) -> Any:
    """Show one case and take the decision about it."""
    actor = signed_in_actor()
    proceeding = _chosen(actor, slug)
    found = queries.item_to_decide(actor, proceeding, item_kind, item_id)
    undoable = queries.undoable_decision(found.item)
    form = decision_form(found, data=_versions(actor, found))
    if request.form.get("look"):  # at the preview, or at what was found
        return _page(actor, _own_proceedings(actor), proceeding, found, form)
    if form.is_outdated(found.item.version):  # before its choices are checked: they are those of the state it saw
        return _conflict(actor, proceeding, found, form)
    if "insert" in request.form:  # a text block, without script
        _insert_block(actor, found, form)
    elif form.validate_on_submit():
        try:
            decision = _decide(actor, found, undoable, form)
        except InvalidInput as error:
            form[error.field].errors = [str(error.message)]
        except Conflict as error:
            meanwhile = queries.item_to_decide(actor, proceeding, item_kind, item_id)
            return _conflict(actor, proceeding, meanwhile, form, error if isinstance(error, NoticesChanged) else None)
        else:
            return _back_to_queue(slug, decided=decision.id)
    return _page(actor, _own_proceedings(actor), proceeding, found, form)


@bp.route("/decisions/<id:decision_id>/undo", methods=["POST"])
def undo(decision_id: int) -> Response:
    """Take a decision back at once, where the author needs no new reasons; else lead to the form that asks for them."""
    actor = signed_in_actor()
    decision, found = queries.decision_with_item(actor, decision_id)
    if not ActForm().validate_on_submit():
        raise InvalidInput(gettext("This page was open for too long. Please send it once more; nothing is lost."))
    try:
        services.undo(actor, found.item, decision, seen_version=found.item.version)
    except InvalidInput:
        flash(gettext("To take this back, please tell the author why."), "warn")
    except Conflict as error:
        flash(str(error.message), "warn")
    else:
        flash(gettext("The decision is taken back and the author will be told."), "ok")
    address = url_for(".case", slug=found.proceeding.slug, item_kind=found.kind, item_id=found.item.id)
    return redirect(address, HTTPStatus.SEE_OTHER)


def _insert_block(actor: Actor, found: queries.QueueItem, form: NoticedDecisionForm) -> None:
    chosen = request.form.get("text_block")
    for one in filled_blocks(actor, found.proceeding, found.contribution, found.item):
        if str(one.block.id) == chosen:
            typed = (form.statement_of_reasons.data or "").rstrip()
            form.statement_of_reasons.data = f"{typed}\n\n{one.text}".lstrip()


def _decide(
    actor: Actor, found: queries.QueueItem, undoable: ModerationDecision | None, form: NoticedDecisionForm
) -> ModerationDecision:
    values = form.decision()
    if values["outcome"] is not Outcome.UNDO or undoable is None:
        return services.decide(actor, found.item, seen_notice=form.seen_notice.data or 0, **values)
    del values["outcome"], values["particulars"]
    return services.undo(actor, found.item, undoable, **values)


@bp.route("/<slug>/<any(contribution, comment):item_kind>/<id:item_id>/notices", methods=["POST"])
def refuse_notices(slug: str, item_kind: str, item_id: int) -> Any:
    """Tell those who reported a case why it stays as it is."""
    actor = signed_in_actor()
    proceeding = _chosen(actor, slug)
    found = queries.item_to_decide(actor, proceeding, item_kind, item_id)
    form = RefusalForm()
    changed = None
    if form.validate_on_submit():
        try:
            services.refuse_notices(
                actor,
                found.item,
                answer=form.answer.data or "",
                seen_version=form.seen_version.data or 0,
                seen_notice=form.seen_notice.data or 0,
            )
        except InvalidInput as error:
            form[error.field].errors = [str(error.message)]
        except Conflict as error:
            changed = str(error.message)
            found = queries.item_to_decide(actor, proceeding, item_kind, item_id)
        else:
            flash(gettext("Your answer is saved and goes to those who reported the text."), "ok")
            return _back_to_queue(slug)
    if changed:
        form = RefusalForm(formdata=None, data={"answer": form.answer.data, **_versions(actor, found)})
    deciding = decision_form(found, formdata=None, data=_versions(actor, found))
    return _page(actor, _own_proceedings(actor), proceeding, found, deciding, form, changed=changed)


def _back_to_queue(slug: str, *, decided: int | None = None) -> Any:
    kept: dict[str, Any] = {"state": request.args.get("state"), "kind": request.args.get("kind"), "decided": decided}
    return redirect(url_for(".queue", slug=slug, **kept), HTTPStatus.SEE_OTHER)


def _versions(actor: Actor, found: queries.QueueItem) -> dict[str, Any]:
    """Return what the forms of a case remember of what stood on the page."""
    return {
        "seen_version": found.item.version,
        "seen_notice": notice_queries.open_notices(actor, found.item).newest_id,
    }


def _conflict(
    actor: Actor,
    proceeding: Proceeding,
    found: queries.QueueItem,
    form: NoticedDecisionForm,
    error: NoticesChanged | None = None,
) -> tuple[str, int]:
    """Show what became of the case meanwhile, with what was typed, ready to be decided anew."""
    anew = decision_form(found, formdata=None, data=form.values() | _versions(actor, found))
    changed = str(error.message) if error else None
    return _page(actor, _own_proceedings(actor), proceeding, found, anew, is_conflict=True, changed=changed)


def _page(
    actor: Actor,
    proceedings: list[Proceeding],
    chosen: Proceeding | None,
    found: queries.QueueItem | None,
    form: NoticedDecisionForm | None,
    refusal_form: RefusalForm | None = None,
    *,
    is_conflict: bool = False,
    changed: str | None = None,
) -> tuple[str, int]:
    """Render the desk.

    Args:
        actor: a moderator.
        proceedings: those of the moderator.
        chosen: the one whose queue it is, or None for all of them.
        found: the case to show; without one, the first of the queue.
        form: the decision about it.
        refusal_form: the answer to those who reported it, if one was sent.
        is_conflict: whether someone else was faster with the decision.
        changed: what to say when someone else was faster with the notices.
    """
    state, is_reported = _state(), _is_reported()
    ids = [chosen.id] if chosen else [proceeding.id for proceeding in proceedings]
    items: Sequence[queries.QueueItem] = (
        notice_queries.reported_items(actor, ids) if is_reported else queries.queue(actor, ids, state)
    )
    if found is None and items:
        found = items[0]
        form = decision_form(found, formdata=None, data=_versions(actor, found))
    if found is not None and refusal_form is None:
        refusal_form = RefusalForm(formdata=None, data=_versions(actor, found))
    page = render_template(
        "moderation/queue.html",
        proceedings=proceedings,
        chosen=chosen,
        state=state,
        states=queries.QUEUE_STATES,
        counts=queries.waiting_counts(actor, ids),
        is_reported=is_reported,
        reported_count=notice_queries.count_reported_items(actor, ids),
        items=items,
        case=found,
        form=form,
        is_conflict=is_conflict,
        decided=_decided(actor),
        notices=notice_queries.open_notices(actor, found.item) if found else notice_queries.OpenNotices(),
        refusal_form=refusal_form,
        changed=changed,
        ground_of=ground_of,
        **(case_context(actor, found, form) if found and form else {"decisions": []}),
        blocks=filled_blocks(actor, found.proceeding, found.contribution, found.item) if found else [],
        events=events_about(found.item) if found else [],
        hits=hits_of_rows(items),
    )
    if is_conflict or changed:
        return page, Conflict.status
    is_invalid = any(one is not None and one.errors for one in (form, refusal_form))
    return page, InvalidInput.status if is_invalid else HTTPStatus.OK


def _decided(actor: Actor) -> tuple[ModerationDecision, queries.QueueItem, bool] | None:
    """Return the decision just taken, what it is about, and whether it can be taken back."""
    decision_id = id_in(request.args.get("decided", ""))
    if decision_id is None:
        return None
    try:
        decision, found = queries.decision_with_item(actor, decision_id)
    except (NotFound, NotPermitted):
        return None
    return decision, found, queries.undoable_decision(found.item) is decision


def _own_proceedings(actor: Actor) -> list[Proceeding]:
    ids = queries.proceeding_ids_to_moderate(actor)
    require(bool(ids), actor=actor)
    return [proceeding for proceeding in visible_proceedings(actor) if proceeding.id in ids]


def _chosen(actor: Actor, slug: str) -> Proceeding:
    proceeding = proceeding_by_slug(actor, slug)
    require(may_moderate(actor, proceeding.id), actor=actor)
    return proceeding


def _state() -> PublicationState:
    wanted = request.args.get("state", PublicationState.SUBMITTED.value)
    if wanted not in queries.QUEUE_STATES:
        raise NotFound
    return PublicationState(wanted)


def _is_reported() -> bool:
    wanted = request.args.get("kind")
    if wanted not in (None, "notice"):
        raise NotFound
    return wanted is not None
