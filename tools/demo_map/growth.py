"""Grows houses along the edges of blocks and trees along lines and in parks, the same ones in every run."""

import math
import random

from shapely import affinity
from shapely.geometry import LineString, Point, Polygon, box
from shapely.ops import unary_union

from .frame import lines, polygons

Tree = tuple[float, float, float]  # x, y, radius in metres

STREET_WIDTH = {"ring": 36.0, "main": 18.0, "minor": 11.5, "lane": 7.5}
TREE_SIZES = ((0.0, 3.0, 2.6), (3.0, 4.0, 3.5), (4.0, 5.0, 4.5), (5.0, 9.0, 5.6))


class Growth:
    """What has grown so far: footprints, yards and trees."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)  # noqa: S311 - a drawing, not a secret
        self.buildings: list[Polygon] = []
        self.yards: list[Polygon] = []
        self.trees: list[Tree] = []

    def fill_block(self, block: Polygon, deepest: float = 14.0) -> None:
        """Build houses of varied width around the edge of a block and plant its yard."""
        with_pavement = block.buffer(-5, join_style="mitre").buffer(2.8, join_style="mitre").simplify(1.2)
        for plot in polygons(with_pavement):
            if plot.area < 120 or plot.buffer(-4).is_empty:
                continue
            self._edge_houses(plot, deepest)
            for yard in polygons(plot.buffer(-(deepest + 3), join_style="mitre")):
                self._yard(yard)

    def _edge_houses(self, plot: Polygon, deepest: float) -> None:
        walls = unary_union(self._party_walls(plot, deepest))
        ring = plot.difference(plot.buffer(-deepest, join_style="mitre")).difference(walls)
        for piece in polygons(ring):
            if piece.area < 25 or self.chance.random() < 0.05:
                continue
            depth = self.chance.uniform(deepest - 4, deepest)
            front = piece.difference(plot.buffer(-depth, join_style="mitre"))
            # Party walls that cross at a corner leave splinters and cuts: shrinking drops those, growing closes these.
            for house in polygons(front.buffer(-1.4, join_style="mitre").buffer(1.3, join_style="mitre")):
                whole = house.buffer(0.5, join_style="mitre").buffer(-0.5, join_style="mitre")
                if house.area > 22:
                    self.buildings.extend(polygons(whole.simplify(0.9)))

    def _party_walls(self, plot: Polygon, deepest: float) -> list[Polygon]:
        walls, edge = [], plot.exterior
        at = self.chance.uniform(4, 12)
        while at < edge.length:
            here, ahead = edge.interpolate(at), edge.interpolate(min(at + 0.6, edge.length))
            dx, dy = ahead.x - here.x, ahead.y - here.y
            length = math.hypot(dx, dy) or 1
            nx, ny = -dy / length, dx / length
            if not plot.contains(Point(here.x + nx * 2, here.y + ny * 2)):
                nx, ny = -nx, -ny
            reach = deepest + 5
            wall = LineString([(here.x - nx, here.y - ny), (here.x + nx * reach, here.y + ny * reach)])
            walls.append(wall.buffer(0.22))
            at += self.chance.uniform(12, 23)
        return walls

    def _yard(self, yard: Polygon) -> None:
        west, south, east, north = yard.bounds
        if yard.area > 500:
            self.yards.append(yard)
            first, second = polygons(yard.minimum_rotated_rectangle)[0].exterior.coords[:2]
            angle = math.degrees(math.atan2(second[1] - first[1], second[0] - first[0]))
            for _ in range(int(yard.area / 620)):
                x, y = self.chance.uniform(west, east), self.chance.uniform(south, north)
                wide, deep = self.chance.uniform(5, 11), self.chance.uniform(4, 6)
                house = affinity.rotate(box(x - wide, y - deep, x + wide, y + deep), angle, origin=(x, y))
                if yard.contains(house) and all(house.distance(other) > 3 for other in self.buildings[-60:]):
                    self.buildings.append(house)
        for _ in range(int(yard.area / 210)):
            place = Point(self.chance.uniform(west, east), self.chance.uniform(south, north))
            if yard.contains(place) and all(place.distance(other) > 4 for other in self.buildings[-60:]):
                self.trees.append((place.x, place.y, self.chance.uniform(2.4, 3.8)))

    def plant_row(
        self, line: LineString, *, away: float, step: float, sizes: tuple[float, float] = (2.8, 4.2), gaps: float = 0.08
    ) -> None:
        """Plant a row of trees beside a line; `away` in metres, to the left if positive."""
        for row in lines(line.parallel_offset(abs(away), "left" if away > 0 else "right")):
            at = 4.0
            while at < row.length:
                place = row.interpolate(at)
                if self.chance.random() > gaps:
                    shift = self.chance.uniform(-0.6, 0.6)
                    self.trees.append((place.x + shift, place.y - shift, self.chance.uniform(*sizes)))
                at += step

    def plant_park(self, park: Polygon, count: int, sizes: tuple[float, float] = (2.8, 5.0), apart: float = 6) -> None:
        """Scatter trees over a park, none closer to another than `apart` metres."""
        west, south, east, north = park.bounds
        found: list[tuple[float, float]] = []
        for _ in range(count * 30):
            if len(found) == count:
                break
            x, y = self.chance.uniform(west, east), self.chance.uniform(south, north)
            if park.contains(Point(x, y)) and all((x - a) ** 2 + (y - b) ** 2 > apart**2 for a, b in found):
                found.append((x, y))
        self.trees.extend((x, y, self.chance.uniform(*sizes)) for x, y in found)


def trees_by_size(trees: list[Tree]) -> list[tuple[float, list[tuple[float, float]]]]:
    """Group trees into a few sizes, so that each size is one feature: (radius, places)."""
    groups = [(r, [(x, y) for x, y, size in trees if low <= size < high]) for low, high, r in TREE_SIZES]
    return [(radius, places) for radius, places in groups if places]
