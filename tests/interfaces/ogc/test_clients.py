"""Real clients: GDAL (ogrinfo, ogr2ogr) and QGIS read what is there, all of it and nothing else."""

import json
import os
import sys
from pathlib import Path

import pytest

from participation.accounts.models import Role, Scope
from participation.proceedings.models import ProceedingState

FIELDS = ["title", "text", "category", "type", "state", "status", "votes_for", "votes_against", "comments"]


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


def test_ogrinfo_reads_a_draft_with_the_name_and_password_that_qgis_stores(
    gdal, run, address, make_proceeding, make_contribution, make_actor, make_token
):
    draft = make_proceeding(state=ProceedingState.DRAFT)
    make_contribution(draft)
    token = make_token(make_actor(draft, Role.PLANNER), Scope.PLAN)
    assert "churchyard.contributions" not in run("ogrinfo", f"OAPIF:{address}")
    assert "churchyard.contributions" in run("ogrinfo", "-oo", f"USERPWD=planner:{token}", f"OAPIF:{address}")


def test_qgis_reads_a_collection_with_its_fields_and_places(qgis_python, run, address, churchyard):
    script = Path(__file__).with_name("qgis_reads.py")
    assert sys.executable != qgis_python
    said = run(qgis_python, str(script), address, "churchyard.contributions")
    found = json.loads(said.partition("FOUND ")[2])
    assert found["valid"], said
    assert found["titles"] == ["Ein Punkt im Grünen", "Ein Weg", "Eine Fläche", "Ohne Ort: Bänke 100 % aus Holz_"]
    assert "Point (12.3707 51.3421)" in found["places"]
    assert len(found["places"]) == 3
    assert set(FIELDS) <= set(found["fields"])
