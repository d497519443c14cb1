"""Vector tiles: clusters far out, everything near by, the same counts as the page, nothing hidden, cached by name."""

import mapbox_vector_tile
import pytest
from shapely import Point, Polygon

from participation.contributions.models import Contribution
from participation.contributions.services import set_state
from participation.contributions.states import PublicationState
from participation.database import transaction
from participation.demo.seeding import seed
from participation.geodata.tiles import EXTENT, Tile
from participation.geodata.web_mercator import WORLD_PIXELS, position_at, world_pixel
from participation.interfaces.ogc import tiles
from tests.interfaces.ogc.conftest import AREA

TILES = "/ogc/collections/churchyard.contributions/tiles"
MIDDLE = (12.3707, 51.3421)


def tile_at(zoom, lon=MIDDLE[0], lat=MIDDLE[1]):
    x, y = world_pixel(lon, lat)
    size = WORLD_PIXELS >> zoom
    return Tile(zoom, y // size, x // size)


def path_of(tile, root=TILES):
    return f"{root}/WebMercatorQuad/{tile.zoom}/{tile.row}/{tile.column}"


def decoded(data):
    return mapbox_vector_tile.decode(data, default_options={"y_coord_down": True})


@pytest.fixture
def features(client):
    """Read the features of a tile."""

    def read(tile, root=TILES):
        response = client.get(path_of(tile, root))
        if response.status_code == 204:
            assert response.data == b""
            return []
        assert response.status_code == 200
        assert response.headers["Content-Type"] == "application/vnd.mapbox-vector-tile"
        ((name, layer),) = decoded(response.data).items()
        assert (name, layer["extent"], layer["version"]) == (root.split(".")[1].split("/")[0], EXTENT, 2)
        return layer["features"]

    return read


def test_near_by_every_feature_has_its_id_its_shape_and_all_properties(features, churchyard, client):
    found = {feature["id"]: feature for feature in features(tile_at(16))}
    assert set(found) == {churchyard.point.id, churchyard.way.id, churchyard.area.id}
    shapes = {id_: feature["geometry"]["type"] for id_, feature in found.items()}
    assert [shapes[one.id] for one in (churchyard.point, churchyard.way, churchyard.area)] == [
        "Point",
        "LineString",
        "Polygon",
    ]
    item = client.get(f"/ogc/collections/churchyard.contributions/items/{churchyard.way.id}").get_json(force=True)
    expected = {name: value for name, value in item["properties"].items() if value is not None}
    assert found[churchyard.way.id]["properties"] == expected


def test_a_point_stands_where_it_is(features, make_contribution):
    make_contribution(geometry=Point(*MIDDLE))
    for zoom in (3, 12, 16, 20):
        tile = tile_at(zoom)
        (feature,) = features(tile)
        x, y = feature["geometry"]["coordinates"]
        left, top, right, _ = tile.pixels
        unit = (right - left + 1) / EXTENT
        lon, lat = position_at(left + x * unit - 0.5, top + y * unit - 0.5)
        degrees = 360 / WORLD_PIXELS * unit
        assert (lon, lat) == (pytest.approx(MIDDLE[0], abs=degrees), pytest.approx(MIDDLE[1], abs=degrees))


def test_far_out_pins_are_clusters_that_know_their_number_and_shared_category(
    features, make_proceeding, make_contribution
):
    proceeding = make_proceeding()
    for number in range(5):
        make_contribution(proceeding, geometry=Point(MIDDLE[0] + number / 1e5, MIDDLE[1]))
    (cluster,) = features(tile_at(10))
    assert cluster["properties"] == {"count": 5, "category": "green"}
    assert "id" not in cluster or cluster["id"] == 0
    make_contribution(proceeding, category="paths", geometry=Point(*MIDDLE))
    (mixed,) = features(tile_at(10))
    assert mixed["properties"] == {"count": 6}


def test_a_pin_that_stands_alone_far_out_has_all_properties(features, make_contribution):
    contribution = make_contribution(title="Eine Bank")
    (feature,) = features(tile_at(4))
    assert feature["id"] == contribution.id
    assert feature["properties"]["title"] == "Eine Bank"


@pytest.mark.parametrize("zoom", [0, 9, 13, 15])
def test_the_tiles_of_a_zoom_count_every_pin_once(app, client, features, zoom):
    with app.app_context():
        seed(slug="churchyard", contributions=400)
    items = client.get("/ogc/collections/churchyard.contributions/items?limit=1").get_json(force=True)
    bbox = client.get("/ogc/collections/churchyard.contributions").get_json(force=True)["extent"]["spatial"]["bbox"][0]
    first, last = tile_at(zoom, bbox[0], bbox[3]), tile_at(zoom, bbox[2], bbox[1])
    counted = sum(
        feature["properties"].get("count", 1)
        for row in range(first.row, last.row + 1)
        for column in range(first.column, last.column + 1)
        for feature in features(Tile(zoom, row, column))
    )
    placeless = client.get(
        "/ogc/collections/churchyard.contributions/items", query_string={"filter": "geometry IS NULL", "limit": 1}
    ).get_json(force=True)
    assert counted == items["numberMatched"] - placeless["numberMatched"]


def test_where_too_many_stand_there_are_clusters_at_any_zoom(features, monkeypatch, make_proceeding, make_contribution):
    monkeypatch.setattr(tiles, "MOST_FEATURES", 3)
    proceeding = make_proceeding()
    for _ in range(4):
        make_contribution(proceeding)
    (cluster,) = features(tile_at(18))
    assert cluster["properties"]["count"] == 4


def test_what_was_hidden_is_gone_from_tiles_and_their_name_is_another(app, client, churchyard, features):
    near, far = path_of(tile_at(16)), path_of(tile_at(5))
    names = {path: client.get(path).headers["ETag"] for path in (near, far)}
    for path, name in names.items():
        assert client.get(path, headers={"If-None-Match": name}).status_code == 304
    with app.app_context(), transaction() as session:
        set_state(session, session.get_one(Contribution, churchyard.point.id), PublicationState.HIDDEN)
    for path, name in names.items():
        assert client.get(path, headers={"If-None-Match": name}).status_code == 200
    assert churchyard.point.id not in {feature["id"] for feature in features(tile_at(16))}
    assert sum(feature["properties"].get("count", 1) for feature in features(tile_at(5))) == 2


def test_areas_of_proceedings_have_tiles_too(client, features, make_proceeding):
    proceeding, root = make_proceeding(), "/ogc/collections/churchyard.area/tiles"
    (area,) = features(tile_at(14), root)
    assert area["id"] == proceeding.id
    assert area["geometry"]["type"] in ("Polygon", "MultiPolygon")
    name = client.get(path_of(tile_at(14), root)).headers["ETag"]
    assert client.get(path_of(tile_at(14), root), headers={"If-None-Match": name}).status_code == 304


def test_a_shape_is_cut_at_the_border_of_its_tile(features, make_contribution):
    make_contribution(geometry=Polygon(AREA.exterior.coords))
    tile = tile_at(20, 12.3705, 51.3415)
    (feature,) = features(tile)
    (ring,) = feature["geometry"]["coordinates"]
    assert {tuple(corner) for corner in ring} == {(x, y) for x in (-64, EXTENT + 64) for y in (-64, EXTENT + 64)}


@pytest.mark.parametrize("tile", ["21/0/0", "3/8/0", "3/0/8", "99999999999999999999/0/0", "3/-1/0", "a/b/c"])
def test_a_tile_that_does_not_exist_is_not_found(client, make_proceeding, tile):
    make_proceeding()
    assert client.get(f"{TILES}/WebMercatorQuad/{tile}").status_code == 404


@pytest.mark.parametrize("path, headers, status, parameter", [
    ("?f=png", {}, 400, "f"), ("?zoom=3", {}, 400, "zoom"), ("", {"Accept": "image/png"}, 406, None),
    ("?f=mvt", {"Accept": "image/png"}, 204, None), ("", {"Accept": "application/x-protobuf"}, 204, None),
])  # fmt: skip
def test_wrong_questions_name_the_parameter(client, make_proceeding, path, headers, status, parameter):
    make_proceeding()
    response = client.get(f"{TILES}/WebMercatorQuad/3/0/0{path}", headers=headers)
    assert response.status_code == status
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    if parameter:
        assert response.get_json(force=True)["parameter"] == parameter


def test_programs_find_the_tiles_from_the_collection_on(read, churchyard, client):
    collection = read("/collections/churchyard.contributions")
    (rel,) = [one for one in collection["links"] if one["rel"].endswith("/tilesets-vector")]
    listed = client.get(rel["href"].partition("5000")[2]).get_json(force=True)
    (tileset,) = listed["tilesets"]
    assert (tileset["dataType"], tileset["crs"]) == ("vector", "http://www.opengis.net/def/crs/EPSG/0/3857")
    document = client.get(tileset["links"][0]["href"].partition("5000")[2]).get_json(force=True)
    (item,) = [one for one in document["links"] if one["rel"] == "item"]
    assert item["templated"] is True
    tile = tile_at(16)
    address = item["href"].format(tileMatrix=tile.zoom, tileRow=tile.row, tileCol=tile.column).partition("5000")[2]
    assert client.get(address).status_code == 200
    declared = read("/conformance")["conformsTo"]
    assert "http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf/core" in declared
    assert "/collections/{collectionId}/tiles/WebMercatorQuad/{tileMatrix}/{tileRow}/{tileCol}" in read("/api")["paths"]


def test_gdal_reads_a_tile(gdal, run, client, churchyard, tmp_path):
    tile = tile_at(16)
    file = tmp_path / "tile.mvt"
    file.write_bytes(client.get(path_of(tile)).data)
    place = (f"X={tile.column}", f"Y={tile.row}", f"Z={tile.zoom}")
    told = run("ogrinfo", "-so", "-al", *(part for one in place for part in ("-oo", one)), f"MVT:{file}")
    assert "Feature Count: 3" in told
    assert "votes_for: Integer" in told
