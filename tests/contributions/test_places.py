"""A place is said in words, for those who do not see the map."""

import json
import os

import pytest
from flask_babel import force_locale
from shapely import LineString, Point, Polygon, box

from participation.accounts.models import Role
from participation.contributions.feature_collections import pins_feature_collection, place_feature
from participation.contributions.places import place_in_brief, place_in_words
from participation.contributions.queries import contribution_with_parts
from participation.contributions.receipts import receipt_secret
from participation.contributions.states import PublicationState
from participation.contributions.streets import streets_of

AREA = box(12.36, 51.34, 12.38, 51.35)
LINE = LineString([(12.37, 51.342), (12.37, 51.343)])
TRIANGLE = Polygon([(12.37, 51.342), (12.371, 51.342), (12.371, 51.343)])


@pytest.mark.parametrize(
    "geometry, words",
    [
        (None, "No place"),
        (Point(12.37, 51.342), "Point, inside the planning area"),
        (Point(12.40, 51.342), "Point, outside the planning area"),
        (LINE, "Line, about 110 metres, inside the planning area"),
        (TRIANGLE, "Area, about 3,900 square metres, inside the planning area"),
        (LineString([(12.37, 51.342), (12.37, 51.3420001)]), "Line, about 1 metres, inside the planning area"),
    ],
    ids=["none", "inside", "outside", "line", "area", "tiny line"],
)
def test_place_in_words_names_kind_size_and_side(app_context, geometry, words):
    with force_locale("en"):
        assert place_in_words(geometry, AREA) == words


PARK_ROAD = [[12.369, 51.3421], [12.372, 51.3421]]
NORTH_ROAD = [[12.3707, 51.34245], [12.3707, 51.3440]]
UNNAMED = [[12.37, 51.34211], [12.371, 51.34211]]


@pytest.fixture
def draw(tmp_path):
    """Write a drawing with these streets (name → positions) and an unnamed one; return its path."""

    def write(streets):
        features = [
            {"properties": {"l": "street", "n": name}, "geometry": {"type": "LineString", "coordinates": positions}}
            for name, positions in {**streets, "": UNNAMED}.items()
        ]
        path = tmp_path / "basemap.geojson"
        path.write_text(json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8")
        return path

    return write


@pytest.mark.parametrize(
    "geometry, words, brief",
    [
        (Point(12.3700, 51.34215), "Park Road", "Park Road"),
        (Point(12.3700, 51.34228), *["Near Park Road, about 20 metres away"] * 2),
        # In degrees the other road would be nearer: a degree of longitude is shorter here.
        (Point(12.37114, 51.34245), *["Near North Road, about 30 metres away"] * 2),
        (Point(12.3700, 51.3490), "Point", ""),
        (
            LINE,
            "Line, about 110 metres, near Park Road, about 45 metres away",
            "Line, near Park Road, about 45 metres away",
        ),
        (box(12.3699, 51.34205, 12.3701, 51.34215), "Area, about 160 square metres, Park Road", "Area, Park Road"),
    ],
    ids=["at", "near", "nearest in metres", "far", "line", "area"],
)
def test_a_place_is_told_by_the_nearest_named_street(app_context, draw, geometry, words, brief):
    streets = streets_of(draw({"Park Road": PARK_ROAD, "North Road": NORTH_ROAD}))
    with force_locale("en"):
        assert place_in_words(geometry, AREA, streets) == f"{words}, inside the planning area"
        assert place_in_brief(geometry, streets) == brief


def test_a_changed_drawing_is_read_again(draw):
    path = draw({"Old Road": PARK_ROAD})
    assert streets_of(path).nearest((12.37, 51.342))[0] == "Old Road"
    os.utime(draw({"New Road": PARK_ROAD}), ns=(1, 1))
    assert streets_of(path).nearest((12.37, 51.342))[0] == "New Road"
    assert streets_of(path.with_name("none.geojson")).nearest((12.37, 51.342)) is None


@pytest.fixture
def drawing_of_the_site(app, draw, monkeypatch):
    """The installation's own drawing has one street."""
    path = app.extensions["settings"].instance_path / "basemap.geojson"
    path.write_bytes(draw({"Parkweg": PARK_ROAD}).read_bytes())
    yield
    path.unlink()


def test_every_page_with_a_place_names_the_street(
    app, drawing_of_the_site, make_proceeding, make_contribution, make_actor, make_client, client
):
    proceeding = make_proceeding()
    public = make_contribution(proceeding)
    waiting = make_contribution(proceeding, state=PublicationState.SUBMITTED)
    with app.app_context():
        secret = receipt_secret(waiting)
    steps = "/proceedings/churchyard/contribute"
    typed = {"kind": "point", "longitude": "12.3707", "latitude": "51.3421"}
    for step, answers in (
        ("place", typed),
        ("topic", {"category": "green"}),
        ("text", {"title": "Bänke", "text": "Im Schatten."}),
    ):
        assert client.send(f"{steps}/{step}", answers).status_code == 303
    moderator = make_client(make_actor(proceeding, Role.MODERATOR))
    for reader, path in (
        (client, "/proceedings/churchyard"),
        (client, f"/proceedings/churchyard/contributions/{public.id}"),
        (client, f"/receipts/{secret}"),
        (client, f"{steps}/check"),
        (moderator, "/moderation/churchyard"),
    ):
        assert "Parkweg" in reader.get(path).get_data(as_text=True), path


def test_pins_carry_lines_and_say_what_waits_and_leave_out_the_placeless(app, make_proceeding, make_contribution):
    proceeding = make_proceeding()
    line = make_contribution(proceeding, geometry=LINE, state=PublicationState.SUBMITTED)
    placeless = make_contribution(proceeding, geometry=None)
    with app.test_request_context():
        loaded = [contribution_with_parts(contribution.id) for contribution in (line, placeless)]
        features = pins_feature_collection(proceeding, loaded)["features"]
    assert [feature["id"] for feature in features] == [line.id]
    assert features[0]["geometry"]["coordinates"] == pytest.approx([12.37, 51.3425], abs=1e-5)
    assert features[0]["properties"]["pending"] is True
    assert features[0]["properties"]["geometry"]["type"] == "LineString"


def test_place_without_category_yet_has_a_neutral_pin():
    feature = place_feature(LINE, None)
    assert (feature["properties"]["color"], feature["properties"]["pin"]) == ("neutral", [12.37, 51.3425])
