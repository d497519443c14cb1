"""The OpenAPI 3.1 document, made of the operations and of the models that check what is sent."""

import re
from functools import cache
from typing import Any

import orjson
from flask import Response, current_app
from flask_babel import gettext
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from participation.interfaces.api.answers import Problem
from participation.interfaces.api.base import KEY_PATTERN, NoQuery
from participation.interfaces.api.reading import KEY_HEADER
from participation.interfaces.api.registry import OPERATIONS, PREFIX, Access, Operation, bp
from participation.languages import current_language, page_url

PROBLEM = "application/problem+json"
PLACEHOLDER = re.compile(r"<(?:(?P<kind>[a-z]+)(?:\((?P<values>[^)]*)\))?:)?(?P<name>[a-z_]+)>")
ID = {"type": "integer", "minimum": 1, "maximum": 2**31 - 1}
SLUG = {"type": "string", "pattern": "^[a-z0-9-]{1,60}$"}
REF = "#/components/schemas/{model}"
SCHEMES = {Access.GUEST: "guest", Access.MODERATE: "staff", Access.PLAN: "staff"}
# By what an operation does, beyond what can go wrong everywhere.
COMMON = (400, 401, 404, 405, 422, 429, 500, 503)
OF_WRITES = (403, 409, 410, 413, 415)


@bp.route("/openapi.json")
def openapi() -> Response:
    """Describe the API for programs."""
    response = Response(orjson.dumps(document(current_language())), content_type="application/json")
    response.headers["Cache-Control"] = "public, no-cache"
    return response


def document(language: str) -> dict[str, Any]:
    """Return the document, in the language of the request."""
    settings = current_app.extensions["settings"]
    paths: dict[str, dict[str, Any]] = {}
    for one in OPERATIONS:
        paths.setdefault(path_of(one), {})[one.method.lower()] = _operation(one)
    return {
        "openapi": "3.1.1",
        "info": {
            "title": gettext("%(site)s: interface for programs", site=settings.site_name),
            "version": "1",
            "description": gettext(
                "Everything a front end or a partner needs. Errors are problem details (RFC 9457). Lists are read page by page: follow “next”."  # noqa: E501
            ),
            "license": {"name": "EUPL-1.2", "identifier": "EUPL-1.2"},
        },
        "servers": [{"url": page_url(PREFIX, language)}],
        "tags": [{"name": name} for name in dict.fromkeys(one.tag for one in OPERATIONS)],
        "paths": paths,
        "components": {
            "schemas": _translated(_schemas()),
            "securitySchemes": {
                "staff": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": gettext("A token that you make under “My account”, “Tokens”."),
                },
                "guest": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": gettext("The token of a guest, told once by POST /guests."),
                },
            },
        },
    }


def path_of(one: Operation) -> str:
    """Return the path as OpenAPI writes it."""
    return PLACEHOLDER.sub(r"{\g<name>}", one.rule)


def _operation(one: Operation) -> dict[str, Any]:
    told: dict[str, Any] = {
        "operationId": one.name,
        "tags": [one.tag],
        "summary": str(one.summary),
        "description": (one.view.__doc__ or "").strip(),
        "parameters": [*map(_path_parameter, PLACEHOLDER.finditer(one.rule)), *_query(one)],
        "responses": _responses(one),
        "security": [{SCHEMES[one.access]: []}] if one.access in SCHEMES else [{}, {"staff": []}, {"guest": []}],
    }
    if one.takes_key:
        told["parameters"].append(
            {
                "name": KEY_HEADER,
                "in": "header",
                "description": gettext("Sent again with the same key, it is taken once."),
                "schema": {"type": "string", "pattern": KEY_PATTERN},
            }
        )
    if one.body is not None:
        told["requestBody"] = {"required": True, "content": {"application/json": {"schema": _ref(one.body)}}}
    return told


def _path_parameter(found: re.Match[str]) -> dict[str, Any]:
    schema: dict[str, Any] = ID if found["kind"] == "id" else SLUG
    if found["values"]:
        schema = {"type": "string", "enum": [value.strip() for value in found["values"].split(",")]}
    return {"name": found["name"], "in": "path", "required": True, "schema": schema}


def _query(one: Operation) -> list[dict[str, Any]]:
    if one.query is NoQuery:
        return []
    found = []
    for name, schema in _translated(_schemas()[one.query.__name__]["properties"]).items():
        words = schema.pop("description", "")
        found.append({"name": name, "in": "query", "schema": schema} | ({"description": words} if words else {}))
    return found


def _responses(one: Operation) -> dict[str, Any]:
    problem = {"description": gettext("What went wrong"), "content": {PROBLEM: {"schema": _ref(Problem)}}}
    writes = OF_WRITES if one.body is not None or one.method != "GET" else (403, 409, 410)
    answer = {"description": str(one.summary), "content": {one.media_type: {"schema": _ref(one.answer)}}}
    unchanged = {"304": {"description": gettext("Nothing has changed (If-None-Match)")}} if one.method == "GET" else {}
    return {str(one.status): answer, **unchanged} | {str(status): problem for status in sorted({*COMMON, *writes})}


def _ref(model: type[BaseModel]) -> dict[str, str]:
    return {"$ref": REF.format(model=model.__name__)}


@cache
def _schemas() -> dict[str, Any]:
    models: set[type[BaseModel]] = {Problem}
    for one in OPERATIONS:
        models |= {model for model in (one.answer, one.body, one.query) if model is not None}
    ordered = sorted(models, key=lambda model: model.__name__)
    _, found = models_json_schema([(model, "validation") for model in ordered], ref_template=REF)
    schemas: dict[str, Any] = found["$defs"]
    return schemas


def _translated(part: Any) -> Any:
    """Return schemas with their descriptions in the language of the request."""
    if isinstance(part, dict):
        return {
            name: gettext(value) if name == "description" and isinstance(value, str) and value else _translated(value)
            for name, value in part.items()
        }
    return [_translated(one) for one in part] if isinstance(part, list) else part
