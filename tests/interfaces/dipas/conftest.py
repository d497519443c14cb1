"""A proceeding with every kind of contribution, and answers read strictly."""

import json
from datetime import timedelta

import pytest
from shapely import LineString, Polygon

from participation import clock
from participation.contributions.states import PublicationState
from participation.discussion.models import VoteValue
from participation.discussion.services import vote
from participation.proceedings.queries import proceeding_by_slug
from tests.interfaces.dipas.contract import differences

LINE = LineString([(12.37, 51.341), (12.37, 51.342)])
SQUARE = Polygon([(12.370, 51.341), (12.371, 51.341), (12.371, 51.342), (12.370, 51.342)])


@pytest.fixture
def read(client):
    """Read an answer of DIPAS' addresses; checks that it is JSON, open to all, and has no name twice."""

    def get(path, status=200, **kwargs):
        response = client.get(path, **kwargs)
        assert response.status_code == status, (path, response.status_code, response.data[:300])
        assert response.headers["Content-Type"] == "application/json"
        assert response.headers["Access-Control-Allow-Origin"] == "*"
        return json.loads(response.data, object_pairs_hook=_without_doubles)

    return get


@pytest.fixture
def check(read):
    """Read an answer and compare it with its shape."""

    def compare(path, shape, status=200, **kwargs):
        answer = read(path, status, **kwargs)
        assert differences(answer, shape) == []
        return answer

    return compare


@pytest.fixture
def churchyard(app, make_proceeding, make_contribution, make_comment, make_guest):
    """A proceeding with a point (three votes, a comment with two answers below each other), a line, an area, and a text
    without place and type; and one in every state that is in no list.
    """
    proceeding = make_proceeding()
    now = clock.now().replace(microsecond=0)
    at = [now - timedelta(minutes=minutes) for minutes in range(10)]
    point = make_contribution(proceeding, title="Ein Punkt", created_at=at[4])
    line = make_contribution(proceeding, title="Ein Weg", category="paths", geometry=LINE, created_at=at[3])
    area = make_contribution(proceeding, title="Eine Fläche", type="question", geometry=SQUARE, created_at=at[2])
    nowhere = make_contribution(proceeding, title="Ohne Ort", type="", geometry=None, created_at=at[1])
    for state in PublicationState:
        if state is not PublicationState.PUBLISHED:
            make_contribution(proceeding, state=state, title=f"Geheim {state}")
    first = make_comment(point, "Das ist gut.")
    answer = make_comment(point, "Finde ich auch.", parent=first)
    make_comment(point, "Ich nicht.", parent=answer)
    make_comment(line, "Zu schmal.")
    with app.app_context():
        here = proceeding_by_slug(make_guest(), proceeding.slug)
        for value in (VoteValue.FOR, VoteValue.FOR, VoteValue.AGAINST):
            vote(make_guest(), here, point.id, value)
    return proceeding, (point, line, area, nowhere)


def _without_doubles(pairs):
    assert len({name for name, _ in pairs}) == len(pairs), [name for name, _ in pairs]
    return dict(pairs)
