"""The figure-ground plan (Schwarzplan): footprints dark, the site bright; a proceeding's face without stock photos."""

import json
import math
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import shapely
from shapely.geometry.base import BaseGeometry

WIDTH, HEIGHT = 400, 225
MARGIN = 1.5  # the picture is this many times as large as the site


@dataclass(frozen=True, slots=True)
class FigureGround:
    """SVG path data in a box of 400 × 225 units."""

    site: str
    buildings: str
    water: str


@lru_cache(maxsize=256)
def figure_ground(area_wkb: bytes, basemap: Path) -> FigureGround:
    """Draw a project area (MultiPolygon, lon, lat) with the footprints of the base map drawing around it.

    Args:
        area_wkb: the area as WKB, so that the drawing can be kept.
        basemap: GeoJSON file of the drawing; when it does not exist, the site stands alone.
    """
    area = shapely.from_wkb(area_wkb)
    west, south, east, north = area.bounds
    lon, lat = (west + east) / 2, (south + north) / 2
    per_lon = math.cos(math.radians(lat))
    scale = min(WIDTH / ((east - west) * per_lon), HEIGHT / (north - south)) / MARGIN
    half_width, half_height = WIDTH / 2 / scale / per_lon, HEIGHT / 2 / scale
    window = shapely.box(lon - half_width, lat - half_height, lon + half_width, lat + half_height)

    def draw(geometry: BaseGeometry) -> str:
        part = shapely.intersection(geometry, window)
        moved = shapely.transform(
            part, lambda at: (at - (lon - half_width, lat + half_height)) * (per_lon * scale, -scale)
        )
        return _path(moved.simplify(0.3))

    layers = _layers(basemap)
    return FigureGround(site=draw(area), buildings=draw(layers["building"]), water=draw(layers["water"]))


@lru_cache(maxsize=2)
def _layers(basemap: Path) -> dict[str, BaseGeometry]:
    layers: dict[str, list[BaseGeometry]] = {"building": [], "water": []}
    if basemap.exists():
        for feature in json.loads(basemap.read_bytes())["features"]:
            layer = feature["properties"].get("l")
            if layer in layers:
                layers[layer].append(shapely.from_geojson(json.dumps(feature["geometry"])))
    return {name: shapely.make_valid(shapely.union_all(parts)) for name, parts in layers.items()}


def _path(geometry: BaseGeometry) -> str:
    drawn = []
    for polygon in shapely.get_parts(geometry):
        if polygon.geom_type != "Polygon" or polygon.is_empty:
            continue
        for ring in (polygon.exterior, *polygon.interiors):
            points = " ".join(f"{x:.1f} {y:.1f}" for x, y in shapely.get_coordinates(ring)[:-1])
            drawn.append(f"M{points}Z")
    return "".join(drawn)
