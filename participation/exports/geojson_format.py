"""Downloads as GeoJSON (RFC 7946) and as JSON-FG (OGC 21-045r1), written some rows at a time."""

from collections.abc import Iterator, Sequence
from typing import Any

import orjson

from participation.exports.editions import Edition, Exported
from participation.geodata.writing import Box, around_both, geometries_json, geometry_json, rounded_box

JSON_FG = "http://www.opengis.net/spec/json-fg-1/1.0/conf"
CRS84 = "http://www.opengis.net/def/crs/OGC/0/CRS84"


def geojson_chunks(edition: Edition) -> Iterator[bytes]:
    """Yield a feature collection; what is known only at the end (bbox, numberReturned) stands at the end.

    `timeStamp` is the last change of the data, so that the same data give the same bytes.
    """
    yield from _collection({"type": "FeatureCollection", **_head(edition)}, edition.json_batches(), _feature)


def json_fg_chunks(edition: Edition) -> Iterator[bytes]:
    """Yield the same with the type of the features and the time each one was made.

    `place` is null: CRS84 stands in `geometry`, where every reader of GeoJSON finds it.
    """
    head = {
        "type": "FeatureCollection",
        "conformsTo": [f"{JSON_FG}/core", f"{JSON_FG}/types-schemas"],
        "featureType": edition.table.feature_type,
        **({"featureSchema": edition.schema_url} if edition.schema_url else {}),
        "coordRefSys": CRS84,
        **_head(edition),
    }
    yield from _collection(head, edition.json_batches(edition.table.moment), _feature_with_time)


def feature_json(row: Exported) -> bytes:
    """Write one row as a GeoJSON feature (RFC 7946, 3.2): what every interface of ours sends of it."""
    return b'{"type":"Feature","id":%d,"geometry":%b,"properties":%b}' % (
        row.id,
        b"null" if row.wkb is None else geometry_json(row.wkb),
        orjson.dumps(row.properties),
    )


def _head(edition: Edition) -> dict[str, Any]:
    facts = edition.facts()
    return {**edition.header(), "filter": facts.filter, "timeStamp": facts.as_of}


def _feature(row: Sequence[Any], geometry: str) -> str:
    return f'{{"type":"Feature","id":{row[0]},"geometry":{geometry},"properties":{row[2]}}}'


def _feature_with_time(row: Sequence[Any], geometry: str) -> str:
    time = "null" if row[3] is None else f'{{"timestamp":"{row[3]}"}}'
    members = f'"time":{time},"place":null,"geometry":{geometry},"properties":{row[2]}'
    return f'{{"type":"Feature","id":{row[0]},{members}}}'


def _collection(head: dict[str, Any], batches: Iterator[Sequence[Any]], feature: Any) -> Iterator[bytes]:
    yield orjson.dumps(head)[:-1] + b',"features":['
    count = 0
    box: Box | None = None
    for batch in batches:
        geometries, around = geometries_json([row[1] for row in batch])
        box = around_both(box, around)
        lines = ",\n".join(map(feature, batch, geometries))
        yield f"{',' if count else ''}\n{lines}".encode()
        count += len(batch)
    tail = b'\n],"numberReturned":%d' % count
    yield tail + (b',"bbox":' + orjson.dumps(rounded_box(box)) if box else b"") + b"}\n"
