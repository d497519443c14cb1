// Where the first rows of a file lie. data-features: GeoJSON features as of place-map
import { createMap } from "../map/base-map.js";
import { color } from "../map/colors.js";
import { flipped, geoJSON, latLngBounds } from "../map/leaflet.js";
import { markerAt, pin } from "../map/symbols.js";

const DEEPEST = 17;

export async function start(section) {
  const { map, onColors } = await createMap(section);
  const { features } = JSON.parse(section.dataset.features);
  const bounds = latLngBounds([]);
  for (const { geometry, properties } of features) {
    const shape = geoJSON(geometry, { interactive: false, pointToLayer: () => null });
    if (geometry.type !== "Point") {
      shape.addTo(map);
      onColors(() => shape.setStyle({ color: color(properties.color), weight: 3, fillOpacity: 0.22 }));
    }
    const marker = markerAt(flipped(properties.pin), pin(properties, false), { interactive: false, keyboard: false });
    marker.addTo(map).getElement().setAttribute("aria-hidden", "true");
    bounds.extend(marker.getLatLng());
    if (geometry.type !== "Point") bounds.extend(shape.getBounds());
  }
  map.fitBounds(bounds.pad(0.2), { maxZoom: DEEPEST, animate: false });
}
