"""The channels of the DIPAS-compatible reads, for the table role × state × channel."""

from tests.whole_app.channels import channel, listed, shows

ROOT = "/drupal"
# These tell that it is there, not what it says.
NUMBERS = frozenset(
    f"DIPAS: {name}"
    for name in (
        *("ids in the project", "number of the list", "comments of it", "number of the city"),
        "number on the city's map",
    )
)


def pds(proceeding):
    return f"{ROOT}/dipas-pds/projects/{proceeding.slug}"


def own(proceeding):
    return f"/proceedings/{proceeding.slug}{ROOT}"


@channel("DIPAS: contributions as open data", listed)
def _(client, proceeding, contribution):
    return shows(client.get(f"{pds(proceeding)}/contributions"))


@channel("DIPAS: one contribution as open data", listed)
def _(client, proceeding, contribution):
    return shows(client.get(f"{pds(proceeding)}/contributions/{contribution.id}"))


@channel("DIPAS: contributions with comments as open data", listed)
def _(client, proceeding, contribution):
    return shows(client.get(f"{pds(proceeding)}/commentedcontributions"))


@channel("DIPAS: ids in the project", listed)
def _(client, proceeding, contribution):
    (feature,) = client.get(pds(proceeding)).get_json()["features"]
    return feature["properties"]["hasParticipatoryText"] == [str(contribution.id)]


@channel("DIPAS: list", listed)
def _(client, proceeding, contribution):
    return shows(client.get(f"{own(proceeding)}/dipas/contributionlist"))


@channel("DIPAS: number of the list", listed)
def _(client, proceeding, contribution):
    return client.get(f"{own(proceeding)}/dipas/contributionlist").get_json()["totalNodes"] == "1"


@channel("DIPAS: details", listed)
def _(client, proceeding, contribution):
    return shows(client.get(f"{ROOT}/dipas/contributiondetails/{contribution.id}"))


@channel("DIPAS: statistics", listed)
def _(client, proceeding, contribution):
    return shows(client.get(f"{own(proceeding)}/dipas/statistics"))


@channel("DIPAS: comments of it", listed)
def _(client, proceeding, contribution):
    return client.get(f"{ROOT}/dipas/getcomments/{contribution.id}").status_code == 200


@channel("DIPAS: newest of the city", listed)
def _(client, proceeding, contribution):
    return shows(client.get(f"{ROOT}/dipas/navigator/recentcontributions"))


@channel("DIPAS: most commented of the city", listed)
def _(client, proceeding, contribution):
    return shows(client.get(f"{ROOT}/dipas/navigator/mostcommentedcontributions"))


@channel("DIPAS: number of the city", listed)
def _(client, proceeding, contribution):
    return client.get(f"{ROOT}/dipas/navigator/contributions").get_json()["chart_data"]["total"] == 1


@channel("DIPAS: number on the city's map", listed)
def _(client, proceeding, contribution):
    features = client.get(f"{ROOT}/dipas/navigator/cockpitdatamap").get_json()["features"]
    numbers = {one["properties"]["id"]: one["properties"]["numberContributions"] for one in features}
    return numbers[proceeding.slug] == 1


@channel("DIPAS: layer", listed)
def _(client, proceeding, contribution):
    return shows(client.get(f"{own(proceeding)}/masterportal/layer/contributions"))


@channel("DIPAS: layer of one", listed)
def _(client, proceeding, contribution):
    query = f"node={contribution.id}&hideOthers=1"
    return shows(client.get(f"{own(proceeding)}/masterportal/layer/contributions?{query}"))
