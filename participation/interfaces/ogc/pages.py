"""What the HTML pages show of features: all that the GeoJSON says, and where it is."""

from collections.abc import Sequence
from typing import Any

import shapely
from shapely.geometry import mapping

from participation.exports.editions import Exported
from participation.geodata.checking import DECIMALS
from participation.geodata.relations import representative_position
from participation.interfaces.ogc.collections import Collection

MOST_ON_A_PAGE = 100
LONGEST_PLACE = 400  # characters of well-known text


def feature_on_page(collection: Collection, row: Exported) -> dict[str, Any]:
    """Return what a page says of one feature."""
    place = "" if row.wkb is None else shapely.to_wkt(shapely.from_wkb(row.wkb), rounding_precision=DECIMALS, trim=True)
    return {
        "id": row.id,
        "title": row.properties["title"],
        "path": f"/collections/{collection.id}/items/{row.id}",
        "properties": row.properties,
        "place": place if len(place) <= LONGEST_PLACE else place[:LONGEST_PLACE] + " …",
        "language": row.properties.get("language"),
    }


def features_on_map(collection: Collection, rows: Sequence[Exported]) -> dict[str, Any]:
    """Return the same features as a map draws them; each with the colour and icon of its category."""
    signs = {
        category.key: {"color": category.color, "icon": category.icon}
        for proceeding in collection.proceedings
        for category in proceeding.categories
    }
    features = []
    for row in rows:
        if row.wkb is not None:
            shape = shapely.from_wkb(row.wkb)
            sign = signs.get(row.properties.get("category", ""), {"color": "neutral", "icon": "dots"})
            properties = {**sign, "pending": False, "pin": [round(n, 6) for n in representative_position(shape)]}
            features.append({"type": "Feature", "id": row.id, "geometry": mapping(shape), "properties": properties})
    return {"type": "FeatureCollection", "features": features}


def box_on_map(document: dict[str, Any]) -> dict[str, Any]:
    """Return the extent of a collection as a map draws it."""
    features = [
        {"type": "Feature", "geometry": mapping(shapely.box(*bbox)), "properties": {"color": "navy"}}
        for bbox in document.get("extent", {}).get("spatial", {}).get("bbox", [])
    ]
    return {"type": "FeatureCollection", "features": features}
