// Where one contribution is. data-feature: GeoJSON feature, properties {color, icon, pending}, a pin place for shapes in
// properties.pin = [lon, lat] · data-still: cannot be moved
import { createMap } from "../map/base-map.js";
import { color } from "../map/colors.js";
import { flipped, geoJSON } from "../map/leaflet.js";
import { markerAt, pin } from "../map/symbols.js";

const ZOOM = 18;

export async function start(section) {
  const { map, onColors } = await createMap(section, { isStill: section.dataset.still === "true" });
  const { geometry, properties } = JSON.parse(section.dataset.feature);
  if (!geometry) return;
  const shape = geoJSON(geometry, { interactive: false, pointToLayer: () => null });
  if (geometry.type !== "Point") {
    shape.addTo(map);
    onColors(() => shape.setStyle({ color: color(properties.color), weight: 3, fillOpacity: 0.22 }));
  }
  const place = flipped(properties.pin ?? (geometry.type === "Point" ? geometry.coordinates : middle(shape)));
  const options = { interactive: false, keyboard: false };
  const marker = markerAt(place, pin(properties, true), options).addTo(map);
  marker.getElement().setAttribute("aria-hidden", "true");
  if (section.dataset.view) return;
  if (geometry.type === "Point") map.setView(place, ZOOM, { animate: false });
  else map.fitBounds(shape.getBounds().pad(0.4), { maxZoom: ZOOM, animate: false });
}

function middle(shape) {
  const { lat, lng } = shape.getBounds().getCenter();
  return [lng, lat];
}
