"""Contributions: reading them as in every download, and sending one with the checks of the form."""

import hashlib
import json
import secrets
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import orjson
from flask import request
from flask_babel import lazy_gettext

from participation.accounts.actors import Actor
from participation.accounts.sessions import new_guest_token
from participation.contributions import queries
from participation.contributions.checking import NewContribution, check, check_place
from participation.contributions.filters import ContributionFilter
from participation.contributions.models import Contribution
from participation.contributions.receipts import canonical_text, fingerprint, receipt_secret
from participation.contributions.services import submit_contribution
from participation.errors import InvalidInput
from participation.exports.editions import Edition
from participation.exports.geojson_format import feature_json
from participation.exports.tables import CONTRIBUTIONS, Audience
from participation.forms import checked_email
from participation.interfaces.api import answers, requests
from participation.interfaces.api.reading import KEY_HEADER, naming
from participation.interfaces.api.registry import GEOJSON, Access, next_url, operation
from participation.languages import current_language, page_url
from participation.proceedings.models import Proceeding
from participation.proceedings.phases import Act
from participation.proceedings.queries import proceeding_by_slug
from participation.proceedings.standing import require_open

TAG = "contributions"


@operation(
    "POST", "/guests", tag=TAG, summary=lazy_gettext("Begin to take part without an account"),
    body=requests.NewGuest, answer=answers.Guest, status=201,
)  # fmt: skip
def add_guest(_actor: Actor, body: requests.NewGuest) -> answers.Guest:
    """Make a guest and tell, once, the token with which it contributes, comments, votes and reports."""
    return answers.Guest(token=new_guest_token(body.language))


@operation(
    "GET", "/proceedings/<slug>/contributions", tag=TAG, summary=lazy_gettext("Public contributions, by filter"),
    query=requests.ContributionsQuery, answer=answers.Contributions, media_type=GEOJSON,
)  # fmt: skip
def contributions(actor: Actor, slug: str, query: requests.ContributionsQuery) -> bytes:
    """List what the page lists, with the properties of the downloads."""
    return page_of_features(proceeding_by_slug(actor, slug), query, Audience.PUBLIC)


@operation(
    "GET", "/proceedings/<slug>/counts", tag=TAG, summary=lazy_gettext("How many contributions there are, by filter"),
    query=requests.FilterQuery, answer=answers.Counts,
)  # fmt: skip
def counts(actor: Actor, slug: str, query: requests.FilterQuery) -> answers.Counts:  # noqa: ARG001 – read by the filter
    """Count what the page counts."""
    proceeding = proceeding_by_slug(actor, slug)
    wanted = ContributionFilter.from_arguments(request.args)
    by_category = queries.counts_by_category(proceeding, wanted)
    return answers.Counts(
        total=queries.total(by_category, wanted),
        categories=by_category,
        types=queries.counts_by_type(proceeding, wanted),
    )


@operation(
    "GET", "/proceedings/<slug>/contributions/<id:contribution_id>", tag=TAG, summary=lazy_gettext("One contribution"),
    answer=answers.Contribution, media_type=GEOJSON,
)  # fmt: skip
def contribution(actor: Actor, slug: str, contribution_id: int) -> bytes:
    """Tell one contribution to whom its own page is open: all, its guest while it waits, its moderators."""
    proceeding = proceeding_by_slug(actor, slug)
    found = queries.contribution_to_read(actor, proceeding, contribution_id)
    return _features(proceeding, [found.id], Audience.PUBLIC)[0]


@operation(
    "POST", "/proceedings/<slug>/contributions", tag=TAG, summary=lazy_gettext("Send a contribution"),
    body=requests.NewContributionBody, answer=answers.SentContribution, status=201, access=Access.GUEST, takes_key=True,
)  # fmt: skip
def add_contribution(actor: Actor, slug: str, body: requests.NewContributionBody, key: str) -> answers.SentContribution:
    """Take a contribution with the checks and limits of the form; with the same key it is taken once."""
    proceeding = proceeding_by_slug(actor, slug)
    require_open(proceeding, Act.CONTRIBUTE)
    new = check(proceeding, _new(proceeding, body))
    kept_key = _kept(key or secrets.token_urlsafe(24), actor)
    sent = submit_contribution(actor, proceeding, new, idempotency_key=kept_key, email=checked_email(body.email or ""))
    if not _is_same(proceeding, new, sent):
        raise InvalidInput(lazy_gettext("Something else was sent with this key before."), field=KEY_HEADER)
    return answers.SentContribution(
        id=sent.id,
        state=sent.state,
        fingerprint=sent.fingerprint,
        created_at=sent.created_at,
        url=page_url(f"/proceedings/{proceeding.slug}/contributions/{sent.id}", current_language()),
        receipt_url=page_url(f"/receipts/{receipt_secret(sent)}", current_language()),
    )


def page_of_features(proceeding: Proceeding, query: requests.ContributionsQuery, audience: Audience) -> bytes:
    """Return a page of a list as a feature collection."""
    wanted = ContributionFilter.from_arguments(request.args)
    with naming("after"):
        page = queries.page_of_contributions(proceeding, wanted, after=query.after, limit=query.limit)
    features = _features(proceeding, [one.id for one in page.items], audience)
    following = orjson.dumps(next_url(page.next_cursor))
    return b'{"type":"FeatureCollection","features":[%b],"next":%b}' % (b",\n".join(features), following)


def _features(proceeding: Proceeding, ids: Sequence[int], audience: Audience) -> list[bytes]:
    """Return contributions in this order, as downloads write them; callers check who may read them."""
    rows = replace(CONTRIBUTIONS, rows=lambda _proceeding, _wanted: [Contribution.id.in_(ids)])
    found = Edition(rows, proceeding, ContributionFilter(), audience).rows_after(0, len(ids))
    by_id = {row.id: feature_json(row) for row in found}
    return [by_id[id_] for id_ in ids if id_ in by_id]


def _new(proceeding: Proceeding, body: requests.NewContributionBody) -> NewContribution:
    place: Any = None if body.geometry is None else body.geometry.model_dump()
    return NewContribution(
        title=body.title,
        text=body.text,
        category=body.category,
        type=body.type or "",
        geometry=check_place(proceeding, place),
        language=body.language or current_language(),
        public_name=body.public_name or "",
    )


def _kept(key: str, actor: Actor) -> str:
    """Return what is kept of a key: those of different guests never meet."""
    return hashlib.sha256(json.dumps(["api", key, actor.participant_id]).encode()).hexdigest()


def _is_same(proceeding: Proceeding, new: NewContribution, sent: Contribution) -> bool:
    """Whether this is what was sent: by its fingerprint, since moderators may have changed it meanwhile."""
    canonical = canonical_text(
        proceeding=proceeding.slug,
        title=new.title,
        text=new.text,
        category=new.category,
        type_=new.type or None,
        geometry=new.geometry,
        created_at=sent.created_at,
    )
    return fingerprint(canonical) == sent.fingerprint
