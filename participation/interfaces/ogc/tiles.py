"""Vector tiles of a collection: clusters as long as pins would stand in heaps, then every feature with all it has."""

from collections.abc import Sequence
from typing import Any

import shapely
from flask_babel import gettext
from shapely.geometry.base import BaseGeometry
from sqlalchemy import ColumnElement, func, literal_column, select

from participation.contributions.clusters import Cluster
from participation.contributions.map_view import clusters_in
from participation.database import db
from participation.exports.editions import Edition, Exported
from participation.geodata.tiles import BUFFER, DEEPEST_ZOOM, EXTENT, Tile, encoded
from participation.interfaces.ogc.addresses import Link, address, link
from participation.interfaces.ogc.collections import Collection
from participation.interfaces.ogc.crs import CRS84
from participation.interfaces.ogc.documents import json_kind
from participation.interfaces.ogc.formats import JSON_TYPE, TILE_TYPE

MATRIX_SET = "WebMercatorQuad"
MATRIX_SET_URI = "http://www.opengis.net/def/tilematrixset/OGC/1.0/WebMercatorQuad"
TILE_CRS = "http://www.opengis.net/def/crs/EPSG/0/3857"
TILING_SCHEME_REL = "http://www.opengis.net/def/rel/ogc/1.0/tiling-scheme"
FEATURES_FROM_ZOOM = 16
MOST_FEATURES = 2_000

Drawn = tuple[int | None, BaseGeometry, dict[str, Any]]


def tile_of(collection: Collection, tile: Tile) -> bytes:
    """Return one tile with a layer named as the part of the collection (Mapbox Vector Tile 2.1).

    A cluster has `count` and, if all in it share one, `category`; every other feature has its id and all properties.
    Where more than 2,000 features lie in one tile, it holds clusters at any zoom.
    """
    edition = collection.edition
    if edition is None:
        rows = collection.source.rows_beyond([], MOST_FEATURES, _in(collection, tile))
        return encoded(collection.part, _drawn(rows, tile))
    if tile.zoom >= FEATURES_FROM_ZOOM:
        by_database = db.session.get_bind().dialect.name == "postgresql"
        made = (_made_by_postgis if by_database else _made_here)(collection, edition, tile)
        if made is not None:
            return made
    clusters = clusters_in(edition.proceeding, edition.wanted, [tile.pixels], tile.zoom + 1)
    return encoded(collection.part, _clusters(collection, tile, clusters))


def _in(collection: Collection, tile: Tile) -> list[ColumnElement[Any]]:
    return [collection.geometry.in_bbox(*tile.bbox)]


def _made_here(collection: Collection, edition: Edition, tile: Tile) -> bytes | None:
    """Return a tile with every feature in it, or None if they are too many."""
    rows = edition.rows_beyond([], MOST_FEATURES + 1, _in(collection, tile))
    return None if len(rows) > MOST_FEATURES else encoded(collection.part, _drawn(rows, tile))


def _made_by_postgis(collection: Collection, edition: Edition, tile: Tile) -> bytes | None:
    """Let PostGIS do the same: it clips and writes faster."""
    envelope = func.ST_TileEnvelope(tile.zoom, tile.column, tile.row)
    place = func.ST_AsMVTGeom(func.ST_Transform(collection.geometry, 3857), envelope, EXTENT, BUFFER, True)
    rows = (
        select(*edition.named_values(), place.label("place"))
        .where(*edition.conditions(), *_in(collection, tile))
        .order_by(*edition.table.order)
        .limit(MOST_FEATURES + 1)
        .subquery("features")
    )
    written = func.ST_AsMVT(literal_column("features"), collection.part, EXTENT, "place", "id")
    count, body = db.session.execute(select(func.count(), written).select_from(rows)).one()
    return None if count > MOST_FEATURES else bytes(body)


def _drawn(rows: Sequence[Exported], tile: Tile) -> list[Drawn]:
    places = tile.place(shapely.from_wkb([row.wkb for row in rows]))
    return [(row.id, place, row.properties) for row, place in zip(rows, places, strict=True)]


def _clusters(collection: Collection, tile: Tile, clusters: Sequence[Cluster]) -> list[Drawn]:
    ids = [id_ for cluster in clusters if (id_ := cluster.only_id)]
    rows = collection.source.rows_beyond([], len(ids), [collection.key.in_(ids)]) if ids else []
    alone = {row.id: row.properties for row in rows}
    words = {category.id: category.key for one in collection.proceedings for category in one.categories}
    drawn: list[Drawn] = []
    for cluster in clusters:
        place = tile.point(cluster.x, cluster.y)
        if cluster.count > 1:
            shared = [words[id_] for id_ in cluster.by_category] if len(cluster.by_category) == 1 else [None]
            drawn.append((None, place, {"count": cluster.count, "category": shared[0]}))
        elif cluster.sum_id in alone:  # else it was hidden between the two reads
            drawn.append((cluster.sum_id, place, alone[cluster.sum_id]))
    return drawn


def tilesets_document(collection: Collection, links: Sequence[Link]) -> dict[str, Any]:
    """Return the list of tile sets: one."""
    own = address(f"/collections/{collection.id}/tiles/{MATRIX_SET}", {"f": "json"})
    title = gettext("%(title)s as vector tiles", title=collection.title)
    one = {**_facts(collection), "links": [link("self", own, JSON_TYPE, title)]}
    return {"links": list(links), "tilesets": [one]}


def tileset_document(collection: Collection, links: Sequence[Link]) -> dict[str, Any]:
    """Return what is said of the tile set, with the template of the tiles' addresses (OGC 17-083r4)."""
    template = address(f"/collections/{collection.id}/tiles/{MATRIX_SET}") + "/{tileMatrix}/{tileRow}/{tileCol}"
    item = link("item", template, TILE_TYPE, gettext("One tile")) | {"templated": True}
    document = {
        **_facts(collection),
        "links": [*links, item, link(TILING_SCHEME_REL, MATRIX_SET_URI, JSON_TYPE)],
        "layers": [
            {
                "id": collection.part,
                "title": collection.title,
                "dataType": "vector",
                "minTileMatrix": "0",
                "maxTileMatrix": str(DEEPEST_ZOOM),
                "propertiesSchema": {
                    "type": "object",
                    "properties": {
                        **({"count": {"type": "integer"}} if collection.edition else {}),
                        **{name: json_kind(one.kind) for name, one in collection.queryables.items()},
                    },
                },
            }
        ],
    }
    bbox, _, _ = collection.extent()
    if bbox:
        west, south, east, north = bbox
        document["boundingBox"] = {"lowerLeft": [west, south], "upperRight": [east, north], "crs": CRS84}
    return document


def _facts(collection: Collection) -> dict[str, Any]:
    return {
        "title": gettext("%(title)s as vector tiles", title=collection.title),
        "dataType": "vector",
        "crs": TILE_CRS,
        "tileMatrixSetURI": MATRIX_SET_URI,
        **({"attribution": collection.attribution} if collection.attribution else {}),
    }
