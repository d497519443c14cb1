"""What one view of the map shows: pins, clusters and shapes, never more than a phone can draw.

The database counts by cells of the view, so that what travels is bounded by the screen, not by the table.
"""

from collections.abc import Sequence
from typing import Any

import shapely
from geojson import Feature, Point
from shapely.geometry import mapping
from shapely.geometry.base import BaseGeometry
from sqlalchemy import func, select

from participation.contributions.clusters import DEEPEST_ZOOM, Cluster, cell_shift, grouped
from participation.contributions.feature_collections import pin_properties
from participation.contributions.filters import ContributionFilter, conditions
from participation.contributions.models import Contribution
from participation.contributions.states import LISTED_STATES, PublicationState
from participation.database import db
from participation.geodata.bbox import Bbox
from participation.geodata.web_mercator import pixel_box, position_at
from participation.proceedings.models import Category, GeometryKind, Proceeding

SHAPES_FROM_ZOOM = 15
MOST_SHAPES = 60
MOST_SHAPE_BYTES = 24_000
MOST_IN_VIEW_FOR_SHAPES = 5_000

PixelBox = tuple[int, int, int, int]  # min_x, min_y, max_x, max_y


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
    clusters = clusters_in(proceeding, wanted, [pixel_box(*box) for box in view.parts()], zoom, states)
    categories = {category.id: category for category in proceeding.categories}
    pins = _pins(proceeding, [cluster.first_id for cluster in clusters if cluster.count == 1], categories)
    features = [
        pins[cluster.first_id] if cluster.count == 1 else _cluster_feature(cluster, categories)
        for cluster in clusters
        if cluster.count > 1 or cluster.first_id in pins
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
    column = Contribution.pin_x.bitwise_rshift(shift).label("cell_x")
    row = Contribution.pin_y.bitwise_rshift(shift).label("cell_y")
    cells: dict[tuple[int, int], Cluster] = {}
    for min_x, min_y, max_x, max_y in boxes:
        statement = (
            select(
                column,
                row,
                Contribution.category_id,
                func.count(),
                func.sum(Contribution.pin_x),
                func.sum(Contribution.pin_y),
                func.min(Contribution.pin_x),
                func.min(Contribution.pin_y),
                func.max(Contribution.pin_x),
                func.max(Contribution.pin_y),
                func.min(Contribution.id),
            )
            .where(
                *conditions(proceeding, wanted, states),
                Contribution.pin_x.between(min_x, max_x),
                Contribution.pin_y.between(min_y, max_y),
            )
            .group_by("cell_x", "cell_y", Contribution.category_id)
        )
        for x, y, category_id, count, *rest in db.session.execute(statement):
            sum_x, sum_y, west, north, east, south, first_id = (int(value) for value in rest)
            part = Cluster(count, sum_x, sum_y, west, north, east, south, first_id, {category_id: count})
            cells.setdefault((x, y), Cluster()).take(part)
    return grouped(cells.values(), zoom)


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
            *conditions(proceeding, wanted, states),
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
