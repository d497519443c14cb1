"""The named streets of the installation's drawing (basemap.geojson), to say near which one a place is."""

import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
import shapely
from numpy.typing import NDArray

from participation.geodata.relations import distance_metres
from participation.geodata.structure import Position


@dataclass(frozen=True, slots=True)
class Streets:
    """Lines (lon, lat) with their names, and a tree of the same lines in Mercator, where near is near all around."""

    names: tuple[str, ...]
    lines: tuple[shapely.LineString, ...]
    tree: shapely.STRtree

    def nearest(self, position: Position) -> tuple[str, float] | None:
        """Return the nearest street of a place (lon, lat) and the metres to it; None if there is no street."""
        place = shapely.Point(position)
        index = self.tree.nearest(shapely.transform(place, _mercator))
        if index is None:
            return None
        return self.names[int(index)], distance_metres(place, self.lines[int(index)])


def streets_of(drawing: Path) -> Streets:
    """Return the streets of a drawing; none if the file is not there."""
    try:
        changed_at = drawing.stat().st_mtime_ns
    except OSError:
        return NO_STREETS
    return _read(drawing, changed_at)


@lru_cache(maxsize=2)
def _read(drawing: Path, _changed_at: int) -> Streets:
    names, lines = [], []
    for feature in json.loads(drawing.read_bytes())["features"]:
        properties = feature["properties"]
        if properties.get("l") == "street" and properties.get("n"):
            names.append(properties["n"])
            lines.append(shapely.LineString(feature["geometry"]["coordinates"]))
    return _streets(names, lines)


def _streets(names: list[str], lines: list[shapely.LineString]) -> Streets:
    return Streets(tuple(names), tuple(lines), shapely.STRtree([shapely.transform(line, _mercator) for line in lines]))


def _mercator(positions: NDArray[np.float64]) -> NDArray[np.float64]:
    lon, lat = np.radians(positions).T
    return np.column_stack((lon, np.arcsinh(np.tan(lat))))


NO_STREETS = _streets([], [])
