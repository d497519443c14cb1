"""Part 2: coordinate systems, with the order of their axes."""

from math import log, pi, radians, tan

import pytest
from pyproj import Transformer
from shapely import Point

from participation.interfaces.ogc.crs import CRS84, SYSTEMS

ITEMS = "/collections/churchyard.contributions/items"
EPSG = "http://www.opengis.net/def/crs/EPSG/0/{}"


@pytest.mark.parametrize("code, position", [
    # Web Mercator is R·λ and R·ln(tan(π/4+φ/2)); in UTM, Leipzig is 3.37° east of the middle of zone 32 and 2.63° west
    # of that of 33, where a degree of longitude is 69.6 km and the equator 5,690 km away.
    (25832, (500_000 + 3.3707 * 69_600, 5_692_500)), (25833, (500_000 - 2.6293 * 69_600, 5_691_000)),
    (3857, (6378137 * radians(12.3707), 6378137 * log(tan(pi / 4 + radians(51.3421) / 2)))), (4326, (51.3421, 12.3707)),
])  # fmt: skip
def test_the_answer_is_in_the_system_that_was_asked_for(client, churchyard, code, position):
    answer = client.get(f"/ogc{ITEMS}", query_string={"crs": EPSG.format(code), "limit": 1})
    assert answer.headers["Content-Crs"] == f"<{EPSG.format(code)}>"
    x, y = answer.get_json(force=True)["features"][0]["geometry"]["coordinates"]
    allowed = {4326: 1e-7, 3857: 0.001}.get(code, 2_000)
    assert abs(x - position[0]) < allowed
    assert abs(y - position[1]) < allowed
    lon, lat = Transformer.from_crs(code, "OGC:CRS84").transform(x, y)
    assert (lon, lat) == pytest.approx((12.3707, 51.3421), abs=1e-7)


def test_without_a_wish_it_is_crs84(client, churchyard):
    for path in (ITEMS, f"{ITEMS}/{churchyard.point.id}"):
        assert client.get(f"/ogc{path}").headers["Content-Crs"] == f"<{CRS84}>"


def test_lines_areas_and_missing_places_come_along(read, churchyard):
    features = read(ITEMS, crs=EPSG.format(25833))["features"]
    kinds = [one["geometry"] and one["geometry"]["type"] for one in features]
    assert kinds == ["Point", "LineString", "Polygon", None]
    single = read(f"{ITEMS}/{churchyard.area.id}", crs=EPSG.format(25833))
    assert single["geometry"] == features[2]["geometry"]
    assert all(316_000 < x < 318_000 and 5_690_000 < y < 5_693_000 for x, y in single["geometry"]["coordinates"][0])


@pytest.mark.parametrize("code", [25832, 25833, 3857, 4326])
def test_a_box_can_be_in_any_of_the_systems(read, churchyard, code):
    turn = Transformer.from_crs("OGC:CRS84", code)
    corners = [*turn.transform(12.3711, 51.3424), *turn.transform(12.3713, 51.3426)]
    query = {"bbox": ",".join(map(str, corners)), "bbox-crs": EPSG.format(code)}
    assert [one["id"] for one in read(ITEMS, **query)["features"]] == [churchyard.way.id, churchyard.nowhere.id]


@pytest.mark.parametrize("code, bbox", [
    (25832, "900000,1,800000,2"), (25832, "0,0,1e9,1e9"), (25832, "-1e8,-1e8,1e8,1e8"), (3857, "0,0,1e300,1e300"),
    (3857, "-30000000,0,30000000,1"), (4326, "91,0,92,1"), (4326, "1,0,0,1"), (25833, "1,2,3"),
])  # fmt: skip
def test_a_box_where_the_system_is_not_defined_is_refused(read, churchyard, code, bbox):
    assert read(ITEMS, 400, **{"bbox": bbox, "bbox-crs": EPSG.format(code)})["parameter"] == "bbox"


def test_a_box_across_the_antimeridian_can_be_in_latitude_and_longitude(read, churchyard, make_contribution):
    fiji = make_contribution(churchyard.proceeding, geometry=Point(179.9, -17))
    query = {"bbox": "-18,179,-16,-179", "bbox-crs": EPSG.format(4326)}
    assert [one["id"] for one in read(ITEMS, **query)["features"]] == [churchyard.nowhere.id, fiji.id]


def test_collections_say_which_systems_there_are(read, churchyard):
    for collection in read("/collections")["collections"]:
        assert collection["crs"] == list(SYSTEMS)
        assert collection["storageCrs"] == CRS84
    assert read("/collections")["crs"] == list(SYSTEMS)
