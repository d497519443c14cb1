"""Extents follow what is public: wider with what comes, narrower with what goes, at once."""

from datetime import timedelta

import pytest
from shapely import LineString, Point

from participation import clock
from participation.contributions.models import Contribution
from participation.contributions.services import set_state
from participation.contributions.states import PublicationState
from participation.database import transaction

PATH = "/collections/churchyard.contributions"
FAR = Point(13.5, 52.5)


@pytest.fixture
def bbox(read):
    """The box that the collection names, or None."""
    return lambda: read(PATH).get("extent", {}).get("spatial", {}).get("bbox", [None])[0]


def is_near(box, *expected):
    return box == pytest.approx(expected, abs=5e-6)


def test_without_a_place_there_is_no_box_and_without_a_contribution_no_time(
    read, bbox, make_proceeding, make_contribution
):
    proceeding = make_proceeding()
    assert "extent" not in read(PATH)
    make_contribution(proceeding, geometry=None)
    assert bbox() is None
    assert read(PATH)["extent"]["temporal"]["interval"][0][0]
    make_contribution(proceeding, geometry=FAR)
    assert is_near(bbox(), 13.5, 52.5, 13.5, 52.5)


def test_lines_that_stick_out_count_with_their_ends(bbox, make_proceeding, make_contribution):
    proceeding = make_proceeding()
    make_contribution(proceeding)
    make_contribution(proceeding, geometry=LineString([(12.0, 51.0), (12.7, 51.6)]))
    assert is_near(bbox(), 12.0, 51.0, 12.7, 51.6)


@pytest.mark.parametrize("age", [timedelta(0), timedelta(days=2)], ids=["just now", "long ago"])
def test_what_comes_widens_it_and_what_goes_narrows_it_at_once(app, bbox, make_proceeding, make_contribution, age):
    proceeding = make_proceeding()
    make_contribution(proceeding, created_at=clock.now() - age)
    assert is_near(bbox(), 12.3707, 51.3421, 12.3707, 51.3421)
    far = make_contribution(proceeding, geometry=FAR, created_at=clock.now() - age)
    waiting = make_contribution(proceeding, geometry=Point(20, 60), state=PublicationState.SUBMITTED)
    assert is_near(bbox(), 12.3707, 51.3421, 13.5, 52.5)
    with app.app_context(), transaction() as session:
        set_state(session, session.get_one(Contribution, far.id), PublicationState.HIDDEN)
    assert is_near(bbox(), 12.3707, 51.3421, 12.3707, 51.3421)
    with app.app_context(), transaction() as session:
        set_state(session, session.get_one(Contribution, waiting.id), PublicationState.PUBLISHED)
    assert is_near(bbox(), 12.3707, 51.3421, 20, 60)
