"""Draw the demo's schematic map: python -m tools.make_demo_map writes participation/demo/content/basemap.geojson."""

import gzip
import json
from pathlib import Path

from shapely.geometry import Polygon
from shapely.ops import unary_union

from tools.demo_map import churchyard, city, quarters
from tools.demo_map.frame import Frame, polygons, ring_coordinates

OUTPUT = Path(__file__).resolve().parent.parent / "participation" / "demo" / "content" / "basemap.geojson"
SEED = 1543  # the year the churchyard's monastery was given up; any number would do
ATTRIBUTION = {"de": "Schematische Karte, frei erfunden", "en": "Schematic map, freely invented"}


def main() -> None:
    """Draw all levels of detail into one feature collection."""
    town, grown = churchyard.draw(SEED)
    drawn = [(town, grown), quarters.draw_street_quarter(SEED), quarters.draw_slab_quarter(SEED)]
    # All footprints are one feature, so that a browser draws them, and their shadows, as one path.
    footprints = Frame(0, 0)
    parts = [shape for frame, growth in drawn for shape in _footprints(frame, growth.buildings)]
    footprints.add("building", "MultiPolygon", parts)
    churchyard.draw_trees(town, grown)
    features = [*city.draw(7).features, *(f for frame, _ in drawn for f in frame.features), *footprints.features]
    collection = {"type": "FeatureCollection", "attribution": ATTRIBUTION, "features": features}
    text = json.dumps(collection, ensure_ascii=False, separators=(",", ":")) + "\n"
    OUTPUT.parent.mkdir(parents=True, exist_ok=True)
    OUTPUT.write_text(text, encoding="utf-8")
    size, packed = len(text.encode()), len(gzip.compress(text.encode()))
    print(f"{OUTPUT.name}: {len(features)} features, {size / 1000:.0f} kB, {packed / 1000:.0f} kB gzip")


def _footprints(frame: Frame, buildings: list[Polygon]) -> list[list[list[list[float]]]]:
    """Coordinates of a MultiPolygon; houses that overlap by centimetres are merged, so that it stays valid."""
    return [ring_coordinates(p) for q in polygons(unary_union(buildings)) for p in frame.on_earth(q)]


if __name__ == "__main__":
    main()
