"""Real shapes for the tests of geodata."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from shapely.geometry.base import BaseGeometry

from participation.geodata.reading import read_feature_collection

# A busy machine is no fault of the code: how fast an example is drawn or run is never judged.
settings.register_profile("unhurried", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("unhurried")


@pytest.fixture(scope="session")
def leipzig(shared_data: Path) -> dict[str, BaseGeometry]:
    """The districts of Leipzig by number; "00" is the old town."""
    districts = read_feature_collection((shared_data / "leipzig/ortsteile.geojson").read_bytes())
    return {str(item.properties["OT"]): item.geometry for item in districts if item.geometry is not None}
