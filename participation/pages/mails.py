"""Pages about mails: which ones a moderator wants, how to stop them, and what became of those that were sent."""

from http import HTTPStatus
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response as AnyResponse

from participation.accounts.actors import Actor, require
from participation.accounts.sessions import signed_in_actor
from participation.digests.forms import RhythmForm
from participation.digests.permissions import may_get_digests
from participation.digests.queries import rhythm_of
from participation.digests.services import choose_rhythm, stop_digests
from participation.digests.stopping import user_id_to_stop
from participation.errors import Conflict, InvalidInput
from participation.forms import require_token
from participation.notifications import queries
from participation.notifications.models import MailProblem, MailState
from participation.notifications.permissions import may_see_mails
from participation.notifications.services import kind_of, try_again
from participation.proceedings.models import Proceeding
from participation.proceedings.queries import proceeding_by_slug, visible_proceedings
from participation.security import private_page

bp = Blueprint("mails", __name__)


@bp.route("/account/mails", methods=["GET", "POST"])
def own() -> Any:
    """Let a moderator choose how often a digest comes, and lead managers to the mails of their proceedings."""
    actor = signed_in_actor()
    form = RhythmForm(data={"rhythm": rhythm_of(actor.user_id or 0)}) if may_get_digests(actor) else None
    if request.method == "POST":
        require(form is not None, actor=actor)
    if form is not None and form.validate_on_submit():
        choose_rhythm(actor, form.rhythm.data)
        flash(gettext("Your choice is saved."), "ok")
        return redirect(url_for(".own"), HTTPStatus.SEE_OTHER)
    page = render_template(
        "pages/own_mails.html", form=form, managed=_looked_after(actor), failed=queries.failed_counts(actor)
    )
    return page, InvalidInput.status if form is not None and form.errors else HTTPStatus.OK


@bp.route("/stop-mails/<token>", methods=["GET", "POST"])
def stop(token: str) -> Response:
    """Stop the digests of an account on a press of the button, or of the one in a mail program (RFC 8058).

    The signed link is the permission, so the form needs no token; opening the page alone stops nothing, since programs
    that look through mail open every link in it.
    """
    user_id = user_id_to_stop(token)
    is_stopped = request.method == "POST"
    if is_stopped:
        stop_digests(user_id)
    return private_page(render_template("pages/stop_mails.html", is_stopped=is_stopped))


@bp.route("/manage/<slug>/mails")
def sent(slug: str) -> str:
    """Show managers what became of the mails of a proceeding: how many arrived, and which failed why."""
    actor = signed_in_actor()
    proceeding = proceeding_by_slug(actor, slug)
    values = _what_became(actor, proceeding.id)
    return render_template("manage/mails.html", proceeding=proceeding, switch_to="mails.sent", **values)


@bp.route("/admin/mails")
def all_sent() -> str:
    """Show administrators the same of all mails, those of no proceeding included."""
    return render_template("manage/all_mails.html", **_what_became(signed_in_actor(), None))


def _what_became(actor: Actor, proceeding_id: int | None) -> dict[str, Any]:
    after, before = request.args.get("after", ""), request.args.get("before", "")
    return {
        "proceedings": _looked_after(actor),
        "counts": queries.mail_counts(actor, proceeding_id),
        "states": MailState,
        "page": queries.failed_mails(actor, proceeding_id, after=after, before=before),
        "kind_of": kind_of,
        "problems": problem_words(),
    }


@bp.route("/manage/<slug>/mails/<id:mail_id>", methods=["POST"])
def retry(slug: str, mail_id: int) -> AnyResponse:
    """Let a mail of a proceeding that failed be sent once more."""
    actor = signed_in_actor()
    proceeding = proceeding_by_slug(actor, slug)
    _retry(actor, proceeding.id, mail_id)
    return redirect(url_for(".sent", slug=slug), HTTPStatus.SEE_OTHER)


@bp.route("/admin/mails/<id:mail_id>", methods=["POST"])
def retry_any(mail_id: int) -> AnyResponse:
    """Let any mail that failed be sent once more."""
    _retry(signed_in_actor(), None, mail_id)
    return redirect(url_for(".all_sent"), HTTPStatus.SEE_OTHER)


def _retry(actor: Actor, proceeding_id: int | None, mail_id: int) -> None:
    mail = queries.mail_of(actor, proceeding_id, mail_id)
    require_token()
    try:
        try_again(actor, mail)
    except Conflict as error:
        flash(str(error.message), "warn")
    else:
        flash(gettext("The mail is sent again within minutes."), "ok")


def problem_words() -> dict[MailProblem, str]:
    """Say in plain words why a mail did not arrive."""
    return {
        MailProblem.NO_SUCH_ADDRESS: gettext("There is no mailbox with this address."),
        MailProblem.MAILBOX_FULL: gettext("The mailbox is full."),
        MailProblem.NOT_REACHED: gettext("The mail server of this address could not be reached."),
        MailProblem.REFUSED: gettext("A mail server refused this mail for good."),
        MailProblem.POSTPONED: gettext("A mail server put us off again and again."),
        MailProblem.NO_SERVER: gettext("Our own mail server did not answer."),
        MailProblem.NOT_WRITTEN: gettext("The mail could not be written. Please tell the operator."),
    }


def _looked_after(actor: Actor) -> list[Proceeding]:
    return [one for one in visible_proceedings(actor) if may_see_mails(actor, one.id)]
