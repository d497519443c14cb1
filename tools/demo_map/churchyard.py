"""The churchyard block and the old town around it, in metres around the middle of the site."""

from shapely import affinity
from shapely.geometry import LineString, Point, Polygon, box
from shapely.geometry.base import BaseGeometry
from shapely.ops import unary_union

from .frame import Frame, joined, middle_and_angle, polygons
from .growth import STREET_WIDTH, Growth, trees_by_size

LON, LAT = 12.3707, 51.3421
EXTENT = box(-555, -455, 520, 440)

# name, class, line, where its name stands (shares of the length)
STREETS: list[tuple[str, str, list[tuple[float, float]], tuple[float, ...]]] = [
    ("Tröndlinring", "ring", [(586, 229), (497, 224), (282, 210), (130, 197)], (0.5,)),
    ("Goerdelerring", "ring", [(130, 197), (54, 186), (-3, 172), (-53, 140), (-85, 94)], (0.56,)),
    (
        "Dittrichring",
        "ring",
        [(-85, 94), (-104, 31), (-114, -39), (-119, -121), (-114, -216), (-93, -323), (-50, -431), (16, -545)],
        (0.09, 0.42, 0.72),
    ),
    (
        "Große Fleischergasse",
        "lane",
        [(136, 150), (101, 115), (82, 67), (73, 12), (60, -41), (49, -75), (43, -112)],
        (0.42,),
    ),
    ("Töpferstraße", "minor", [(-65, 75), (-28, 74), (10, 79), (48, 78), (85, 73)], (0.5,)),
    ("Kleine Fleischergasse", "lane", [(-72, -82), (-9, -84), (49, -78), (98, -89), (197, -97)], (0.22,)),
    ("Matthäikirchhof", "lane", [(74, 18), (38, 15), (2, 3), (-12, -21), (-13, -51), (-10, -84)], (0.24,)),
    ("Hainstraße", "lane", [(187, 140), (182, 69), (187, -13), (197, -97), (206, -126)], (0.42,)),
    ("Jägerhof", "lane", [(74, 13), (124, 21), (185, 18)], (0.5,)),
    ("Brühl", "minor", [(136, 146), (187, 141), (314, 155), (459, 164), (586, 168)], (0.42,)),
    ("Katharinenstraße", "minor", [(314, 155), (309, 50), (314, -51), (319, -126)], (0.4,)),
    ("Böttchergäßchen", "lane", [(183, 53), (244, 55), (309, 51)], (0.5,)),
    ("Salzgäßchen", "lane", [(319, -126), (421, -134), (586, -146)], ()),
    ("Reichsstraße", "minor", [(421, 162), (415, 50), (421, -134), (426, -292), (421, -545)], (0.3,)),
    ("Nikolaistraße", "minor", [(523, 165), (518, 37), (523, -140), (529, -342), (534, -545)], ()),
    ("Barfußgäßchen", "lane", [(43, -112), (92, -121), (149, -125), (206, -126)], (0.52,)),
    ("Klostergasse", "lane", [(43, -112), (52, -178), (62, -241), (69, -287)], (0.5,)),
    ("Thomasgasse", "lane", [(66, -261), (136, -245), (212, -227)], (0.5,)),
    ("Petersstraße", "lane", [(269, -227), (272, -330), (267, -431), (263, -545)], (0.4,)),
    ("Grimmaische Straße", "lane", [(320, -216), (421, -223), (586, -241)], ()),
    ("Burgstraße", "minor", [(69, -287), (143, -323), (182, -406), (193, -545)], (0.4,)),
    ("Markgrafenstraße", "minor", [(183, -406), (267, -406), (421, -406)], ()),
    ("Apothekergasse", "lane", [(-79, -175), (-22, -172), (52, -175)], (0.45,)),
    (
        "Ranstädter Steinweg",
        "main",
        [(-55, 144), (-110, 168), (-174, 193), (-313, 240), (-490, 291), (-617, 326)],
        (0.4,),
    ),
    ("Jacobstraße", "minor", [(-174, 193), (-195, 126), (-202, 44), (-205, -64), (-219, -142)], (0.4,)),
    ("Lessingstraße", "minor", [(-102, 37), (-155, 37), (-202, 40), (-338, 45), (-490, 54), (-617, 63)], (0.33,)),
    ("Gottschedstraße", "minor", [(-116, -66), (-205, -69), (-342, -88), (-490, -108), (-617, -126)], (0.36,)),
    ("Käthe-Kollwitz-Straße", "main", [(-119, -132), (-219, -142), (-357, -166), (-490, -192), (-617, -216)], (0.34,)),
    ("Otto-Schill-Straße", "minor", [(-113, -222), (-250, -237), (-371, -261), (-617, -304)], (0.4,)),
    ("Zentralstraße", "minor", [(-219, -142), (-238, -237), (-250, -355), (-262, -545)], (0.3,)),
    (
        "Elsterstraße",
        "minor",
        [(-313, 240), (-331, 139), (-338, 45), (-342, -88), (-357, -166), (-371, -261), (-389, -406), (-402, -545)],
        (0.36,),
    ),
    (
        "Poniatowskistraße",
        "minor",
        [(-484, 289), (-488, 164), (-490, 54), (-492, -108), (-493, -192), (-503, -406), (-509, -545)],
        (),
    ),
    ("Thomasiusstraße", "minor", [(-195, 126), (-262, 134), (-331, 139), (-488, 158), (-617, 170)], (0.4,)),
    ("Kolonnadenstraße", "minor", [(-93, -323), (-174, -342), (-250, -355), (-389, -380), (-617, -418)], ()),
    ("Pfaffendorfer Straße", "main", [(134, 197), (120, 278), (105, 481)], (0.4,)),
    ("Humboldtstraße", "minor", [(-2, 173), (-9, 253), (-17, 329), (-28, 481)], (0.5,)),
    ("Löhrstraße", "minor", [(282, 210), (287, 303), (295, 481)], (0.4,)),
    ("Rosentalgasse", "minor", [(-79, 157), (-93, 240), (-108, 329)], (0.5,)),
    ("Emil-Fuchs-Straße", "minor", [(-108, 329), (-17, 324), (115, 321), (287, 310), (434, 303), (586, 298)], (0.3,)),
    ("Lortzingstraße", "minor", [(-93, 246), (-9, 253), (123, 260), (285, 259), (421, 257), (586, 253)], (0.32,)),
    ("Gerberstraße", "main", [(421, 219), (428, 303), (440, 481)], ()),
    ("Parthenstraße", "minor", [(105, 417), (292, 411), (434, 405), (586, 398)], ()),
]
PATHS: list[list[tuple[float, float]]] = [
    [(-72, 86), (-79, 31), (-85, -38), (-91, -121), (-89, -216), (-66, -292), (-34, -380)],
    [(-69, 12), (-89, 18)],
    [(-74, -64), (-99, -68)],
    [(-22, 108), (29, 144), (111, 172)],
    [(-161, 215), (-250, 272), (-364, 329), (-528, 354)],
    [(-174, 240), (-199, 329), (-256, 417)],
    [(-427, 303), (-440, 417)],
]
TRAMS = (
    ("Tröndlinring", "Goerdelerring", "Dittrichring"),
    ("Ranstädter Steinweg",),
    ("Käthe-Kollwitz-Straße",),
    ("Pfaffendorfer Straße",),
)
PLANTED = (
    "Lessingstraße",
    "Gottschedstraße",
    "Emil-Fuchs-Straße",
    "Elsterstraße",
    "Käthe-Kollwitz-Straße",
    "Zentralstraße",
)

SITE = Polygon(
    [
        (-57.3, 67.9),
        (-28.2, 69.1),
        (9.8, 73.6),
        (47.8, 72.3),
        (77.6, 67.9),
        (71.9, 34.9),
        (68.1, -0.5),
        (56.7, -42.3),
        (45.3, -71.5),
        (-9.2, -77.8),
        (-63.6, -75.3),
        (-68.7, -32.2),
        (-66.2, 24.8),
    ]
)
CHURCH = affinity.translate(affinity.rotate(Polygon([
    (-0.3, -28.4), (-0.3, -14.5), (-3.5, -14.5), (-3.5, -10.7), (-0.3, -10.7), (-0.3, -8.1), (25, -6.2), (30.1, -7.5),
    (33.3, -11.9), (33.3, -17.6), (30.7, -22.1), (25.7, -24), (3.5, -26.5), (3.5, -28.4),
]), 6, origin=(16, -17)), 2, 2)  # fmt: skip
SITE_BUILDINGS = [
    # the offices of the 1980s along the promenade and Töpferstraße
    Polygon([(-54.8, 61.5), (-25.6, 63.4), (8.6, 67.9), (8.6, 57.1), (-24.4, 53.3), (-44.6, 52), (-47.2, 3.3),
             (-57.9, 3.9)]),
    Polygon([(12.4, 67.9), (41.5, 66.6), (41.5, 56.5), (12.4, 57.1)]),
    # the Round Corner in the south-west
    Polygon([(-58.6, -70.2), (-21.8, -74), (-20.6, -62.6), (-42.1, -60.1), (-45.9, -56.3), (-47.2, -30.9),
             (-58.6, -29.7), (-62.4, -44.9), (-63, -62.6)]),
    # the east edge along Große Fleischergasse
    Polygon([(51.6, 66.6), (71.9, 63.4), (68.1, 40), (56.7, 41.9), (57.9, 55.2), (51, 56.5)]),
    Polygon([(57.9, 7.1), (63, 5.8), (54.2, -28.4), (44, -24.6), (47.8, -10.7), (52.9, -11.9)]),
    Polygon([(51.6, -32.2), (41.5, -66.4), (27.6, -68.9), (28.8, -58.8), (35.2, -57.5), (41.5, -29.7)]),
    Polygon([(-2.8, -63.9), (22.5, -66.4), (21.2, -56.3), (-2.8, -54.4)]),
    # low pavilion and hall in the yard
    Polygon([(-29.4, 29.9), (-5.4, 32.4), (-4.1, 18.5), (-28.2, 15.9)]),
    Polygon([(-37, -11.9), (-24.4, -10.7), (-23.7, -24.6), (-36.4, -25.9)]),
]  # fmt: skip
SITE_TREES = [
    (-21, -43.5, 4.2), (-24, -52.5, 4.1), (-2.8, -44.9, 3.6), (25, -47.4, 3.5), (32.6, -43.6, 3.2),
    (10, -47.7, 3.4), (12.4, 45.1, 3.8), (23.8, 47.6, 3.4), (35.2, 47.6, 3.5), (47.8, 43.8, 2.9), (-16.8, 43.8, 3.4),
    (-32, 42.5, 3.5), (-39.6, 37.5, 3.2), (50, 27, 3.2), (44, 8.6, 2.9), (-42.1, -15.7, 3), (-19.3, -13, 3.5),
    (-19.2, -29.7, 3.2), (37.7, -32.2, 2.6), (-52.7, -18.3, 2.9), (-53, -8.1, 2.9),
]  # fmt: skip
PARKING = Polygon(
    [
        (-39.6, 13.4),
        (-32, 12.1),
        (-2.8, 15.9),
        (-1.6, 36.2),
        (13.6, 40),
        (41.5, 40),
        (45.3, 23.5),
        (28.8, 19.7),
        (-0.3, 12.1),
        (-21.8, -3.1),
        (-39.6, -3.1),
    ]
)
MARKT = Polygon([(210, -132), (316, -132), (323, -220), (214, -222)])
RICHARD_WAGNER_PLATZ = Polygon([(128, 187), (206, 193), (204, 149), (182, 145), (140, 154), (123, 164)])
THOMASKIRCHHOF = Polygon([(-37, -282), (63, -274), (69, -287), (77, -342), (-22, -355), (-45, -323)])
RING_PARK = Polygon([
    (-62, 96), (-69, 80), (-70, 26), (-73, -32), (-68, -76), (-78, -88), (-84, -121), (-80, -216), (-55, -279),
    (-37, -282), (-45, -323), (-22, -355),
    (-9, -431), (54, -545), (29, -545), (-37, -427), (-79, -320), (-98, -215), (-102, -121), (-97, -37), (-88, 30),
    (-72, 87),
])  # fmt: skip
RING_PARK_NORTH = Polygon(
    [(-45, 110), (3, 149), (60, 167), (123, 178), (123, 164), (92, 155), (41, 140), (3, 124), (-35, 98)]
)
CANAL = LineString(
    [
        (-140, 481),
        (-150, 246),
        (-146, 164),
        (-152, 69),
        (-157, -77),
        (-150, -216),
        (-131, -330),
        (-85, -469),
        (-60, -545),
    ]
)
BROOK = Polygon(
    [
        (-617, 379),
        (-465, 362),
        (-338, 379),
        (-281, 417),
        (-269, 481),
        (-276, 481),
        (-292, 420),
        (-342, 387),
        (-465, 371),
        (-617, 390),
    ]
)
WATER = unary_union([CANAL.buffer(5), BROOK])
ROSENTAL = Polygon(
    [
        (-617, 336),
        (-490, 301),
        (-338, 258),
        (-256, 230),
        (-193, 210),
        (-161, 203),
        (-159, 253),
        (-154, 379),
        (-142, 481),
        (-617, 481),
    ]
).difference(WATER.buffer(4))
ZOO = Polygon([(-133, 481), (-143, 354), (-114, 336), (-28, 334), (-22, 481)]).buffer(-4)
THOMASKIRCHE = affinity.rotate(unary_union([
    box(-19, -326, 35, -312), box(-23, -323, -16, -315), box(10, -330, 19, -308),
    Polygon([(35, -326), (41, -323), (44, -319), (41, -315), (35, -312)]),
]), 5, origin=(16, -319))  # fmt: skip
ALTES_RATHAUS = affinity.rotate(box(324, -213, 337, -137), 2, origin=(330, -175))

PLACES = (
    ("Richard-Wagner-Platz", 166, 176),
    ("Markt", 264, -175),
    ("Thomaskirchhof", 19, -342),
    ("Rosental", -376, 329),
    ("Promenadenring", -80, -96),
)
SIGHTS = (("Thomaskirche", 11, -319), ("Altes Rathaus", 330, -175), ("Runde Ecke", -50, -52))
STOPS = (("Goerdelerring", -31, 158), ("Thomaskirche", -108, -245))


def draw(seed: int) -> tuple[Frame, Growth]:
    """Draw the old town; the footprints are left in the growth, for the one feature of all footprints."""
    frame, grown = Frame(LON, LAT), Growth(seed)
    streets = {name: (kind, LineString(line)) for name, kind, line, _ in STREETS}
    ground = unary_union([g.buffer(STREET_WIDTH[k] / 2, cap_style="flat") for k, g in streets.values()])
    fixed = [WATER.buffer(8), ROSENTAL, MARKT, RICHARD_WAGNER_PLATZ, THOMASKIRCHHOF, RING_PARK, RING_PARK_NORTH, ZOO]
    open_ground = unary_union([ground, SITE.buffer(2), ALTES_RATHAUS.buffer(3), *fixed])
    for block in polygons(EXTENT.difference(open_ground)):
        grown.fill_block(block)
    _plant(grown, streets, ground)
    grown.buildings = [b for b in grown.buildings if EXTENT.contains(b)]
    grown.buildings += [*SITE_BUILDINGS, *polygons(THOMASKIRCHE), ALTES_RATHAUS]

    banks = CANAL.buffer(11).intersection(EXTENT).difference(unary_union([ground, WATER, ROSENTAL, ZOO]))
    frame.add_areas("park", unary_union([ROSENTAL, RING_PARK, RING_PARK_NORTH, ZOO, banks]).intersection(EXTENT))
    frame.add_areas("water", WATER.intersection(EXTENT))
    frame.add_areas("yard", joined(y.buffer(-1).simplify(2) for y in grown.yards if EXTENT.contains(y)))
    for square in (MARKT, RICHARD_WAGNER_PLATZ, THOMASKIRCHHOF):
        frame.add_areas("square", square)
    frame.add_areas("siteground", SITE)
    frame.add_areas("parking", PARKING)
    for name, (kind, line) in streets.items():
        frame.add_lines("street", line.intersection(EXTENT.buffer(20)), n=name, c=kind)
    for path in PATHS:
        frame.add_lines("path", LineString(path))
    for names in TRAMS:
        track = [p for i, name in enumerate(names) for p in list(streets[name][1].coords)[1 if i else 0 :]]
        frame.add_lines("tram", LineString(track).intersection(EXTENT.buffer(20)))
    frame.add_areas("church", CHURCH)
    _name(frame, streets)
    return frame, grown


def _plant(grown: Growth, streets: dict[str, tuple[str, LineString]], ground: BaseGeometry) -> None:
    for kind, line in streets.values():
        if kind == "ring":
            grown.plant_row(line, away=19.5, step=11)
            grown.plant_row(line, away=-19.5, step=11)
    for park, count, apart in ((RING_PARK, 70, 6), (RING_PARK_NORTH, 22, 6), (ROSENTAL, 230, 10), (ZOO, 40, 6)):
        grown.plant_park(park.buffer(-4), count, apart=apart)
    for away in (9.0, -9.0):
        grown.plant_row(CANAL, away=away, step=11)
    for name in PLANTED:
        kind, line = streets[name]
        for side in (1, -1):
            grown.plant_row(line, away=side * (STREET_WIDTH[kind] / 2 - 0.8), step=16, sizes=(2.2, 2.9), gaps=0.25)
    bare = unary_union([ground.buffer(-1.5), SITE.buffer(2)])
    places = [(t, Point(t[:2])) for t in grown.trees]
    grown.trees = [t for t, place in places if EXTENT.contains(place) and not bare.contains(place)]
    grown.trees += SITE_TREES


def _name(frame: Frame, streets: dict[str, tuple[str, LineString]]) -> None:
    for name, x, y in PLACES:
        frame.add_point("place", x, y, n=name)
    for name, x, y in SIGHTS:
        frame.add_point("poi", x, y, n=name)
    for name, x, y in STOPS:
        frame.add_point("stop", x, y, n=name)
    for name, kind, _, shares in STREETS:
        for share in shares:
            middle, angle = middle_and_angle(streets[name][1], share)
            frame.add_point("label", middle.x, middle.y, n=name, c=kind, a=angle)
    frame.add_point("label", -150, 107, n="Pleißemühlgraben", c="water", a=88)
    frame.add_point("label", 18, -15, n="ehem. Matthäikirche", c="church", a=-6)


def draw_trees(frame: Frame, grown: Growth) -> None:
    """Draw the trees that grew, one feature per size."""
    for radius, places in trees_by_size(grown.trees):
        frame.add_points("tree", places, r=radius)
