"""GeoJSON downloads (RFC 7946), written row by row."""

from collections.abc import Iterable, Iterator

import orjson
import shapely
from shapely.geometry.base import BaseGeometry

from participation.exports.editions import Edition, Exported, rfc3339
from participation.geodata.writing import bbox_of, geometry_json

MEDIA_TYPE = "application/geo+json"
CHUNK_BYTES = 64 * 1024


def geojson_chunks(edition: Edition) -> Iterator[bytes]:
    """Yield a feature collection; what is known only at the end (bbox, numberReturned) stands at the end.

    `timeStamp` is the last change of the data, so that the same data give the same bytes.
    """
    changed_at, _ = edition.last_change()
    head = {"type": "FeatureCollection", **edition.header(), "timeStamp": rfc3339(changed_at)}
    buffer = bytearray(orjson.dumps(head)[:-1] + b',"features":[')
    count = 0
    corners: list[shapely.Point] = []
    for batch in edition.batches():
        corners = _corners([*corners, *shapely.from_wkb([row.wkb for row in batch if row.wkb is not None])])
        for row in batch:
            buffer += b",\n" if count else b"\n"
            buffer += feature_json(row)
            count += 1
            if len(buffer) >= CHUNK_BYTES:
                yield bytes(buffer)
                buffer.clear()
    buffer += b'\n],"numberReturned":%d' % count
    bbox = bbox_of(corners)
    if bbox:
        buffer += b',"bbox":' + orjson.dumps(bbox)
    yield bytes(buffer + b"}\n")


def feature_json(row: Exported) -> bytes:
    """Write one row as a GeoJSON feature (RFC 7946, 3.2): what every interface of ours sends of it."""
    return b'{"type":"Feature","id":%d,"geometry":%b,"properties":%b}' % (
        row.id,
        b"null" if row.wkb is None else geometry_json(row.wkb),
        orjson.dumps(row.properties, option=orjson.OPT_UTC_Z),
    )


def _corners(geometries: Iterable[BaseGeometry]) -> list[shapely.Point]:
    """Return two points that span the same box as all the geometries."""
    bbox = bbox_of(geometries)
    return [] if bbox is None else [shapely.Point(bbox[:2]), shapely.Point(bbox[2:])]
