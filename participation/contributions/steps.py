"""The steps of contributing: place, topic, text, check; each is a page of its own, and the back button works."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext, lazy_gettext
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry
from werkzeug.wrappers import Response

from participation.accounts.actors import Actor
from participation.accounts.sessions import current_actor, participating_actor
from participation.contributions import services
from participation.contributions.checking import FREE_MARGIN_METRES, NewContribution, allowed_kinds
from participation.contributions.drafts import draft_of, keep_answers
from participation.contributions.forms import CheckForm, PlaceForm, TextForm, TopicForm
from participation.contributions.models import ContributionDraft
from participation.contributions.permissions import is_author
from participation.contributions.queries import contribution_sent_with
from participation.contributions.receipts import receipt_secret
from participation.errors import Blocked, InvalidInput
from participation.geodata.strict_json import read_json
from participation.languages import current_language
from participation.proceedings.models import Proceeding
from participation.proceedings.phases import Act
from participation.proceedings.queries import proceeding_by_slug
from participation.proceedings.standing import require_open
from participation.security import limiter, post_limit

bp = Blueprint("contributing", __name__, url_prefix="/proceedings/<slug>/contribute")

STEPS = ("place", "topic", "text", "check")
STEP_TITLES = {
    "place": lazy_gettext("Place"),
    "topic": lazy_gettext("Topic"),
    "text": lazy_gettext("Text"),
    "check": lazy_gettext("Check"),
}
NEEDED_ANSWERS = {"topic": ("kind",), "text": ("kind", "category"), "check": ("kind", "category", "title", "text")}
STEP_OF_FIELD = {"geometry": "place", "category": "topic", "type": "topic", "title": "text", "text": "text"}


@bp.route("/")
def start(slug: str) -> Response:
    """Lead to the first step."""
    return redirect(url_for(".place", slug=slug))


@bp.route("/place", methods=["GET", "POST"])
@limiter.limit(post_limit, methods=["POST"])
def place(slug: str) -> Any:
    """Step 1: which place is it about?"""
    return _step(
        slug, "place", lambda proceeding, answers: PlaceForm(proceeding, data=_place_data(proceeding, answers))
    )


@bp.route("/topic", methods=["GET", "POST"])
@limiter.limit(post_limit, methods=["POST"])
def topic(slug: str) -> Any:
    """Step 2: which topic fits?"""
    return _step(
        slug, "topic", lambda proceeding, answers: TopicForm(proceeding, data=_topic_data(proceeding, answers))
    )


@bp.route("/text", methods=["GET", "POST"])
@limiter.limit(post_limit, methods=["POST"])
def text(slug: str) -> Any:
    """Step 3: what would you like to say?"""
    return _step(slug, "text", lambda proceeding, answers: TextForm(proceeding, data=answers))


@bp.route("/check", methods=["GET", "POST"])
def check(slug: str) -> Any:
    """Step 4: is everything right? Then send it."""
    actor = current_actor()
    proceeding = proceeding_by_slug(actor, slug)
    form = CheckForm()
    sent_before = contribution_sent_with(proceeding, form.idempotency_key.data or "")
    if sent_before is not None and is_author(actor, sent_before):
        # The answer to the first sending was lost on its way: this is it.
        return redirect(url_for("pages.receipt", secret=receipt_secret(sent_before)), 303)
    require_open(proceeding, Act.CONTRIBUTE)
    draft = draft_of(actor, proceeding)
    answers = draft.answers if draft else {}
    missing = _first_missing(answers, "check")
    if draft is None or missing:
        if draft is None and actor.participant_id is not None:  # a stranger sent nothing, and gets no cookie for this
            flash(gettext("There is nothing to send here any more. Have you sent it already?"), "warn")
        return redirect(url_for(f".{missing or 'place'}", slug=slug), 303)
    has_changed = (form.idempotency_key.data or draft.idempotency_key) != draft.idempotency_key
    form.idempotency_key.data = draft.idempotency_key
    if has_changed:
        form.idempotency_key.errors = [
            gettext("Your answers have changed since you opened this page. Please check them once more.")
        ]
    elif form.validate_on_submit():
        try:
            contribution = services.submit_contribution(
                actor,
                proceeding,
                _new_contribution(draft, form),
                idempotency_key=draft.idempotency_key,
                email=form.email.data or "",
            )
        except Blocked as error:
            form.form_errors = [str(error.message)]
            return _page(proceeding, "check", form, answers, error.status)
        except InvalidInput as error:
            if error.field not in STEP_OF_FIELD:
                raise
            flash(str(error.message), "bad")
            return redirect(url_for(f".{STEP_OF_FIELD[error.field]}", slug=slug), 303)
        return redirect(url_for("pages.receipt", secret=receipt_secret(contribution)), 303)
    return _page(proceeding, "check", form, answers)


def _step(slug: str, step: str, make_form: Callable[[Proceeding, dict[str, Any]], Any]) -> Any:
    actor = current_actor()
    proceeding = _open_proceeding(actor, slug)
    draft = draft_of(actor, proceeding)
    answers: dict[str, Any] = dict(draft.answers) if draft else {}
    missing = _first_missing(answers, step)
    if missing:
        return redirect(url_for(f".{missing}", slug=slug), 303)
    form = make_form(proceeding, answers)
    if form.validate_on_submit():
        keep_answers(participating_actor(), proceeding, form.answers())
        return redirect(url_for(f".{STEPS[STEPS.index(step) + 1]}", slug=slug), 303)
    return _page(proceeding, step, form, answers)


def _page(
    proceeding: Proceeding, step: str, form: Any, answers: dict[str, Any], refusal: int | None = None
) -> tuple[str, int]:
    """Render a step; `refusal`: status of why what was sent is not taken, though the entries are right."""
    page = render_template(
        f"contributions/step_{step}.html",
        proceeding=proceeding,
        form=form,
        step=step,
        steps=STEPS,
        step_titles=STEP_TITLES,
        step_number=STEPS.index(step) + 1,
        answers=answers,
        category=next((one for one in proceeding.categories if one.key == answers.get("category")), None),
        type=next((one for one in proceeding.types if one.key == answers.get("type")), None),
        geometry=_place_of(answers),
        margin_kilometres=FREE_MARGIN_METRES // 1000,
    )
    return page, refusal or (422 if form.errors else 200)


def _open_proceeding(actor: Actor, slug: str) -> Proceeding:
    proceeding = proceeding_by_slug(actor, slug)
    require_open(proceeding, Act.CONTRIBUTE)
    return proceeding


def _place_of(answers: dict[str, Any]) -> BaseGeometry | None:
    return shape(read_json(answers["geometry"].encode())) if answers.get("geometry") else None


def _first_missing(answers: dict[str, Any], step: str) -> str | None:
    steps_of_answers = {"kind": "place", "category": "topic", "title": "text", "text": "text"}
    return next((steps_of_answers[name] for name in NEEDED_ANSWERS.get(step, ()) if name not in answers), None)


def _place_data(proceeding: Proceeding, answers: dict[str, Any]) -> dict[str, Any]:
    return {"kind": answers.get("kind") or allowed_kinds(proceeding)[0], "geometry": answers.get("geometry") or ""}


def _topic_data(proceeding: Proceeding, answers: dict[str, Any]) -> dict[str, Any]:
    return {"type": proceeding.types[0].key if proceeding.types else "", **answers}


def _new_contribution(draft: ContributionDraft, form: CheckForm) -> NewContribution:
    answers = draft.answers
    return NewContribution(
        title=answers["title"],
        text=answers["text"],
        category=answers["category"],
        type=answers.get("type") or "",
        geometry=_place_of(answers),
        language=current_language(),
        public_name=form.public_name.data or "",
    )
