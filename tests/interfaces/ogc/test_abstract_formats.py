"""Each abstract test of GeoJSON, HTML and OpenAPI 3.0, and of the parameters in the definition."""

import re

import pytest
from openapi_spec_validator import validate

from participation.interfaces.ogc.formats import OPENAPI_TYPE
from tests.interfaces.ogc import test_abstract_core
from tests.interfaces.ogc.abstract import CHECKED, all_abstract_tests, checks, faults

PROBLEM = "application/problem+json"


@pytest.fixture
def definition(read, churchyard):
    return read("/api")


def paths_of_features(definition):
    """Tiles are of another standard and have their own tests."""
    return [path for path in definition["paths"] if "/tiles" not in path]


@pytest.fixture
def paths(definition, churchyard):
    """Every path of OGC API – Features in the definition, filled in: (path in the definition, address)."""
    found = []
    for path in paths_of_features(definition):
        number = churchyard.way.id if "contributions" in path else churchyard.proceeding.id
        address = path.replace("{proceeding}", "churchyard").replace("{collectionId}", "proceedings")
        found.append((path, address.replace("{featureId}", str(number))))
    return found


def test_every_abstract_test_has_its_test():
    assert test_abstract_core.CORE
    assert set(CHECKED) == all_abstract_tests()
    assert len(CHECKED) == 43


def parameter(definition, name):
    return definition["components"]["parameters"][name]


def items_paths(definition):
    return [path for path in definition["paths"] if path.endswith("/items")]


def require_in_every_collection(definition, name):
    for path in items_paths(definition):
        assert {"$ref": f"#/components/parameters/{name}"} in definition["paths"][path]["get"]["parameters"]


@checks("/conf/core/fc-bbox-definition")
def test_bbox_definition(definition):
    require_in_every_collection(definition, "bbox")
    bbox = parameter(definition, "bbox")
    assert (bbox["name"], bbox["in"], bbox["required"]) == ("bbox", "query", False)
    assert (bbox["style"], bbox["explode"]) == ("form", False)
    assert bbox["schema"] == {
        "type": "array",
        "oneOf": [{"minItems": 4, "maxItems": 4}, {"minItems": 6, "maxItems": 6}],
        "items": {"type": "number"},
    }


@checks("/conf/core/fc-limit-definition")
def test_limit_definition(definition):
    require_in_every_collection(definition, "limit")
    limit = parameter(definition, "limit")
    assert (limit["name"], limit["in"], limit["required"]) == ("limit", "query", False)
    assert (limit["style"], limit["explode"]) == ("form", False)
    assert limit["schema"] == {"type": "integer", "minimum": 1, "maximum": 10_000, "default": 100}


@checks("/conf/core/fc-time-definition")
def test_time_definition(definition):
    require_in_every_collection(definition, "datetime")
    moment = parameter(definition, "datetime")
    assert (moment["name"], moment["in"], moment["required"]) == ("datetime", "query", False)
    assert (moment["schema"], moment["style"], moment["explode"]) == ({"type": "string"}, "form", False)


@checks("/conf/geojson/definition")
def test_geojson_definition(client, paths):
    for path, address in paths:
        wanted = "application/geo+json" if "/items" in path else "application/json"
        answer = client.get(f"/ogc{address}", headers={"Accept": wanted})
        assert answer.status_code == 200
        special = {"/api": OPENAPI_TYPE, "/collections/{collectionId}/queryables": "application/schema+json"}
        assert answer.content_type == special.get(path, wanted)


@checks("/conf/geojson/content")
def test_geojson_content(read, churchyard):
    document = read("/collections/churchyard.contributions/items")
    located = [one for one in document["features"] if one["geometry"]]
    assert faults(document | {"features": located}, "featureCollectionGeoJSON") == []
    for feature in document["features"]:
        assert read(f"/collections/churchyard.contributions/items/{feature['id']}")["id"] == feature["id"]


@checks("/conf/html/definition")
def test_html_definition(client, paths):
    for _, address in paths:
        for how in ({"query_string": {"f": "html"}}, {"headers": {"Accept": "text/html,*/*;q=0.8"}}):
            answer = client.get(f"/ogc{address}", **how)
            assert (answer.status_code, answer.mimetype) == (200, "text/html")


@checks("/conf/html/content")
def test_html_content(client, markup_findings, paths):
    pages = {address: client.get(f"/ogc{address}?f=html").get_data(as_text=True) for _, address in paths}
    assert {address: found for address, page in pages.items() if (found := markup_findings(page))} == {}
    for address, page in pages.items():
        document = client.get(f"/ogc{address}?f=json").get_json(force=True)
        for one in document.get("links", []):
            if one["rel"] not in ("self", "alternate", "data", "conformance") and "opengis" not in one["rel"]:
                assert f'href="{one["href"].replace("&", "&amp;")}"' in page, f"{address}: {one}"


@checks("/conf/oas30/oas-definition-1")
def test_the_definition_is_there_for_programs_and_people(client, read):
    links = {one["rel"]: one for one in read("/")["links"]}
    assert links["service-desc"]["type"] == OPENAPI_TYPE
    assert links["service-doc"]["type"] == "text/html"
    assert client.get("/ogc/api", headers={"Accept": OPENAPI_TYPE}).content_type == OPENAPI_TYPE
    assert client.get("/ogc/api?f=html").mimetype == "text/html"


@checks("/conf/oas30/oas-definition-2")
def test_the_definition_is_valid(definition):
    assert definition["openapi"].startswith("3.0.")
    validate(definition)


@checks("/conf/oas30/oas-impl")
def test_every_path_and_every_parameter_does_what_the_definition_says(client, definition, paths):
    for path, address in paths:
        operation = definition["paths"][path]["get"]
        answer = client.get(f"/ogc{address}")
        assert answer.content_type in operation["responses"]["200"]["content"]
        for one in operation["parameters"]:
            given = parameter(definition, one["$ref"].rpartition("/")[2])
            if given["in"] == "query" and given["name"] != "cursor":
                value = given.get("example", given["schema"].get("default", given["schema"].get("enum", ["1"])[0]))
                value = "2026-11-24T12:00:00Z" if given["schema"].get("format") == "date-time" else value
                text = ",".join(map(str, value)) if isinstance(value, list) else value
                if given["name"] == "filter" and "contributions" not in path:
                    text = "slug = 'churchyard'"
                found = client.get(f"/ogc{address}", query_string={given["name"]: text})
                assert found.status_code == 200, (address, given["name"], text)


@checks("/conf/oas30/completeness")
def test_every_answer_is_in_the_definition(client, definition, paths):
    for path, address in paths:
        responses = definition["paths"][path]["get"]["responses"]
        names = {"{proceeding}": "gibtesnicht", "{collectionId}": "gibtesnicht", "{featureId}": "999999"}
        missing = re.sub(r"{\w+}", lambda found, names=names: names[found[0]], path) if "{" in path else None
        first = client.get(f"/ogc{address}")
        for status, found in (
            (200, first),
            (304, client.get(f"/ogc{address}", headers={"If-None-Match": first.headers["ETag"]})),
            (400, client.get(f"/ogc{address}?gibtesnicht=1")),
            (404, missing and client.get(f"/ogc{missing}")),
            (406, client.get(f"/ogc{address}", headers={"Accept": "image/png"})),
        ):
            if found:
                assert found.status_code == status
                assert str(status) in responses
                assert status < 400 or found.content_type == PROBLEM


@checks("/conf/oas30/exceptions-codes")
def test_every_operation_names_its_errors(definition):
    for path in paths_of_features(definition):
        operations = definition["paths"][path]
        expected = {"200", "304", "400", "406", "429", "500"} | ({"404"} if "{" in path or "/items/" in path else set())
        assert set(operations["get"]["responses"]) - {"404"} == expected - {"404"}
        assert expected <= set(operations["get"]["responses"])


@checks("/conf/oas30/security")
def test_how_one_signs_in_is_in_the_definition(app, definition):
    [scheme] = definition["components"]["securitySchemes"].values()
    assert (scheme["in"], scheme["name"]) == ("cookie", app.config["SESSION_COOKIE_NAME"])
    assert definition["security"] == [{}, {"session": []}]
