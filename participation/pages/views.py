"""Portal, map and list of a proceeding, what it is about, the receipt, legal texts."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import shapely
from flask import Blueprint, Response, current_app, redirect, render_template, request, url_for
from shapely.geometry import mapping
from shapely.geometry.base import BaseGeometry

from participation import clock
from participation.accounts.actors import STRANGER, Actor
from participation.accounts.sessions import current_actor, signed_in_actor
from participation.complaints.queries import objections
from participation.contributions import places, queries
from participation.contributions.feature_collections import pins_feature_collection, place_feature
from participation.contributions.filters import ContributionFilter, Sort
from participation.contributions.models import Contribution
from participation.contributions.receipts import contribution_id_by_secret, receipt_secret
from participation.contributions.streets import streets_of
from participation.errors import NotFound
from participation.languages import text_in
from participation.moderation.news import news_of
from participation.moderation.queries import (
    decisions_about,
    leading_of,
    sealed_original,
    statements_in_force,
    told_to_author,
)
from participation.moderation.reasons import statement_of
from participation.pages.figure_ground import FigureGround, figure_ground
from participation.proceedings.licences import licence_name
from participation.proceedings.markdown import to_html
from participation.proceedings.models import Proceeding, ProceedingState
from participation.proceedings.phases import Act, is_open
from participation.proceedings.queries import proceeding_by_slug, rules_in_force, visible_proceedings
from participation.proceedings.standing import (
    STANDINGS,
    closed_words,
    phase_rows,
    standing,
    standing_words,
    time_left_words,
)
from participation.security import private_page

bp = Blueprint("pages", __name__)

THANKED_FOR = timedelta(minutes=10)  # after sending; later the receipt begins with what became of it
VIEWS = ("split", "map", "list")


@bp.app_template_global()
def figure_of(proceeding: Proceeding) -> FigureGround:
    """Return the figure-ground plan of a proceeding."""
    return figure_ground(shapely.to_wkb(proceeding.project_area), basemap_path())


@bp.app_template_global()
def area_of(proceeding: Proceeding) -> dict[str, Any]:
    """Return the project area as a GeoJSON geometry."""
    area: dict[str, Any] = mapping(proceeding.project_area)
    return area


@bp.app_template_global()
def category_names(proceeding: Proceeding) -> dict[str, str]:
    """Return what the categories are called, by key, in the page's language."""
    return {category.key: text_in(category.name) for category in proceeding.categories}


@bp.app_template_global()
def type_icons(proceeding: Proceeding) -> dict[str, str]:
    """Return the icons of the types of contribution, by key."""
    return {type_.key: type_.icon for type_ in proceeding.types}


@bp.app_template_global()
def receipt_url(contribution: Contribution) -> str:
    """Return the secret address of a receipt; only for pages that nobody but the author sees."""
    return url_for("pages.receipt", secret=receipt_secret(contribution))


@bp.app_template_global()
def place_in_words(geometry: BaseGeometry | None, area: BaseGeometry) -> str:
    """Say where a place is, with the nearest street of the drawing; geometry and area in lon, lat."""
    return places.place_in_words(geometry, area, streets_of(basemap_path()))


@bp.app_template_global()
def place_in_brief(geometry: BaseGeometry | None) -> str:
    """Say where a place is as cards do."""
    return places.place_in_brief(geometry, streets_of(basemap_path()))


bp.add_app_template_filter(licence_name)


@bp.app_context_processor
def give_words() -> dict[str, Any]:
    """Give templates what they ask about proceedings and places."""
    return {
        "Act": Act,
        "is_open": is_open,
        "standing": standing,
        "standing_words": standing_words,
        "time_left_words": time_left_words,
        "closed_words": closed_words,
        "phase_rows": phase_rows,
        "place_feature": place_feature,
        "markdown": to_html,
    }


@bp.route("/")
def portal() -> Any:
    """Show all proceedings on a city map and as cards; with a single one, lead there."""
    actor = current_actor()
    proceedings = visible_proceedings(actor)
    if len(proceedings) == 1 and proceedings[0].state is ProceedingState.PUBLISHED:
        return redirect(url_for(".proceeding", slug=proceedings[0].slug))
    chosen = request.args.get("status", "")
    if chosen and chosen not in STANDINGS:
        raise NotFound
    words = request.args.get("q", "").casefold()[:100].split()
    found = [proceeding for proceeding in proceedings if _mentions(proceeding, words)]
    numbers = {word: sum(standing(proceeding) == word for proceeding in found) for word in STANDINGS}
    counts = queries.counts_by_proceeding(proceedings)
    return render_template(
        "pages/portal.html",
        proceedings=[proceeding for proceeding in found if not chosen or standing(proceeding) == chosen],
        numbers=numbers,
        found=len(found),
        counts=counts,
        q=request.args.get("q", "")[:100],
        chosen=chosen,
        markers=_markers(found, counts),
    )


def _mentions(proceeding: Proceeding, words: list[str]) -> bool:
    texts = [*proceeding.title.values(), *proceeding.subtitle.values(), *proceeding.summary.values()]
    return all(any(word in text_.casefold() for text_ in texts) for word in words)


def _markers(proceedings: Sequence[Proceeding], counts: Mapping[int, int]) -> dict[str, Any]:
    """Return the proceedings as points of the city map (GeoJSON)."""
    features = []
    for proceeding in proceedings:
        if standing(proceeding) == "draft":
            continue
        point = proceeding.project_area.representative_point()
        properties = {
            "title": text_in(proceeding.title),
            "state": standing(proceeding),
            "phase": standing_words(proceeding),
            "count": counts.get(proceeding.id, 0),
            "url": url_for(".proceeding", slug=proceeding.slug),
            "side": "",
        }
        geometry = {"type": "Point", "coordinates": [round(point.x, 6), round(point.y, 6)]}
        features.append({"type": "Feature", "id": proceeding.id, "geometry": geometry, "properties": properties})
    return {"type": "FeatureCollection", "features": features}


@bp.route("/proceedings/<slug>")
def proceeding(slug: str) -> str:
    """Show map and list of a proceeding, as equals, with one filter."""
    actor = current_actor()
    found = proceeding_by_slug(actor, slug)
    wanted = ContributionFilter.from_arguments(request.args)
    page = queries.page_of_contributions(
        found, wanted, after=request.args.get("after", ""), before=request.args.get("before", "")
    )
    by_category = queries.counts_by_category(found, wanted)
    is_first_page = not (page.previous_cursor or request.args.get("before"))
    own_waiting = queries.own_waiting_contributions(actor, found, wanted)
    view = request.args.get("view", VIEWS[0])
    return render_template(
        "contributions/list.html",
        proceeding=found,
        wanted=wanted,
        page=page,
        by_category=by_category,
        by_type=queries.counts_by_type(found, wanted),
        total=queries.total(by_category, wanted),
        own_waiting=own_waiting if is_first_page else [],
        own_pins=pins_feature_collection(found, own_waiting),
        sorts=Sort,
        view=view if view in VIEWS else VIEWS[0],
    )


@bp.route("/proceedings/<slug>/about")
def about(slug: str) -> str:
    """Say what is open, what is fixed, and when."""
    found = proceeding_by_slug(current_actor(), slug)
    return render_template("pages/about.html", proceeding=found, rules=rules_in_force(found.id))


@bp.route("/receipts/<secret>")
def receipt(secret: str) -> Response:
    """Show an author what was sent, where it stands, and why; whoever has the link is the author."""
    contribution = queries.contribution_with_parts(contribution_id_by_secret(secret))
    if contribution is None:
        raise NotFound
    proceeding = proceeding_by_slug(Actor(is_administrator=True), contribution.proceeding.slug)
    decisions = told_to_author(decisions_about(contribution))
    in_force = statements_in_force(decisions)
    earlier = [one for one in decisions if one not in [decision for decision, _ in in_force]]
    page = render_template(
        "contributions/receipt.html",
        contribution=contribution,
        proceeding=proceeding,
        secret=secret,
        is_new=not decisions and clock.now() - contribution.created_at < THANKED_FOR,
        in_force=in_force,
        earlier=[(decision, statement_of(decision), news_of(decision)) for decision in earlier],
        objections=objections(decision for decision in decisions if statement_of(decision)),
        original=sealed_original(contribution),
        leading=leading_of(STRANGER, contribution),
    )
    return private_page(page)


@bp.route("/account")
def account() -> str:
    """Show people their own contributions."""
    actor = signed_in_actor()
    return render_template("pages/account.html", contributions=queries.contributions_by(actor))


@bp.route("/privacy")
def privacy() -> str:
    """Say which data are kept, why, and for how long."""
    return render_template("pages/privacy.html")


@bp.route("/imprint")
def imprint() -> str:
    """Say who answers for this site."""
    return render_template("pages/imprint.html")


@bp.route("/accessibility")
def accessibility() -> str:
    """Declare how accessible the site is, and whom to tell about barriers."""
    return render_template("pages/accessibility.html")


@bp.route("/basemap.geojson")
def basemap() -> Response:
    """Send the drawing that lies under the pins."""
    path = basemap_path()
    if not path.exists():  # no drawing was set up: the pins stand on plain ground
        return Response('{"type":"FeatureCollection","features":[]}', content_type="application/geo+json")
    response = Response(path.read_bytes(), content_type="application/geo+json")
    response.headers["Cache-Control"] = "public, max-age=3600"
    response.add_etag()
    response.make_conditional(request)
    return response


def basemap_path() -> Path:
    """Return where the installation keeps its drawing."""
    instance_path: Path = current_app.extensions["settings"].instance_path
    return instance_path / "basemap.geojson"
