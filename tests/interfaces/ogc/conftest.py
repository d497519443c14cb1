"""A proceeding with features of every kind, and a client that reads the interface as programs do."""

import os
import shutil
import subprocess
from dataclasses import replace
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


@pytest.fixture
def address(app, live_server, monkeypatch):
    """Where a client finds the interface; its links lead to the same server."""
    settings = replace(app.extensions["settings"], base_url=live_server)
    monkeypatch.setitem(app.extensions, "settings", settings)
    return f"{live_server}/ogc/"


@pytest.fixture
def run(tmp_path):
    """Run a client, which knows no proxy and keeps its settings here, and return what it says."""
    home = tmp_path / "home"
    home.mkdir(mode=0o700)
    at_home = {"HOME": str(home), "XDG_RUNTIME_DIR": str(home), "QT_QPA_PLATFORM": "offscreen", "PYTHONPATH": ""}

    def start(*command):
        environment = {**os.environ, "no_proxy": "127.0.0.1", **at_home}
        done = subprocess.run(command, capture_output=True, text=True, timeout=120, env=environment, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
        assert "ERROR" not in done.stderr, done.stderr
        return done.stdout

    return start


@pytest.fixture
def gdal():
    if shutil.which("ogr2ogr") is None:
        if os.environ.get("CI"):
            pytest.fail("ogr2ogr is not installed, and in CI it has to read the interface.", pytrace=False)
        pytest.skip("ogr2ogr is not installed: that GDAL reads the interface was NOT tested.")
