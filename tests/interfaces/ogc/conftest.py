"""A proceeding with features of every kind, and a client that reads the interface as programs do."""

from datetime import UTC, datetime
from types import SimpleNamespace

import pytest
from shapely import LineString, Point, Polygon

from participation.contributions.states import PublicationState

BEFORE = datetime(2026, 11, 1, 12, 0, tzinfo=UTC)
LATER = datetime(2026, 11, 20, 8, 30, 15, 250_000, tzinfo=UTC)
WAY = LineString([(12.3700, 51.3415), (12.3712, 51.3425)])
AREA = Polygon([(12.370, 51.341), (12.371, 51.341), (12.371, 51.342), (12.370, 51.342), (12.370, 51.341)])


@pytest.fixture
def read(client):
    """Ask for something under /ogc and return its JSON."""

    def ask(path, status=200, **query):
        answer = client.get(f"/ogc{path}", query_string=query)
        assert answer.status_code == status, answer.get_data(as_text=True)
        return answer.get_json(force=True)

    return ask


@pytest.fixture
def churchyard(make_proceeding, make_contribution):
    """Published: a point, a line, an area, one without a place; and one in every other state."""
    proceeding = make_proceeding()
    point = make_contribution(
        proceeding, title="Ein Punkt im Grünen", created_at=BEFORE, geometry=Point(12.3707, 51.3421)
    )
    way = make_contribution(proceeding, title="Ein Weg", category="paths", geometry=WAY, created_at=LATER, votes_for=7)
    area = make_contribution(proceeding, title="Eine Fläche", type="question", geometry=AREA, created_at=LATER)
    nowhere = make_contribution(proceeding, title="Ohne Ort: Bänke 100 % aus Holz_", geometry=None, created_at=LATER)
    for state in PublicationState:
        if state is not PublicationState.PUBLISHED:
            make_contribution(proceeding, state=state, title=f"Geheim {state}")
    return SimpleNamespace(proceeding=proceeding, point=point, way=way, area=area, nowhere=nowhere)
