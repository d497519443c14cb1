"""The moderators' desk for complaints: what waits, the first decision, and the second one by another person."""

from collections.abc import Sequence
from http import HTTPStatus
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext

from participation.accounts.actors import Actor, require
from participation.accounts.sessions import current_actor, signed_in_actor
from participation.audit.queries import events_about
from participation.casework.services import HeldByAnother, hold_case
from participation.complaints import queries, services
from participation.complaints.cases import ComplaintCase, complaint_case
from participation.complaints.forms import ComplaintDecisionForm
from participation.complaints.models import Complaint, ComplaintOutcome, ComplaintState
from participation.complaints.permissions import may_decide_complaint
from participation.contributions.models import Contribution
from participation.discussion.models import Comment
from participation.errors import Conflict, InvalidInput, NotFound
from participation.moderation.differences import Difference, words_changed
from participation.moderation.queries import decisions_about, sealed_original, sealed_texts
from participation.moderation.reasons import statement_of
from participation.notices.queries import answer_of as answer_to_reporter
from participation.proceedings.models import Proceeding
from participation.proceedings.permissions import may_moderate
from participation.proceedings.queries import proceeding_by_slug, rules_in_force

bp = Blueprint("complaint_desk", __name__, url_prefix="/moderation/<slug>/complaints")


@bp.app_template_global()
def complaints_about(item: Contribution | Comment) -> list[Complaint]:
    """Return the complaints that wait about one text, for its moderators."""
    return list(queries.open_complaints_about(current_actor(), item))


@bp.route("")
def waiting(slug: str) -> Any:
    """Show the complaints of a proceeding, and the first one of them."""
    actor = signed_in_actor()
    return _page(actor, _proceeding(actor, slug), None, None)


@bp.route("/<id:complaint_id>", methods=["GET", "POST"])
def case(slug: str, complaint_id: int) -> Any:
    """Show one complaint and take the decision about it."""
    actor = signed_in_actor()
    proceeding = _proceeding(actor, slug)
    found = complaint_case(actor, proceeding, complaint_id)
    form = _form(found)
    if form.validate_on_submit():
        try:
            if "take_over" in request.form:
                hold_case(actor, found.item, takes_over=True)
            services.decide(actor, found, **form.values())
        except InvalidInput as error:
            form[error.field].errors = [str(error.message)]
        except Conflict as error:
            meanwhile = complaint_case(actor, proceeding, complaint_id)
            anew = _form(meanwhile, form.values() | {"seen_version": meanwhile.item.version})
            return _page(actor, proceeding, meanwhile, anew, conflict=error)
        else:
            flash(gettext("Your decision about the complaint is saved. Whoever sent it will be told."), "ok")
            return redirect(url_for(".waiting", slug=slug), HTTPStatus.SEE_OTHER)
    return _page(actor, proceeding, found, form)


def _form(found: ComplaintCase, values: dict[str, Any] | None = None) -> ComplaintDecisionForm:
    """Make the form of a case: as it was sent, or, with values, anew."""
    data = {"seen_version": found.item.version}
    form = ComplaintDecisionForm(formdata=None, data=values) if values else ComplaintDecisionForm(data=data)
    form.concern(found, rules_in_force(found.complaint.proceeding_id))
    return form


def _page(
    actor: Actor,
    proceeding: Proceeding,
    found: ComplaintCase | None,
    form: ComplaintDecisionForm | None,
    *,
    conflict: Conflict | None = None,
) -> tuple[str, int]:
    """Render the desk; without a case, with the first one of the list. `conflict`: why a decision was not taken."""
    state = _state() if found is None else found.complaint.state
    cursors = {name: request.args.get(name, "") for name in ("after", "before")}
    page = queries.page_of_complaints(actor, proceeding, state, **cursors)
    if found is None and page.items:
        found = complaint_case(actor, proceeding, page.items[0].id)
        form = _form(found, {"seen_version": found.item.version})
    is_decidable = found is not None and found.complaint.state is ComplaintState.OPEN
    html = render_template(
        "complaints/desk.html",
        proceeding=proceeding,
        state=state,
        states=ComplaintState,
        page=page,
        case=found,
        form=form,
        may_decide=found is not None
        and may_decide_complaint(actor, found.complaint, found.first_deciders, found.parties),
        is_decidable=is_decidable,
        conflict=str(conflict.message) if conflict else "",
        is_held=isinstance(conflict, HeldByAnother),
        upheld=ComplaintOutcome.UPHELD,
        answer=queries.answer_of(found.complaint) if found else None,
        told=answer_to_reporter(found.notice) if found and found.notice else None,
        decisions=[(one, statement_of(one)) for one in decisions_about(found.item)] if found else [],
        words=_words_removed(found) if found else (),
        original=sealed_original(found.item) if found else None,
        events=events_about(found.item) if found else [],
    )
    if conflict:
        return html, Conflict.status
    return html, InvalidInput.status if form is not None and form.errors else HTTPStatus.OK


def _words_removed(found: ComplaintCase) -> Sequence[Difference]:
    """Return what the decision complained about removed, word by word."""
    decision = found.decision
    sealed = next((one for one in sealed_texts(found.item) if decision and one.decision_id == decision.id), None)
    return words_changed(sealed, decision, found.item.language) if sealed and decision else ()


def _proceeding(actor: Actor, slug: str) -> Proceeding:
    proceeding = proceeding_by_slug(actor, slug)
    require(may_moderate(actor, proceeding.id), actor=actor)
    return proceeding


def _state() -> ComplaintState:
    wanted = request.args.get("state", ComplaintState.OPEN.value)
    if wanted not in tuple(ComplaintState):
        raise NotFound
    return ComplaintState(wanted)
