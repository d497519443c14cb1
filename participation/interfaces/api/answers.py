"""What programs are told."""

from datetime import datetime
from typing import Any, Literal

import orjson
import shapely
from pydantic import Field, create_model
from shapely.geometry.base import BaseGeometry

from participation.contributions.states import PublicationState
from participation.exports.tables import CONTRIBUTIONS, Audience, Kind
from participation.geodata.errors import N_
from participation.geodata.writing import geometry_json
from participation.interfaces.api.base import ApiModel, GeometryObject, Translated
from participation.moderation.models import Outcome
from participation.proceedings.models import GeometryKind, ModerationMode, PhaseKind, Placing, ProceedingState, Voting
from participation.proceedings.phases import Act

TYPES: dict[Kind, Any] = {Kind.TEXT: str | None, Kind.INTEGER: int | None, Kind.MOMENT: datetime | None}


def geometry_object(geometry: BaseGeometry) -> GeometryObject:
    """Return a geometry (lon, lat) as the downloads write it."""
    return GeometryObject(**orjson.loads(geometry_json(shapely.to_wkb(geometry))))


class Problem(ApiModel):
    """What went wrong (RFC 9457)."""

    class Fault(ApiModel):
        """One of several."""

        field: str
        detail: str

    type: str
    title: str
    status: int
    detail: str
    field: str | None = Field(None, description=N_("The field or parameter it is about."))
    errors: list[Fault] = Field([], description=N_("All of them, where several are wrong."))


class Phase(ApiModel):
    """A span of time, [starts_at, ends_at), and what it allows."""

    kind: PhaseKind
    title: Translated
    starts_at: datetime
    ends_at: datetime
    allows_contributing: bool
    allows_commenting: bool
    allows_voting: bool


class ContributionType(ApiModel):
    """What kind of statement it is."""

    key: str
    name: Translated
    icon: str


class Category(ContributionType):
    """A topic."""

    hint: Translated
    color: str


class Rule(ApiModel):
    """A rule for contributions."""

    key: str
    position: int
    name: Translated
    explanation: Translated
    breach: Translated
    law: str


class ProceedingSummary(ApiModel):
    """A proceeding in a list. Texts stand under the codes of their languages."""

    slug: str
    state: ProceedingState
    title: Translated
    subtitle: Translated
    summary: Translated
    organiser: str
    licence: str
    languages: list[str]
    open_for: list[Act]
    url: str


class Proceeding(ProceedingSummary):
    """A proceeding with all that a front end needs to show it. Long texts are Markdown."""

    about: Translated
    rules_note: Translated
    results: Translated
    contact_email: str
    area: GeometryObject
    placing: Placing
    is_place_required: bool
    geometry_kinds: list[GeometryKind]
    text_longest: int
    moderation_mode: ModerationMode
    voting: Voting
    phases: list[Phase]
    categories: list[Category]
    types: list[ContributionType]
    rules: list[Rule]


class Proceedings(ApiModel):
    """Those that one may see, newest first."""

    items: list[ProceedingSummary]


class Phases(ApiModel):
    """In their order."""

    items: list[Phase]


class Categories(ApiModel):
    """In their order."""

    items: list[Category]


class Counts(ApiModel):
    """How many contributions the filter finds; each number as if its own kind of filter were not set."""

    total: int
    categories: dict[str, int]
    types: dict[str, int]


def _properties(name: str, audience: Audience, on_request: Audience | None = None) -> type[ApiModel]:
    always = CONTRIBUTIONS.columns_for(audience)
    columns = CONTRIBUTIONS.columns_for(on_request or audience)
    fields: dict[str, Any] = {one.name: (TYPES[one.kind], ... if one in always else None) for one in columns}
    made: type[ApiModel] = create_model(name, __base__=ApiModel, **fields)
    made.__doc__ = N_("The columns of the downloads.")
    return made


ContributionProperties = _properties("ContributionProperties", Audience.PUBLIC)
PlannersProperties = _properties("PlannersProperties", Audience.PLANNERS, on_request=Audience.PERSONAL)


class Contribution(ApiModel):
    """A contribution: a GeoJSON feature."""

    type: Literal["Feature"]
    id: int
    geometry: GeometryObject | None
    properties: ContributionProperties  # type: ignore[valid-type]  # made from the columns


class PlannersContribution(Contribution):
    """A contribution with what planners see of it."""

    properties: PlannersProperties  # type: ignore[valid-type]


class Contributions(ApiModel):
    """A page of contributions: a GeoJSON feature collection."""

    type: Literal["FeatureCollection"]
    features: list[Contribution]
    next: str | None = Field(description=N_("Address of the next page."))


class PlannersContributions(ApiModel):
    """A page of the planners' edition."""

    type: Literal["FeatureCollection"]
    features: list[PlannersContribution]
    next: str | None


class Guest(ApiModel):
    """Told once: without the token nobody can act as this guest again."""

    token: str


class SentContribution(ApiModel):
    """What became of a contribution, and its author's secret link."""

    id: int
    state: PublicationState
    fingerprint: str
    created_at: datetime
    url: str
    receipt_url: str


class Votes(ApiModel):
    """The counters, and one's own vote."""

    votes_for: int
    votes_against: int
    own: Literal["for", "against"] | None


class Comment(ApiModel):
    """A comment. Without a text somebody answered what cannot be read (any more)."""

    id: int
    parent: int | None
    text: str | None
    public_name: str | None
    state: PublicationState | None
    language: str | None
    created_at: datetime
    is_own: bool


class Comments(ApiModel):
    """Some threads as one list: a comment stands before its answers and names its parent."""

    items: list[Comment]
    next: str | None


class SentComment(ApiModel):
    """What became of a comment."""

    id: int
    state: PublicationState
    created_at: datetime


class SentReport(ApiModel):
    """The reporter's secret link."""

    id: int
    created_at: datetime
    receipt_url: str


class QueueEntry(ApiModel):
    """A contribution or comment to decide about."""

    kind: Literal["contribution", "comment"]
    id: int
    version: int
    contribution: int
    state: PublicationState
    title: str
    text: str
    language: str
    category: str
    created_at: datetime
    reports: int
    url: str


class Queue(ApiModel):
    """A page of the queue."""

    items: list[QueueEntry]
    next: str | None


class Decision(ApiModel):
    """A decision about an item."""

    id: int
    outcome: Outcome
    state_before: PublicationState
    state_after: PublicationState
    undoes: int | None
    ground: str | None
    statement_of_reasons: str
    decided_at: datetime
    is_undoable: bool


class VotingPeriod(ApiModel):
    """An hour, or beyond one day a day, in which votes came in."""

    starts_at: datetime
    votes: int
    by_new_guests: int


class Voter(ApiModel):
    """Someone who voted here and cast many votes in the proceeding; never how."""

    id: int = Field(description=N_("To block this person with: see “Decide”."))
    has_account: bool
    known_since: datetime
    votes: int
    most_at_once: int
    cast_at: datetime
    blocked_until: datetime | None


class VotingPace(ApiModel):
    """How votes came in: periods newest first; voters with most at once first."""

    periods: list[VotingPeriod]
    voters: list[Voter]
    is_cut: bool = Field(description=N_("There are more votes than were read."))


class Report(ApiModel):
    """An open notice."""

    id: int
    reason: str
    explanation: str
    passage: str
    created_at: datetime


class Case(QueueEntry):
    """An item with what was decided and is reported about it."""

    geometry: GeometryObject | None
    newest_notice: int
    notices: list[Report]
    decisions: list[Decision]
