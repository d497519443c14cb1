"""Features, page by page: which, how many, in which order, where and when."""

import json

import pytest
from sqlalchemy import delete

from participation.contributions.models import Contribution
from participation.contributions.services import set_state
from participation.contributions.states import PublicationState
from participation.database import transaction
from participation.interfaces.ogc.crs import LATITUDE_FIRST
from participation.proceedings.models import Phase

ITEMS = "/collections/churchyard.contributions/items"
POINT, WAY, AREA, NOWHERE = "Ein Punkt im Grünen", "Ein Weg", "Eine Fläche", "Ohne Ort: Bänke 100 % aus Holz_"


def titles(document):
    return [feature["properties"]["title"] for feature in document["features"]]


def test_a_page_has_what_is_public_and_says_how_much(read, churchyard):
    page = read(ITEMS)
    assert titles(page) == [POINT, WAY, AREA, NOWHERE]
    assert (page["numberMatched"], page["numberReturned"]) == (4, 4)
    assert page["licence"] == "dl-de/by-2-0"
    assert page["features"][0]["geometry"] == {"type": "Point", "coordinates": [12.3707, 51.3421]}
    assert page["features"][3]["geometry"] is None


def test_the_properties_are_those_of_the_download(client, read, churchyard):
    download = json.loads(client.get("/proceedings/churchyard/contributions.geojson").data)
    assert read(ITEMS)["features"] == download["features"]


def test_next_links_lead_through_everything_once(client, read, churchyard):
    path, seen = f"/ogc{ITEMS}?limit=1", []
    while path:
        page = client.get(path).get_json(force=True)
        assert (page["numberMatched"], page["numberReturned"]) == (4, 1)
        seen += titles(page)
        [path] = [one["href"].partition("127.0.0.1:5000")[2] for one in page["links"] if one["rel"] == "next"] or [None]
    assert seen == [POINT, WAY, AREA, NOWHERE]


def test_paging_goes_on_where_the_last_row_vanished_and_counts_only_once(
    app, client, read, churchyard, make_contribution
):
    [following] = [one["href"] for one in read(ITEMS, limit=2)["links"] if one["rel"] == "next"]
    make_contribution(churchyard.proceeding, title="Später")
    with app.app_context(), transaction() as session:
        set_state(session, session.get_one(Contribution, churchyard.way.id), PublicationState.HIDDEN)
    page = client.get(following.partition("127.0.0.1:5000")[2]).get_json(force=True)
    assert titles(page) == [AREA, NOWHERE]
    assert page["numberMatched"] == 4


@pytest.mark.parametrize("query, found", [
    ({"bbox": "12.3706,51.3420,12.3708,51.3422"}, [POINT, WAY, AREA, NOWHERE]),
    ({"bbox": "12.3711,51.3424,12.3713,51.3426"}, [WAY, NOWHERE]),
    ({"bbox": "12.3711,51.3424,0,12.3713,51.3426,100"}, [WAY, NOWHERE]),
    ({"bbox": "170,51.3,-170,51.4"}, [NOWHERE]),
    ({"bbox": "12,51,-170,52"}, [POINT, WAY, AREA, NOWHERE]),
    ({"bbox": "0,0,0,0"}, [NOWHERE]),
    ({"bbox": "51.3424,12.3711,51.3426,12.3713", "bbox-crs": LATITUDE_FIRST}, [WAY, NOWHERE]),
    ({"datetime": "2026-11-01T12:00:00Z"}, [POINT]),
    ({"datetime": "2026-11-01T13:00:00+01:00"}, [POINT]),
    ({"datetime": "2026-11-01T12:00:00.000001Z/.."}, [WAY, AREA, NOWHERE]),
    ({"datetime": "../2026-11-01T12:00:00Z"}, [POINT]),
    ({"datetime": "/2026-11-01T12:00:00Z"}, [POINT]),
    ({"datetime": "2026-11-20T08:30:15Z/2026-11-20T08:30:16Z"}, [WAY, AREA, NOWHERE]),
    ({"category": "paths"}, [WAY]),
    ({"category": "gibtesnicht"}, []),
    ({"type": "question"}, [AREA]),
    ({"votes_for": "7"}, [WAY]),
    ({"title": WAY}, [WAY]),
    ({"created_at": "2026-11-20T08:30:15.25Z"}, [WAY, AREA, NOWHERE]),
    ({"q": "bänke holz"}, [NOWHERE]),
    ({"q": "geheim"}, []),
    ({"category": "green", "datetime": "2026-11-02T00:00:00Z/..", "type": "idea"}, [NOWHERE]),
])  # fmt: skip
def test_parameters_choose(read, churchyard, query, found):
    page = read(ITEMS, **query)
    assert titles(page) == found
    assert page["numberMatched"] == len(found)


@pytest.mark.parametrize("name, value", [
    ("limit", "0"), ("limit", "-1"), ("limit", "viele"), ("limit", ""), ("limit", "1.5"), ("limit", "9" * 40),
    ("bbox", ""), ("bbox", "1,2,3"), ("bbox", "1,2,3,4,5"), ("bbox", "a,b,c,d"), ("bbox", "12,52,13,51"),
    ("bbox", "-181,0,0,1"), ("bbox", "0,0,1,NaN"), ("bbox", "0,0,1,1e999"),
    ("bbox-crs", "EPSG:25832"), ("crs", "http://www.opengis.net/def/crs/EPSG/0/31468"),
    ("datetime", "gestern"), ("datetime", "2026-11-01"), ("datetime", "2026-13-01T00:00:00Z"), ("datetime", "../.."),
    ("datetime", "2026-11-02T00:00:00Z/2026-11-01T00:00:00Z"), ("datetime", "2026-11-01T00:00:00"),
    ("datetime", "0001-01-01T00:00:00+14:00"), ("cursor", "x"), ("cursor", "WzFd"), ("cursor", ""),
    ("votes_for", "viele"), ("votes_for", "99999999999"), ("created_at", "heute"),
    ("filter", "Holz"), ("filter-lang", "sql"), ("filter-crs", "4326"), ("f", "xml"), ("gibtesnicht", "1"),
    ("Limit", "1"), ("q", "x" * 4_001), ("category", "x" * 4_001),
])  # fmt: skip
def test_what_is_wrong_is_refused_and_named(read, churchyard, name, value):
    problem = read(ITEMS, 400, **{name: value})
    assert problem["status"] == 400
    assert problem["parameter"] == name
    assert name in problem["detail"]


def test_a_parameter_given_twice_is_refused(client, churchyard):
    assert client.get(f"/ogc{ITEMS}?limit=1&limit=2").status_code == 400


def test_more_than_the_most_is_the_most(read, churchyard):
    assert read(ITEMS, limit=10_001)["numberReturned"] == 4


def test_a_feature_has_its_links(read, churchyard):
    feature = read(f"{ITEMS}/{churchyard.way.id}")
    assert feature["properties"]["title"] == WAY
    assert {one["rel"] for one in feature["links"]} == {"self", "alternate", "collection"}


@pytest.mark.parametrize("path", [
    "/collections/gibtesnicht", "/collections/gibtesnicht.contributions/items", "/collections/churchyard.comments",
    "/collections/churchyard/items", f"{ITEMS}/0", f"{ITEMS}/99999999999", f"{ITEMS}/x", f"{ITEMS}/-1",
    "/collections/proceedings/items/999",
])  # fmt: skip
def test_what_is_not_there_is_not_found(read, churchyard, path):
    problem = read(path, 404)
    assert problem["status"] == 404
    assert problem["detail"]


def test_proceedings_and_their_areas_are_features(read, churchyard, make_proceeding):
    make_proceeding("park")
    page = read("/collections/proceedings/items")
    assert [feature["properties"]["slug"] for feature in page["features"]] == ["churchyard", "park"]
    assert page["features"][0]["geometry"]["type"] == "MultiPolygon"
    assert page["features"][0]["properties"]["title"] == "Kirchhof churchyard"
    [area] = read("/collections/park.area/items")["features"]
    assert area["properties"]["slug"] == "park"
    first = read("/collections/proceedings/items", limit=1)
    [following] = [one["href"] for one in first["links"] if one["rel"] == "next"]
    assert "cursor=" in following
    assert titles(read("/collections/proceedings/items", slug="park")) == ["Kirchhof park"]


def test_a_proceeding_without_phases_is_of_any_time(app, read, make_proceeding):
    make_proceeding("park")
    assert read("/collections/proceedings/items", datetime="1999-01-01T00:00:00Z")["numberMatched"] == 0
    with app.app_context(), transaction() as session:
        session.execute(delete(Phase))
    assert read("/collections/proceedings/items", datetime="1999-01-01T00:00:00Z")["numberMatched"] == 1
