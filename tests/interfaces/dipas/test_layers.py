"""What Masterportal draws."""

from datetime import UTC, datetime

import pytest

from participation.proceedings.models import ProceedingState
from tests.interfaces.dipas.contract import AREA_PROPERTIES, LAYER_PROPERTIES, NUMBER, POINT, collection_of

LAYER = "/drupal/masterportal/layer"
SHAPE = {"type": {"FeatureCollection"}, "features": [
    {"type": {"Feature"}, "id": NUMBER, "geometry": dict, "properties": LAYER_PROPERTIES}
]}  # fmt: skip


def titles(answer):
    return [feature["properties"]["name"] for feature in answer["features"]]


def test_the_layer_has_what_is_located(check, churchyard):
    _, (point, *_) = churchyard
    told = check(f"{LAYER}/contributions", SHAPE)
    assert titles(told) == ["Ein Punkt", "Ein Weg", "Eine Fläche"]
    assert told["features"][0] == {
        "type": "Feature",
        "id": str(point.id),
        "geometry": {"type": "Point", "coordinates": [12.3707, 51.3421]},
        "properties": {
            "nid": str(point.id),
            "name": "Ein Punkt",
            "description": "Im Schatten ist es auch im August angenehm.",
            "link": f"http://127.0.0.1:5000/proceedings/churchyard/contributions/{point.id}",
            "Thema": "Grün und Klima",
            "Rubric": "Idee",
        },
    }


def test_lines_and_areas_can_be_points(check, churchyard):
    for query in ("castToPoint", "castToPoint=1", "castToPoint=true"):
        told = check(f"{LAYER}/contributions?{query}", SHAPE)
        assert {feature["geometry"]["type"] for feature in told["features"]} == {"Point"}
    for query in ("", "castToPoint=0", "castToPoint=false"):
        told = check(f"{LAYER}/contributions?{query}", SHAPE)
        assert len({feature["geometry"]["type"] for feature in told["features"]}) == 3


def test_one_can_stand_alone(check, churchyard):
    _, (_, line, _, nowhere) = churchyard
    assert titles(check(f"{LAYER}/contributions?node={line.id}&hideOthers=1", SHAPE)) == ["Ein Weg"]
    assert len(titles(check(f"{LAYER}/contributions?node={line.id}", SHAPE))) == 3
    assert len(titles(check(f"{LAYER}/contributions?hideOthers=1", SHAPE))) == 3
    for node in (nowhere.id, 0, 999999, "x", "9" * 30, "-1"):
        assert titles(check(f"{LAYER}/contributions?hideOthers&node={node}", SHAPE)) == []


def test_a_category_is_chosen_by_its_name(check, churchyard):
    for name in ("Wege", "Paths"):
        assert titles(check(f"{LAYER}/contributions?category={name}", SHAPE)) == ["Ein Weg"]
    assert titles(check(f"{LAYER}/contributions?category=paths", SHAPE)) == []
    assert titles(check(f"{LAYER}/contributions?category=Gr%C3%BCn%20und%20Klima", SHAPE)) == [
        "Ein Punkt",
        "Eine Fläche",
    ]


def test_the_area_is_one_polygon(check, churchyard):
    told = check(f"{LAYER}/projectarea", collection_of({"Thema": str}))
    (feature,) = told["features"]
    assert feature["geometry"]["type"] == "Polygon"


def test_all_areas_have_their_period_in_german(check, make_proceeding, set_clock):
    make_proceeding("draft", state=ProceedingState.DRAFT)
    start, end = datetime(2021, 4, 30, 22, tzinfo=UTC), datetime(2021, 6, 27, 22, tzinfo=UTC)
    make_proceeding(starts_at=start, ends_at=end)
    set_clock(datetime(2021, 6, 27, 21, 59, tzinfo=UTC))
    (feature,) = check(f"{LAYER}/allprojectareas", collection_of(AREA_PROPERTIES))["features"]
    assert feature["properties"]["timeperiod"] == "01.05.2021 bis 27.06.2021 (57 Tage)"
    assert feature["properties"]["status"] == "aktiv"
    set_clock(end)
    (feature,) = check(f"{LAYER}/allprojectareas", collection_of(AREA_PROPERTIES))["features"]
    assert feature["properties"]["status"] == "inaktiv"


@pytest.mark.parametrize("path", ["x", "contributions/1", ""])
def test_there_are_no_other_layers(read, churchyard, path):
    assert read(f"{LAYER}/{path}", 404)["status"] == "error"


def test_points_are_points(check, churchyard):
    shape = {"type": {"FeatureCollection"}, "features": [
        {"type": {"Feature"}, "id": NUMBER, "geometry": POINT, "properties": LAYER_PROPERTIES}
    ]}  # fmt: skip
    check(f"{LAYER}/contributions?castToPoint", shape)
