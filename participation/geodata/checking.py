"""Checking shapes: what may be the place of a contribution or the area of a proceeding, and in which normal form."""

import math
import re
from collections.abc import Collection, Mapping
from typing import Any

import shapely
from shapely.geometry.base import BaseGeometry

from participation.geodata.errors import N_, GeodataError, error_at
from participation.geodata.relations import distance_metres
from participation.geodata.structure import Position, geometry_from_object

MAX_VERTICES = 500
MAX_AREA_VERTICES = 50_000

# Seven decimals of a degree are about a centimetre: finer than any map click, and short in every download.
DECIMALS = 7
GRID = 10.0**-DECIMALS

KINDS = {"Point": "point", "LineString": "line", "LinearRing": "line", "Polygon": "area"}

NOT_ALLOWED = {
    "point": N_("A single point is not possible here. Draw a line or an area, or leave out the place."),
    "line": N_("A line is not possible here. Set a point or draw an area, or leave out the place."),
    "area": N_("An area is not possible here. Set a point or draw a line, or leave out the place."),
}

# Beyond this a place is in another region than the area; within this it may be meant to be about it.
FAR_METRES = 100_000
NEAR_METRES = 50_000

# Reasons as GEOS words them, for example "Self-intersection[12.37 51.34]".
REASON = re.compile(r"(?P<reason>[^\[]+)\[(?P<lon>\S+) (?P<lat>\S+)\]")
REASONS = {
    "Self-intersection": (
        "self_intersection",
        N_("The outline crosses itself near %(lon)s, %(lat)s. Move that corner and try again."),
    ),
    "Ring Self-intersection": (
        "self_intersection",
        N_("The outline touches itself near %(lon)s, %(lat)s. Move that corner and try again."),
    ),
    "Hole lies outside shell": (
        "hole_outside",
        N_("A hole lies outside the area near %(lon)s, %(lat)s. Move it inside or remove it."),
    ),
    "Holes are nested": (
        "nested_holes",
        N_("A hole lies inside another hole near %(lon)s, %(lat)s. Remove one of them."),
    ),
    "Interior is disconnected": (
        "divided",
        N_("The holes cut the area into pieces near %(lon)s, %(lat)s. Make them smaller."),
    ),
}
OTHER_REASON = ("invalid_area", N_("The outline is not clear near %(lon)s, %(lat)s. Move that corner and try again."))


def check_geometry(
    geometry: Mapping[str, Any] | BaseGeometry,
    *,
    allowed_kinds: Collection[str] = ("point", "line", "area"),
    max_vertices: int = MAX_VERTICES,
) -> shapely.Point | shapely.LineString | shapely.Polygon:
    """Return the place of a contribution in its normal form, or say what is wrong with it.

    Normal form: no heights, seven decimals, no position twice in a row, outer ring counter-clockwise and holes
    clockwise (RFC 7946, section 3.1.6), a Multi geometry with a single part as that part. Checked again it stays equal.

    Args:
        geometry: a GeoJSON geometry object, or a shape.
        allowed_kinds: which of "point", "line", "area" are possible here.
        max_vertices: a ring's last position, equal to its first, does not count.

    Raises:
        GeodataError: with `position` where the fault has a place.
    """
    shape = _single_part(_shape(geometry))
    kind = KINDS.get(shape.geom_type)
    if kind is None:
        message = N_("Several places in one are not possible. Keep one point, one line or one area.")
        raise GeodataError("several_parts", message)
    if kind not in allowed_kinds:
        raise GeodataError("kind_not_allowed", NOT_ALLOWED[kind])
    if isinstance(shape, shapely.Polygon):
        return _checked_area(shape, max_vertices)
    positions = _checked_positions(shape)
    if isinstance(shape, shapely.Point):
        return shapely.Point(positions[0])
    return _checked_line(positions, max_vertices)


def check_project_area(
    geometry: Mapping[str, Any] | BaseGeometry, *, max_vertices: int = MAX_AREA_VERTICES
) -> shapely.MultiPolygon:
    """Return the area of a proceeding in its normal form; parts that touch or overlap, such as districts, are merged.

    Raises:
        GeodataError: not a Polygon or MultiPolygon, or one of its parts is no clear area.
    """
    shape = _shape(geometry)
    if not isinstance(shape, shapely.Polygon | shapely.MultiPolygon):
        raise GeodataError("kind_not_allowed", N_("The project area must be one area or several. Draw its outline."))
    if shape.is_empty:
        raise _empty()
    area = _checked_parts(shape, max_vertices)
    if not area.is_valid:
        # Every part is valid by now, so the parts overlap or share a border.
        merged = shapely.union_all(list(area.geoms), grid_size=GRID)
        area = _checked_parts(merged, max_vertices)
    _refuse_wide(area)
    return area


def looks_swapped(geometry: BaseGeometry, area: BaseGeometry, *, exchanged: BaseGeometry | None = None) -> bool:
    """Say whether a far-off place, perhaps not even on Earth, would be in or near the area with lat and lon exchanged.

    A hint for people, never a reason to exchange anything by ourselves.

    Args:
        geometry: the place as it was given, lon and lat.
        area: where it should be.
        exchanged: the other place, if its coordinates were in another system and exchanged there.
    """
    if geometry.is_empty or distance_metres(geometry, area) < FAR_METRES:
        return False
    if exchanged is None:
        exchanged = shapely.transform(geometry, lambda positions: positions[:, ::-1])
    return distance_metres(exchanged, area) < NEAR_METRES


def _shape(geometry: Mapping[str, Any] | BaseGeometry) -> BaseGeometry:
    if isinstance(geometry, BaseGeometry):
        return shapely.force_2d(geometry)
    return geometry_from_object(geometry)


def _single_part(shape: BaseGeometry) -> BaseGeometry:
    """GIS programs save every area as a MultiPolygon, most of them with a single part."""
    if isinstance(shape, shapely.MultiPoint | shapely.MultiLineString | shapely.MultiPolygon):
        if shape.is_empty:
            raise _empty()
        if len(shape.geoms) == 1:
            return shape.geoms[0]
    return shape


def _checked_positions(shape: BaseGeometry) -> list[Position]:
    """Return the positions of a point, a line or a ring: in range, rounded, none twice in a row."""
    positions: list[Position] = []
    for lon, lat in shapely.get_coordinates(shape).tolist():
        if not (math.isfinite(lon) and math.isfinite(lat)):
            raise GeodataError("not_finite", N_("A coordinate is not a number. Correct it."))
        if not (-180 <= lon <= 180 and -90 <= lat <= 90):
            raise _out_of_range(lon, lat)
        # Adding zero turns -0.0 into 0.0.
        position = (round(lon, DECIMALS) + 0.0, round(lat, DECIMALS) + 0.0)
        if not positions or position != positions[-1]:
            positions.append(position)
    if not positions:
        raise _empty()
    return positions


def _checked_line(positions: list[Position], max_vertices: int) -> shapely.LineString:
    if len(positions) < 2:
        message = N_("All points of the line are at the same place. Set at least two different points.")
        raise error_at("line_too_short", message, positions[0])
    if len(positions) > max_vertices:
        raise _too_many_vertices(max_vertices)
    line = shapely.LineString(positions)
    _refuse_wide(line)
    return line


def _checked_area(shape: shapely.Polygon, max_vertices: int) -> shapely.Polygon:
    rings = [_checked_ring(ring) for ring in (shape.exterior, *shape.interiors)]
    if sum(len(ring) - 1 for ring in rings) > max_vertices:
        raise _too_many_vertices(max_vertices)
    area = shapely.Polygon(rings[0], rings[1:])
    _refuse_wide(area)
    _refuse_unclear(area)
    return shapely.orient_polygons(area)


def _checked_ring(ring: shapely.LinearRing) -> list[Position]:
    positions = _checked_positions(ring)
    if len(positions) < 4:
        message = N_("An area needs at least three different corners. Set more points.")
        raise error_at("ring_too_short", message, positions[0])
    hull = shapely.MultiPoint(positions).convex_hull
    # Corners on one straight line still span a hair's breadth once they are rounded.
    if hull.area <= hull.length / 2 * GRID:
        message = N_("All corners of the area lie on one line near %(lon)s, %(lat)s. Set one beside it.")
        raise error_at("no_area", message, positions[0])
    return positions


def _checked_parts(shape: BaseGeometry, max_vertices: int) -> shapely.MultiPolygon:
    parts = [part for part in shapely.get_parts(shape) if isinstance(part, shapely.Polygon)]
    area = shapely.MultiPolygon([_checked_area(part, max_vertices) for part in parts])
    if sum(len(ring.coords) - 1 for part in area.geoms for ring in (part.exterior, *part.interiors)) > max_vertices:
        raise _too_many_vertices(max_vertices)
    return area


def _refuse_wide(shape: BaseGeometry) -> None:
    """A shape over half the globe was meant to go the other way round; RFC 7946, section 3.1.9, has it cut there."""
    west, _, east, _ = shape.bounds
    if east - west > 180:
        message = N_("The place spans more than half the globe. Cut it where it crosses the 180th meridian.")
        raise GeodataError("too_wide", message)


def _refuse_unclear(area: shapely.Polygon) -> None:
    reason = shapely.is_valid_reason(area)
    if reason == "Valid Geometry":
        return
    found = REASON.fullmatch(reason)
    if found is None:
        raise GeodataError("invalid_area", N_("The outline is not clear. Draw it again."))
    code, message = REASONS.get(found["reason"], OTHER_REASON)
    raise error_at(code, message, (float(found["lon"]), float(found["lat"])))


def _empty() -> GeodataError:
    return GeodataError("empty", N_("The place is empty. Set at least one point, or leave out the place."))


def _out_of_range(lon: float, lat: float) -> GeodataError:
    message = N_(
        "%(lon)s, %(lat)s is no place on Earth. Longitude goes from -180 to 180, latitude from -90 to 90. "
        "Check the decimal points, the order, and that the coordinates are in WGS 84."
    )
    return GeodataError("out_of_range", message, lon=round(lon, 6), lat=round(lat, 6))


def _too_many_vertices(max_vertices: int) -> GeodataError:
    message = N_("The place has too many corners. At most %(number)s are possible. Draw it in a simpler form.")
    return GeodataError("too_many_vertices", message, number=max_vertices)
