"""A proceeding with something of each kind in it."""

import pytest
from shapely import LineString, Polygon

from participation.contributions.states import PublicationState


@pytest.fixture
def three(make_proceeding, make_contribution):
    """Four public contributions – a point, a line, an area, one without a place – and one in each other state."""
    proceeding = make_proceeding()
    make_contribution(proceeding, title="Ein Punkt im Grünen")
    make_contribution(
        proceeding, title="Ein Weg", category="paths", geometry=LineString([(12.37, 51.34), (12.371, 51.342)])
    )
    area = Polygon([(12.370, 51.341), (12.371, 51.341), (12.371, 51.342), (12.370, 51.342)])
    make_contribution(proceeding, title="Eine Fläche", type="question", geometry=area)
    make_contribution(proceeding, title="Ohne Ort", geometry=None)
    for state in PublicationState:
        if state is not PublicationState.PUBLISHED:
            make_contribution(proceeding, state=state, title=f"Geheim {state}")
    return proceeding


@pytest.fixture
def small_bound(app, monkeypatch):
    """Four rows are many."""
    settings = app.extensions["settings"]
    object.__setattr__(settings, "direct_download_rows", 3)
    yield
    object.__setattr__(settings, "direct_download_rows", 5_000)
