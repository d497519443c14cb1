"""Local metres to GeoJSON (RFC 7946: lon, lat; rings closed, the outer one counter-clockwise)."""

import math
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from shapely import make_valid
from shapely.geometry import LineString, MultiLineString, MultiPolygon, Point, Polygon
from shapely.geometry.base import BaseGeometry
from shapely.geometry.polygon import orient

DECIMALS = 6  # about 0.1 m
SMALLEST_AREA = 6.0  # square metres; smaller pieces are slivers of a difference

Position = tuple[float, float]


def polygons(geometry: BaseGeometry) -> list[Polygon]:
    """List the polygons of any geometry; points and lines in it are left out."""
    if isinstance(geometry, Polygon):
        return [] if geometry.is_empty else [geometry]
    return [p for part in getattr(geometry, "geoms", []) for p in polygons(part)]


def lines(geometry: BaseGeometry) -> list[LineString]:
    """List the lines of any geometry."""
    if isinstance(geometry, LineString):
        return [] if geometry.is_empty else [geometry]
    return [line for part in getattr(geometry, "geoms", []) for line in lines(part)]


@dataclass
class Frame:
    """A flat drawing in metres around one place on the earth, and the features drawn so far."""

    lon: float
    lat: float
    common: dict[str, Any] = field(default_factory=dict)
    features: list[dict[str, Any]] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Metres per degree on the WGS 84 ellipsoid at this latitude."""
        phi = math.radians(self.lat)
        self.east = 111412.84 * math.cos(phi) - 93.5 * math.cos(3 * phi) + 0.118 * math.cos(5 * phi)
        self.north = 111132.92 - 559.82 * math.cos(2 * phi) + 1.175 * math.cos(4 * phi)

    def lon_lat(self, x: float, y: float) -> Position:
        """Give lon, lat of a place in metres east and north of the origin."""
        return round(self.lon + x / self.east, DECIMALS), round(self.lat + y / self.north, DECIMALS)

    def metres(self, lat: float, lon: float) -> Position:
        """Give the metres east and north of a place; latitude first, as the city's shapes are noted."""
        return (lon - self.lon) * self.east, (lat - self.lat) * self.north

    def on_earth(self, shape: Polygon) -> list[Polygon]:
        """Project one polygon; rounding may pinch it, so one can become two."""
        rings = [[self.lon_lat(*p[:2]) for p in ring.coords] for ring in (shape.exterior, *shape.interiors)]
        holes = [Polygon(r) for r in rings[1:] if len(set(r)) > 2]
        whole = make_valid(Polygon(rings[0], [list(h.exterior.coords) for h in holes]))
        smallest = SMALLEST_AREA / self.east / self.north
        return [orient(p, 1.0) for p in polygons(whole) if p.area > smallest]

    def add(self, layer: str, kind: str, coordinates: Any, **properties: Any) -> None:
        """Add one feature to the map."""
        named = {key: value for key, value in properties.items() if value is not None}
        self.features.append(
            {
                "type": "Feature",
                "properties": {"l": layer, **self.common, **named},
                "geometry": {"type": kind, "coordinates": coordinates},
            }
        )

    def add_point(self, layer: str, x: float, y: float, **properties: Any) -> None:
        """Add a point feature, such as a label."""
        self.add(layer, "Point", self.lon_lat(x, y), **properties)

    def add_points(self, layer: str, places: Iterable[Position], **properties: Any) -> None:
        """Add many points as one feature."""
        self.add(layer, "MultiPoint", [self.lon_lat(*p) for p in places], **properties)

    def add_lines(self, layer: str, shape: BaseGeometry, **properties: Any) -> None:
        """Add one line, or several as one feature."""
        parts = [[self.lon_lat(*p[:2]) for p in line.coords] for line in lines(shape)]
        if len(parts) == 1:
            self.add(layer, "LineString", parts[0], **properties)
        elif parts:
            self.add(layer, "MultiLineString", parts, **properties)

    def add_areas(self, layer: str, shape: BaseGeometry, **properties: Any) -> None:
        """Add one area, or several as one feature: a third of the bytes, and one path to draw."""
        parts = [ring_coordinates(p) for q in polygons(shape) for p in self.on_earth(q)]
        if len(parts) == 1:
            self.add(layer, "Polygon", parts[0], **properties)
        elif parts:
            self.add(layer, "MultiPolygon", parts, **properties)


def ring_coordinates(shape: Polygon) -> list[list[list[float]]]:
    """Rings of one polygon as GeoJSON lists them: outer first, each closed."""
    rings = (shape.exterior, *shape.interiors)
    return [[[round(v, DECIMALS) for v in p[:2]] for p in ring.coords] for ring in rings]


def middle_and_angle(line: LineString, share: float) -> tuple[Point, float]:
    """Place a street's name on its line: the point at this share of the length, and the text's angle in degrees."""
    at = line.length * share
    before, here, after = (line.interpolate(s) for s in (at - 9, at, at + 9))
    angle = -math.degrees(math.atan2(after.y - before.y, after.x - before.x))
    if angle > 90:
        angle -= 180
    if angle < -90:
        angle += 180
    return here, round(angle, 1)


def joined(shapes: Iterable[BaseGeometry]) -> MultiPolygon | MultiLineString:
    """Put shapes into one collection without merging outlines that touch."""
    parts = list(shapes)
    if parts and isinstance(parts[0], LineString):
        return MultiLineString([line for s in parts for line in lines(s)])
    return MultiPolygon([p for s in parts for p in polygons(s)])
