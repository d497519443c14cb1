"""The whole city as a sketch, set by hand from general knowledge of its layout; latitude first, as on a map's edge."""

from collections.abc import Sequence

from shapely import affinity
from shapely.geometry import LineString, MultiLineString, Polygon
from shapely.geometry.base import BaseGeometry
from shapely.ops import unary_union

from .frame import Frame, Position, lines
from .growth import Growth

MIDDLE = Frame(12.37, 51.34)

CITY = [
    (51.448, 12.36),
    (51.438, 12.43),
    (51.418, 12.47),
    (51.41, 12.53),
    (51.372, 12.548),
    (51.338, 12.545),
    (51.31, 12.535),
    (51.292, 12.50),
    (51.288, 12.458),
    (51.30, 12.425),
    (51.292, 12.402),
    (51.268, 12.37),
    (51.245, 12.345),
    (51.248, 12.305),
    (51.272, 12.285),
    (51.292, 12.252),
    (51.318, 12.225),
    (51.342, 12.21),
    (51.365, 12.205),
    (51.392, 12.235),
    (51.42, 12.27),
    (51.434, 12.31),
]
FOREST = [
    [
        (51.334, 12.352),
        (51.322, 12.368),
        (51.305, 12.367),
        (51.285, 12.372),
        (51.268, 12.362),
        (51.262, 12.345),
        (51.288, 12.342),
        (51.312, 12.348),
        (51.328, 12.342),
    ],
    [
        (51.336, 12.354),
        (51.358, 12.372),
        (51.364, 12.352),
        (51.376, 12.328),
        (51.389, 12.282),
        (51.398, 12.24),
        (51.386, 12.222),
        (51.372, 12.262),
        (51.362, 12.298),
        (51.352, 12.33),
    ],
]
PARKS = [
    [(51.3455, 12.402), (51.3475, 12.418), (51.3425, 12.419), (51.3418, 12.404)],
    [(51.322, 12.402), (51.324, 12.415), (51.313, 12.425), (51.312, 12.41)],
    [(51.3005, 12.396), (51.303, 12.412), (51.292, 12.415), (51.291, 12.40)],
    [(51.331, 12.305), (51.332, 12.317), (51.327, 12.318), (51.3265, 12.306)],
    [(51.378, 12.405), (51.38, 12.42), (51.373, 12.421), (51.372, 12.407)],
    [(51.316, 12.455), (51.319, 12.472), (51.308, 12.473), (51.308, 12.458)],
]
LAKES = [
    [(51.281, 12.328), (51.277, 12.343), (51.262, 12.349), (51.25, 12.342), (51.252, 12.327), (51.266, 12.322)],
    [(51.318, 12.238), (51.316, 12.252), (51.298, 12.258), (51.293, 12.246), (51.304, 12.238)],
    [(51.3705, 12.309), (51.371, 12.321), (51.3665, 12.322), (51.366, 12.310)],
    [(51.274, 12.405), (51.272, 12.43), (51.258, 12.44), (51.255, 12.412)],
]
RIVERS = [  # line, half width in metres
    (
        [
            (51.24, 12.352),
            (51.262, 12.318),
            (51.288, 12.326),
            (51.303, 12.334),
            (51.318, 12.338),
            (51.330, 12.346),
            (51.333, 12.352),
        ],
        34,
    ),
    ([(51.333, 12.352), (51.344, 12.347), (51.354, 12.339)], 95),
    ([(51.354, 12.339), (51.36, 12.322), (51.364, 12.298), (51.376, 12.268), (51.386, 12.232), (51.398, 12.19)], 34),
    ([(51.354, 12.339), (51.365, 12.325), (51.374, 12.30), (51.388, 12.255), (51.402, 12.21)], 24),
    ([(51.235, 12.39), (51.268, 12.384), (51.288, 12.374), (51.308, 12.366), (51.322, 12.364), (51.333, 12.352)], 26),
    (
        [
            (51.385, 12.54),
            (51.374, 12.49),
            (51.37, 12.452),
            (51.362, 12.424),
            (51.3535, 12.398),
            (51.3515, 12.382),
            (51.358, 12.362),
            (51.356, 12.342),
        ],
        18,
    ),
    ([(51.318, 12.339), (51.326, 12.331), (51.333, 12.322), (51.336, 12.308)], 16),
]
RING = [
    (51.3475, 12.376),
    (51.3465, 12.3715),
    (51.3432, 12.3692),
    (51.3385, 12.3692),
    (51.3345, 12.372),
    (51.3348, 12.381),
    (51.339, 12.385),
    (51.3435, 12.383),
    (51.3465, 12.380),
    (51.3475, 12.376),
]
MAIN_ROADS = [
    ("B2", [(51.46, 12.385), (51.41, 12.382), (51.375, 12.383), (51.3475, 12.376)]),
    ("B6", [(51.42, 12.29), (51.385, 12.345), (51.368, 12.368), (51.3475, 12.376)]),
    ("B87", [(51.3475, 12.376), (51.358, 12.405), (51.372, 12.43), (51.39, 12.48), (51.41, 12.55)]),
    ("B6", [(51.339, 12.385), (51.345, 12.42), (51.348, 12.46), (51.35, 12.56)]),
    (None, [(51.3348, 12.381), (51.322, 12.40), (51.306, 12.43), (51.29, 12.47), (51.275, 12.52)]),
    ("B2", [(51.3345, 12.372), (51.318, 12.374), (51.30, 12.376), (51.28, 12.38), (51.24, 12.382)]),
    (
        "B87",
        [(51.3432, 12.3692), (51.3415, 12.345), (51.3385, 12.32), (51.334, 12.29), (51.326, 12.25), (51.315, 12.20)],
    ),
    ("B181", [(51.3415, 12.345), (51.35, 12.315), (51.357, 12.27), (51.355, 12.20)]),
    (None, [(51.3385, 12.3692), (51.327, 12.345), (51.312, 12.325), (51.29, 12.31), (51.26, 12.29)]),
    (
        None,
        [
            (51.308, 12.305),
            (51.318, 12.30),
            (51.334, 12.295),
            (51.352, 12.31),
            (51.372, 12.345),
            (51.385, 12.383),
            (51.376, 12.41),
            (51.358, 12.432),
            (51.332, 12.438),
            (51.31, 12.425),
            (51.302, 12.40),
            (51.305, 12.374),
        ],
    ),
]
MOTORWAYS = [
    (
        "A 14",
        [
            (51.435, 12.18),
            (51.425, 12.26),
            (51.418, 12.33),
            (51.412, 12.40),
            (51.395, 12.47),
            (51.365, 12.53),
            (51.34, 12.58),
        ],
    ),
    ("A 38", [(51.262, 12.18), (51.255, 12.26), (51.243, 12.33), (51.25, 12.40), (51.268, 12.47), (51.30, 12.57)]),
]
RAILWAYS = [
    [(51.3455, 12.382), (51.355, 12.395), (51.37, 12.41), (51.40, 12.43), (51.45, 12.45)],
    [(51.3455, 12.383), (51.352, 12.41), (51.353, 12.45), (51.358, 12.55)],
    [(51.3455, 12.381), (51.36, 12.378), (51.378, 12.36), (51.388, 12.32), (51.40, 12.26), (51.41, 12.19)],
    [(51.3455, 12.383), (51.338, 12.405), (51.32, 12.413), (51.30, 12.40), (51.28, 12.388), (51.24, 12.40)],
    [(51.353, 12.41), (51.335, 12.43), (51.30, 12.455), (51.27, 12.49)],
    [(51.388, 12.32), (51.365, 12.305), (51.345, 12.307), (51.325, 12.31), (51.30, 12.285), (51.28, 12.23)],
]
BUILT = [  # quarter, direction of its streets in degrees
    (
        [
            (51.366, 12.36),
            (51.362, 12.40),
            (51.352, 12.428),
            (51.33, 12.432),
            (51.312, 12.405),
            (51.302, 12.385),
            (51.31, 12.372),
            (51.333, 12.362),
            (51.348, 12.368),
        ],
        4,
    ),
    ([(51.355, 12.295), (51.35, 12.338), (51.335, 12.345), (51.318, 12.335), (51.322, 12.30), (51.338, 12.285)], -12),
    ([(51.395, 12.36), (51.392, 12.395), (51.372, 12.40), (51.362, 12.378), (51.372, 12.345)], 10),
    ([(51.328, 12.265), (51.325, 12.298), (51.306, 12.31), (51.305, 12.275)], 28),
    ([(51.312, 12.365), (51.312, 12.39), (51.292, 12.396), (51.283, 12.378)], -6),
    ([(51.38, 12.42), (51.378, 12.452), (51.358, 12.46), (51.348, 12.438), (51.364, 12.42)], 20),
    ([(51.346, 12.445), (51.345, 12.49), (51.328, 12.49), (51.325, 12.445)], 2),
    ([(51.322, 12.41), (51.318, 12.45), (51.30, 12.46), (51.298, 12.425)], -20),
    ([(51.308, 12.31), (51.305, 12.335), (51.282, 12.325), (51.284, 12.305)], 14),
    ([(51.372, 12.24), (51.371, 12.28), (51.358, 12.29), (51.35, 12.25)], -24),
    ([(51.408, 12.32), (51.405, 12.352), (51.392, 12.355), (51.392, 12.325)], 8),
    ([(51.415, 12.38), (51.414, 12.41), (51.40, 12.41), (51.40, 12.385)], 0),
    ([(51.345, 12.50), (51.344, 12.535), (51.328, 12.535), (51.328, 12.50)], 6),
]
LABELS = [  # name, latitude, longitude, kind: district, green, water
    ("Zentrum", 51.3385, 12.3765, "d"), ("Gohlis", 51.3655, 12.3715, "d"), ("Eutritzsch", 51.3745, 12.391, "d"),
    ("Schönefeld", 51.3655, 12.4305, "d"), ("Reudnitz", 51.3335, 12.407, "d"), ("Connewitz", 51.3015, 12.3795, "d"),
    ("Plagwitz", 51.3235, 12.3275, "d"), ("Lindenau", 51.3395, 12.3255, "d"), ("Grünau", 51.3115, 12.296, "d"),
    ("Leutzsch", 51.3525, 12.2985, "d"), ("Stötteritz", 51.3125, 12.438, "d"), ("Mockau", 51.3825, 12.4165, "d"),
    ("Wahren", 51.3825, 12.331, "d"), ("Paunsdorf", 51.3385, 12.4745, "d"), ("Südvorstadt", 51.3215, 12.3795, "d"),
    ("Großzschocher", 51.2955, 12.318, "d"), ("Böhlitz-Ehrenberg", 51.3655, 12.262, "d"),
    ("Wiederitzsch", 51.4025, 12.397, "d"), ("Engelsdorf", 51.3365, 12.5165, "d"), ("Auwald", 51.374, 12.292, "g"),
    ("Südlicher Auwald", 51.297, 12.3555, "g"), ("Cospudener See", 51.266, 12.336, "w"),
    ("Kulkwitzer See", 51.3055, 12.247, "w"), ("Auensee", 51.3686, 12.3155, "w"),
]  # fmt: skip


def rounded(corners: Sequence[Position], *, closed: bool) -> list[Position]:
    """Round a line's corners by cutting them twice (Chaikin 1974)."""
    points = list(corners)
    for _ in range(2):
        pairs = list(zip(points, points[1:] + points[:1] if closed else points[1:], strict=False))
        cut = [
            p
            for (a, b), (c, d) in pairs
            for p in ((0.75 * a + 0.25 * c, 0.75 * b + 0.25 * d), (0.25 * a + 0.75 * c, 0.25 * b + 0.75 * d))
        ]
        points = cut if closed else [points[0], *cut, points[-1]]
    return points


def line(corners: Sequence[Position]) -> LineString:
    """Draw a rounded line in metres."""
    return LineString(rounded([MIDDLE.metres(*c) for c in corners], closed=False))


def area(corners: Sequence[Position]) -> Polygon:
    """Draw a rounded area in metres."""
    return Polygon(rounded([MIDDLE.metres(*c) for c in corners], closed=True))


def texture(grown: Growth, quarter: BaseGeometry, angle: float) -> list[LineString]:
    """Hint at a quarter's streets by uneven parallels in two directions."""
    west, south, east, north = quarter.bounds
    middle, reach, found = quarter.centroid, max(east - west, north - south), []
    for turn, closest, widest in ((0, 130, 260), (90, 200, 400)):
        at = -reach
        while at < reach:
            bends = [grown.chance.uniform(-40, 40) for _ in range(2)]
            xs, ys = (-reach, -reach * 0.3, reach * 0.3, reach), (0, *bends, 0)
            street = LineString([(middle.x + x, middle.y + at + y) for x, y in zip(xs, ys, strict=True)])
            turned = affinity.rotate(street, angle + turn, origin=(middle.x, middle.y))
            found += [part for part in lines(turned.intersection(quarter)) if part.length > 160]
            at += grown.chance.uniform(closest, widest)
    return found


def draw(seed: int) -> Frame:
    """Draw the sketch of the whole city."""
    frame, grown = Frame(MIDDLE.lon, MIDDLE.lat, {"z": "city"}), Growth(seed)
    green = unary_union([area(c) for c in (*FOREST, *PARKS)])
    water = unary_union([*(line(c).buffer(width) for c, width in RIVERS), *(area(c) for c in LAKES)])
    quarters = [(Polygon(area(c)), angle) for c, angle in BUILT]
    free = unary_union([green.buffer(20), water.buffer(40)])
    frame.add_areas("city", area(CITY))
    frame.add_areas("built", unary_union([q for q, _ in quarters]).difference(free).simplify(12))
    frame.add_areas("park", green.simplify(8))
    frame.add_areas("water", water.simplify(6))
    streets = [street for quarter, angle in quarters for street in texture(grown, quarter.difference(free), angle)]
    frame.add_lines("minor", MultiLineString(streets))
    for corners in RAILWAYS:
        frame.add_lines("rail", line(corners))
    for name, corners in [*MAIN_ROADS, ("Ring", RING)]:
        frame.add_lines("main", line(corners), n=name)
    for name, corners in MOTORWAYS:
        frame.add_lines("motor", line(corners), n=name)
    for name, lat, lon, kind in LABELS:
        frame.add_point("label", *frame.metres(lat, lon), n=name, c=kind)
    return frame
