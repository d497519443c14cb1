// Features without any act, of open data or of a file to import: the page says the same in words. data-features: GeoJSON,
// properties {color, icon, pending, pin}: with a pin [lon, lat] one stands there; without, only the shape is drawn
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
      onColors(() => shape.setStyle({ color: color(properties.color), weight: 3, fillOpacity: 0.12 }));
      bounds.extend(shape.getBounds());
    }
    if (!properties.pin) continue;
    const place = flipped(properties.pin);
    const marker = markerAt(place, pin(properties), { interactive: false, keyboard: false }).addTo(map);
    marker.getElement().setAttribute("aria-hidden", "true");
    bounds.extend(place);
  }
  const show = () => map.fitBounds(bounds.pad(0.2), { maxZoom: DEEPEST, animate: false });
  section.querySelector("[data-home]")?.addEventListener("click", show);
  show();
}
