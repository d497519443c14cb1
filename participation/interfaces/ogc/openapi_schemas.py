"""The shapes of answers in the definition, as OpenAPI 3.0 writes them (after OGC's own schemas, edition 1.0.1)."""

from collections.abc import Iterable
from typing import Any

from participation.interfaces.ogc.crs import CRS84
from participation.interfaces.ogc.documents import CALENDAR, json_kind
from participation.interfaces.ogc.queryables import Property

STRING = {"type": "string"}
POSITION = {"type": "array", "minItems": 2, "items": {"type": "number"}}
GEOMETRY_TYPES = ("Point", "LineString", "Polygon", "MultiPolygon")
BBOX = {"type": "array", "minItems": 4, "maxItems": 6, "items": {"type": "number"}}


def _array(items: Any) -> dict[str, Any]:
    return {"type": "array", "items": items}


def _object(properties: dict[str, Any], *required: str) -> dict[str, Any]:
    return {"type": "object", "properties": properties, **({"required": list(required)} if required else {})}


def ref(name: str) -> dict[str, str]:
    """Return a reference to one of the shapes."""
    return {"$ref": f"#/components/schemas/{name}"}


SCHEMAS: dict[str, Any] = {
    "link": _object(dict.fromkeys(("href", "rel", "type", "hreflang", "title"), STRING), "href", "rel"),
    "problem": {
        **_object(
            {
                "type": STRING,
                "title": STRING,
                "status": {"type": "integer"},
                "detail": STRING,
                "parameter": {"type": "string", "description": "The parameter that is wrong, if one is."},
            },
            "title",
            "status",
        ),
        "example": {
            "type": "about:blank",
            "title": "Please check the address.",
            "status": 400,
            "detail": "“limit” must be a whole number from 1 to 10000.",
            "parameter": "limit",
        },
    },
    "landingPage": _object({"title": STRING, "description": STRING, "links": _array(ref("link"))}, "links"),
    "confClasses": _object({"conformsTo": _array(STRING)}, "conformsTo"),
    "extent": _object(
        {
            "spatial": _object({"bbox": {**_array(BBOX), "minItems": 1}, "crs": {"type": "string", "enum": [CRS84]}}),
            "temporal": _object(
                {
                    "interval": {
                        "type": "array",
                        "minItems": 1,
                        "items": {
                            "type": "array",
                            "minItems": 2,
                            "maxItems": 2,
                            "items": {"type": "string", "format": "date-time", "nullable": True},
                        },
                    },
                    "trs": {"type": "string", "enum": [CALENDAR]},
                }
            ),
        }
    ),
    "collection": _object(
        {
            "id": STRING,
            "title": STRING,
            "description": STRING,
            "attribution": STRING,
            "links": _array(ref("link")),
            "extent": ref("extent"),
            "itemType": {"type": "string", "default": "feature"},
            "crs": {**_array(STRING), "default": [CRS84]},
            "storageCrs": STRING,
        },
        "id",
        "links",
    ),
    "collections": _object(
        {"links": _array(ref("link")), "collections": _array(ref("collection")), "crs": _array(STRING)},
        "links",
        "collections",
    ),
    "queryables": {"type": "object", "description": "A JSON Schema of the properties to filter by."},
    "geometry": {
        "type": "object",
        "nullable": True,
        "description": "null without a place.",
        "required": ["type", "coordinates"],
        "properties": {
            "type": {"type": "string", "enum": list(GEOMETRY_TYPES)},
            "coordinates": {"type": "array", "items": {}},
        },
        "example": {"type": "Point", "coordinates": [12.3707, 51.3421]},
    },
}


def feature_schemas(kind: str, properties: Iterable[Property]) -> dict[str, Any]:
    """Return the shapes of a feature and a feature collection of one kind."""
    facts = {one.name: {**json_kind(one.kind), "nullable": True} for one in properties}
    members = {
        "type": {"type": "string", "enum": ["Feature"]},
        "id": {"type": "integer"},
        "geometry": ref("geometry"),
        "properties": _object(facts),
        "links": _array(ref("link")),
    }
    features = _array(ref(kind))
    collection = {
        "type": {"type": "string", "enum": ["FeatureCollection"]},
        "timeStamp": {"type": "string", "format": "date-time"},
        "numberMatched": {"type": "integer", "minimum": 0, "example": 127},
        "numberReturned": {"type": "integer", "minimum": 0, "example": 10},
        "licence": STRING,
        "attribution": STRING,
        "links": _array(ref("link")),
        "features": features,
    }
    return {
        kind: _object(members, "type", "geometry", "properties"),
        f"{kind}Collection": _object(collection, "type", "features"),
    }
