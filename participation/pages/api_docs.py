"""The page about the interface for programs, written from its OpenAPI document."""

from typing import Any

from flask import Blueprint, render_template
from flask_babel import gettext

from participation.interfaces.api.openapi import document
from participation.languages import current_language

bp = Blueprint("api_docs", __name__)


@bp.route("/api/")
def page() -> str:
    """Show every operation with what it takes and answers; nothing is loaded from elsewhere."""
    about = document(current_language())
    schemas = about["components"]["schemas"]
    operations = [
        {"method": method.upper(), "path": path, **told}
        | {"fields": _fields(told, schemas), "answer": _answer(told, schemas)}
        for path, methods in about["paths"].items()
        for method, told in methods.items()
    ]
    words = {
        "proceedings": gettext("Consultations"),
        "contributions": gettext("Contributions"),
        "discussion": gettext("Votes, comments, reports"),
        "moderation": gettext("Moderation"),
        "planning": gettext("Evaluation"),
    }
    return render_template(
        "interfaces/api.html",
        about=about,
        operations=operations,
        words=words,
        root=about["servers"][0]["url"],
    )


def _fields(told: dict[str, Any], schemas: dict[str, Any]) -> list[dict[str, Any]]:
    """Return what an operation takes: parameters of the address, then the fields of the body."""
    places = {"path": gettext("in the path"), "query": gettext("in the query"), "header": gettext("header")}
    found = [
        {"name": one["name"], "where": places[one["in"]], "is_needed": one.get("required", False)}
        | _about(one["schema"], one.get("description", ""))
        for one in told["parameters"]
    ]
    if "requestBody" in told:
        body = schemas[_name(told["requestBody"]["content"]["application/json"]["schema"])]
        found += [
            {"name": name, "where": gettext("in the body"), "is_needed": name in body.get("required", ())}
            | _about(schema, schema.get("description", ""))
            for name, schema in body["properties"].items()
        ]
    return found


def _answer(told: dict[str, Any], schemas: dict[str, Any]) -> list[str]:
    """Return what an operation answers, such as “next: string | null”."""
    content = next(one["content"] for status, one in told["responses"].items() if status in ("200", "201"))
    schema = schemas[_name(next(iter(content.values()))["schema"])]
    return [f"{name}: {_type(one)}" for name, one in schema["properties"].items()]


def _about(schema: dict[str, Any], description: str) -> dict[str, str]:
    return {"type": _type(schema), "limits": _limits(schema), "description": description}


def _type(schema: dict[str, Any]) -> str:
    if "anyOf" in schema:
        return " | ".join(dict.fromkeys(_type(one) for one in schema["anyOf"]))
    if "$ref" in schema:
        return _name(schema)
    if schema.get("type") == "array":
        return f"{_type(schema['items'])}[]"
    return str(schema.get("type", "const" if "const" in schema else ""))


def _limits(schema: dict[str, Any]) -> str:
    """Return what is possible, such as “for | against” or “1–500”."""
    parts = [schema, *schema.get("anyOf", ())]
    for one in parts:
        if "enum" in one:
            return " | ".join(map(str, one["enum"]))
        if "const" in one:
            return str(one["const"]).lower()
        if "maximum" in one:
            return f"{one.get('minimum', '')}–{one['maximum']}"
        if "maxLength" in one:
            return f"≤ {one['maxLength']}"
        if "maxItems" in one:
            return f"≤ {one['maxItems']}"
    return ""


def _name(schema: dict[str, Any]) -> str:
    return str(schema.get("$ref", "")).rpartition("/")[2]
