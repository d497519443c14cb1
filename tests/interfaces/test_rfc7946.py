"""What the public gets as GeoJSON is legal for programs of others, and its rings turn as RFC 7946 wants them."""

import json

import geojson
import pyogrio
import pytest
import shapely

from participation.geodata.checking import check_project_area
from participation.imports.commands import import_file
from tests.interfaces.ogc.abstract import faults

CONTRIBUTIONS = "/proceedings/churchyard/contributions"
COLLECTIONS = "/ogc/collections"
OUTLINE = [[12.370, 51.341], [12.370, 51.343], [12.372, 51.343], [12.372, 51.341], [12.370, 51.341]]
HOLE = [[12.3705, 51.3415], [12.3715, 51.3415], [12.3715, 51.3425], [12.3705, 51.3425], [12.3705, 51.3415]]
BESIDE = [[12.373, 51.341], [12.373, 51.342], [12.374, 51.342], [12.373, 51.341]]
# Each ring turns the wrong way; GIS programs write single places as Multi geometries.
PLACES = {
    "point": {"type": "Point", "coordinates": [12.3707, 51.3421]},
    "points": {"type": "MultiPoint", "coordinates": [[12.3708, 51.3421]]},
    "line": {"type": "LineString", "coordinates": [[12.37, 51.341], [12.371, 51.342], [12.372, 51.341]]},
    "lines": {"type": "MultiLineString", "coordinates": [[[12.37, 51.341], [12.371, 51.342]]]},
    "area": {"type": "Polygon", "coordinates": [OUTLINE]},
    "area with a hole": {"type": "Polygon", "coordinates": [OUTLINE, HOLE]},
    "areas with a hole": {"type": "MultiPolygon", "coordinates": [[OUTLINE, HOLE]]},
    "nowhere": None,
}
KINDS = ["Point", "Point", "LineString", "LineString", "Polygon", "Polygon", "Polygon", None]


@pytest.fixture
def wrongly_turned(app, make_proceeding, tmp_path):
    """A proceeding in two parts, one with a hole, and a contribution of each kind; all rings came in turned wrongly."""
    area = check_project_area({"type": "MultiPolygon", "coordinates": [[OUTLINE, HOLE], [BESIDE]]})
    make_proceeding(project_area=area)
    file = tmp_path / "places.geojson"
    properties = {"text": "Ein Text dazu."}
    sent = [
        {"type": "Feature", "geometry": geometry, "properties": properties | {"title": f"Ein Ort: {name}"}}
        for name, geometry in PLACES.items()
    ]
    file.write_text(json.dumps({"type": "FeatureCollection", "features": sent}), encoding="utf-8")
    done = app.test_cli_runner().invoke(import_file, ["churchyard", str(file), "--category-default", "green"])
    assert done.exit_code == 0, done.output


def as_gdal_writes_it(data, path):
    """Return the geometries of a collection as GDAL writes them by RFC 7946: it turns what is turned wrongly."""
    path.write_bytes(data)
    meta, _, geometries, values = pyogrio.raw.read(path)
    written = path.with_suffix(".rewritten.geojson")
    pyogrio.raw.write(
        written, geometries, values, meta["fields"], geometry_type="Unknown", crs=meta["crs"], driver="GeoJSON",
        RFC7946="YES",
    )  # fmt: skip
    return [one["geometry"] for one in json.loads(written.read_bytes())["features"]]


def is_turned_rightly(area):
    """Whether outer rings run counter-clockwise and holes clockwise (RFC 7946, section 3.1.6)."""
    return all(
        part.exterior.is_ccw and not any(hole.is_ccw for hole in part.interiors) for part in shapely.get_parts(area)
    )


@pytest.mark.parametrize("address, kinds", [
    (f"{CONTRIBUTIONS}.geojson", KINDS),
    (f"{CONTRIBUTIONS}.jsonfg", KINDS),
    (f"{COLLECTIONS}/churchyard.contributions/items", KINDS),
    (f"{COLLECTIONS}/churchyard.area/items", ["MultiPolygon"]),
    (f"{COLLECTIONS}/proceedings/items", ["MultiPolygon"]),
])  # fmt: skip
def test_two_programs_of_others_find_the_geojson_legal_and_would_turn_no_ring(
    client, wrongly_turned, address, kinds, tmp_path
):
    data = client.get(address).data
    collection = geojson.loads(data)
    assert collection.errors() == []
    features = json.loads(data)["features"]
    assert sorted(one["geometry"]["type"] if one["geometry"] else "" for one in features) == sorted(
        kind or "" for kind in kinds
    )
    ours = [one["geometry"] for one in features]
    assert as_gdal_writes_it(data, tmp_path / "ours.geojson") == ours
    located = [one for one in features if one["geometry"]]
    assert faults({"type": "FeatureCollection", "features": located}, "featureCollectionGeoJSON") == []
    for one in located:
        shape = shapely.geometry.shape(one["geometry"])
        assert shape.is_valid
        if shape.geom_type.endswith("Polygon"):
            assert is_turned_rightly(shape)
            assert shape.geom_type == "Polygon" or sum(len(part.interiors) for part in shape.geoms) == 1
