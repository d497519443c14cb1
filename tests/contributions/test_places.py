"""A place is said in words, for those who do not see the map."""

import pytest
from flask_babel import force_locale
from shapely import LineString, Point, Polygon, box

from participation.contributions.feature_collections import pins_feature_collection, place_feature
from participation.contributions.places import place_in_words
from participation.contributions.queries import contribution_with_parts
from participation.contributions.states import PublicationState

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
