"""The channels of interfaces for other programs, and of frames on other websites."""

from participation.interfaces.sitemap import IDS_IN_A_FILE
from tests.whole_app.channels import channel, listed, shows


@channel("feed", listed)
def _(client, proceeding, contribution):
    return shows(client.get(f"/feeds/{proceeding.slug}.atom"))


@channel("frame on another website", listed)
def _(client, proceeding, contribution):
    return shows(client.get(f"/embed/{proceeding.slug}"))


@channel("sitemap", listed)
def _(client, proceeding, contribution):
    block = contribution.id // IDS_IN_A_FILE
    page = f"/proceedings/{proceeding.slug}/contributions/{contribution.id}<"
    return page in client.get(f"/sitemaps/contributions-{block}.xml").get_data(as_text=True)
