"""What is promised: each class here has its tests in tests/interfaces/ogc, and none is here without."""

FEATURES = "http://www.opengis.net/spec/ogcapi-features-{}/1.0/conf/{}"
CQL2 = "http://www.opengis.net/spec/cql2/1.0/conf/{}"
TILES = "http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf/{}"
CLASSES = [
    *(FEATURES.format(1, name) for name in ("core", "oas30", "html", "geojson")),
    FEATURES.format(2, "crs"),
    *(FEATURES.format(3, name) for name in ("queryables", "queryables-query-parameters", "filter", "features-filter")),
    *(CQL2.format(name) for name in ("cql2-text", "cql2-json", "basic-cql2", "advanced-comparison-operators")),
    *(CQL2.format(name) for name in ("basic-spatial-functions", "basic-spatial-functions-plus")),
    *(TILES.format(name) for name in ("core", "tileset", "tilesets-list", "geodata-tilesets", "mvt")),
]
