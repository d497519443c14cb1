"""Vector tiles (Mapbox Vector Tile 2.1) of WebMercatorQuad: where a tile lies, and features in it."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import mapbox_vector_tile
import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from participation.geodata.bbox import Bbox
from participation.geodata.web_mercator import MAX_LATITUDE, WORLD_PIXELS, ZOOM

EXTENT = 4096  # units in a tile
BUFFER = 64  # units around it, so that lines and symbols are not cut at its border
DEEPEST_ZOOM = ZOOM  # deeper, programs enlarge


@dataclass(frozen=True, slots=True)
class Tile:
    """One tile of the square world: zoom, row from the north, column from the west."""

    zoom: int
    row: int
    column: int

    @property
    def exists(self) -> bool:
        """Whether the world has it."""
        size = 1 << self.zoom if 0 <= self.zoom <= DEEPEST_ZOOM else 0
        return 0 <= self.row < size and 0 <= self.column < size

    @property
    def pixels(self) -> tuple[int, int, int, int]:
        """The pixels at zoom 20 in it, borders included: min_x, min_y, max_x, max_y."""
        size = WORLD_PIXELS >> self.zoom
        left, top = self.column * size, self.row * size
        return left, top, left + size - 1, top + size - 1

    def point(self, x: float, y: float) -> shapely.Point:
        """Return where a pixel at zoom 20 stands, in whole units of the tile."""
        left, top, right, _ = self.pixels
        unit = EXTENT / (right - left + 1)
        return shapely.Point(round((x + 0.5 - left) * unit), round((y + 0.5 - top) * unit))

    @property
    def bbox(self) -> Bbox:
        """The box in degrees around tile and buffer."""
        margin = BUFFER / EXTENT
        west, east = (self._longitude(self.column - margin), self._longitude(self.column + 1 + margin))
        south, north = (self._latitude(self.row + 1 + margin), self._latitude(self.row - margin))
        return Bbox(max(west, -180.0), south, min(east, 180.0), north)

    def place(self, geometries: Sequence[BaseGeometry] | NDArray[Any]) -> NDArray[Any]:
        """Return geometries (lon, lat) in whole units of the tile, y down, cut off outside of it; many become empty."""
        moved = shapely.transform(np.asarray(geometries, dtype=object), self._units)
        cut = shapely.clip_by_rect(moved, -BUFFER, -BUFFER, EXTENT + BUFFER, EXTENT + BUFFER)
        return np.asarray(shapely.transform(cut, np.rint))

    def _units(self, positions: NDArray[np.float64]) -> NDArray[np.float64]:
        tiles = 1 << self.zoom
        latitude = np.radians(np.clip(positions[:, 1], -MAX_LATITUDE, MAX_LATITUDE))
        x = (positions[:, 0] + 180) / 360 * tiles - self.column
        y = (0.5 - np.arcsinh(np.tan(latitude)) / (2 * math.pi)) * tiles - self.row
        return np.column_stack([x, y]) * EXTENT

    def _longitude(self, column: float) -> float:
        return column / (1 << self.zoom) * 360 - 180

    def _latitude(self, row: float) -> float:
        return math.degrees(math.atan(math.sinh(math.pi * (1 - 2 * row / (1 << self.zoom)))))


def encoded(layer: str, features: Iterable[tuple[int | None, BaseGeometry, dict[str, Any]]]) -> bytes:
    """Write a tile with one layer; an empty tile is no bytes.

    Args:
        layer: its name.
        features: (id, geometry in units of the tile, properties); what is None or empty is left out.
    """
    written = []
    for id_, geometry, properties in features:
        if geometry.is_empty:
            continue
        feature = {"geometry": geometry, "properties": {k: v for k, v in properties.items() if v is not None}}
        written.append(feature if id_ is None else feature | {"id": id_})
    if not written:
        return b""
    options = {"y_coord_down": True, "extents": EXTENT}
    tile: bytes = mapbox_vector_tile.encode([{"name": layer, "features": written}], default_options=options)
    return tile
