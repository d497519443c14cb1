"""Grouping pins into clusters: pure arithmetic on Web Mercator pixels at zoom 20.

The database groups rows by cells; here cells become clusters that do not touch, never more than a view may carry.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

DEEPEST_ZOOM = 20
MOST_SYMBOLS = 500
CELL_PIXELS = 64  # on the screen
TOUCHING_PIXELS = 48
NO_CLUSTERS_FROM_ZOOM = 19.25  # only pins on (nearly) the same spot are grouped from here on
SAME_SPOT_PIXELS = 8


@dataclass(slots=True)
class Cluster:
    """Pins close to each other: their number, by category, their sums of x and y, and their box."""

    count: int = 0
    sum_x: int = 0
    sum_y: int = 0
    min_x: int = 1 << 60
    min_y: int = 1 << 60
    max_x: int = -1
    max_y: int = -1
    sum_id: int = 0  # of a single pin: its id
    by_category: dict[int, int] = field(default_factory=dict)

    @property
    def only_id(self) -> int | None:
        """Whose pin it is, if it is a single one."""
        return self.sum_id if self.count == 1 else None

    @property
    def x(self) -> float:
        """Where its symbol stands, from west."""
        return self.sum_x / self.count

    @property
    def y(self) -> float:
        """Where its symbol stands, from north."""
        return self.sum_y / self.count

    def take(self, other: "Cluster") -> None:
        """Add the pins of another cluster."""
        self.sum_id += other.sum_id
        self.count += other.count
        self.sum_x += other.sum_x
        self.sum_y += other.sum_y
        self.min_x = min(self.min_x, other.min_x)
        self.min_y = min(self.min_y, other.min_y)
        self.max_x = max(self.max_x, other.max_x)
        self.max_y = max(self.max_y, other.max_y)
        for category_id, count in other.by_category.items():
            self.by_category[category_id] = self.by_category.get(category_id, 0) + count


def cell_shift(zoom: float, width: int, height: int, most_cells: int = 4096) -> int:
    """Return how many low bits of a pixel coordinate a cell of this zoom swallows.

    Args:
        width, height: of the view in pixels at zoom 20; wide views get larger cells, so that there are never more
            than `most_cells`.
    """
    wanted = SAME_SPOT_PIXELS if zoom >= NO_CLUSTERS_FROM_ZOOM else CELL_PIXELS
    size = max(1.0, wanted * 2 ** (DEEPEST_ZOOM - zoom))
    shift = int(size).bit_length() - 1
    while ((width >> shift) + 2) * ((height >> shift) + 2) > most_cells:
        shift += 1
    return shift


def grouped(cells: Iterable[Cluster], zoom: float) -> list[Cluster]:
    """Merge clusters whose symbols would touch, until they do not and there are at most MOST_SYMBOLS."""
    touching = (SAME_SPOT_PIXELS if zoom >= NO_CLUSTERS_FROM_ZOOM else TOUCHING_PIXELS) * 2 ** (DEEPEST_ZOOM - zoom)
    clusters = _merge_touching(list(cells), touching)
    while len(clusters) > MOST_SYMBOLS:
        touching *= 1.5
        clusters = _merge_touching(clusters, touching)
    return sorted(clusters, key=lambda cluster: (cluster.y, cluster.x))


def _merge_touching(clusters: list[Cluster], distance: float) -> list[Cluster]:
    """One pass: the larger takes the smaller ones around it."""
    kept: dict[tuple[int, int], list[Cluster]] = {}
    for cluster in sorted(clusters, key=lambda one: (-one.count, one.sum_id)):
        column, row = int(cluster.x // distance), int(cluster.y // distance)
        near = (
            other
            for i in (column - 1, column, column + 1)
            for j in (row - 1, row, row + 1)
            for other in kept.get((i, j), ())
            if (other.x - cluster.x) ** 2 + (other.y - cluster.y) ** 2 < distance**2
        )
        nearest = min(near, key=lambda other: (other.x - cluster.x) ** 2 + (other.y - cluster.y) ** 2, default=None)
        if nearest is None:
            kept.setdefault((column, row), []).append(cluster)
        else:
            nearest.take(cluster)
    return [cluster for cell in kept.values() for cluster in cell]
