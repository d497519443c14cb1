"""Filters: each conformance class of CQL2 that is declared, in both languages, on both databases."""

import json

import pytest

from participation.interfaces.ogc.cql2_text import Cql2Error, parse_text

ITEMS = "/collections/churchyard.contributions/items"
POINT, WAY, AREA, NOWHERE = "Ein Punkt im Grünen", "Ein Weg", "Eine Fläche", "Ohne Ort: Bänke 100 % aus Holz_"
ALL = [POINT, WAY, AREA, NOWHERE]


def titles(document):
    return [feature["properties"]["title"] for feature in document["features"]]


@pytest.mark.parametrize("text, found", [
    # basic-cql2
    ("category = 'paths'", [WAY]),
    ("'paths' = category", [WAY]),
    ("category <> 'paths'", [POINT, AREA, NOWHERE]),
    ("category = 'gibtesnicht'", []),
    ("NOT category = 'gibtesnicht'", ALL),
    ("votes_for > 6.5", [WAY]),
    ("6.5 < votes_for", [WAY]),
    ("votes_for >= 7", [WAY]),
    ("votes_for < +7", [POINT, AREA, NOWHERE]),
    ("votes_for <= 7e0", ALL),
    ("votes_for = 7 OR type = 'question' AND category = 'paths'", [WAY]),
    ("(votes_for = 7 OR type = 'question') AND category = 'green'", [AREA]),
    ("not (votes_for = 7 or type = 'question')", [POINT, NOWHERE]),
    ("\"votes_for\" = 7", [WAY]),
    ("title = 'Ein Weg'", [WAY]),
    ("title = 'It''s' OR title = 'It\\'s'", []),
    ("created_at = TIMESTAMP('2026-11-01T12:00:00Z')", [POINT]),
    ("created_at > timestamp('2026-11-01T13:00:00+01:00')", [WAY, AREA, NOWHERE]),
    ("created_at = DATE('2026-11-20')", [WAY, AREA, NOWHERE]),
    ("created_at <> DATE('2026-11-20')", [POINT]),
    ("created_at <= DATE('2026-11-01')", [POINT]),
    ("created_at < DATE('2026-11-01')", []),
    ("created_at > DATE('2026-11-01')", [WAY, AREA, NOWHERE]),
    ("created_at >= DATE('2026-11-20')", [WAY, AREA, NOWHERE]),
    ("response IS NULL", ALL),
    ("response IS NOT NULL", []),
    ("geometry IS NULL", [NOWHERE]),
    ("TRUE", ALL),
    ("FALSE", []),
    ("TRUE AND votes_for = 7", [WAY]),
    # advanced-comparison-operators
    ("title LIKE 'Ein%'", [POINT, WAY, AREA]),
    ("title LIKE 'ein%'", []),
    ("title LIKE 'Ein W_g'", [WAY]),
    ("title NOT LIKE 'Ein%'", [NOWHERE]),
    ("title LIKE '%100 \\% aus%\\_'", [NOWHERE]),
    ("title LIKE '%[a-z]%'", []),
    ("votes_for BETWEEN 1 AND 7", [WAY]),
    ("votes_for NOT BETWEEN 1 AND 7", [POINT, AREA, NOWHERE]),
    ("created_at BETWEEN DATE('2026-11-01') AND DATE('2026-11-02')", [POINT]),
    ("type IN ('question', 'gibtesnicht')", [AREA]),
    ("type NOT IN ('question')", [POINT, WAY, NOWHERE]),
    ("votes_for IN (7, 8)", [WAY]),
    # basic-spatial-functions and -plus
    ("S_INTERSECTS(geometry, POINT(12.3707 51.3421))", [POINT]),
    ("S_INTERSECTS(BBOX(12.3711, 51.3424, 12.3713, 51.3426), geometry)", [WAY]),
    ("s_intersects(geometry, BBOX(12.3711, 51.3424, -5, 12.3713, 51.3426, 5))", [WAY]),
    ("S_INTERSECTS(geometry, POLYGON((12.3711 51.3424, 12.3713 51.3424, 12.3713 51.3426, 12.3711 51.3424)))", []),
    ("S_INTERSECTS(geometry, LINESTRING(12.3700 51.3425, 12.3712 51.3415))", [WAY, AREA]),
    ("S_INTERSECTS(geometry, MULTIPOINT((12.3707 51.3421), (12.3705 51.3412)))", [POINT, AREA]),
    ("S_INTERSECTS(geometry, GEOMETRYCOLLECTION(POINT(12.3707 51.3421), POINT(12.3705 51.3412)))", [POINT, AREA]),
    ("NOT S_INTERSECTS(geometry, POINT(12.3707 51.3421))", [WAY, AREA]),
])  # fmt: skip
def test_text_and_json_choose_the_same(read, churchyard, text, found):
    assert titles(read(ITEMS, filter=text)) == found
    as_json = json.dumps(parse_text(text))
    page = read(ITEMS, **{"filter": as_json, "filter-lang": "cql2-json"})
    assert titles(page) == found
    assert page["numberMatched"] == len(found)


@pytest.mark.parametrize("text", [
    "", " ", "title", "title =", "= 'x'", "title = x", "'a' = 'b'", "1 = 1", "title = 5", "votes_for = 'viele'",
    "votes_for = TRUE", "created_at = '2026-11-01T12:00:00Z'", "created_at = TIMESTAMP('gestern')",
    "created_at = DATE('2026-02-30')", "created_at = INTERVAL('..', '2026-02-01')", "public_name = 'Lou'",
    "origin = 'web'", "url = 'x'", "proceeding_id = 1", "(title = 'x'", "title = 'x')", "title = 'x' title = 'y'",
    "title = 'x", "NOT NOT title = 'x'", "title LIKE 5", "votes_for LIKE '7'", "title LIKE '%%%%%%%%%%'",
    "title LIKE title", "title IN ()", "title IN 'x'", "votes_for BETWEEN 1", "CASEI(title) = 'ein weg'",
    "T_AFTER(created_at, DATE('2026-11-01'))", "S_WITHIN(geometry, POINT(1 2))", "S_INTERSECTS(title, POINT(1 2))",
    "S_INTERSECTS(geometry, POINT(1))", "S_INTERSECTS(geometry, POINT EMPTY)", "S_INTERSECTS(geometry, POINT(181 0))",
    "S_INTERSECTS(geometry, BBOX(1, 2, 3))", "S_INTERSECTS(geometry, geometry)", "votes_for + 1 = 8",
    "S_INTERSECTS(geometry, POLYGON((0 0, 1 1, 1 0, 0 1, 0 0)))", "title = 'x' AND", "title = 'x'; DROP TABLE vote",
    "(" * 30 + "title = 'x'" + ")" * 30, " OR ".join(["title = 'x'"] * 120), "title = '" + "x" * 4000 + "'",
    "title IN (" + ", ".join(["'x'"] * 200) + ")", "ä = 1 €", "geometry = 5",
])  # fmt: skip
def test_what_is_no_filter_here_is_refused_with_a_reason(read, churchyard, text):
    problem = read(ITEMS, 400, filter=text)
    assert problem["parameter"] == "filter"
    assert problem["detail"]


@pytest.mark.parametrize("tree", [
    "x", [], {}, None, 5, "true", {"op": "and"}, {"op": "and", "args": [True]}, {"op": "not", "args": []},
    {"op": "=", "args": [{"property": "title"}]}, {"op": "=", "args": [{"property": ["title"]}, "x"]},
    {"op": "=", "args": [{"property": "title"}, None]}, {"op": "=", "args": [{"property": "title"}, "x\0"]},
    {"op": "=", "args": [{"property": "votes_for"}, 1e400]}, {"op": "like", "args": [{"property": "title"}, "\0"]},
    {"op": "=", "args": [{"property": "created_at"}, {"timestamp": 5}]}, {"op": ["="], "args": []},
    {"op": "in", "args": [{"property": "title"}, []]}, {"op": "in", "args": [{"property": "title"}, "x"]},
    {"op": "s_intersects", "args": [{"property": "geometry"}, {"type": "Point", "coordinates": ["a", "b"]}]},
    {"op": "s_intersects", "args": [{"property": "geometry"}, {"type": "Point", "coordinates": []}]},
    {"op": "s_intersects", "args": [{"property": "geometry"}, {"bbox": [1, 2, None, 4]}]},
    {"op": "s_intersects", "args": [{"property": "geometry"}, {"bbox": [3, 2, 1, 4]}]},
])  # fmt: skip
def test_what_is_no_filter_in_json_is_refused_with_a_reason(read, churchyard, tree):
    text = json.dumps(tree).replace("Infinity", "1e400")
    assert read(ITEMS, 400, **{"filter": text, "filter-lang": "cql2-json"})["parameter"] == "filter"


@pytest.mark.parametrize("text", ["{", "", "[" * 3000, '{"op": "and", "op": "or"}', "NaN"])
def test_what_is_no_json_is_refused(read, churchyard, text):
    assert read(ITEMS, 400, **{"filter": text, "filter-lang": "cql2-json"})["parameter"] == "filter"


def test_numbers_beyond_any_column_are_compared_all_the_same(read, churchyard):
    assert titles(read(ITEMS, filter=f"votes_for < {10**30}")) == ALL
    assert titles(read(ITEMS, filter=f"votes_for > -{10**15}")) == ALL


def test_places_in_a_filter_can_be_in_another_system(read, churchyard):
    crs = "http://www.opengis.net/def/crs/EPSG/0/4326"
    text = "S_INTERSECTS(geometry, POINT(51.3421 12.3707))"
    assert titles(read(ITEMS, **{"filter": text, "filter-crs": crs})) == [POINT]


def test_the_error_says_where(read, churchyard):
    assert "Holz" in read(ITEMS, 400, filter="title = 'x' Holz")["detail"]
    with pytest.raises(Cql2Error):
        parse_text("title = 'x' Holz")
