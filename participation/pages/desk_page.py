"""What stands on the moderators' desk: the list, the case with its forms, and what its moderators know about it."""

from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from flask import render_template, request

from participation import clock
from participation.accounts.actors import Actor
from participation.audit.queries import events_about
from participation.casework import queries as casework
from participation.casework.forms import AssignForm, NoteForm, ViewForm
from participation.casework.models import ModerationCase
from participation.contributions.states import PublicationState
from participation.database import Page, id_in
from participation.errors import Conflict, InvalidInput, NotFound, NotPermitted
from participation.geodata.web_mercator import position_at
from participation.moderation import queries
from participation.moderation.models import ModerationDecision
from participation.moderation.queue import QueueItem, flag_counts
from participation.moderation.queue_counts import queue_counts
from participation.moderation.queue_filter import FLAGS, KINDS, Age, Assigned, Sort, categories_of
from participation.moderation.reasons import REMEDY, automation_of, ground_of
from participation.moderation.text_blocks import filled_blocks
from participation.notices import queries as notice_queries
from participation.notices.forms import NoticedDecisionForm, RefusalForm
from participation.notices.queries import OpenNotices
from participation.pages.case import case_context, decision_form
from participation.pages.desk import Desk, first_free
from participation.pages.prechecks import hits_of_rows
from participation.screening.wording import NAMES

NEAR_DEGREES = 0.002  # to each side of a place: about 200 m


@dataclass
class CaseForms:
    """The forms of a case; those that were not sent are made anew."""

    decision: NoticedDecisionForm | None = None
    refusal: RefusalForm | None = None
    assign: AssignForm | None = None
    note: NoteForm | None = None
    view: ViewForm | None = None

    @property
    def has_errors(self) -> bool:
        """Whether one of them was refused."""
        forms = (self.decision, self.refusal, self.assign, self.note, self.view)
        return any(form is not None and form.errors for form in forms)


def versions(actor: Actor, found: QueueItem) -> dict[str, Any]:
    """Return what the forms of a case remember of what stood on the page."""
    return _versions(found, notice_queries.open_notices(actor, found.item))


def _versions(found: QueueItem, notices: OpenNotices) -> dict[str, Any]:
    return {"seen_version": found.item.version, "seen_notice": notices.newest_id}


def assign_form(
    actor: Actor, found: QueueItem, case: ModerationCase | None, formdata: Mapping[str, Any] | None = None
) -> AssignForm:
    """Return the form that gives a case to someone; `formdata`: what was sent."""
    assignee = case.assigned_to if case else None
    form = AssignForm(
        formdata=formdata,
        data={"assignee": assignee or 0, "seen_assignee": assignee or 0},
    )
    form.offer(casework.moderators_of(found.proceeding.id), actor.user_id)
    return form


@dataclass(frozen=True)
class Told:
    """What is said about an act that was not taken: someone was faster, or (`is_held`) holds the case."""

    is_conflict: bool = False
    changed: str = ""
    is_held: bool = False


def render_desk(
    desk: Desk, found: QueueItem | None = None, forms: CaseForms | None = None, told: Told = Told()
) -> tuple[str, int]:
    """Render the desk.

    Args:
        desk: the queue.
        found: the case to show; without one, the first of the queue that nobody else is looking at.
        forms: those that were sent.
        told: why an act was not taken.
    """
    forms = forms or CaseForms()
    page = desk.page()
    is_chosen = found is not None
    if found is None and page.items:
        found = first_free(desk.actor, page.items)
    context = _list_context(desk, page, found) | (_case_context(desk, found, forms) if found else {"case": None})
    forms.view = forms.view or ViewForm(formdata=None)
    are_answered = found is not None and told.changed and not told.is_held and not context["notices"].count
    content = render_template(
        "moderation/queue.html",
        desk=desk,
        forms=forms,
        form=forms.decision,
        told=told,
        is_chosen=is_chosen,
        decided=_decided(desk.actor),
        answered=notice_queries.newest_answer(desk.actor, found.item) if found and are_answered else None,
        **context,
    )
    if told.is_conflict or told.changed:
        return content, Conflict.status
    return content, InvalidInput.status if forms.has_errors else HTTPStatus.OK


def _list_context(desk: Desk, page: Page[QueueItem], found: QueueItem | None) -> dict[str, Any]:
    at = next((n for n, one in enumerate(page.items) if found and (one.kind, one.item.id) == _key(found)), None)
    previous, following = None, None
    if at is not None:
        previous = desk.case_url(page.items[at - 1]) if at else None
        following = desk.case_url(page.items[at + 1]) if at + 1 < len(page.items) else None
    elif page.items:
        following = desk.case_url(page.items[0])
    if at is not None and following is None and page.next_cursor:
        following = desk.queue_url(after=page.next_cursor)
    return {
        "page": page,
        "hits": hits_of_rows(page.items),
        "counts": queue_counts(desk.actor, desk.proceedings, desk.wanted),
        "cases": casework.cases_of(one.item for one in page.items),
        "flags": {key: flag_counts(desk.actor, key, page.items) for key in FLAGS},
        "flag_names": {key: flag.name for key, flag in FLAGS.items()},
        "kinds": KINDS,
        "rule_names": NAMES,
        "states": list(PublicationState),
        "ages": Age,
        "sorts": [sort for sort in Sort if sort is not Sort.REPORTED or desk.wanted.kind in FLAGS],
        "assigned": Assigned,
        "categories": categories_of(desk.proceedings),
        "views": casework.saved_views(desk.actor, desk.chosen.id if desk.chosen else None),
        "since": clock.now(),
        "previous_url": previous,
        "next_url": following,
    }


def _case_context(desk: Desk, found: QueueItem, forms: CaseForms) -> dict[str, Any]:
    actor = desk.actor
    case = casework.case_of(actor, found.item)
    notices = notice_queries.open_notices(actor, found.item)
    seen = _versions(found, notices)
    forms.decision = forms.decision or decision_form(found, formdata=None, data=seen)
    forms.refusal = forms.refusal or RefusalForm(formdata=None, data=seen)
    forms.assign = forms.assign or assign_form(actor, found, case)
    forms.note = forms.note or NoteForm(formdata=None)
    return case_context(actor, found, forms.decision) | {
        "case": found,
        "casework": case,
        "held_by": case.holder if case and casework.is_held_by_another(actor, case) else None,
        "notes": casework.notes_about(actor, found.item),
        "notices": notices,
        "answer": None if notices.count else notice_queries.undoable_answer(actor, found.item),
        "blocks": filled_blocks(actor, found.proceeding, found.contribution, found.item),
        "events": events_about(found.item),
        "near": _near(found),
        "ground_of": ground_of,
        "automation_of": automation_of,
        "remedy": REMEDY,
    }


def _key(found: QueueItem) -> tuple[str, int]:
    return found.kind, found.item.id


def _near(found: QueueItem) -> tuple[float, float, float, float] | None:
    """Return a box around a case's place, for the filter."""
    contribution = found.contribution
    if contribution.pin_x is None or contribution.pin_y is None:
        return None
    lon, lat = position_at(contribution.pin_x, contribution.pin_y)
    return (lon - NEAR_DEGREES * 1.6, lat - NEAR_DEGREES, lon + NEAR_DEGREES * 1.6, lat + NEAR_DEGREES)


def _decided(actor: Actor) -> tuple[ModerationDecision, QueueItem, bool] | None:
    """Return the decision that the actor has just taken, what it is about, and whether it can be taken back."""
    decision_id = id_in(request.args.get("decided", ""))
    if decision_id is None:
        return None
    try:
        decision, found = queries.decision_with_item(actor, decision_id)
    except (NotFound, NotPermitted):
        return None
    if decision.moderator_id != actor.user_id:
        return None
    return decision, found, queries.undoable_decision(found.item) is decision
