// The state of a page is its address: filters, and where the map stands ("map=lat,lon,zoom").
const KEPT = ["map", "view"]; // not part of the filter, stay as they are

/** The address of a GET form; empty fields and the page of the list are left out. */
export function filterUrl(action, fields, current) {
  const url = new URL(action, current);
  const before = new URL(current).searchParams;
  const query = new URLSearchParams();
  for (const [name, value] of fields) if (value !== "") query.append(name, value);
  for (const name of KEPT) if (before.has(name) && !query.has(name)) query.set(name, before.get(name));
  url.search = query;
  url.hash = "";
  return url.href.replaceAll("%2C", ",");
}

/** "51.34254,12.36895,18.25" → {center: [lat, lon], zoom}; anything else → null */
export function parseView(text) {
  const numbers = (text ?? "").split(",").map((part) => (part.trim() === "" ? NaN : Number(part)));
  const [lat, lon, zoom] = numbers;
  const isView = numbers.length === 3 && Math.abs(lat) <= 85 && Math.abs(lon) <= 180 && zoom >= 0 && zoom <= 24;
  return isView ? { center: [lat, lon], zoom } : null;
}

/** The other way; five decimals are about a metre. */
export function formatView({ lat, lng }, zoom) {
  return [lat.toFixed(5), lng.toFixed(5), Number(zoom.toFixed(2))].join(",");
}

/** An address with another place of the map. */
export function withView(current, view) {
  const url = new URL(current);
  url.searchParams.set("map", view);
  return url.href.replaceAll("%2C", ",");
}

/** What the map asks the server: the filter of the page, and the box in view as west,south,east,north. */
export function mapDataUrl(base, current, bounds, zoom) {
  const url = new URL(base, current);
  for (const [name, value] of new URL(current).searchParams) {
    if (![...KEPT, "after", "before", "sort"].includes(name)) url.searchParams.append(name, value);
  }
  url.searchParams.set("box", formatBounds(bounds));
  url.searchParams.set("zoom", Number(zoom.toFixed(2)));
  return url.href.replaceAll("%2C", ",");
}

/** The same page, filtered to a box; the first page of its list. */
export function withBox(current, box) {
  const url = new URL(current);
  for (const name of ["after", "before"]) url.searchParams.delete(name);
  url.searchParams.set("bbox", formatBounds(box));
  return url.href.replaceAll("%2C", ",");
}

/** [west, south, east, north] in the order GeoJSON has, six decimals, within the world. */
export function formatBounds([west, south, east, north]) {
  const within = (value, most) => Number(Math.max(-most, Math.min(most, value)).toFixed(6));
  return [within(west, 180), within(south, 90), within(east, 180), within(north, 90)].join(",");
}
