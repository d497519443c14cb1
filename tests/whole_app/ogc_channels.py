"""The channels of OGC API – Features; see channels.py."""

from participation.geodata.web_mercator import WORLD_PIXELS, world_pixel
from tests.app_fixtures import MIDDLE
from tests.whole_app.channels import TITLE, channel, listed, shows


@channel("OGC API: items", listed)
def _(client, proceeding, contribution):
    items = f"/ogc/collections/{proceeding.slug}.contributions/items"
    answers = [
        client.get(f"{items}{query}") for query in ("", "?f=html", "?q=Kennwort", "?filter=title LIKE '%dotterblume'")
    ]
    assert len({shows(answer) for answer in answers}) == 1
    return shows(answers[0])


@channel("OGC API: item", listed)
def _(client, proceeding, contribution):
    item = f"/ogc/collections/{proceeding.slug}.contributions/items/{contribution.id}"
    answers = [client.get(f"{item}{query}") for query in ("", "?f=html")]
    assert len({shows(answer) for answer in answers}) == 1
    return shows(answers[0])


@channel("OGC API: numbers and extent", listed)
def _(client, proceeding, contribution):
    collection = f"/ogc/collections/{proceeding.slug}.contributions"
    matched = client.get(f"{collection}/items?limit=1").get_json(force=True)["numberMatched"]
    assert ("extent" in client.get(collection).get_json(force=True)) == bool(matched)
    return matched == 1


@channel("OGC API: vector tiles", listed)
def _(client, proceeding, contribution):
    x, y = world_pixel(MIDDLE.x, MIDDLE.y)
    answers = []
    for zoom in (5, 17):
        size = WORLD_PIXELS >> zoom
        path = f"/ogc/collections/{proceeding.slug}.contributions/tiles/WebMercatorQuad/{zoom}/{y // size}/{x // size}"
        answers.append(TITLE.encode() in client.get(path).data)
    assert len(set(answers)) == 1
    return answers[0]
