"""What is asked of the site: pages, interfaces and acts, each as the script of a client."""

import itertools
import random
import re
from collections.abc import Generator, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from tools.bench.load import Answer, Request, Script
from tools.bench.site import SLUG

HERE = f"/proceedings/{SLUG}"
MAP = f"{HERE}/map.json"
CITY, MIDDLE, STREET = "12.20,51.20,12.60,51.50", "12.33,51.30,12.43,51.38", "12.365,51.337,12.380,51.346"
OGC = f"/ogc/collections/{SLUG}.contributions"
TOKEN = re.compile(rb'name="csrf_token" value="([^"]+)"')
WEST, SOUTH, EAST, NORTH = 12.27, 51.27, 12.49, 51.41


@dataclass(frozen=True, slots=True)
class Page:
    """Something to read. paths: with "{id}", each request asks for another one. cookie: of whoever may read it."""

    name: str
    path: str
    cookie: str = ""
    expected: int = 200


def pages(facts: dict[str, Any]) -> list[Page]:
    """Return what is read, in the order of the report."""
    own = facts["cookie"]
    ogc = [Page(f"OGC, 1,000 items, {name}", f"{OGC}/items?limit=1000&f=json&cursor={cursor}")
           for name, cursor in facts["ogc_cursors"].items()]  # fmt: skip
    return [
        Page("portal", "/"),
        Page("list, newest", HERE),
        Page("list, in the middle", f"{HERE}?after={facts['list_cursor']}"),
        Page("list, one category", f"{HERE}?category=green"),
        Page("list, by votes", f"{HERE}?sort=votes"),
        Page("list, searched", f"{HERE}?q=linden"),
        Page("detail", f"{HERE}/contributions/{{id}}"),
        Page("map, whole city", f"{MAP}?zoom=11&box={CITY}"),
        Page("map, city, one category", f"{MAP}?zoom=11&box={CITY}&category=green"),
        Page("map, city, searched", f"{MAP}?zoom=11&box={CITY}&q=linden"),
        Page("map, a district", f"{MAP}?zoom=13&box={MIDDLE}"),
        Page("map, a street", f"{MAP}?zoom=16&box={STREET}"),
        Page("tile, whole city", f"{OGC}/tiles/WebMercatorQuad/11/682/1094"),
        Page("tile, a street", f"{OGC}/tiles/WebMercatorQuad/16/21840/35020"),
        *ogc,
        Page("queue", f"/moderation/{SLUG}?state=published", own),
        Page("queue, in the middle",
             f"/moderation/{SLUG}?state=published&sort=oldest&after={facts['desk_cursor']}", own),
    ]  # fmt: skip


def reading(page: Page, ids: Sequence[int]) -> Script:
    """Ask for a page again and again; every client begins with another contribution."""

    def script(client: int) -> Generator[Request, Answer, None]:
        headers = (("Cookie", page.cookie),) if page.cookie else ()
        for id_ in itertools.cycle(_from(ids, client)):
            yield Request(page.path.format(id=id_), headers=headers, expected=page.expected)

    return script


def reading_bare(ids: Sequence[int]) -> Script:
    """Ask the bare view for contributions."""
    return reading(Page("bare", "/contributions/{id}"), ids)


def voting(origin: str, ids: Sequence[int]) -> Script:
    """Vote as people do: a guest per client, by the button of the page, each time on another contribution."""

    def script(client: int) -> Generator[Request, Answer, None]:
        page = yield Request(f"{HERE}/contributions/{ids[0]}", is_counted=False)
        found = TOKEN.search(page.body)
        body = b"csrf_token=" + (found[1] if found else b"") + b"&vote=for"
        form = (
            ("Content-Type", "application/x-www-form-urlencoded"),
            ("Origin", origin),
            ("Accept", "application/json"),
        )
        cookie = ""
        for id_ in _from(ids, client):
            headers = (*form, ("Cookie", cookie)) if cookie else form
            answer = yield Request(f"{HERE}/contributions/{id_}/vote", "POST", body, headers)
            cookie = cookie or answer.headers.get("set-cookie", "").partition(";")[0]

    return script


def voting_bare(ids: Sequence[int]) -> Script:
    """Let the bare view write as many votes."""

    def script(client: int) -> Generator[Request, Answer, None]:
        for id_ in _from(ids, client):
            yield Request(f"/contributions/{id_}/vote/{client}", "POST")

    return script


def contributing() -> Script:
    """Send contributions with all checks, by the interface for programs: a guest per client."""

    def script(client: int) -> Generator[Request, Answer, None]:
        json_type = ("Content-Type", "application/json")
        guest = yield Request(
            "/api/v1/guests", "POST", b'{"language":"de"}', (json_type,), is_counted=False, expected=201
        )
        headers = (json_type, ("Authorization", f"Bearer {orjson.loads(guest.body)['token']}"))
        luck = random.Random(client)  # noqa: S311 – made-up places
        for number in itertools.count():
            place = [round(luck.uniform(WEST, EAST), 6), round(luck.uniform(SOUTH, NORTH), 6)]
            body = {
                "title": f"Mehr Bäume an der Straße {number}, {client}",
                "text": f"Hier stehen im Sommer {number} Menschen in der Sonne. {luck.random()} Bäume würden helfen.",
                "category": "green",
                "type": "idea",
                "geometry": {"type": "Point", "coordinates": place},
                "language": "de",
                "consent": True,
            }
            yield Request(f"/api/v1{HERE}/contributions", "POST", orjson.dumps(body), headers, expected=201)

    return script


def streaming(path: str) -> Script:
    """Ask for a download."""

    def script(_client: int) -> Generator[Request, Answer, None]:
        while True:
            yield Request(path)

    return script


def _from(ids: Sequence[int], client: int) -> list[int]:
    start = client * 29 % len(ids)
    return [*ids[start:], *ids[:start]]
