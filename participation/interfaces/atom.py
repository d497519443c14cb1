"""Atom feeds (RFC 4287): what was published in a proceeding and what the city answered, newest first."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from xml.etree import ElementTree as ET

from flask import Blueprint, Response, request
from flask_babel import gettext
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from participation.accounts.sessions import current_actor
from participation.contributions.filters import ContributionFilter, conditions
from participation.contributions.models import Contribution
from participation.database import db
from participation.exports.editions import rfc3339
from participation.geodata.web_mercator import position_at
from participation.interfaces.xml import add, conditional, xml_response
from participation.languages import PREFIXES, current_language, page_url, text_in
from participation.proceedings.licences import licence_name
from participation.proceedings.models import Proceeding
from participation.proceedings.queries import proceeding_by_slug

bp = Blueprint("feeds", __name__)

MOST_ENTRIES = 50
ATOM = "http://www.w3.org/2005/Atom"
GEORSS = "http://www.georss.org/georss"
MEDIA_TYPE = "application/atom+xml; charset=utf-8"

ET.register_namespace("georss", GEORSS)


@dataclass(frozen=True, slots=True)
class Entry:
    """Something new: a contribution that became public, or the city's response to one."""

    contribution: Contribution
    at: datetime
    is_response: bool


@bp.route("/feeds/<slug>.atom")
def atom(slug: str) -> Response:
    """Send what is new; the filter of the page holds here, too, so each category has a feed of its own."""
    proceeding = proceeding_by_slug(current_actor(), slug)
    wanted = ContributionFilter.from_arguments(request.args)
    entries = newest_entries(proceeding, wanted)
    changed_at = max((entry.at for entry in entries), default=proceeding.created_at)
    response = xml_response(_feed(proceeding, wanted, entries, changed_at), MEDIA_TYPE)
    return conditional(response, proceeding, changed_at)


def newest_entries(proceeding: Proceeding, wanted: ContributionFilter) -> list[Entry]:
    """Return the newest publications and responses among what the filter finds, newest first."""
    published = _newest(proceeding, wanted, Contribution.published_at)
    responded = _newest(proceeding, wanted, Contribution.responded_at)
    entries = [Entry(one, one.published_at, is_response=False) for one in published if one.published_at]
    entries += [Entry(one, one.responded_at, is_response=True) for one in responded if one.responded_at]
    entries.sort(key=lambda entry: (entry.at, entry.contribution.id, entry.is_response), reverse=True)
    return entries[:MOST_ENTRIES]


def _newest(proceeding: Proceeding, wanted: ContributionFilter, moment: Any) -> Sequence[Contribution]:
    statement = (
        select(Contribution)
        .where(*conditions(proceeding, wanted), moment.is_not(None))
        .options(joinedload(Contribution.category))
        .order_by(moment.desc(), Contribution.id.desc())
        .limit(MOST_ENTRIES)
    )
    return db.session.scalars(statement).all()


def _feed(
    proceeding: Proceeding, wanted: ContributionFilter, entries: Sequence[Entry], changed_at: datetime
) -> ET.Element:
    language = current_language()
    query = request.query_string.decode("ascii", "replace")
    own = page_url(f"/feeds/{proceeding.slug}.atom", language) + (f"?{query}" if query else "")
    feed = ET.Element("feed", {"xmlns": ATOM, "xml:lang": language})
    names = [text_in(category.name) for category in proceeding.categories if category.key in wanted.categories]
    add(feed, "id", own)
    add(feed, "title", ": ".join([text_in(proceeding.title), *([", ".join(names)] if names else [])]))
    add(feed, "subtitle", text_in(proceeding.subtitle))
    add(feed, "updated", rfc3339(changed_at))
    add(feed, "link", rel="self", href=own, type="application/atom+xml")
    add(feed, "link", rel="alternate", href=page_url(f"/proceedings/{proceeding.slug}", language), type="text/html")
    add(feed, "rights", licence_name(proceeding.licence))
    add(add(feed, "author"), "name", proceeding.organiser)
    for entry in entries:
        _add_entry(feed, proceeding, entry)
    return feed


def _add_entry(feed: ET.Element, proceeding: Proceeding, entry: Entry) -> None:
    contribution = entry.contribution
    path = f"/proceedings/{proceeding.slug}/contributions/{contribution.id}"
    # The same in each language: a reader who changes it does not get everything as news again.
    name = page_url(path, next(iter(PREFIXES))) + ("#response" if entry.is_response else "")
    element = add(feed, "entry")
    add(element, "id", name)
    title = gettext("Answer: %(title)s", title=contribution.title) if entry.is_response else contribution.title
    add(element, "title", title)
    add(element, "link", rel="alternate", href=page_url(path, current_language()), type="text/html")
    add(element, "published", rfc3339(entry.at))
    add(element, "updated", rfc3339(entry.at))
    author = proceeding.organiser if entry.is_response else contribution.public_name or gettext("Anonymous")
    add(add(element, "author"), "name", author)
    add(element, "category", term=contribution.category.key, label=text_in(contribution.category.name))
    add(element, "content", (contribution.response if entry.is_response else contribution.text) or "", type="text")
    if contribution.pin_x is not None and contribution.pin_y is not None:
        lon, lat = position_at(contribution.pin_x, contribution.pin_y)
        add(element, f"{{{GEORSS}}}point", f"{lat:.6f} {lon:.6f}")
