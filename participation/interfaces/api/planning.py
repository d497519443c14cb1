"""What planners read."""

from flask_babel import lazy_gettext

from participation.accounts.actors import Actor, require
from participation.exports.services import note_personal_download
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
    """List the planners' edition; with names only when asked for, which is kept on record."""
    proceeding = proceeding_by_slug(actor, slug)
    require(may_plan(actor, proceeding.id), lazy_gettext("This token does not reach so far."), actor=actor)
    if query.personal == "0":
        return page_of_features(proceeding, query, Audience.PLANNERS)
    page = page_of_features(proceeding, query, Audience.PERSONAL)
    note_personal_download(actor, proceeding)
    return page
