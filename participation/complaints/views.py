"""The pages to object to a decision or an answer, and the receipt of a complaint."""

from collections.abc import Callable
from datetime import datetime
from http import HTTPStatus
from typing import Any

from flask import Blueprint, Response, redirect, render_template, url_for

from participation import clock
from participation.accounts.sessions import current_actor, participating_actor
from participation.complaints import queries, services
from participation.complaints.contested import Contested, contested_answer, contested_decision
from participation.complaints.forms import ComplaintForm
from participation.complaints.permissions import is_in_time
from participation.complaints.receipts import complaint_by_secret, complaint_secret
from participation.errors import EXPLANATIONS, Busy, Conflict, Gone, InvalidInput, NotFound, ParticipationError
from participation.languages import current_language
from participation.moderation.models import BLOCKS, TO_VOTERS
from participation.moderation.objections import decision_by_secret
from participation.moderation.permissions import is_superseded
from participation.moderation.queries import decisions_about
from participation.moderation.reasons import TIME_IS_OVER, statement_of
from participation.notices.models import Notice
from participation.notices.queries import Reported, answer_of, item_in_public
from participation.notices.receipts import notice_by_secret, notice_secret
from participation.security import private_page

bp = Blueprint("complaints", __name__)


@bp.app_template_global()
def objection_of_reporter(notice: Notice) -> queries.Objection | None:
    """Return how the reporter stands to what was answered; for the reporter's receipt only."""
    return queries.objection_to_answer(notice)


@bp.route("/decisions/<secret>")
def decision(secret: str) -> Response:
    """Show whom a decision limits what was decided, why, whether it still holds, and how to object."""
    found = decision_by_secret(secret)
    statement = statement_of(found)
    if statement is None:
        raise NotFound
    contested = contested_decision(found)
    subject = contested.subject
    page = render_template(
        "complaints/decision.html",
        decision=found,
        statement=statement,
        subject=subject,
        item_url=_item_url(subject),
        is_about_votes=found.outcome in TO_VOTERS,
        is_taken_back=is_superseded(found, decisions_about(contested.item)),
        is_over=found.outcome in BLOCKS and clock.now() >= datetime.fromisoformat(found.changes["until"]),
        objections=queries.objections([found]),
    )
    return private_page(page)


@bp.route("/decisions/<secret>/complaint", methods=["GET", "POST"])
def about_decision(secret: str) -> Any:
    """Let whom a decision limits object to it: whoever has the link is the author, or the voter."""
    return _page_to_object(lambda: contested_decision(decision_by_secret(secret)))


@bp.route("/notices/<secret>/complaint", methods=["GET", "POST"])
def about_answer(secret: str) -> Any:
    """Let a reporter object to what became of a report; whoever has the link is the reporter."""
    return _page_to_object(lambda: contested_answer(notice_by_secret(secret)))


def _page_to_object(find: Callable[[], Contested]) -> Any:
    """Take a complaint; whatever refuses it, the text comes back."""
    form = ComplaintForm()
    try:
        return _take(find(), form)
    except (NotFound, Gone, Conflict) as error:
        if not form.text.data:
            raise
        return _unsent(error, form)


def _take(contested: Contested, form: ComplaintForm) -> Any:
    before = queries.complaint_about(contested)
    if before is not None and not form.is_submitted():
        return redirect(url_for(".receipt", secret=complaint_secret(before)), HTTPStatus.SEE_OTHER)
    if before is None and not is_in_time(contested.decided_at):
        raise Conflict(TIME_IS_OVER)
    status = HTTPStatus.OK
    if form.validate_on_submit():
        try:
            complaint = services.complain(participating_actor(), contested, form.complaint(current_language()))
        except InvalidInput as error:
            form[error.field].errors = [str(error.message)]
        except Busy as error:
            form.form_errors = [str(error.message)]
            status = error.status
        else:
            return redirect(url_for(".receipt", secret=complaint_secret(complaint)), HTTPStatus.SEE_OTHER)
    page = render_template(
        "complaints/object.html",
        contested=contested,
        proceeding=contested.subject.contribution.proceeding,
        statement=statement_of(contested.decision) if contested.notice is None and contested.decision else None,
        answer=answer_of(contested.notice) if contested.notice else None,
        back_url=url_for("notices.receipt", secret=notice_secret(contested.notice)) if contested.notice else None,
        form=form,
    )
    return private_page(page, InvalidInput.status if form.errors and status is HTTPStatus.OK else status)


def _unsent(error: ParticipationError, form: ComplaintForm) -> Response:
    detail = error.message or EXPLANATIONS[error.status]
    page = render_template("contributions/unsent.html", title=error.title, detail=detail, text=form.text.data)
    return private_page(page, error.status)


@bp.route("/complaints/<secret>")
def receipt(secret: str) -> Response:
    """Tell who objected where it stands and what was decided.

    What they typed comes back only in the browser that sent it: the address may have been somebody else's.
    """
    complaint = complaint_by_secret(secret)
    actor = current_actor()
    subject = item_in_public(complaint.contribution_id, complaint.comment_id)
    page = render_template(
        "complaints/receipt.html",
        complaint=complaint,
        secret=secret,
        subject=subject,
        item_url=_item_url(subject),
        shows_words=actor.participant_id is not None and actor.participant_id == complaint.participant_id,
        answer=queries.answer_of(complaint),
    )
    return private_page(page)


def _item_url(subject: Reported) -> str | None:
    if not subject.is_public:
        return None
    contribution, comment = subject.contribution, subject.comment
    place: dict[str, Any] = {"comment": comment.id, "_anchor": f"comment-{comment.id}"} if comment else {}
    slug = contribution.proceeding.slug
    return url_for("contribution_page.contribution", slug=slug, contribution_id=contribution.id, **place)
