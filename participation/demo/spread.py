"""Where made-up contributions lie: around hot spots as in a real city, a few anywhere, some without a place."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from participation.geodata.checking import DECIMALS
from participation.proceedings.models import GeometryKind, Placing, Proceeding

Positions = NDArray[np.floating[Any]]

KIND_SHARES = {GeometryKind.POINT: 0.80, GeometryKind.LINE: 0.07, GeometryKind.AREA: 0.06, GeometryKind.NONE: 0.07}
HOT_SPOTS = 40
HOT_SHARE = 0.7
# As shares of the project area's width and height.
SPOT_SIZE = 0.015
SHAPE_SIZE = 0.006
FORMS = 400


def made_up_places(proceeding: Proceeding, random: np.random.Generator, count: int) -> list[BaseGeometry | None]:
    """Return places of the kinds the proceeding takes, in its area's bounding box, or in the area if it must be so."""
    west, south, east, north = proceeding.project_area.bounds
    origin, size = np.array([west, south]), np.array([east - west, north - south])
    positions = origin + _spread(random, count) * size
    must_be_inside = proceeding.placing is Placing.INSIDE
    if must_be_inside:
        positions = _inside(proceeding.project_area, positions)
    kinds = _kinds(proceeding, random, count, only_points=must_be_inside)
    places: list[BaseGeometry | None] = list(shapely.points(np.round(positions, DECIMALS)))
    # Some hundred shapes are enough, each in many places.
    ways = [_way(random, size * SHAPE_SIZE) for _ in range(FORMS)]
    outlines = [_outline(random, size * SHAPE_SIZE) for _ in range(FORMS)]
    for number, kind in enumerate(kinds):
        if kind is GeometryKind.NONE:
            places[number] = None
        elif kind is GeometryKind.LINE:
            places[number] = shapely.LineString(np.round(positions[number] + ways[number % FORMS], DECIMALS))
        elif kind is GeometryKind.AREA:
            places[number] = shapely.Polygon(np.round(positions[number] + outlines[number % FORMS], DECIMALS))
    return places


def _kinds(
    proceeding: Proceeding, random: np.random.Generator, count: int, *, only_points: bool
) -> Sequence[GeometryKind]:
    taken = [GeometryKind(kind) for kind in proceeding.geometry_kinds]
    if only_points and GeometryKind.POINT in taken:
        taken = [GeometryKind.POINT]
    if proceeding.is_place_required and len(taken) > 1:
        taken = [kind for kind in taken if kind is not GeometryKind.NONE]
    shares = np.array([KIND_SHARES[kind] for kind in taken])
    return [taken[number] for number in random.choice(len(taken), count, p=shares / shares.sum())]


def _spread(random: np.random.Generator, count: int) -> Positions:
    """Return positions in the unit square: most of them around hot spots, of which a few are very hot."""
    anywhere = random.random((count, 2))
    spots = 0.1 + 0.8 * random.random((HOT_SPOTS, 2))
    heat = 1 / np.arange(1, HOT_SPOTS + 1)
    chosen = spots[random.choice(HOT_SPOTS, count, p=heat / heat.sum())]
    near_spots = np.clip(chosen + random.normal(0, SPOT_SIZE, (count, 2)), 0.01, 0.99)
    return np.where(random.random((count, 1)) < HOT_SHARE, near_spots, anywhere)


def _inside(area: BaseGeometry, positions: Positions) -> Positions:
    is_inside = shapely.contains_xy(area, positions[:, 0], positions[:, 1])
    middle = area.representative_point()
    good = positions[is_inside] if is_inside.any() else np.array([[middle.x, middle.y]])
    # Those outside take the places of those inside, one after the other.
    return np.where(is_inside[:, None], positions, np.resize(good, positions.shape))


def _way(random: np.random.Generator, size: Positions) -> Positions:
    """Return a line from the origin that goes on in about one direction."""
    turns = random.random() * 2 * np.pi + random.normal(0, 0.4, random.integers(2, 6))
    steps = np.column_stack((np.cos(turns), np.sin(turns))) * size
    return np.vstack(([0.0, 0.0], np.cumsum(steps, axis=0)))


def _outline(random: np.random.Generator, size: Positions) -> Positions:
    """Return a closed ring, counter-clockwise: corners all round the origin, so that no two sides cross."""
    corners = int(random.integers(4, 9))
    angles = (np.arange(corners) + 0.8 * random.random(corners)) / corners * 2 * np.pi
    reach = (0.4 + 0.6 * random.random((corners, 1))) * size
    ring = np.column_stack((np.cos(angles), np.sin(angles))) * reach
    return np.vstack((ring, ring[:1]))
