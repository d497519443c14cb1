"""The downloads among the channels."""

import io
import json
import zipfile
from typing import Any

from participation.accounts.actors import STRANGER
from participation.contributions.filters import ContributionFilter
from participation.exports.editions import Edition
from participation.exports.files import start_file
from participation.exports.formats import FORMATS
from participation.exports.tables import CONTRIBUTIONS
from participation.jobs.queries import job_secret
from participation.jobs.work import Worker
from participation.proceedings.queries import proceeding_by_slug
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


@channel("file made in the background", listed)
def _(client, proceeding, contribution):
    with client.application.app_context():
        edition = Edition(CONTRIBUTIONS, proceeding_by_slug(STRANGER, proceeding.slug), ContributionFilter())
        secret = job_secret(start_file(STRANGER, edition, FORMATS["gpkg"]))
        Worker().run_due()
    return in_file(client, f"/downloads/{secret}/file")
