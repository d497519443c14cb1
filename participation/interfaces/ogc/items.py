"""Features: pages of them, and single ones, as GeoJSON."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from flask import request
from flask_babel import gettext
from sqlalchemy import func, literal, select

from participation import clock
from participation.database import db
from participation.errors import NotFound
from participation.exports.editions import Edition, Exported, rfc3339
from participation.exports.geojson_format import feature_json
from participation.interfaces.ogc.addresses import Link, address, link, links_to_this
from participation.interfaces.ogc.collections import Collection
from participation.interfaces.ogc.crs import to_system
from participation.interfaces.ogc.formats import GEOJSON_TYPE, HTML, HTML_TYPE, JSON_TYPE
from participation.interfaces.ogc.parameters import Wanted, cursor_after

MOST_COUNTED = 5_000  # one by one, where no cells know how many there are


@dataclass(frozen=True, slots=True)
class ItemsPage:
    """Some features of a collection. matched: how many the whole selection has, None if nobody counted that far."""

    collection: Collection
    wanted: Wanted
    rows: list[Exported]
    matched: int | None
    has_next: bool

    def links(self, chosen: str) -> list[Link]:
        """Return the links of this page in one of its forms."""
        media_type = HTML_TYPE if chosen == HTML else GEOJSON_TYPE
        links = links_to_this(chosen, GEOJSON_TYPE)
        if self.has_next:
            cursor = cursor_after(self.collection, self.rows[-1], self.matched)
            query = request.args.to_dict() | {"cursor": cursor, "f": chosen}
            links.append(link("next", address(f"/collections/{self.collection.id}/items", query), media_type))
        return [*links, link("collection", address(f"/collections/{self.collection.id}"), JSON_TYPE)]


def page_of_items(collection: Collection, wanted: Wanted, limit: int) -> ItemsPage:
    """Read one page. Only the first one counts how many there are: its links carry the number on."""
    matched = wanted.matched
    if matched is None and not wanted.after:
        matched = _matched(collection, wanted)
    rows = wanted.source.rows_beyond(wanted.after, limit + 1, wanted.conditions)
    return ItemsPage(collection, wanted, rows[:limit], matched, len(rows) > limit)


def _matched(collection: Collection, wanted: Wanted) -> int | None:
    """Count features; None if that would mean to read too many of them (OGC 17-069r4, 7.16)."""
    if isinstance(wanted.source, Edition) and not wanted.conditions:
        return wanted.source.count()
    found = select(literal(1)).select_from(collection.key.class_)
    found = found.where(*wanted.source.conditions(), *wanted.conditions).limit(MOST_COUNTED + 1)
    number = db.session.scalar(select(func.count()).select_from(found.subquery())) or 0
    return None if number > MOST_COUNTED else number


def collection_json(page: ItemsPage, links: Sequence[Link]) -> tuple[bytes, str]:
    """Return a feature collection, and a name (ETag) for all of it but the time of the answer."""
    collection = page.collection
    head: dict[str, Any] = {
        "type": "FeatureCollection",
        **({} if page.matched is None else {"numberMatched": page.matched}),
        "numberReturned": len(page.rows),
        "links": links,
    }
    for name in ("licence", "attribution"):
        if value := getattr(collection, name):
            head[name] = value
    features = b",\n".join(feature_json(row) for row in in_system(page.rows, page.wanted.crs))
    body = orjson.dumps(head)[1:-1] + b',"features":[\n' + features + b"\n]}\n"
    return b'{"timeStamp":"%b",%b' % (rfc3339(clock.now()).encode(), body), hashlib.sha256(body).hexdigest()[:32]


def feature_in(collection: Collection, feature_id: int) -> Exported:
    """Return one feature.

    Raises:
        NotFound: there is none, or it is not (or no longer) public.
    """
    rows = collection.source.rows_beyond([], 1, [collection.key == feature_id])
    if not rows:
        raise no_such_feature(collection, str(feature_id))
    return rows[0]


def no_such_feature(collection: Collection, feature_id: str) -> NotFound:
    """Return what is told to whoever asks for a feature that is not there."""
    return NotFound(
        gettext("There is no feature “%(number)s” in “%(name)s”.", number=feature_id[:40], name=collection.id)
    )


def single_json(row: Exported, crs: str, links: Sequence[Link]) -> bytes:
    """Return one feature with its links."""
    return feature_json(in_system([row], crs)[0])[:-1] + b',"links":' + orjson.dumps(links) + b"}\n"


def in_system(rows: Sequence[Exported], crs: str) -> list[Exported]:
    """Return rows with their places in another coordinate system."""
    places = to_system([row.wkb for row in rows], crs)
    return [row._replace(wkb=wkb) for row, wkb in zip(rows, places, strict=True)]
