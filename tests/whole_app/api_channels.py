"""The channels of the JSON API, as a browser reaches it: its cookies count for nothing there."""

from tests.whole_app.channels import channel, listed, nobody, public, shows


@channel("API: list", listed)
def _(client, proceeding, contribution):
    return shows(client.get(f"/api/v1/proceedings/{proceeding.slug}/contributions"))


@channel("API: search", listed)
def _(client, proceeding, contribution):
    return shows(client.get(f"/api/v1/proceedings/{proceeding.slug}/contributions?q=Wollgras"))


@channel("API: counts", listed)
def _(client, proceeding, contribution):
    return client.get(f"/api/v1/proceedings/{proceeding.slug}/counts").get_json()["total"] == 1


@channel("API: one, without a token", public)
def _(client, proceeding, contribution):
    here = f"/api/v1/proceedings/{proceeding.slug}/contributions/{contribution.id}"
    return any(shows(client.get(f"{here}{part}")) for part in ("", "/comments", "/vote"))


@channel("API: desks, without a token", nobody)
def _(client, proceeding, contribution):
    here = f"/api/v1/proceedings/{proceeding.slug}"
    parts = ("moderation/queue?state=any", f"moderation/contribution/{contribution.id}", "planning/contributions")
    return any(shows(client.get(f"{here}/{part}")) for part in parts)
