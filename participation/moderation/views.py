"""The moderators' queue: list, case, decision."""

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
from participation.moderation import queries, services
from participation.moderation.forms import DecisionForm
from participation.moderation.models import ModerationDecision, Outcome
from participation.moderation.reasons import statement_of
from participation.proceedings.models import Proceeding
from participation.proceedings.permissions import may_moderate
from participation.proceedings.queries import proceeding_by_slug, visible_proceedings

bp = Blueprint("moderation", __name__, url_prefix="/moderation")


@bp.route("")
@bp.route("/<slug>")
def queue(slug: str | None = None) -> Any:
    """Show what waits, and the first case of it."""
    actor = signed_in_actor()
    proceedings = _own_proceedings(actor)
    chosen = _chosen(actor, slug) if slug else None
    return _page(actor, proceedings, chosen, None, None)


@bp.route("/<slug>/<any(contribution, comment):kind>/<id:item_id>", methods=["GET", "POST"])
def case(slug: str, kind: str, item_id: int) -> Any:
    """Show one case and take the decision about it."""
    actor = signed_in_actor()
    proceeding = _chosen(actor, slug)
    found = queries.item_to_decide(actor, proceeding, kind, item_id)
    form = DecisionForm(data={"seen_version": found.item.version})
    undoable = queries.undoable_decision(found.item)
    form.offer(found.item.state, undoable)
    if form.is_outdated(found.item.version):  # before its choices are checked: they are those of the state it saw
        return _conflict(actor, proceeding, found, form)
    if form.validate_on_submit():
        try:
            decision = _decide(actor, found, undoable, form)
        except InvalidInput as error:
            form[error.field].errors = [str(error.message)]
        except Conflict:
            return _conflict(actor, proceeding, queries.item_to_decide(actor, proceeding, kind, item_id), form)
        else:
            return redirect(
                url_for(".queue", slug=slug, state=request.args.get("state"), decided=decision.id), HTTPStatus.SEE_OTHER
            )
    return _page(actor, _own_proceedings(actor), proceeding, found, form)


@bp.route("/decisions/<id:decision_id>/undo", methods=["POST"])
def undo(decision_id: int) -> Response:
    """Take a decision back at once, where the author needs no new reasons; else lead to the form that asks for them."""
    actor = signed_in_actor()
    decision, found = queries.decision_with_item(actor, decision_id)
    slug = found.proceeding.slug
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
    return redirect(url_for(".case", slug=slug, kind=found.kind, item_id=found.item.id), HTTPStatus.SEE_OTHER)


def _decide(
    actor: Actor, found: queries.QueueItem, undoable: ModerationDecision | None, form: DecisionForm
) -> ModerationDecision:
    values = form.values()
    if values["outcome"] is not Outcome.UNDO or undoable is None:
        return services.decide(actor, found.item, **values)
    del values["outcome"]
    return services.undo(actor, found.item, undoable, **values)


def _conflict(actor: Actor, proceeding: Proceeding, found: queries.QueueItem, form: DecisionForm) -> tuple[str, int]:
    """Show what became of the case meanwhile, with what was typed, ready to be decided anew."""
    anew = DecisionForm(formdata=None, data=form.values() | {"seen_version": found.item.version})
    anew.offer(found.item.state, queries.undoable_decision(found.item))
    return _page(actor, _own_proceedings(actor), proceeding, found, anew, is_conflict=True)


def _page(
    actor: Actor,
    proceedings: list[Proceeding],
    chosen: Proceeding | None,
    found: queries.QueueItem | None,
    form: DecisionForm | None,
    *,
    is_conflict: bool = False,
) -> tuple[str, int]:
    state = _state()
    ids = [chosen.id] if chosen else [proceeding.id for proceeding in proceedings]
    items = queries.queue(actor, ids, state)
    if found is None and items:
        found = items[0]
        form = DecisionForm(formdata=None, data={"seen_version": found.item.version})
        form.offer(found.item.state, queries.undoable_decision(found.item))
    decisions = queries.decisions_about(found.item) if found else []
    page = render_template(
        "moderation/queue.html",
        proceedings=proceedings,
        chosen=chosen,
        state=state,
        states=queries.QUEUE_STATES,
        counts=queries.waiting_counts(actor, ids),
        items=items,
        case=found,
        form=form,
        is_conflict=is_conflict,
        decided=_decided(actor),
        decisions=[(decision, statement_of(decision)) for decision in decisions],
        events=events_about(found.item) if found else [],
    )
    if is_conflict:
        return page, Conflict.status
    return page, InvalidInput.status if form is not None and form.errors else HTTPStatus.OK


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
