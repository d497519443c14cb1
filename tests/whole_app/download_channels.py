"""The downloads among the channels."""

import io
import json
import zipfile
from typing import Any

from tests.whole_app.channels import TEXT, TITLE, channel, for_planners, listed, shows

HIDDEN_WORDS = [TITLE.encode(), TEXT.encode()]


def in_file(client: Any, address: str) -> bool:
    """Whether a download has title or text in it; in a workbook, they are packed."""
    response = client.get(address)
    data = response.data
    if response.status_code == 200 and address.endswith(".xlsx"):
        parts = zipfile.ZipFile(io.BytesIO(data))
        data = b"".join(parts.read(name) for name in parts.namelist())
    return response.status_code == 200 and any(words in data for words in HIDDEN_WORDS)


@channel("download: GeoJSON", listed)
def _(client, proceeding, contribution):
    answer = client.get(f"/proceedings/{proceeding.slug}/contributions.geojson")
    assert json.loads(answer.get_data())["type"] == "FeatureCollection"
    return shows(answer)


@channel("download: CSV", listed)
def _(client, proceeding, contribution):
    return shows(client.get(f"/proceedings/{proceeding.slug}/contributions.csv"))


@channel("planners' download: GeoJSON", for_planners)
def _(client, proceeding, contribution):
    return shows(client.get(f"/planning/{proceeding.slug}/contributions.geojson"))


@channel("planners' download: CSV", for_planners)
def _(client, proceeding, contribution):
    return shows(client.get(f"/planning/{proceeding.slug}/contributions.csv"))


@channel("downloads: workbook, GeoPackage, JSON-FG", listed)
def _(client, proceeding, contribution):
    here = f"/proceedings/{proceeding.slug}/contributions"
    found = {in_file(client, f"{here}.{suffix}") for suffix in ("xlsx", "gpkg", "jsonfg")}
    assert len(found) == 1
    return found.pop()


@channel("download of votes", listed)
def _(client, proceeding, contribution):
    return in_file(client, f"/proceedings/{proceeding.slug}/votes.csv")


@channel("planners' downloads: workbook, GeoPackage, votes", for_planners)
def _(client, proceeding, contribution):
    there = f"/planning/{proceeding.slug}"
    paths = (f"{there}/contributions.xlsx", f"{there}/contributions.gpkg", f"{there}/votes.csv")
    found = {in_file(client, path) for path in paths}
    assert len(found) == 1
    return found.pop()
