"""The data behind the map, and the link that confirms a guest's e-mail address."""

from math import isfinite
from typing import Any

import orjson
from flask import Blueprint, Response, current_app, flash, redirect, request, url_for
from flask_babel import gettext, lazy_gettext
from itsdangerous import BadSignature, URLSafeSerializer

from participation.accounts.services import confirm_email
from participation.accounts.sessions import current_actor
from participation.contributions import queries
from participation.contributions.filters import ContributionFilter
from participation.contributions.map_view import map_view
from participation.contributions.receipts import receipt_secret
from participation.errors import InvalidInput, NotFound
from participation.geodata.bbox import parse_bbox
from participation.geodata.errors import GeodataError
from participation.notifications.services import MailContext, mail_context
from participation.proceedings.queries import proceeding_by_slug

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


@bp.route("/confirm/<token>")
def confirm(token: str) -> Any:
    """Confirm a guest's e-mail address and lead to the receipt."""
    try:
        content = _signer().loads(token)
    except BadSignature:
        raise NotFound(
            lazy_gettext("This link is not complete. Please copy the whole address from the mail.")
        ) from None
    contribution = queries.contribution_with_parts(int(content["contribution_id"]))
    if contribution is None or contribution.participant_id is None:
        raise NotFound
    confirm_email(contribution.participant_id, content["email"])
    flash(gettext("Your e-mail address is confirmed. We will write when something happens."), "ok")
    return redirect(url_for("pages.receipt", secret=receipt_secret(contribution)), 303)


@mail_context("contributions/confirm")
def confirmation_mail(ids: dict[str, Any]) -> MailContext | None:
    """Ask whether the address is right; goes to the address that was typed, and only there."""
    contribution = queries.contribution_with_parts(ids["contribution_id"])
    if contribution is None:
        return None
    token = _signer().dumps({"contribution_id": contribution.id, "email": ids["email"]})
    return MailContext({"contribution": contribution, "path": f"/confirm/{token}"}, address=ids["email"])


@mail_context("contributions/receipt")
def receipt_mail(ids: dict[str, Any]) -> MailContext | None:
    """Send the secret link to a known address."""
    contribution = queries.contribution_with_parts(ids["contribution_id"])
    if contribution is None:
        return None
    return MailContext({"contribution": contribution, "path": f"/receipts/{receipt_secret(contribution)}"})


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.secret_key or "", salt="confirm-email")
