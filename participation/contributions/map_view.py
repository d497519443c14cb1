"""What one view of the map shows: pins, clusters and shapes, never more than a phone can draw.

Cells are counted when contributions change (cells.py), so that a view costs what its screen holds, not what lies there.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import shapely
from geojson import Feature, Point
from shapely.geometry import mapping
from shapely.geometry.base import BaseGeometry
from sqlalchemy import func, select

from participation.contributions.areas import Piles, piles_in
from participation.contributions.clusters import DEEPEST_ZOOM, Cluster, cell_shift, grouped
from participation.contributions.feature_collections import pin_properties
from participation.contributions.filters import ContributionFilter, Reading, conditions, selection_of, view_boxes
from participation.contributions.models import Contribution
from participation.contributions.states import LISTED_STATES, PublicationState
from participation.database import db
from participation.geodata.bbox import Bbox
from participation.geodata.cell_codes import PixelBox
from participation.geodata.web_mercator import position_at
from participation.proceedings.models import Category, GeometryKind, Proceeding

SHAPES_FROM_ZOOM = 15
MOST_SHAPES = 60
MOST_SHAPE_BYTES = 24_000
MOST_IN_VIEW_FOR_SHAPES = 5_000
CODE_BITS = 2 * 28
# What is known of a pile, in the order of a cluster's fields, and how those of several are put together.
FACTS = {
    "number": np.add,
    "sum_x": np.add,
    "sum_y": np.add,
    "min_x": np.minimum,
    "min_y": np.minimum,
    "max_x": np.maximum,
    "max_y": np.maximum,
    "sum_id": np.add,
}


def map_view(
    proceeding: Proceeding,
    wanted: ContributionFilter,
    view: Bbox,
    zoom: float,
    states: frozenset[PublicationState] = LISTED_STATES,
) -> dict[str, Any]:
    """Return a GeoJSON feature collection of at most 500 symbols for a view (west, south, east, north).

    Features are pins (`kind: contribution`, with id) and clusters (`kind: cluster`); the foreign members are `shapes`,
    the lines and areas in view, and `in_view`, the number of contributions whose pin stands in the view.
    """
    clusters = clusters_in(proceeding, wanted, view_boxes(view), zoom, states)
    categories = {category.id: category for category in proceeding.categories}
    pins = _pins(proceeding, [id_ for cluster in clusters if (id_ := cluster.only_id)], categories)
    features = [
        pins[cluster.sum_id] if cluster.count == 1 else _cluster_feature(cluster, categories)
        for cluster in clusters
        if cluster.count > 1 or cluster.sum_id in pins
    ]
    in_view = sum(cluster.count for cluster in clusters)
    has_shapes = zoom >= SHAPES_FROM_ZOOM and in_view <= MOST_IN_VIEW_FOR_SHAPES
    shapes = _shapes(proceeding, wanted, view, zoom, categories, states) if has_shapes else []
    return {
        "type": "FeatureCollection",
        "features": features,
        "shapes": {"type": "FeatureCollection", "features": shapes},
        "in_view": in_view,
    }


def clusters_in(
    proceeding: Proceeding,
    wanted: ContributionFilter,
    boxes: Sequence[PixelBox],
    zoom: float,
    states: frozenset[PublicationState] = LISTED_STATES,
) -> list[Cluster]:
    """Return pins and groups of pins that do not touch at this zoom.

    Args:
        proceeding: whose contributions.
        wanted: the filter.
        boxes: where they stand, in pixels at zoom 20, borders included.
        zoom: at which they are looked at.
        states: of the contributions.
    """
    shift = cell_shift(zoom, max(box[2] - box[0] for box in boxes), max(box[3] - box[1] for box in boxes))
    if wanted.bbox:
        boxes = [both for box in boxes for other in view_boxes(wanted.bbox) if (both := _overlap(box, other))]
    if wanted.words:
        return grouped(_found_in(proceeding, wanted, boxes, shift, states), zoom)
    piles = piles_in(selection_of(proceeding, wanted, states), boxes, shift)
    return grouped(_clusters(piles, shift), zoom)


def _overlap(one: PixelBox, other: PixelBox) -> PixelBox | None:
    both = max(one[0], other[0]), max(one[1], other[1]), min(one[2], other[2]), min(one[3], other[3])
    return both if both[0] <= both[2] and both[1] <= both[3] else None


def _clusters(piles: Piles, shift: int) -> list[Cluster]:
    """Put piles of the same cell together."""
    finer = np.maximum(shift - piles.shift, 0)
    cells = np.maximum(piles.shift, shift) << CODE_BITS | piles.code >> 2 * finer
    order = np.lexsort((piles.category_id, cells))
    cells, categories = cells[order], piles.category_id[order]
    starts = np.flatnonzero(np.append(True, (cells[1:] != cells[:-1]) | (categories[1:] != categories[:-1])))
    if not len(order):
        return []
    facts = [how.reduceat(getattr(piles, name)[order], starts).tolist() for name, how in FACTS.items()]
    clusters: dict[int, Cluster] = {}
    for cell, category_id, *values in zip(cells[starts].tolist(), categories[starts].tolist(), *facts, strict=True):
        part = _cluster(values, category_id)
        clusters.setdefault(cell, Cluster()).take(part)
    return list(clusters.values())


def _cluster(facts: Sequence[int], category_id: int) -> Cluster:
    """Make a cluster of one category; facts: in the order of FACTS."""
    count, sum_x, sum_y, min_x, min_y, max_x, max_y, sum_id = facts
    return Cluster(count, sum_x, sum_y, min_x, min_y, max_x, max_y, sum_id, {category_id: count})


def _found_in(
    proceeding: Proceeding,
    wanted: ContributionFilter,
    boxes: Sequence[PixelBox],
    shift: int,
    states: frozenset[PublicationState],
) -> list[Cluster]:
    """Group what a search finds, row by row: cells know no words."""
    x, y = Contribution.pin_x, Contribution.pin_y
    column, row = x.bitwise_rshift(shift).label("cell_x"), y.bitwise_rshift(shift).label("cell_y")
    sums = (func.sum(x), func.sum(y), func.min(x), func.min(y), func.max(x), func.max(y), func.sum(Contribution.id))
    clusters: dict[tuple[int, int], Cluster] = {}
    for min_x, min_y, max_x, max_y in boxes:
        statement = (
            select(column, row, Contribution.category_id, func.count(), *sums)
            .where(*conditions(proceeding, wanted, states), x.between(min_x, max_x), y.between(min_y, max_y))
            .group_by("cell_x", "cell_y", Contribution.category_id)
        )
        for cell_x, cell_y, category_id, count, *rest in db.session.execute(statement):
            part = _cluster([count, *map(int, rest)], category_id)
            clusters.setdefault((cell_x, cell_y), Cluster()).take(part)
    return list(clusters.values())


def _pins(proceeding: Proceeding, ids: list[int], categories: dict[int, Category]) -> dict[int, Feature]:
    statement = select(
        Contribution.id,
        Contribution.title,
        Contribution.category_id,
        Contribution.votes_for,
        Contribution.geometry_kind,
        Contribution.state,
        Contribution.pin_x,
        Contribution.pin_y,
    ).where(Contribution.id.in_(ids))
    pins = {}
    for row in db.session.execute(statement) if ids else ():
        properties = pin_properties(proceeding, categories[row.category_id], row)
        pins[row.id] = Feature(id=row.id, geometry=_point(row.pin_x, row.pin_y), properties=properties)
    return pins


def _cluster_feature(cluster: Cluster, categories: dict[int, Category]) -> Feature:
    west, north = position_at(cluster.min_x, cluster.min_y)
    east, south = position_at(cluster.max_x + 1, cluster.max_y + 1)
    colors: dict[str, int] = {}
    for category_id, count in sorted(cluster.by_category.items(), key=lambda item: -item[1]):
        color = categories[category_id].color
        colors[color] = colors.get(color, 0) + count
    box = [round(number, 6) for number in (west, south, east, north)]
    properties = {"kind": "cluster", "count": cluster.count, "colors": colors, "bbox": box}
    return Feature(geometry=_point(cluster.x, cluster.y), properties=properties)


def _point(x: float, y: float) -> Point:
    return Point(position_at(x, y), precision=6)


def _shapes(
    proceeding: Proceeding,
    wanted: ContributionFilter,
    view: Bbox,
    zoom: float,
    categories: dict[int, Category],
    states: frozenset[PublicationState],
) -> list[dict[str, Any]]:
    """Return lines and areas that touch the view, simplified to what can be seen, most supported first."""
    statement = (
        select(Contribution.id, Contribution.category_id, Contribution.geometry)
        .where(
            *conditions(proceeding, wanted, states, Reading.LOOKING_UP),
            Contribution.geometry_kind.in_([GeometryKind.LINE, GeometryKind.AREA]),
            Contribution.geometry.in_bbox(*view),
        )
        .order_by(Contribution.votes_for.desc(), Contribution.id)
        .limit(MOST_SHAPES)
    )
    tolerance = 360 / 256 / 2**DEEPEST_ZOOM * 2 ** (DEEPEST_ZOOM - zoom) / 2  # half a pixel on the screen, in degrees
    shapes: list[dict[str, Any]] = []
    weight = 0
    for id_, category_id, geometry in db.session.execute(statement):
        simple = shapely.set_precision(shapely.simplify(geometry, tolerance), 1e-6, mode="pointwise")
        weight += 22 * int(shapely.get_num_coordinates(simple)) + 90
        if weight > MOST_SHAPE_BYTES:
            break
        shapes.append(_shape_feature(id_, simple, categories[category_id]))
    return shapes


def _shape_feature(id_: int, geometry: BaseGeometry, category: Category) -> dict[str, Any]:
    return {"type": "Feature", "id": id_, "geometry": mapping(geometry), "properties": {"color": category.color}}
