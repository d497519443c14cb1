"""Signing in and out, and one's own page."""

import re
from http import HTTPStatus

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from participation.accounts import sessions
from participation.accounts.forms import SignInForm
from participation.accounts.models import Role
from participation.accounts.passwords import is_password
from participation.accounts.queries import user_by_email
from participation.accounts.sessions import current_actor
from participation.forms import require_token
from participation.security import keyed_hash, limiter, sign_in_limit

bp = Blueprint("accounts", __name__)

# Browsers read "//", "/\" and "///" as another host, and leave out control characters before they do.
OWN_PAGE = re.compile(r"/(?![/\\])[^\x00-\x1f\x7f]*")


def account_tried() -> str:
    """Limit tries per account, too, whatever address they come from."""
    return keyed_hash(request.form.get("email", "").strip().lower(), "sign-in")


def is_failed(response: Response) -> bool:
    """Count only failed tries: a whole town hall signs in from one address in the morning."""
    return response.status_code != HTTPStatus.SEE_OTHER


@bp.route("/sign-in", methods=["GET", "POST"])
@limiter.limit(sign_in_limit, methods=["POST"], deduct_when=is_failed)
@limiter.limit(sign_in_limit, methods=["POST"], deduct_when=is_failed, key_func=account_tried)
def sign_in() -> Response | tuple[str, int]:
    """Show the sign-in form and start a session."""
    form = SignInForm(data={"next": request.args.get("next", "")})
    if form.validate_on_submit():
        user = user_by_email(form.email.data or "")
        if is_password(form.password.data or "", user.password_hash if user else None) and user is not None:
            sessions.sign_in(user)
            flash(gettext("You are signed in."), "ok")
            return redirect(_own_page(form.next.data), 303)
        form.password.errors = [gettext("E-mail and password do not fit together. Please check both.")]
    return render_template("accounts/sign_in.html", form=form), 422 if form.errors else 200


@bp.route("/sign-out", methods=["POST"])
def sign_out() -> Response:
    """End the session."""
    require_token()
    sessions.sign_out()
    flash(gettext("You are signed out."), "ok")
    return redirect(url_for("pages.portal"), 303)


def _own_page(wanted: str | None) -> str:
    """Return a page of this site to go to: never another host's (open redirect)."""
    if wanted and OWN_PAGE.fullmatch(wanted):
        return wanted
    actor = current_actor()
    if actor.proceeding_ids(Role.MODERATOR):
        return url_for("moderation.queue")
    return url_for("planning.desks") if actor.proceeding_ids(Role.PLANNER) else url_for("pages.portal")
