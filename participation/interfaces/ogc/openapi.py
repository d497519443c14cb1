"""The definition of the interface: OpenAPI 3.0, made from the same names and limits that the code checks."""

from collections.abc import Iterable, Sequence
from http import HTTPStatus
from typing import Any

from flask import current_app
from flask_babel import gettext, lazy_gettext

from participation.exports.tables import CONTRIBUTIONS, Audience
from participation.interfaces.ogc import cql2
from participation.interfaces.ogc.addresses import address
from participation.interfaces.ogc.crs import CRS84, SYSTEMS
from participation.interfaces.ogc.documents import json_kind
from participation.interfaces.ogc.formats import (
    FORMATS,
    GEOJSON_TYPE,
    HTML_TYPE,
    JSON_TYPE,
    OPENAPI_TYPE,
    SCHEMA_TYPE,
    TILE_TYPE,
)
from participation.interfaces.ogc.openapi_schemas import SCHEMAS, feature_schemas, ref
from participation.interfaces.ogc.parameters import DEFAULT_LIMIT, MOST_ITEMS
from participation.interfaces.ogc.problems import PROBLEM_TYPE
from participation.interfaces.ogc.proceeding_rows import FACTS
from participation.interfaces.ogc.queryables import Property
from participation.interfaces.ogc.tiles import MATRIX_SET

VERSION = "1.0.0"
EXAMPLE_SLUG = "matthaeikirchhof"
TILE_PARAMETERS = {
    "tileMatrix": lazy_gettext("Zoom of the tile, from 0 to 20."),
    "tileRow": lazy_gettext("Row of the tile, from the north."),
    "tileCol": lazy_gettext("Column of the tile, from the west."),
}
OF_CONTRIBUTIONS = ("category", "type")  # their words stand for numbers


def definition() -> dict[str, Any]:
    """Return the whole document."""
    columns = CONTRIBUTIONS.columns_for(Audience.PUBLIC)
    kinds: list[tuple[str, str, str, Sequence[Property], list[str]]] = [
        ("Proceedings", "/collections/proceedings", "proceeding", FACTS, []),
        ("Area", "/collections/{proceeding}.area", "proceeding", FACTS, []),
        ("Contributions", "/collections/{proceeding}.contributions", "contribution", columns, ["q"]),
    ]
    paths = _fixed_paths() | _tile_paths()
    for name, path, kind, properties, more in kinds:
        paths |= _paths_of(name, path, kind, [*more, *(one.name for one in _filterable(properties))])
    return {
        "openapi": "3.0.3",
        "info": {
            "title": gettext("Open geodata (OGC API – Features)"),
            "description": gettext(
                "What residents say about the city's plans, live, for maps and geographic software."
            ),
            "version": VERSION,
            "license": {"name": "EUPL-1.2", "url": "https://eupl.eu/1.2/en/"},
        },
        "servers": [{"url": address("").rstrip("/")}],
        "security": [{}, {"session": []}],
        "tags": [
            {"name": "Capabilities", "description": gettext("What there is.")},
            {"name": "Data", "description": gettext("The features themselves.")},
        ],
        "paths": paths,
        "components": {
            "parameters": _parameters() | _property_parameters([*columns, *FACTS]),
            "responses": _responses(),
            "schemas": SCHEMAS | feature_schemas("contribution", columns) | feature_schemas("proceeding", FACTS),
            "securitySchemes": {
                "session": {
                    "type": "apiKey",
                    "in": "cookie",
                    "name": current_app.config["SESSION_COOKIE_NAME"],
                    "description": gettext("Who is signed in and works on a draft sees it here, too."),
                }
            },
        },
    }


def _filterable(properties: Iterable[Property]) -> list[Property]:
    return [one for one in properties if one.shown is None or one.name in OF_CONTRIBUTIONS]


def _fixed_paths() -> dict[str, Any]:
    collection = [_parameter("collectionId")]
    return {
        "/": _get("getLandingPage", gettext("Where everything is"), JSON_TYPE, "landingPage"),
        "/conformance": _get(
            "getConformance", gettext("Parts of the standard that hold here"), JSON_TYPE, "confClasses"
        ),
        "/api": _get("getDefinition", gettext("This document"), OPENAPI_TYPE, None),
        "/collections": _get("getCollections", gettext("All collections"), JSON_TYPE, "collections"),
        "/collections/{collectionId}": _get(
            "describeCollection", gettext("One collection"), JSON_TYPE, "collection", collection
        ),
        "/collections/{collectionId}/queryables": _get(
            "getQueryables", gettext("Properties to filter by"), SCHEMA_TYPE, "queryables", collection
        ),
    }


def _tile_paths() -> dict[str, Any]:
    path = "/collections/{collectionId}/tiles"
    collection = [_parameter("collectionId")]
    tiles = f"{path}/{MATRIX_SET}"
    one = _get("getTile", gettext("One tile"), TILE_TYPE, None, [*collection, *map(_parameter, TILE_PARAMETERS)])
    operation = one["get"]
    operation["parameters"].pop()  # tiles have one form only
    operation["responses"]["200"]["content"] = {TILE_TYPE: {"schema": {"type": "string", "format": "binary"}}}
    operation["responses"]["204"] = {"description": gettext("Nothing lies in this tile.")}
    return {
        path: _get("getTileSets", gettext("Vector tiles"), JSON_TYPE, None, collection),
        tiles: _get("getTileSet", gettext("One tile set"), JSON_TYPE, None, collection),
        f"{tiles}/{{tileMatrix}}/{{tileRow}}/{{tileCol}}": one,
    }


def _paths_of(name: str, path: str, kind: str, filters: list[str]) -> dict[str, Any]:
    slug = [_parameter("proceeding")] if "{proceeding}" in path else []
    names = ("limit", "cursor", "bbox", "bbox-crs", "datetime", "crs", "filter", "filter-lang", "filter-crs", *filters)
    items = [*slug, *map(_parameter, names)]
    item = [*slug, _parameter("featureId"), _parameter("crs")]
    return {
        f"{path}/items": _get(
            f"get{name}", gettext("Features, page by page"), GEOJSON_TYPE, f"{kind}Collection", items, "Data"
        ),
        f"{path}/items/{{featureId}}": _get(f"get{name}One", gettext("One feature"), GEOJSON_TYPE, kind, item, "Data"),
    }


def _get(
    operation: str,
    summary: str,
    media_type: str,
    schema: str | None,
    parameters: Sequence[Any] = (),
    tag: str = "Capabilities",
) -> dict[str, Any]:
    """Return a path with its one operation."""
    content = {"schema": ref(schema) if schema else {"type": "object"}}
    answer: dict[str, Any] = {
        "description": summary,
        "content": {media_type: content, HTML_TYPE: {"schema": {"type": "string"}}},
    }
    if tag == "Data":
        answer["headers"] = {
            "Content-Crs": {
                "description": gettext("The coordinate system of the answer."),
                "schema": {"type": "string"},
            },
            "Link": {"description": gettext("The links of the answer."), "schema": {"type": "string"}},
            "ETag": {"description": gettext("Changes with the content."), "schema": {"type": "string"}},
        }
    refused = {"400": "InvalidParameter", "406": "NotAcceptable", "429": "TooMany", "500": "ServerError"}
    if any("collectionId" in str(one) or "proceeding" in str(one) or "featureId" in str(one) for one in parameters):
        refused["404"] = "NotFound"
    errors = {code: {"$ref": f"#/components/responses/{name}"} for code, name in refused.items()}
    return {
        "get": {
            "tags": [tag],
            "operationId": operation,
            "summary": summary,
            "parameters": [*parameters, _parameter("f")],
            "responses": {"200": answer, "304": {"description": gettext("Nothing has changed.")}, **errors},
        }
    }


def _parameter(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/parameters/{name}"}


def _responses() -> dict[str, Any]:
    described = {
        "InvalidParameter": (HTTPStatus.BAD_REQUEST, gettext("A parameter is wrong or does not exist; it is named.")),
        "NotFound": (HTTPStatus.NOT_FOUND, gettext("There is no such collection or feature.")),
        "NotAcceptable": (HTTPStatus.NOT_ACCEPTABLE, gettext("There is no such format.")),
        "TooMany": (HTTPStatus.TOO_MANY_REQUESTS, gettext("Too many requests in a short time.")),
        "ServerError": (HTTPStatus.INTERNAL_SERVER_ERROR, gettext("The mistake is ours, and it is recorded.")),
    }
    return {
        name: {"description": text, "content": {PROBLEM_TYPE: {"schema": ref("problem")}}}
        for name, (_, text) in described.items()
    }


def _query(name: str, schema: dict[str, Any], description: str, **more: Any) -> dict[str, Any]:
    return {
        "name": name,
        "in": "query",
        "required": False,
        "description": description,
        "schema": schema,
        "style": "form",
        "explode": False,
        **more,
    }


def _in_path(name: str, schema: dict[str, Any], description: str, example: Any) -> dict[str, Any]:
    made = {"name": name, "in": "path", "required": True, "description": description}
    return made | {"schema": schema, "example": example}


def _parameters() -> dict[str, Any]:
    systems = {"type": "string", "format": "uri", "enum": list(SYSTEMS), "default": CRS84}
    bbox = {
        "type": "array",
        "oneOf": [{"minItems": 4, "maxItems": 4}, {"minItems": 6, "maxItems": 6}],
        "items": {"type": "number"},
    }
    limit = {"type": "integer", "minimum": 1, "maximum": MOST_ITEMS, "default": DEFAULT_LIMIT}
    languages = {"type": "string", "enum": list(cql2.LANGUAGES), "default": cql2.TEXT}
    text = {"type": "string"}
    found = [
        _query("f", {"type": "string", "enum": list(FORMATS)}, gettext("The format; it wins over the Accept header.")),
        _query("limit", limit, gettext("How many features at most.")),
        _query("cursor", text, gettext("Where the page begins; only as it stands in a “next” link.")),
        _query(
            "bbox",
            bbox,
            gettext("Only features in this box, and those without a place: west, south, east, north; or with heights."),
            example=[12.36, 51.33, 12.38, 51.35],
        ),
        _query("bbox-crs", systems, gettext("The coordinate system of the box.")),
        _query(
            "datetime",
            text,
            gettext("Only features of this time: an instant, or two with a slash between; .. leaves a side open."),
            example="2026-11-01T00:00:00Z/..",
        ),
        _query("crs", systems, gettext("The coordinate system of the answer.")),
        _query(
            "filter",
            {"type": "string", "maxLength": cql2.LONGEST},
            gettext("Only features for which this holds (CQL2)."),
            example="votes_for >= 10 AND category IN ('green', 'paths')",
        ),
        _query("filter-lang", languages, gettext("The language of the filter.")),
        _query("filter-crs", systems, gettext("The coordinate system of places in the filter.")),
        _query("q", text, gettext("Only features in which all these words stand."), example="Bänke Linden"),
        _in_path("collectionId", text, gettext("Name of a collection."), f"{EXAMPLE_SLUG}.contributions"),
        _in_path("proceeding", text, gettext("Name of a consultation, as in its address."), EXAMPLE_SLUG),
        *(_in_path(name, {"type": "integer", "minimum": 0}, str(told), 0) for name, told in TILE_PARAMETERS.items()),
        _in_path("featureId", {"type": "integer", "minimum": 1}, gettext("Number of a feature."), 1),
    ]
    return {one["name"]: one for one in found}


def _property_parameters(properties: Iterable[Property]) -> dict[str, Any]:
    return {
        one.name: _query(one.name, json_kind(one.kind), gettext("Only features with this value."))
        for one in _filterable(properties)
    }
