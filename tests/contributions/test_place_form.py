"""Step 1: what is drawn or typed has to be what was chosen to be drawn."""

import json

import pytest
from shapely.geometry import mapping, shape

from participation.contributions.models import ContributionDraft
from participation.database import db
from tests.app_fixtures import AREA, MIDDLE

PATH = "/en/proceedings/churchyard/contribute/place"
POINT = json.dumps(mapping(MIDDLE))
LINE = json.dumps({"type": "LineString", "coordinates": [[12.370, 51.342], [12.371, 51.342]]})
OUTLINE = json.dumps(mapping(AREA.geoms[0]))
DRAWN = {"point": POINT, "line": LINE, "area": OUTLINE}


@pytest.fixture
def send(client, make_proceeding):
    make_proceeding()
    return lambda **answers: client.send(PATH, answers)


@pytest.mark.parametrize("kind", DRAWN)
@pytest.mark.parametrize("drawn", DRAWN)
def test_only_the_chosen_kind_is_taken(send, kind, drawn):
    assert (send(kind=kind, geometry=DRAWN[drawn]).status_code == 303) is (kind == drawn)


@pytest.mark.parametrize("kind", ["", "circle", "-1"])
def test_an_unknown_kind_is_refused_with_and_without_a_place(send, kind):
    assert send(kind=kind).status_code == 422
    assert send(kind=kind, longitude="12.3707", latitude="51.3421").status_code == 422


@pytest.mark.parametrize("kind", ["line", "area"])
def test_coordinates_do_not_silently_become_a_point(send, kind):
    response = send(kind=kind, longitude="12.3707", latitude="51.3421")
    assert response.status_code == 422
    assert "Coordinates set a point." in response.get_data(as_text=True)


@pytest.mark.parametrize(
    "typed, is_taken",
    [("12.3707", True), ("12,3707", True), (" +12.3707 ", True), ("012.37", True),
     ("1_2.37", False), ("1.237e1", False),
     ("inf", False), ("nan", False), ("12.", False), ("", False), ("0x0c", False), ("\u0661\u0662.37", False)],
)  # fmt: skip
def test_coordinates_are_plain_numbers(send, typed, is_taken):
    assert (send(kind="point", longitude=typed, latitude="51.3421").status_code == 303) is is_taken


def test_typed_coordinates_replace_the_place_of_before(app, send):
    assert send(kind="point", geometry=POINT).status_code == 303
    assert send(kind="point", geometry=POINT, longitude="12.3710", latitude="51.3420").status_code == 303
    with app.app_context():
        (draft,) = db.session.query(ContributionDraft).all()
    assert shape(json.loads(draft.answers["geometry"])).coords[0] == (12.3710, 51.3420)


def test_a_far_place_is_refused_with_the_number_that_the_map_says(client, send):
    assert "up to 20 kilometres away" in client.get(PATH).get_data(as_text=True)
    page = send(kind="point", longitude="12.9", latitude="51.3421").get_data(as_text=True)
    assert "more than 20 kilometres away" in page


def test_the_coordinates_are_open_without_script_and_after_an_error(client, send):
    assert 'data-fold="always" open>' in client.get(PATH).get_data(as_text=True)
    assert "<details open>" in send(kind="point").get_data(as_text=True)
