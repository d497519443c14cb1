"""What planners read."""

from flask_babel import lazy_gettext

from participation.accounts.actors import Actor, require
from participation.exports.tables import Audience
from participation.interfaces.api import answers, requests
from participation.interfaces.api.contributions import page_of_features
from participation.interfaces.api.registry import GEOJSON, Access, operation
from participation.proceedings.permissions import may_plan
from participation.proceedings.queries import proceeding_by_slug

TAG = "planning"


@operation(
    "GET", "/proceedings/<slug>/planning/contributions", tag=TAG,
    summary=lazy_gettext("Contributions with what planners see of them"), query=requests.PlanningQuery,
    answer=answers.PlannersContributions, access=Access.PLAN, media_type=GEOJSON,
)  # fmt: skip
def planning_contributions(actor: Actor, slug: str, query: requests.PlanningQuery) -> bytes:
    """List the planners' edition, without names."""
    proceeding = proceeding_by_slug(actor, slug)
    require(may_plan(actor, proceeding.id), lazy_gettext("This token does not reach so far."), actor=actor)
    return page_of_features(proceeding, query, Audience.PLANNERS)
