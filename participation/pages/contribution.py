"""The page of one contribution, with voting and commenting, which work as forms and without reloading."""

import secrets
from http import HTTPStatus
from typing import Any

from flask import Blueprint, flash, jsonify, redirect, render_template, request, url_for
from flask_babel import gettext, lazy_gettext
from werkzeug.wrappers import Response

from participation.accounts.sessions import current_actor, participating_actor
from participation.complaints.queries import objections
from participation.contributions import queries
from participation.contributions.feature_collections import pins_feature_collection
from participation.contributions.filters import ContributionFilter
from participation.contributions.models import Contribution
from participation.contributions.permissions import is_author
from participation.contributions.states import PublicationState
from participation.discussion import services
from participation.discussion.forms import CommentForm, VoteForm
from participation.discussion.joint_votes import own_vote
from participation.discussion.models import VoteValue
from participation.discussion.queries import page_of_threads
from participation.errors import (
    EXPLANATIONS,
    Blocked,
    Busy,
    Conflict,
    Gone,
    InvalidInput,
    ParticipationError,
    wants_json,
)
from participation.geodata.web_mercator import position_at
from participation.languages import current_language
from participation.moderation.blocks import own_block
from participation.moderation.queries import leading_of, merged_ids, own_originals, own_statements
from participation.proceedings.models import Proceeding
from participation.proceedings.permissions import may_moderate
from participation.proceedings.phases import Act
from participation.proceedings.queries import proceeding_by_slug
from participation.proceedings.standing import require_open

bp = Blueprint("contribution_page", __name__, url_prefix="/proceedings/<slug>/contributions/<id:contribution_id>")

TOLD = {
    VoteValue.FOR: lazy_gettext("Your vote is counted. Press again to take it back."),
    VoteValue.AGAINST: lazy_gettext("Your vote is counted. Press again to take it back."),
    None: lazy_gettext("Your vote is taken back."),
}


@bp.route("")
def contribution(slug: str, contribution_id: int) -> Any:
    """Show one contribution with its discussion."""
    proceeding, found = _found(slug, contribution_id)
    form = CommentForm(
        formdata=None,
        data={"idempotency_key": secrets.token_urlsafe(24), "parent_id": request.args.get("reply", "")},
    )
    return _page(proceeding, found, form)


@bp.route("/vote", methods=["GET", "POST"])
def vote(slug: str, contribution_id: int) -> Any:
    """Take a vote, its change or its withdrawal."""
    if request.method != "POST":
        return _back(slug, contribution_id, "vote")
    proceeding, found = _found(slug, contribution_id)
    form = VoteForm()
    if not form.validate_on_submit():
        raise InvalidInput(next(iter(form.errors.values()))[0])
    require_open(proceeding, Act.VOTE)  # before a guest is remembered
    counted = services.vote(participating_actor(), proceeding, found.id, form.value)
    message = str(TOLD[form.value])
    if wants_json():
        mine = None if form.value is None else form.value.name.lower()
        return jsonify(votes_for=counted.votes_for, votes_against=counted.votes_against, mine=mine, message=message)
    flash(message, "ok")
    return redirect(url_for(".contribution", slug=slug, contribution_id=contribution_id, _anchor="vote"), 303)


@bp.route("/comments", methods=["GET", "POST"])
def comment(slug: str, contribution_id: int) -> Any:
    """Take a comment or a reply; whatever refuses it, the text comes back."""
    if request.method != "POST":
        return _back(slug, contribution_id, "comments")
    form = CommentForm()
    try:
        return _take_comment(slug, contribution_id, form)
    except Gone as error:
        page = render_template(
            "contributions/unsent.html", title=error.title, detail=EXPLANATIONS[error.status], text=form.text.data
        )
        return page, error.status


def _take_comment(slug: str, contribution_id: int, form: CommentForm) -> Any:
    proceeding, found = _found(slug, contribution_id)
    if not form.validate_on_submit():
        return _page(proceeding, found, form)
    try:
        require_open(proceeding, Act.COMMENT)  # before a guest is remembered
        added = services.add_comment(
            participating_actor(),
            proceeding,
            found.id,
            text=form.text.data or "",
            public_name=form.public_name.data or "",
            language=current_language(),
            parent_id=form.answered_id,
            idempotency_key=form.idempotency_key.data or None,
        )
    except InvalidInput as error:
        form[error.field or "text"].errors = [str(error.message)]
        return _page(proceeding, found, form)
    except (Blocked, Conflict, Busy) as error:
        return _page(*_found(slug, contribution_id), form, error)
    is_held = added.state is PublicationState.SUBMITTED
    flash(
        gettext("Thank you. Your comment is being checked.") if is_held else gettext("Thank you for your comment."),
        "ok",
    )
    address = url_for(
        ".contribution", slug=slug, contribution_id=contribution_id, comment=added.id, _anchor=f"comment-{added.id}"
    )
    return redirect(address, 303)


def _back(slug: str, contribution_id: int, anchor: str) -> Response:
    """Lead to the contribution whoever opens a form's address: after a refusal it stands in the browser's bar."""
    page = request.args.get("page", type=int)
    address = url_for(".contribution", slug=slug, contribution_id=contribution_id, page=page, _anchor=anchor)
    return redirect(address, 303)


def _found(slug: str, contribution_id: int) -> tuple[Proceeding, Contribution]:
    actor = current_actor()
    proceeding = proceeding_by_slug(actor, slug)
    return proceeding, queries.contribution_to_read(actor, proceeding, contribution_id)


def _page(
    proceeding: Proceeding, found: Contribution, form: CommentForm, refusal: ParticipationError | None = None
) -> tuple[str, int]:
    """Render the page; `refusal` is why the comment in the form could not be taken."""
    actor = current_actor()
    talk = page_of_threads(
        actor,
        found,
        number=request.args.get("page", 1, type=int),
        comment_id=form.answered_id or request.args.get("comment", type=int),
    )
    answered = talk.thread(form.answered_id)
    has_lost_parent = bool(form.parent_id.data) and (answered is None or not answered.takes_replies)
    if has_lost_parent:
        answered = None
        form.parent_id.data = ""
    if refusal is not None:
        form.form_errors = [str(refusal.message)]
    statements = own_statements(actor, [thread.comment for thread in talk.shown])
    page = render_template(
        "contributions/detail.html",
        proceeding=proceeding,
        contribution=found,
        is_own=is_author(actor, found),
        is_moderator=may_moderate(actor, proceeding.id),
        wanted=ContributionFilter.from_arguments(request.args),
        talk=talk,
        statements=statements,
        originals=own_originals(actor, [thread.comment for thread in talk.shown]),
        objections=objections(decision for own in statements.values() for decision, _ in own),
        own_vote=own_vote(actor, found.id),
        own_block=own_block(actor, proceeding.id),
        form=form,
        answered=answered,
        lost_parent=services.PARENT_GONE if has_lost_parent and refusal is None else "",
        refusal=refusal,
        pins=pins_feature_collection(proceeding, [found]),
        position=position_at(found.pin_x, found.pin_y) if found.pin_x is not None and found.pin_y is not None else None,
        is_public=found.state is PublicationState.PUBLISHED,
        leading=leading_of(actor, found),
        merged=merged_ids(found),
    )
    if refusal is not None:
        return page, refusal.status
    return page, InvalidInput.status if form.errors else HTTPStatus.OK
