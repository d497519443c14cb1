"""Addresses under /ogc: what each answers."""

from flask import Blueprint, Response, current_app

from participation.accounts.sessions import current_actor
from participation.database import id_in
from participation.errors import ParticipationError
from participation.interfaces.ogc.addresses import address, link, links_to_this
from participation.interfaces.ogc.answers import answer, chosen_format, geojson, open_to_other_sites, page
from participation.interfaces.ogc.collections import collection_by_id, collections_for
from participation.interfaces.ogc.conformance import CLASSES
from participation.interfaces.ogc.documents import (
    collection_document,
    collections_document,
    landing_document,
    queryables_document,
)
from participation.interfaces.ogc.formats import GEOJSON_TYPE, HTML, JSON_TYPE, OPENAPI_TYPE, SCHEMA_TYPE
from participation.interfaces.ogc.items import (
    collection_json,
    feature_in,
    in_system,
    no_such_feature,
    page_of_items,
    single_json,
)
from participation.interfaces.ogc.openapi import definition
from participation.interfaces.ogc.pages import MOST_ON_A_PAGE, box_on_map, feature_on_page, features_on_map
from participation.interfaces.ogc.parameters import crs_parameter, parameters_of, read_parameters, require_known
from participation.interfaces.ogc.problems import on_refusal

bp = Blueprint("ogc", __name__, url_prefix="/ogc")
bp.register_error_handler(ParticipationError, on_refusal)
bp.after_request(open_to_other_sites)


@bp.route("/")
def landing() -> Response:
    """Say where everything is."""
    require_known()
    settings = current_app.extensions["settings"]
    site = " ".join(filter(None, [settings.site_name, settings.site_city]))
    return answer("ogc/landing.html", JSON_TYPE, lambda links: landing_document(site, links))


@bp.route("/conformance")
def conformance() -> Response:
    """Say which parts of the standard hold."""
    require_known()
    return answer("ogc/conformance.html", JSON_TYPE, lambda links: {"conformsTo": CLASSES, "links": links})


@bp.route("/api")
def api() -> Response:
    """Define the interface for programs, or describe it for people."""
    require_known()
    return answer("ogc/api.html", OPENAPI_TYPE, lambda _: definition())


@bp.route("/collections")
def collections() -> Response:
    """List the collections."""
    require_known()
    found = collections_for(current_actor())
    return answer("ogc/collections.html", JSON_TYPE, lambda links: collections_document(found, links))


@bp.route("/collections/<collection_id>")
def collection(collection_id: str) -> Response:
    """Describe one collection."""
    require_known()
    found = collection_by_id(current_actor(), collection_id)
    return answer(
        "ogc/collection.html",
        JSON_TYPE,
        lambda links: collection_document(found, links),
        collection=found,
        features=box_on_map,
    )


@bp.route("/collections/<collection_id>/queryables")
def queryables(collection_id: str) -> Response:
    """Say what one can filter by."""
    require_known()
    found = collection_by_id(current_actor(), collection_id)
    own = address(f"/collections/{found.id}/queryables")
    return answer("ogc/queryables.html", SCHEMA_TYPE, lambda _: queryables_document(found, own), collection=found)


@bp.route("/collections/<collection_id>/items")
def items(collection_id: str) -> Response:
    """Send features, page by page."""
    found = collection_by_id(current_actor(), collection_id)
    require_known(parameters_of(found))
    chosen = chosen_format(GEOJSON_TYPE)
    wanted = read_parameters(found)
    is_page = chosen == HTML
    part = page_of_items(found, wanted, min(wanted.limit, MOST_ON_A_PAGE) if is_page else wanted.limit)
    links = part.links(chosen)
    if not is_page:
        body, name = collection_json(part, links)
        return geojson(body, name, wanted.crs, links)
    return page(
        "ogc/items.html",
        wanted.crs,
        links,
        collection=found,
        part=part,
        features=[feature_on_page(found, row) for row in in_system(part.rows, wanted.crs)],
        on_map=features_on_map(found, part.rows),
    )


@bp.route("/collections/<collection_id>/items/<feature_id>")
def item(collection_id: str, feature_id: str) -> Response:
    """Send one feature."""
    found = collection_by_id(current_actor(), collection_id)
    require_known(["crs"])
    chosen = chosen_format(GEOJSON_TYPE)
    crs = crs_parameter("crs")
    number = id_in(feature_id)
    if number is None:
        raise no_such_feature(found, feature_id)
    row = feature_in(found, number)
    links = [
        *links_to_this(chosen, GEOJSON_TYPE),
        link("collection", address(f"/collections/{found.id}"), JSON_TYPE, found.title),
    ]
    if chosen != HTML:
        body = single_json(row, crs, links)
        return geojson(body, None, crs, links)
    return page(
        "ogc/item.html",
        crs,
        links,
        collection=found,
        feature=feature_on_page(found, in_system([row], crs)[0]),
        on_map=features_on_map(found, [row]),
    )
