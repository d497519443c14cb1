"""GeoJSON downloads (RFC 7946), written row by row."""

from collections.abc import Iterator, Sequence
from typing import Any

import orjson

from participation.exports.editions import Edition, Exported, rfc3339
from participation.geodata.writing import Box, around_both, geometries_json, geometry_json, rounded_box

MEDIA_TYPE = "application/geo+json"


def geojson_chunks(edition: Edition) -> Iterator[bytes]:
    """Yield a feature collection; what is known only at the end (bbox, numberReturned) stands at the end.

    `timeStamp` is the last change of the data, so that the same data give the same bytes.
    """
    changed_at, _ = edition.last_change()
    head = {"type": "FeatureCollection", **edition.header(), "timeStamp": rfc3339(changed_at)}
    yield orjson.dumps(head)[:-1] + b',"features":['
    count = 0
    box: Box | None = None
    for batch in edition.json_batches():
        geometries, around = geometries_json([wkb for _, wkb, _ in batch])
        box = around_both(box, around)
        yield _features(batch, geometries, is_first=not count)
        count += len(batch)
    tail = b'\n],"numberReturned":%d' % count
    yield tail + (b',"bbox":' + orjson.dumps(rounded_box(box)) if box else b"") + b"}\n"


def _features(batch: Sequence[Any], geometries: Sequence[str], *, is_first: bool) -> bytes:
    lines = [
        f'\n{{"type":"Feature","id":{id_},"geometry":{geometry},"properties":{properties}}}'
        for (id_, _, properties), geometry in zip(batch, geometries, strict=True)
    ]
    return ("" if is_first else ",").encode() + ",".join(lines).encode()


def feature_json(row: Exported) -> bytes:
    """Write one row as a GeoJSON feature (RFC 7946, 3.2): what every interface of ours sends of it."""
    return b'{"type":"Feature","id":%d,"geometry":%b,"properties":%b}' % (
        row.id,
        b"null" if row.wkb is None else geometry_json(row.wkb),
        orjson.dumps(row.properties),
    )
