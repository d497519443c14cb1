"""The page to report something, and the reporter's receipt."""

import secrets
from http import HTTPStatus
from math import ceil
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext, ngettext
from flask_limiter.errors import RateLimitExceeded

from participation import clock
from participation.accounts.actors import Actor
from participation.accounts.sessions import current_actor, participating_actor
from participation.contributions.models import Contribution
from participation.database import id_in
from participation.discussion.models import Comment
from participation.errors import EXPLANATIONS, Busy, Gone, InvalidInput, NotFound, TooMany
from participation.languages import current_language
from participation.moderation.reasons import ground_of
from participation.notices import queries, services
from participation.notices.forms import NoticeForm
from participation.notices.permissions import is_own
from participation.notices.receipts import notice_by_secret, notice_secret
from participation.proceedings.models import Proceeding
from participation.proceedings.queries import proceeding_by_slug, rules_in_force
from participation.security import limiter, private_page, report_limit

bp = Blueprint("notices", __name__)


@bp.route("/proceedings/<slug>/contributions/<id:contribution_id>/report", methods=["GET", "POST"])
def report(slug: str, contribution_id: int) -> Any:
    """Take a report about a contribution or (?comment=) a comment on it; whatever refuses it, the text comes back."""
    form = NoticeForm()
    form.idempotency_key.data = form.idempotency_key.data or secrets.token_urlsafe(24)
    try:
        return _take_report(slug, contribution_id, form)
    except (NotFound, Gone) as error:
        if not form.explanation.data:
            raise
        detail = error.message or EXPLANATIONS[error.status]
        page = render_template(
            "contributions/unsent.html", title=error.title, detail=detail, text=form.explanation.data
        )
        return page, error.status


def _take_report(slug: str, contribution_id: int, form: NoticeForm) -> Any:
    actor = current_actor()
    proceeding, contribution, comment = _found(actor, slug, contribution_id)
    item = comment or contribution
    if is_own(actor, item):
        flash(
            gettext(
                "This is your own text. If you want it taken down, write to %(address)s.",
                address=proceeding.contact_email,
            ),
            "warn",
        )
        return redirect(_address(slug, contribution, comment), 303)
    sent_before = queries.own_notice(actor, item)
    if sent_before is not None:
        return redirect(url_for(".receipt", secret=notice_secret(sent_before)), 303)
    status, refusal = HTTPStatus.OK, ""
    form.offer(rules_in_force(proceeding.id))
    if form.validate_on_submit():
        try:
            with limiter.limit(report_limit()):
                notice = services.report(
                    participating_actor(),
                    contribution,
                    comment,
                    form.notice(current_language()),
                    idempotency_key=form.idempotency_key.data or "",
                )
        except InvalidInput as error:
            form[error.field].errors = [str(error.message)]
        except Busy as error:
            form.form_errors = [str(error.message)]
            status, refusal = error.status, str(error.title)
        except RateLimitExceeded:
            form.form_errors = [_wait_words()]
            status, refusal = TooMany.status, str(TooMany.title)
        else:
            return redirect(url_for(".receipt", secret=notice_secret(notice)), 303)
    page = render_template(
        "notices/report.html",
        proceeding=proceeding,
        contribution=contribution,
        comment=comment,
        form=form,
        refusal=refusal,
        back_url=_address(slug, contribution, comment),
    )
    return page, InvalidInput.status if form.errors and status is HTTPStatus.OK else status


def _wait_words() -> str:
    """Say when one can report again."""
    reset_at = limiter.current_limit.reset_at if limiter.current_limit else 0
    minutes = max(1, ceil((reset_at - clock.now().timestamp()) / 60))
    words: str = ngettext(
        "You sent many reports in a short time. You can report again in %(num)s minute. What you typed is still here.",
        "You sent many reports in a short time. You can report again in %(num)s minutes. What you typed is still here.",
        minutes,
    )
    return words


def _found(actor: Actor, slug: str, contribution_id: int) -> tuple[Proceeding, Contribution, Comment | None]:
    proceeding = proceeding_by_slug(actor, slug)
    wanted = request.args.get("comment")
    comment_id = None if wanted is None else id_in(wanted) or 0  # no comment has the number 0
    return proceeding, *queries.item_to_report(actor, proceeding, contribution_id, comment_id)


def _address(slug: str, contribution: Contribution, comment: Comment | None) -> str:
    place: dict[str, Any] = {"comment": comment.id, "_anchor": f"comment-{comment.id}"} if comment else {}
    return url_for("contribution_page.contribution", slug=slug, contribution_id=contribution.id, **place)


@bp.route("/notices/<secret>")
def receipt(secret: str) -> Response:
    """Tell a reporter where the report stands and what was decided.

    What they typed comes back only in the browser that sent it: the address may have been somebody else's.
    """
    notice = notice_by_secret(secret)
    actor = current_actor()
    is_reporter = actor.participant_id is not None and actor.participant_id == notice.participant_id
    reported = queries.reported_by(notice)
    page = render_template(
        "notices/receipt.html",
        notice=notice,
        secret=secret,
        reported=reported,
        item_url=_address(reported.contribution.proceeding.slug, reported.contribution, reported.comment),
        shows_words=is_reporter and reported.is_public,
        answer=queries.answer_of(notice),
        ground_of=ground_of,
    )
    return private_page(page)
