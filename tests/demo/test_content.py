import gzip
import json
import math
from collections import Counter
from itertools import pairwise
from pathlib import Path

import pytest
from shapely.geometry import Polygon, shape

from participation.contributions.states import PublicationState
from participation.proceedings.models import (
    TEXT_SHORTEST,
    TITLE_LONGEST,
    TITLE_SHORTEST,
    GeometryKind,
    PhaseKind,
    ProceedingState,
)

REPOSITORY = Path(__file__).resolve().parents[2]
CONTENT = REPOSITORY / "participation" / "demo" / "content"
ICONS = json.loads((REPOSITORY / "static" / "icons.json").read_text(encoding="utf-8"))
COLORS = {"green", "orange", "violet", "red", "lightblue", "neutral"}
KINDS = {"Point": "point", "LineString": "line", "Polygon": "area"}
DECIDED = {"rejected": "reject", "hidden": "hide", "merged": "merge"}


def refuse_constant(name):
    raise ValueError(name)


def content(name):
    return json.loads((CONTENT / name).read_text(encoding="utf-8"), parse_constant=refuse_constant)


BASEMAP = content("basemap.geojson")["features"]
PROCEEDINGS = {proceeding["slug"]: proceeding for proceeding in content("proceedings.json")["proceedings"]}
CONTRIBUTIONS = content("contributions.json")["contributions"]
CHURCHYARD = [c for c in CONTRIBUTIONS if c["proceeding"] == "matthaeikirchhof"]
STREET = [c for c in CONTRIBUTIONS if c["proceeding"] == "georg-schwarz-strasse"]

every_proceeding = pytest.mark.parametrize("proceeding", PROCEEDINGS.values(), ids=PROCEEDINGS.keys())


def tree(comments):
    for comment in comments:
        yield comment
        yield from tree(comment.get("replies", []))


def depth(comments):
    return 1 + max((depth(c.get("replies", [])) for c in comments), default=0) if comments else 0


def comments_of(contributions):
    return [comment for c in contributions for comment in tree(c.get("comments", []))]


def minute(moment):
    hours, minutes = moment["time"].split(":")
    assert 0 <= int(hours) < 24
    assert 0 <= int(minutes) < 60
    return moment["day"] * 1440 + int(hours) * 60 + int(minutes)


def area_in_hectares(geometry):
    """Area of a lon, lat geometry of one quarter, by the ellipsoid's metres per degree at its latitude."""
    phi = math.radians(geometry.centroid.y)
    east = 111412.84 * math.cos(phi) - 93.5 * math.cos(3 * phi)
    north = 111132.92 - 559.82 * math.cos(2 * phi)
    return geometry.area * east * north / 10_000


def rings(geometry):
    polygons = {"Polygon": [geometry["coordinates"]], "MultiPolygon": geometry["coordinates"]}
    return [(i, ring) for polygon in polygons.get(geometry["type"], []) for i, ring in enumerate(polygon)]


def positions(coordinates):
    if isinstance(coordinates[0], (int, float)):
        yield coordinates
        return
    for part in coordinates:
        yield from positions(part)


def assert_rfc_7946(geometry):
    assert all(len(p) == 2 and 12 < p[0] < 13 and 51 < p[1] < 52 for p in positions(geometry["coordinates"]))
    for index, ring in rings(geometry):
        assert ring[0] == ring[-1]
        assert len(ring) >= 4
        assert Polygon(ring).exterior.is_ccw is (index == 0)
    assert shape(geometry).is_valid


# The map


def test_the_map_holds_every_layer_of_both_levels():
    levels = {
        level: {f["properties"]["l"] for f in BASEMAP if f["properties"].get("z") == level} for level in (None, "city")
    }
    assert levels[None] == {
        *("park", "water", "yard", "square", "siteground", "parking", "street", "path", "tram", "building"),
        *("tree", "church", "label", "place", "poi", "stop"),
    }
    assert levels["city"] == {"city", "built", "park", "water", "minor", "main", "motor", "rail", "label"}


@pytest.mark.parametrize("number", range(len(BASEMAP)))
def test_each_feature_of_the_map_keeps_rfc_7946(number):
    feature = BASEMAP[number]
    assert feature["type"] == "Feature"
    assert_rfc_7946(feature["geometry"])


def test_the_map_is_small_enough_to_send():
    raw = (CONTENT / "basemap.geojson").read_bytes()
    assert len(raw) <= 400_000
    assert len(gzip.compress(raw)) <= 110_000


def test_the_map_has_one_feature_of_footprints_and_streets_of_known_width():
    assert sum(f["properties"]["l"] == "building" for f in BASEMAP) == 1
    streets = [f["properties"] for f in BASEMAP if f["properties"]["l"] == "street"]
    assert {s["c"] for s in streets} == {"ring", "main", "minor", "lane"}
    assert {"Große Fleischergasse", "Töpferstraße", "Dittrichring", "Goerdelerring"} <= {s["n"] for s in streets}


def test_the_site_on_the_map_is_the_project_area():
    site = next(f for f in BASEMAP if f["properties"]["l"] == "siteground")
    area = shape(PROCEEDINGS["matthaeikirchhof"]["project_area"])
    assert shape(site["geometry"]).equals(area)
    assert 1.8 <= area_in_hectares(area) <= 2.0
    assert area.centroid.x == pytest.approx(12.3707, abs=0.0002)
    assert area.centroid.y == pytest.approx(51.3421, abs=0.0002)


# The proceedings


def test_there_is_one_running_one_closed_and_one_draft_proceeding():
    assert [ProceedingState(p["state"]) for p in PROCEEDINGS.values()] == ["published", "closed", "draft"]


@every_proceeding
def test_each_project_area_is_a_valid_multipolygon(proceeding):
    assert proceeding["project_area"]["type"] == "MultiPolygon"
    assert_rfc_7946(proceeding["project_area"])


@every_proceeding
def test_every_text_is_there_in_both_languages(proceeding):
    words = [proceeding[key] for key in ("title", "subtitle", "summary")]
    words += [part[key] for part in proceeding["categories"] for key in ("name", "hint")]
    words += [part["name"] for part in proceeding["types"]] + [part["title"] for part in proceeding["phases"]]
    assert all(set(word) == {"de", "en"} and all(word.values()) for word in words)
    for files, shortest in (
        (proceeding["about"], 300),
        (proceeding["rules_note"], 60),
        (proceeding["results"] or {}, 300),
    ):
        assert set(files) <= {"de", "en"}
        for file in files.values():
            assert len((CONTENT / file).read_text(encoding="utf-8")) > shortest
    assert set(proceeding["about"]) == set(proceeding["rules_note"]) == {"de", "en"}


def test_every_text_file_belongs_to_a_proceeding():
    named = {
        file
        for p in PROCEEDINGS.values()
        for key in ("about", "rules_note", "results")
        for file in (p[key] or {}).values()
    }
    assert named == {path.name for path in CONTENT.glob("*.md")}


@every_proceeding
def test_phases_follow_one_another(proceeding):
    assert all(PhaseKind(phase["kind"]) and phase["starts_day"] <= phase["ends_day"] for phase in proceeding["phases"])
    assert all(earlier["ends_day"] < later["starts_day"] for earlier, later in pairwise(proceeding["phases"]))


def test_the_running_proceeding_takes_everything_today_and_the_closed_one_is_over():
    today = [p for p in PROCEEDINGS["matthaeikirchhof"]["phases"] if p["starts_day"] <= 0 <= p["ends_day"]]
    assert [(p["contribute"], p["comment"], p["vote"]) for p in today] == [(True, True, True)]
    assert all(phase["ends_day"] < 0 for phase in PROCEEDINGS["georg-schwarz-strasse"]["phases"])
    assert PROCEEDINGS["georg-schwarz-strasse"]["results"]
    assert all(phase["starts_day"] > 0 for phase in PROCEEDINGS["kuehle-hoefe-gruenau"]["phases"])


@every_proceeding
def test_categories_have_a_known_colour_and_icon(proceeding):
    assert len({c["key"] for c in proceeding["categories"]}) == len(proceeding["categories"])
    assert all(c["color"] in COLORS and c["icon"] in ICONS for c in proceeding["categories"])
    assert all(t["icon"] in ICONS for t in proceeding["types"])
    assert {GeometryKind(kind) for kind in proceeding["geometry_kinds"]}


# The contributions


def test_the_numbers_are_those_of_a_lively_proceeding():
    assert 115 <= len(CHURCHYARD) <= 130
    assert 22 <= len(STREET) <= 28
    assert 75 <= len(comments_of(CHURCHYARD)) <= 90
    assert 880 <= sum(c["votes_for"] + c["votes_against"] for c in CHURCHYARD) <= 920
    assert sum(c["language"] == "en" for c in CHURCHYARD) == 12


def test_every_category_type_geometry_and_state_occurs():
    proceeding = PROCEEDINGS["matthaeikirchhof"]
    assert {c["category"] for c in CHURCHYARD} == {c["key"] for c in proceeding["categories"]}
    assert {c["type"] for c in CHURCHYARD} == {t["key"] for t in proceeding["types"]}
    assert {c["geometry"]["type"] if c["geometry"] else None for c in CHURCHYARD} == {*KINDS, None}
    counts = Counter(c["state"] for c in CHURCHYARD)
    assert set(counts) == set(PublicationState)
    assert (counts["rejected"], counts["hidden"], counts["withdrawn"], counts["merged"]) == (3, 3, 2, 1)
    assert {c["state"] for c in comments_of(CHURCHYARD)} == set(PublicationState) - {PublicationState.MERGED}


def test_comments_are_nested_two_levels_of_replies_deep():
    assert max(depth(c.get("comments", [])) for c in CHURCHYARD) == 3


def test_keys_are_unique_and_merged_ones_lead_to_a_published_one():
    keys = {c["key"]: c for c in CONTRIBUTIONS}
    assert len(keys) == len(CONTRIBUTIONS)
    leading = [(c, keys[c["merged_into"]]) for c in CONTRIBUTIONS if c["state"] == "merged"]
    assert all(lead["state"] == "published" and lead["proceeding"] == c["proceeding"] for c, lead in leading)


@pytest.mark.parametrize("item", CONTRIBUTIONS, ids=lambda c: c["key"])
def test_each_contribution_would_be_accepted(item):
    proceeding = PROCEEDINGS[item["proceeding"]]
    assert TITLE_SHORTEST <= len(item["title"]) <= TITLE_LONGEST
    assert TEXT_SHORTEST <= len(item["text"]) <= proceeding["text_max"]
    assert item["category"] in {c["key"] for c in proceeding["categories"]}
    assert item["type"] in {t["key"] for t in proceeding["types"]}
    assert item["language"] in proceeding["languages"]
    assert item["name"] is None or 0 < len(item["name"]) <= 80
    kind = KINDS[item["geometry"]["type"]] if item["geometry"] else "none"
    assert kind in proceeding["geometry_kinds"]
    if item["geometry"]:
        assert_rfc_7946(item["geometry"])


@pytest.mark.parametrize("item", CONTRIBUTIONS, ids=lambda c: c["key"])
def test_what_happens_to_a_contribution_happens_in_order(item):
    open_phase = next(p for p in PROCEEDINGS[item["proceeding"]]["phases"] if p["contribute"])
    assert open_phase["starts_day"] <= item["day"] <= min(open_phase["ends_day"], -1)
    later = [item[key] for key in ("decision", "withdrawn") if key in item]
    later += [item["response"]] if "day" in item.get("response", {}) else []
    assert all(minute(item) < minute(event) < 0 for event in later)
    assert_in_order(item, item.get("comments", []))


def assert_in_order(parent, comments):
    for comment in comments:
        assert minute(parent) < minute(comment) < 0
        assert "decision" not in comment or minute(comment) < minute(comment["decision"]) < 0
        assert_in_order(comment, comment.get("replies", []))


def test_who_was_limited_reads_the_reasons_and_the_remedies():
    items = [*CONTRIBUTIONS, *comments_of(CONTRIBUTIONS)]
    assert all(("decision" in item) is (item["state"] in DECIDED) for item in items)
    for item in (item for item in items if "decision" in item):
        decision = item["decision"]
        assert decision["kind"] == DECIDED[item["state"]]
        assert f"Regel {decision['rule']}" in decision["statement_of_reasons"]
        assert "Ein Mensch hat entschieden" in decision["statement_of_reasons"]
        assert "kostenlos widersprechen" in decision["statement_of_reasons"]


def test_the_closed_proceeding_answers_every_contribution():
    assert all(c["response"]["status"] != "received" and len(c["response"]["text"]) > 10 for c in STREET)
    statuses = Counter(c["response"]["status"] for c in STREET)
    assert {"adopted", "partly_adopted", "not_adopted", "outside_the_plan"} <= set(statuses)


def test_most_places_lie_in_the_project_area_and_a_few_do_not():
    area = shape(PROCEEDINGS["matthaeikirchhof"]["project_area"])
    outside = [c for c in CHURCHYARD if c["geometry"] and not shape(c["geometry"]).intersects(area)]
    assert 3 <= len(outside) <= 25
