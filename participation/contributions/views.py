"""The data behind the map, and the page that confirms a guest's e-mail address."""

from http import HTTPStatus
from math import isfinite
from typing import Any

import orjson
from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext, lazy_gettext

from participation.accounts.services import confirm_email
from participation.accounts.sessions import current_actor
from participation.contributions import queries
from participation.contributions.confirmation import read_confirmation
from participation.contributions.filters import ContributionFilter
from participation.contributions.map_view import map_view
from participation.contributions.receipts import receipt_secret
from participation.errors import InvalidInput, NotFound
from participation.forms import ActForm
from participation.geodata.bbox import parse_bbox
from participation.geodata.errors import GeodataError
from participation.proceedings.queries import proceeding_by_slug
from participation.security import private_page

bp = Blueprint("contributions", __name__)

LOWEST_ZOOM, HIGHEST_ZOOM = 0.0, 22.0


@bp.route("/proceedings/<slug>/map.json")
def map_data(slug: str) -> Response:
    """Answer what one view of the map shows: a box (west,south,east,north), a zoom, and the page's filter."""
    proceeding = proceeding_by_slug(current_actor(), slug)
    wanted = ContributionFilter.from_arguments(request.args)
    try:
        box = parse_bbox(request.args.get("box", ""))
    except GeodataError as error:
        raise InvalidInput.of_geodata(error, "box") from error
    zoom = request.args.get("zoom", type=float)
    if zoom is None or not isfinite(zoom):
        raise InvalidInput(lazy_gettext("The zoom must be a number."), field="zoom")
    zoom = min(max(zoom, LOWEST_ZOOM), HIGHEST_ZOOM)
    body = orjson.dumps(map_view(proceeding, wanted, box, zoom))
    return Response(body, content_type="application/geo+json")


@bp.route("/confirm/<token>", methods=["GET", "POST"])
def confirm(token: str) -> Any:
    """Ask whether an e-mail address is right, and confirm it on a press of the button.

    The address of the page alone confirms nothing: programs that look through mail open every link in it.
    """
    confirmation = read_confirmation(token)
    contribution = queries.contribution_with_parts(confirmation.contribution_id)
    if contribution is None or contribution.participant_id is None:
        raise NotFound
    form = ActForm()
    if not confirmation.is_over and form.validate_on_submit():
        confirm_email(contribution.participant_id, confirmation.email)
        flash(gettext("Your e-mail address is confirmed. We will write when something happens."), "ok")
        return redirect(url_for("pages.receipt", secret=receipt_secret(contribution)), 303)
    page = render_template("contributions/confirm.html", form=form, confirmation=confirmation)
    if confirmation.is_over:
        return private_page(page, HTTPStatus.GONE)
    return private_page(page, HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK)
