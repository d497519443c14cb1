"""Two more quarters, each around its own middle: Georg-Schwarz-Straße (houses along streets) and Grünau (slabs)."""

from shapely import affinity
from shapely.geometry import LineString, Point, Polygon, box
from shapely.ops import unary_union

from .frame import Frame, joined, lines, middle_and_angle, polygons
from .growth import STREET_WIDTH, Growth, trees_by_size

STREET_QUARTER = (12.3135, 51.3455)
AXIS = LineString([(430, -238), (250, -138), (90, -46), (-60, 30), (-230, 118), (-430, 232)])
POST_SQUARE = Polygon([(73, -21), (117, -47), (136, -14), (92, 12)])
POCKET_PARK = Polygon([(-175, 75), (-116, 44), (-142, -8), (-200, 22)])
STREET_SPACE = AXIS.intersection(box(-400, -230, 400, 220)).buffer(16, cap_style="flat", join_style="mitre")
STREET_AREA = unary_union([STREET_SPACE, POST_SQUARE, POCKET_PARK])
CROSSINGS = (
    ("Merseburger Straße", 24, "main"),
    ("Calvisiusstraße", 168, "minor"),
    ("Erich-Köhn-Straße", 330, "minor"),
    ("Holteistraße", 500, "minor"),
    ("Philipp-Reis-Straße", 664, "minor"),
    ("Hans-Driesch-Straße", 820, "minor"),
)
PARALLELS = (("William-Zipperer-Straße", 104, "minor"), ("Rietschelstraße", -112, "minor"))

SLAB_QUARTER = (12.2890, 51.3145)
SLAB_EXTENT = box(-260, -200, 260, 200)
SLAB_STREETS = (
    ("Stuttgarter Allee", "lane", LineString([(-10, -210), (0, -60), (8, 60), (30, 210)])),
    ("Ludwigsburger Straße", "minor", LineString([(-270, 128), (-90, 122), (8, 118), (150, 128), (270, 142)])),
    ("Alte Salzstraße", "minor", LineString([(-270, -140), (-110, -136), (-4, -130), (140, -126), (270, -118)])),
    ("Breisgaustraße", "minor", LineString([(-236, -210), (-230, -20), (-222, 210)])),
    ("Miltitzer Allee", "minor", LineString([(226, -210), (232, 0), (240, 210)])),
)
COURTS = (
    Polygon([(-184, -84), (-52, -80), (-46, 62), (-178, 66)]),
    Polygon([(62, -74), (186, -70), (192, 72), (68, 68)]),
)


def draw_street_quarter(seed: int) -> tuple[Frame, Growth]:
    """Draw the houses, cross streets and tram of Georg-Schwarz-Straße."""
    frame, grown = Frame(*STREET_QUARTER), Growth(seed)
    extent = AXIS.buffer(176, cap_style="flat")
    streets = [("Georg-Schwarz-Straße", "main", AXIS)]
    for name, at, kind in CROSSINGS:
        here, ahead = AXIS.interpolate(at), AXIS.interpolate(at + 1)
        dx, dy = ahead.x - here.x, ahead.y - here.y
        ends = [(here.x - dy * side, here.y + dx * side) for side in (-172, 172)]
        streets.append((name, kind, LineString(ends)))
    for name, away, kind in PARALLELS:
        streets.append((name, kind, lines(AXIS.parallel_offset(abs(away), "left" if away > 0 else "right"))[0]))
    ground = unary_union([g.buffer(STREET_WIDTH[k] / 2 + 1, cap_style="flat") for _, k, g in streets])
    for block in polygons(extent.difference(unary_union([ground, POST_SQUARE, POCKET_PARK]))):
        grown.fill_block(block, deepest=13)
    grown.plant_park(POCKET_PARK.buffer(-4), 22)
    grown.plant_row(streets[-2][2], away=5, step=15, sizes=(2.2, 2.9), gaps=0.2)
    grown.trees += [(x, y, 3.4) for x, y in ((92, -20), (104, -27), (116, -16), (104, -5))]
    frame.add_areas("park", POCKET_PARK)
    frame.add_areas("square", POST_SQUARE)
    frame.add_lines("tram", AXIS)
    frame.add_point("place", 105, -16, n="Platz an der Post")
    frame.add_point("stop", -60, 30, n="Diakonissenhaus")
    frame.add_point("stop", 250, -138, n="Merseburger Straße")
    _finish(frame, grown, streets)
    return frame, grown


def draw_slab_quarter(seed: int) -> tuple[Frame, Growth]:
    """Draw the slabs and courts in the middle of Grünau."""
    frame, grown = Frame(*SLAB_QUARTER), Growth(seed)
    ground = unary_union([g.buffer(STREET_WIDTH[k] / 2 + 3, cap_style="flat") for _, k, g in SLAB_STREETS])
    for court in COURTS:
        west, south, east, north = court.bounds
        slabs = (
            box(west + 4, north + 6, east - 4, north + 18),
            box(west + 4, south - 18, east - 4, south - 6),
            box(west - 18, south + 8, west - 6, north - 8),
            box(east + 6, south + 8, east + 18, north - 8),
        )
        grown.buildings += [affinity.rotate(s, 2, origin=(0, 0)) for s in slabs if not s.intersects(ground)]
        grown.plant_park(court.buffer(-10), 16, apart=11)
    for x, y, wide, deep in (
        (-150, 168, 60, 7),
        (120, 176, 66, 7),
        (-130, -178, 64, 7),
        (110, -168, 60, 7),
        (22, 96, 9, 9),
        (-22, -100, 10, 10),
        (34, -96, 14, 8),
    ):
        grown.buildings.append(box(x - wide, y - deep, x + wide, y + deep))
    grown.buildings = [b for b in grown.buildings if not b.intersects(ground)]
    lawns = SLAB_EXTENT.difference(unary_union([ground, *(b.buffer(2) for b in grown.buildings)]))
    for lawn in polygons(lawns.difference(unary_union(COURTS))):
        if lawn.area > 400:
            grown.plant_park(lawn.buffer(-3), int(lawn.area / 420), apart=9)
    frame.add_areas("yard", joined(lawns.simplify(1).intersection(c) for c in COURTS))
    frame.add_areas("parking", box(70, -116, 170, -105))
    streets = [(name, kind, line) for name, kind, line in SLAB_STREETS]
    _finish(frame, grown, streets)
    return frame, grown


def _finish(frame: Frame, grown: Growth, streets: list[tuple[str, str, LineString]]) -> None:
    for name, kind, line in streets:
        frame.add_lines("street", line, n=name, c=kind)
        middle, angle = middle_and_angle(line, 0.3)
        frame.add_point("label", middle.x, middle.y, n=name, c=kind, a=angle)
    houses = unary_union([b.buffer(1) for b in grown.buildings])
    grown.trees = [t for t in grown.trees if not houses.contains(Point(t[:2]))]
    for radius, places in trees_by_size(grown.trees):
        frame.add_points("tree", places, r=radius)
