"""Real clients: GDAL (ogrinfo, ogr2ogr) and QGIS read what is there, all of it and nothing else."""

import json
import os
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pyogrio
import pytest
from sqlalchemy import func, select

from participation.contributions.models import Contribution
from participation.contributions.states import PublicationState
from participation.database import db
from participation.demo.seeding import seed

COUNT = 2_500
MANY_FIELDS = ["title", "text", "category", "type", "state", "status", "votes_for", "votes_against", "comments"]


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


@pytest.fixture
def qgis_python():
    """Debian's Python, which has QGIS; ours has not."""
    python = "/usr/bin/python3"
    if not Path("/usr/lib/python3/dist-packages/qgis").is_dir():
        if os.environ.get("CI"):
            pytest.fail("python3-qgis is not installed, and in CI it has to read the interface.", pytrace=False)
        pytest.skip("python3-qgis is not installed: that QGIS reads the interface was NOT tested.")
    return python


def test_ogrinfo_finds_every_collection_and_counts_it(gdal, run, address, churchyard):
    listed = run("ogrinfo", "-ro", f"OAPIF:{address}")
    for name in ("proceedings", "churchyard.contributions", "churchyard.area"):
        assert f": {name} " in listed
    told = run("ogrinfo", "-ro", "-so", f"OAPIF:{address}", "churchyard.contributions")
    assert "Feature Count: 4" in told
    assert "votes_for: Integer" in told
    assert "created_at: DateTime" in told
    assert "Geheim" not in run("ogrinfo", "-ro", "-al", f"OAPIF:{address}")


def test_ogr2ogr_copies_everything_page_by_page(app, gdal, run, address, tmp_path):
    with app.app_context():
        seed(slug="many", contributions=COUNT)
    told = json.loads(run("ogr2ogr", "-f", "GeoJSON", "/vsistdout/", f"OAPIF:{address}", "proceedings"))
    assert [one["properties"]["slug"] for one in told["features"]] == ["many"]
    file = tmp_path / "out.gpkg"
    run("ogr2ogr", "-f", "GPKG", str(file), f"OAPIF:{address}", "many.contributions", "-oo", "PAGE_SIZE=100")
    with app.app_context():
        published = Contribution.state == PublicationState.PUBLISHED
        expected = db.session.scalar(select(func.count()).select_from(Contribution).where(published))
    meta, _, _, fields = pyogrio.raw.read(file, layer="many.contributions")
    assert len(fields[0]) == expected > 2_000
    assert list(meta["fields"])[: len(MANY_FIELDS)] == MANY_FIELDS
    assert meta["crs"] == "EPSG:4326"


def test_qgis_reads_a_collection_with_its_fields_and_places(qgis_python, run, address, churchyard):
    script = Path(__file__).with_name("qgis_reads.py")
    assert sys.executable != qgis_python
    said = run(qgis_python, str(script), address, "churchyard.contributions")
    found = json.loads(said.partition("FOUND ")[2])
    assert found["valid"], said
    assert found["titles"] == ["Ein Punkt im Grünen", "Ein Weg", "Eine Fläche", "Ohne Ort: Bänke 100 % aus Holz_"]
    assert "Point (12.3707 51.3421)" in found["places"]
    assert len(found["places"]) == 3
    assert set(MANY_FIELDS) <= set(found["fields"])
