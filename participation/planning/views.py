"""The planners' page of a proceeding."""

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from participation.accounts.actors import require
from participation.accounts.sessions import signed_in_actor
from participation.contributions import queries
from participation.contributions.counting import counted
from participation.contributions.filters import ContributionFilter, Sort
from participation.planning.queries import desks_of
from participation.proceedings.permissions import may_plan
from participation.proceedings.queries import proceeding_by_slug

bp = Blueprint("planning", __name__, url_prefix="/planning")


@bp.route("")
def desks() -> Response:
    """Lead to the running proceeding this actor plans; from there a switch leads to the others."""
    actor = signed_in_actor()
    own = desks_of(actor)
    require(bool(own), actor=actor)
    return redirect(url_for(".desk", slug=own[0].slug), 303)


@bp.route("/<slug>")
def desk(slug: str) -> str:
    """Show filter, map, table and downloads."""
    actor = signed_in_actor()
    proceeding = proceeding_by_slug(actor, slug)
    require(may_plan(actor, proceeding.id), actor=actor)
    wanted = ContributionFilter.from_arguments(request.args)
    counts = counted(proceeding, wanted)
    return render_template(
        "planning/desk.html",
        proceeding=proceeding,
        desks=desks_of(actor),
        wanted=wanted,
        page=queries.page_of_contributions(
            proceeding,
            wanted,
            after=request.args.get("after", ""),
            before=request.args.get("before", ""),
            expected=counts.total,
        ),
        by_category=counts.by_category,
        by_type=counts.by_type,
        total=counts.total,
        sorts=Sort,
    )
