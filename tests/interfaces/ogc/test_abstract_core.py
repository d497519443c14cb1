"""Each abstract test of the Core of OGC API – Features Part 1, in the order of its chapters."""

from datetime import UTC, datetime, timedelta

import pytest
from openapi_spec_validator import validate
from shapely import box
from shapely.geometry import shape

from participation.interfaces.ogc.conformance import CLASSES
from participation.interfaces.ogc.crs import CRS84
from tests.interfaces.ogc.abstract import checks, faults

FORMATS = {"json": "application/", "html": "text/html"}
CORE = "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/core"


@pytest.fixture
def follow(client):
    """Get the address of a link, as a client that was led there."""

    def get(href):
        return client.get("/" + href.partition("127.0.0.1:5000/")[2])

    return get


@pytest.fixture
def ids(read, churchyard):
    """Names of all collections."""
    return [one["id"] for one in read("/collections")["collections"]]


def hrefs(document, rel):
    return [one["href"] for one in document["links"] if one["rel"] == rel]


def require_links_to_all_forms(document, media_type):
    """A link to itself, and to its other form; each with rel and type."""
    forms = {(one["rel"], one["type"]) for one in document["links"]}
    assert {("self", media_type), ("alternate", "text/html")} <= forms
    assert all(one["rel"] and one["type"] for one in document["links"])


def as_located(document):
    """OGC's schema knows no feature without a place; RFC 7946, 3.2, does: null."""
    return document | {"features": [one for one in document["features"] if one["geometry"]]}


@checks("/conf/core/http")
def test_http(client):
    assert client.get("/ogc/").status_code == 200
    assert client.head("/ogc/").get_data() == b""
    assert client.post("/ogc/").status_code == 405


@checks("/conf/core/root-op")
def test_root_op(read):
    assert faults(read("/"), "landingPage") == []


@checks("/conf/core/root-success")
def test_root_success(client, read):
    document = read("/")
    for rel in ("service-desc", "service-doc", "conformance", "data", "self", "alternate"):
        assert hrefs(document, rel)
    page = client.get("/ogc/?f=html").get_data(as_text=True)
    for rel in ("service-desc", "service-doc", "conformance", "data"):
        [href] = hrefs(document, rel)
        assert f'<a href="{href}"' in page


@checks("/conf/core/api-definition-op")
def test_api_definition_op(read, follow):
    document = read("/")
    for rel in ("service-desc", "service-doc"):
        for href in hrefs(document, rel):
            assert follow(href).status_code == 200


@checks("/conf/core/api-definition-success")
def test_api_definition_success(read, follow):
    [href] = hrefs(read("/"), "service-desc")
    validate(follow(href).get_json(force=True))


@checks("/conf/core/conformance-op")
def test_conformance_op(read, follow):
    for href in [*hrefs(read("/"), "conformance"), "http://127.0.0.1:5000/ogc/conformance"]:
        assert follow(href).status_code == 200


@checks("/conf/core/conformance-success")
def test_conformance_success(read):
    document = read("/conformance")
    assert faults(document, "confClasses") == []
    assert CORE in document["conformsTo"]
    assert document["conformsTo"] == CLASSES


@checks("/conf/core/fc-md-op")
def test_collections_op(read, churchyard):
    assert read("/collections")["collections"]


@checks("/conf/core/fc-md-success")
def test_collections_success(client, read, churchyard):
    document = read("/collections")
    assert faults(document, "collections") == []
    assert document["crs"][0] == CRS84
    page = client.get("/ogc/collections?f=html").get_data(as_text=True)
    assert all(one["id"] in page for one in document["collections"])


@checks("/conf/core/fc-md-links")
def test_collections_links(read):
    require_links_to_all_forms(read("/collections"), "application/json")


@checks("/conf/core/fc-md-items")
def test_every_collection_is_listed(ids):
    assert ids == ["proceedings", "churchyard.contributions", "churchyard.area"]


@checks("/conf/core/fc-md-items-links")
def test_every_listed_collection_leads_to_its_items(read, follow, churchyard):
    for one in read("/collections")["collections"]:
        items = {link["type"]: link["href"] for link in one["links"] if link["rel"] == "items"}
        assert set(items) == {"application/geo+json", "text/html"}
        assert all(follow(href).status_code == 200 for href in items.values())
        assert all(link["rel"] and link["type"] for link in one["links"])


@checks("/conf/core/fc-md-extent")
def test_extents_hold_every_feature(read, churchyard, ids):
    for id_ in ids:
        extent = read(f"/collections/{id_}")["extent"]
        around = box(*extent["spatial"]["bbox"][0])
        first, last = map(datetime.fromisoformat, extent["temporal"]["interval"][0])
        for feature in read(f"/collections/{id_}/items")["features"]:
            properties = feature["properties"]
            begin, end = properties.get("starts_at", properties["created_at"]), properties.get("ends_at")
            assert not feature["geometry"] or around.covers(shape(feature["geometry"]))
            assert first <= datetime.fromisoformat(begin) <= datetime.fromisoformat(end or begin) <= last


@checks("/conf/core/sfc-md-op")
def test_a_collection_op(read, ids):
    for id_ in ids:
        assert faults(read(f"/collections/{id_}"), "collection") == []


@checks("/conf/core/sfc-md-success")
def test_a_collection_says_what_the_list_says(read, churchyard):
    for listed in read("/collections")["collections"]:
        alone = read(f"/collections/{listed['id']}")
        for name in ("id", "title", "description", "extent", "itemType"):
            assert alone[name] == listed[name]
        assert [one for one in listed["links"] if one not in alone["links"]] == []


@checks("/conf/core/fc-op")
def test_items_op(read, ids):
    for id_ in ids:
        assert faults(as_located(read(f"/collections/{id_}/items")), "featureCollectionGeoJSON") == []
    both = {"bbox": "12.3711,51.3424,12.3713,51.3426", "datetime": "2026-11-02T00:00:00Z/.."}
    assert read("/collections/churchyard.contributions/items", **both)["numberMatched"] == 2


@checks("/conf/core/fc-response")
def test_items_response(read, ids):
    for id_ in ids:
        document = read(f"/collections/{id_}/items")
        assert document["type"] == "FeatureCollection"
        assert all(one["type"] == "Feature" for one in document["features"])


@checks("/conf/core/fc-links")
def test_items_links(read, ids):
    for id_ in ids:
        require_links_to_all_forms(read(f"/collections/{id_}/items"), "application/geo+json")


@checks("/conf/core/fc-timeStamp")
def test_items_time_stamp(read, churchyard):
    stamp = datetime.fromisoformat(read("/collections/proceedings/items")["timeStamp"])
    assert abs(datetime.now(UTC) - stamp) < timedelta(minutes=1)


@checks("/conf/core/fc-numberMatched")
def test_items_number_matched(read, churchyard):
    for query in ({}, {"bbox": "12.3711,51.3424,12.3713,51.3426"}, {"category": "paths"}, {"filter": "votes_for > 1"}):
        document = read("/collections/churchyard.contributions/items", **query)
        assert document["numberMatched"] == len(document["features"])
        assert (
            read("/collections/churchyard.contributions/items", limit=1, **query)["numberMatched"]
            == (document["numberMatched"])
        )


@checks("/conf/core/fc-numberReturned")
def test_items_number_returned(read, ids):
    for id_ in ids:
        document = read(f"/collections/{id_}/items", limit=3)
        assert document["numberReturned"] == len(document["features"])


@checks("/conf/core/fc-bbox-response")
def test_bbox_response(read, churchyard):
    wanted = box(12.3711, 51.3424, 12.3713, 51.3426)
    every = read("/collections/churchyard.contributions/items")["features"]
    document = read("/collections/churchyard.contributions/items", bbox="12.3711,51.3424,12.3713,51.3426")
    expected = [one for one in every if not one["geometry"] or shape(one["geometry"]).intersects(wanted)]
    assert document["features"] == expected
    assert len(expected) == 2


@checks("/conf/core/fc-limit-response")
def test_limit_response(read, churchyard):
    for limit, count in ((1, 1), (2, 2), (4, 4), (10_000, 4), (999_999_999, 4)):
        assert len(read("/collections/churchyard.contributions/items", limit=limit)["features"]) == count


@checks("/conf/core/fc-time-response")
def test_time_response(read, churchyard):
    every = read("/collections/churchyard.contributions/items")["features"]
    for text, first, last in (
        ("2026-11-02T00:00:00Z/2026-11-30T00:00:00Z", "2026-11-02", "2026-11-30"),
        ("2026-11-02T00:00:00Z/..", "2026-11-02", "9999-12-31"),
        ("../2026-11-02T00:00:00Z", "0001-01-01", "2026-11-02"),
        ("/2026-11-02T00:00:00Z", "0001-01-01", "2026-11-02"),
        ("2026-11-02T00:00:00Z/", "2026-11-02", "9999-12-31"),
    ):
        found = read("/collections/churchyard.contributions/items", datetime=text)["features"]
        assert found == [one for one in every if first <= one["properties"]["created_at"] <= last]


@checks("/conf/core/query-param-invalid")
def test_invalid_parameter(read, ids):
    for id_ in ids:
        read(f"/collections/{id_}/items", 400, limit="viele")


@checks("/conf/core/query-param-unknown")
def test_unknown_parameter(read, ids):
    paths = ["/", "/api", "/conformance", "/collections", "/collections/proceedings"]
    paths += [f"/collections/{id_}/{end}" for id_ in ids for end in ("items", "queryables")]
    for path in [*paths, "/collections/churchyard.area/items/1"]:
        assert read(path, 400, gibtesnicht="1")["parameter"] == "gibtesnicht"


@checks("/conf/core/f-op")
def test_a_feature_op(read, ids):
    for id_ in ids:
        for feature in read(f"/collections/{id_}/items")["features"]:
            alone = read(f"/collections/{id_}/items/{feature['id']}")
            assert {name: alone[name] for name in feature} == feature


@checks("/conf/core/f-success")
def test_a_feature_success(client, read, ids):
    for id_ in ids:
        feature = read(f"/collections/{id_}/items")["features"][0]
        path = f"/collections/{id_}/items/{feature['id']}"
        assert faults(read(path), "featureGeoJSON") == []
        page = client.get(f"/ogc{path}?f=html").get_data(as_text=True)
        assert all(f"<code>{name}</code>" in page for name in feature["properties"])


@checks("/conf/core/f-links")
def test_a_feature_links(read, ids):
    for id_ in ids:
        feature = read(f"/collections/{id_}/items")["features"][0]
        document = read(f"/collections/{id_}/items/{feature['id']}")
        require_links_to_all_forms(document, "application/geo+json")
        assert hrefs(document, "collection") == [f"http://127.0.0.1:5000/ogc/collections/{id_}"]


@checks("/conf/core/crs84")
def test_crs84(read, ids):
    for id_ in ids:
        for feature in read(f"/collections/{id_}/items")["features"]:
            if feature["geometry"]:
                west, south, east, north = shape(feature["geometry"]).bounds
                assert 12.3 < west <= east < 12.4
                assert 51.3 < south <= north < 51.4
                assert not shape(feature["geometry"]).has_z
