// The one place that names Leaflet: a newer version or another library is met here.
export {
  canvas,
  control,
  divIcon,
  DomEvent,
  geoJSON,
  latLng,
  latLngBounds,
  layerGroup,
  map,
  marker,
  polygon,
  polyline,
  tileLayer,
} from "leaflet";

/** GeoJSON positions [lon, lat], nested as deep as they come, in Leaflet's order [lat, lon]. */
export function flipped(positions) {
  return typeof positions[0] === "number" ? [positions[1], positions[0]] : positions.map(flipped);
}

/** [west, south, east, north] of what a map shows. */
export function boundsOf(map) {
  const bounds = map.getBounds();
  return [bounds.getWest(), bounds.getSouth(), bounds.getEast(), bounds.getNorth()];
}
