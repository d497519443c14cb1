"""What there is, as documents: landing page, collections, queryables."""

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext

from participation.exports.editions import rfc3339
from participation.exports.tables import Kind
from participation.interfaces.ogc.addresses import QUERYABLES_REL, Link, address, link
from participation.interfaces.ogc.collections import Collection
from participation.interfaces.ogc.crs import CRS84, SYSTEMS
from participation.interfaces.ogc.formats import GEOJSON_TYPE, HTML_TYPE, JSON_TYPE, OPENAPI_TYPE, SCHEMA_TYPE
from participation.interfaces.ogc.queryables import Queryable
from participation.proceedings.licences import licence_address

CALENDAR = "http://www.opengis.net/def/uom/ISO-8601/0/Gregorian"
CONFORMANCE_REL = "http://www.opengis.net/def/rel/ogc/1.0/conformance"
TILESETS_REL = "http://www.opengis.net/def/rel/ogc/1.0/tilesets-vector"
DATA_REL = "http://www.opengis.net/def/rel/ogc/1.0/data"
JSON_KINDS: dict[Kind, dict[str, Any]] = {
    Kind.INTEGER: {"type": "integer"},
    Kind.MOMENT: {"type": "string", "format": "date-time"},
}


def landing_document(site: str, links: Sequence[Link]) -> dict[str, Any]:
    """Return the landing page: where everything else is."""
    return {
        "title": gettext("Open geodata of %(site)s", site=site),
        "description": gettext("What residents say about the city's plans, live, for maps and geographic software."),
        "links": [
            *links,
            link("service-desc", address("/api", {"f": "json"}), OPENAPI_TYPE, gettext("Definition of this interface")),
            link("service-doc", address("/api", {"f": "html"}), HTML_TYPE, gettext("Description of this interface")),
            link("conformance", address("/conformance"), JSON_TYPE, gettext("Parts of the standard that hold here")),
            link(CONFORMANCE_REL, address("/conformance"), JSON_TYPE),
            link("data", address("/collections"), JSON_TYPE, gettext("Collections")),
            link(DATA_REL, address("/collections"), JSON_TYPE),
        ],
    }


def collections_document(collections: Sequence[Collection], links: Sequence[Link]) -> dict[str, Any]:
    """Return all collections."""
    return {
        "links": list(links),
        "crs": list(SYSTEMS),
        "collections": [collection_document(one) for one in collections],
    }


def collection_document(collection: Collection, links: Sequence[Link] = ()) -> dict[str, Any]:
    """Return what is said of one collection.

    Args:
        collection: the one.
        links: to the document itself, if it stands alone.
    """
    own = f"/collections/{collection.id}"
    items = gettext("Features")
    more = [
        *(links or [link("self", address(own, {"f": "json"}), JSON_TYPE)]),
        link("items", address(f"{own}/items", {"f": "json"}), GEOJSON_TYPE, items),
        link("items", address(f"{own}/items", {"f": "html"}), HTML_TYPE, items),
        link(
            QUERYABLES_REL, address(f"{own}/queryables", {"f": "json"}), SCHEMA_TYPE, gettext("Properties to filter by")
        ),
        link("about", collection.page, HTML_TYPE, collection.title),
    ]
    more.append(link(TILESETS_REL, address(f"{own}/tiles"), JSON_TYPE, gettext("Vector tiles")))
    if licence := licence_address(collection.licence):
        more.append(link("license", licence, HTML_TYPE))
    document = {
        "id": collection.id,
        "title": collection.title,
        "description": collection.description,
        "attribution": collection.attribution,
        "extent": _extent(collection),
        "itemType": "feature",
        "crs": list(SYSTEMS),
        "storageCrs": CRS84,
        "links": more,
    }
    return {name: value for name, value in document.items() if value}


def _extent(collection: Collection) -> dict[str, Any]:
    bbox, first, last = collection.extent()
    extent: dict[str, Any] = {}
    if bbox:
        extent["spatial"] = {"bbox": [list(bbox)], "crs": CRS84}
    if first or last:
        interval = [moment and rfc3339(moment) for moment in (first, last)]
        extent["temporal"] = {"interval": [interval], "trs": CALENDAR}
    return extent


def queryables_document(collection: Collection, own_address: str) -> dict[str, Any]:
    """Return what one can filter by, as a JSON Schema."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": own_address,
        "type": "object",
        "title": collection.title,
        "properties": {
            "geometry": {"title": gettext("Place"), "format": "geometry-any"},
            **{name: _schema(one) for name, one in collection.queryables.items()},
        },
        "additionalProperties": False,
    }


def json_kind(kind: Kind) -> dict[str, Any]:
    """Return what JSON Schema calls values of a kind."""
    return JSON_KINDS.get(kind, {"type": "string"})


def _schema(queryable: Queryable) -> dict[str, Any]:
    words = [word for id_, word in queryable.words.items() if id_ is not None]
    return {"title": queryable.name, **json_kind(queryable.kind), **({"enum": words} if words else {})}
