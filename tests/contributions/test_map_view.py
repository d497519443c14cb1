"""A view of the map: exact counts, never more than it may carry, whatever lies in the database."""

import gzip
import random

import orjson
import pytest
from shapely import LineString, Point, box
from sqlalchemy import insert

from participation import clock
from participation.contributions.checking import NewContribution
from participation.contributions.clusters import MOST_SYMBOLS
from participation.contributions.counting import counted
from participation.contributions.filters import ContributionFilter
from participation.contributions.map_view import map_view
from participation.contributions.models import Contribution, Origin
from participation.contributions.services import contribution_values
from participation.contributions.states import PublicationState
from participation.database import transaction
from participation.geodata.bbox import Bbox

LEIPZIG = Bbox(12.2, 51.2, 12.6, 51.5)
BLOCK = Bbox(12.3690, 51.3410, 12.3725, 51.3432)
MOST_BYTES = 60_000


@pytest.fixture
def scatter(make_proceeding):
    """A proceeding with many contributions at random places, a tenth of them on one spot."""

    def make(count, seed=1):
        proceeding = make_proceeding()
        chance = random.Random(seed)
        rows = []
        for number in range(count):
            spot = number % 10 == 0
            place = Point(12.37, 51.34) if spot else Point(chance.gauss(12.37, 0.02), chance.gauss(51.34, 0.01))
            new = NewContribution(
                f"Nummer {number}", "Ein Text dazu.", chance.choice(["green", "paths"]), "idea", place
            )
            values = {"state": PublicationState.PUBLISHED, "created_at": clock.now(), "origin": Origin.WEB}
            rows.append(contribution_values(proceeding, new, **values))
        with transaction() as session:
            session.execute(insert(Contribution), rows)
        return proceeding

    return make


def shown(answer):
    return sum(feature["properties"].get("count", 1) for feature in answer["features"])


@pytest.mark.parametrize("zoom", [3, 10.5, 13, 16.25, 19, 22])
@pytest.mark.parametrize("categories", [(), ("green",)])
def test_the_sum_of_all_symbols_is_the_number_in_the_list(app, scatter, zoom, categories):
    with app.test_request_context():
        proceeding = scatter(700)
        wanted = ContributionFilter(categories=categories, bbox=LEIPZIG)
        answer = map_view(proceeding, wanted, LEIPZIG, zoom)
        by_category = counted(proceeding, wanted).by_category
        expected = sum(count for key, count in by_category.items() if not categories or key in categories)
        assert shown(answer) == answer["in_view"] == expected
        assert len(answer["features"]) <= MOST_SYMBOLS
        assert len(orjson.dumps(answer)) <= MOST_BYTES


def test_every_symbol_of_a_far_view_is_a_cluster_and_of_a_near_one_a_pin(app, make_proceeding, make_contribution):
    with app.test_request_context():
        proceeding = make_proceeding()
        for lon in (12.3700, 12.3710, 12.3720):
            make_contribution(proceeding, geometry=Point(lon, 51.342))
        far = map_view(proceeding, ContributionFilter(), LEIPZIG, 11)["features"]
        near = map_view(proceeding, ContributionFilter(), BLOCK, 18)["features"]
    assert [feature["properties"]["count"] for feature in far] == [3]
    assert far[0]["properties"]["colors"] == {"green": 3}
    assert [feature["properties"]["kind"] for feature in near] == ["contribution"] * 3


def test_pins_on_one_spot_stay_together_at_the_deepest_zoom(app, make_proceeding, make_contribution):
    with app.test_request_context():
        proceeding = make_proceeding()
        for _ in range(3):
            make_contribution(proceeding)
        features = map_view(proceeding, ContributionFilter(), BLOCK, 22)["features"]
    assert [feature["properties"]["count"] for feature in features] == [3]


def test_lines_and_areas_that_touch_the_view_come_with_their_shape(app, make_proceeding, make_contribution):
    with app.test_request_context():
        proceeding = make_proceeding()
        crossing = make_contribution(proceeding, geometry=LineString([(12.36, 51.342), (12.40, 51.342)]))
        make_contribution(proceeding, geometry=box(12.40, 51.340, 12.41, 51.341))
        make_contribution(proceeding)
        shapes = map_view(proceeding, ContributionFilter(), BLOCK, 17)["shapes"]["features"]
        far_shapes = map_view(proceeding, ContributionFilter(), LEIPZIG, 11)["shapes"]["features"]
    assert [shape["id"] for shape in shapes] == [crossing.id]
    assert far_shapes == []


@pytest.mark.parametrize("state", [state for state in PublicationState if state is not PublicationState.PUBLISHED])
def test_what_is_not_public_is_on_no_map(app, make_contribution, make_proceeding, state):
    with app.test_request_context():
        proceeding = make_proceeding()
        make_contribution(proceeding, state=state)
        answer = map_view(proceeding, ContributionFilter(), BLOCK, 17)
    assert (answer["features"], answer["in_view"]) == ([], 0)


def test_a_view_across_the_date_line_shows_both_sides(app, make_proceeding, make_contribution):
    with app.test_request_context():
        proceeding = make_proceeding()
        make_contribution(proceeding, geometry=Point(179.99, 0))
        make_contribution(proceeding, geometry=Point(-179.99, 0))
        make_contribution(proceeding, geometry=Point(0, 0))
        answer = map_view(proceeding, ContributionFilter(), Bbox(179, -1, -179, 1), 10)
    assert answer["in_view"] == 2


@pytest.mark.parametrize(
    "query",
    [
        "",
        "box=1,2,3",
        "box=1,2,3,4&zoom=x",
        "box=1,2,3,4&zoom=nan",
        "box=200,0,201,1&zoom=3",
        "box=1,2,3,4&zoom=3&sort=best",
    ],
)
def test_a_wrong_view_gets_a_clear_answer(client, make_proceeding, query):
    make_proceeding()
    response = client.get(f"/proceedings/churchyard/map.json?{query}")
    assert response.status_code == 422
    assert response.content_type == "application/problem+json"
    assert response.get_json()["detail"]


def test_titles_of_citizens_come_as_data(client, make_contribution):
    make_contribution(title="<img src=x onerror=alert(1)>")
    answer = client.get("/proceedings/churchyard/map.json?box=12.3,51.3,12.4,51.4&zoom=18")
    assert answer.content_type == "application/geo+json"
    assert answer.get_json()["features"][0]["properties"]["title"] == "<img src=x onerror=alert(1)>"


def test_a_line_is_drawn_only_when_the_filter_by_box_finds_it(app, make_proceeding, make_contribution):
    with app.test_request_context():
        proceeding = make_proceeding()
        line = LineString([(12.3695, 51.3415), (12.3720, 51.3430)])
        make_contribution(proceeding, geometry=line)
        for corner, count in ((BLOCK, 1), (Bbox(12.3690, 51.3410, 12.3697, 51.3417), 0)):
            answer = map_view(proceeding, ContributionFilter(bbox=corner), BLOCK, 18)
            assert (answer["in_view"], len(answer["shapes"]["features"])) == (count, count)


def test_500_single_pins_with_long_titles_travel_in_60_kb(app, client, make_proceeding):
    with app.app_context():
        proceeding = make_proceeding()
        rows = []
        for number in range(MOST_SYMBOLS):
            place = Point(12.30 + number % 25 * 0.004, 51.30 + number // 25 * 0.0025)
            new = NewContribution(f"{number * 7919 % 9973} " + "Größere Bäume " * 6, "Text", "green", "idea", place)
            values = {"state": PublicationState.PUBLISHED, "created_at": clock.now(), "origin": Origin.WEB}
            rows.append(contribution_values(proceeding, new, **values))
        with transaction() as session:
            session.execute(insert(Contribution), rows)
    path = "/proceedings/churchyard/map.json?zoom=15&box=12.29,51.29,12.41,51.36"
    packed = client.get(path, headers={"Accept-Encoding": "gzip"})
    plain = client.get(path, headers={"Accept-Encoding": "identity"})
    assert len(packed.data) <= MOST_BYTES
    assert gzip.decompress(packed.data) == plain.data
    kinds = [feature["properties"]["kind"] for feature in plain.get_json(force=True)["features"]]
    assert kinds == ["contribution"] * MOST_SYMBOLS
