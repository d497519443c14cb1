// Draws the instance's own GeoJSON as base map, on one canvas: city level from afar, streets and buildings from near.
// Features say what they are: properties.l = layer, z: "city" = city level, n = name, c = class, a = angle of a name.
import { color } from "./colors.js";
import { canvas, divIcon, flipped, layerGroup, marker, polygon, polyline } from "./leaflet.js";

const NEAR_FROM_ZOOM = 14.75;
const SMALL_NAMES_FROM_ZOOM = 16.75;
const METRES_PER_DEGREE = 111_320;
const STREET_METRES = { ring: 34, main: 16, minor: 9.5, lane: 6 };
const LARGE_NAMES = new Set(["ring", "main", "water"]);
const SHADOW_METRES = [1.5, -1.3]; // east, north

/** Adds the drawing, with the project area under the buildings; returns a function that paints it in today's colours. */
export function addDrawing(map, collection, area) {
  map.createPane("base").style.zIndex = 200;
  map.createPane("labels").style.zIndex = 560;
  const renderer = canvas({ pane: "base", padding: 0.25 });
  const sketch = { map, renderer, styled: [] };
  const isCity = ({ properties }) => properties.z === "city";
  const far = city(sketch, byLayer(collection.features.filter(isCity)));
  const near = quarter(sketch, byLayer(collection.features.filter((feature) => !isCity(feature))), area);

  function paint() {
    for (const [layer, style] of sketch.styled) layer.setStyle(style());
  }
  function choose() {
    const zoom = map.getZoom();
    toggle(map, far, zoom < NEAR_FROM_ZOOM);
    toggle(map, near.all, zoom >= NEAR_FROM_ZOOM);
    toggle(map, near.small, zoom >= SMALL_NAMES_FROM_ZOOM);
    paint();
  }
  map.on("zoomend", choose);
  choose();
  return paint;
}

function toggle(map, group, isShown) {
  if (isShown !== map.hasLayer(group)) map[isShown ? "addLayer" : "removeLayer"](group);
}

function byLayer(features) {
  const layers = {};
  for (const feature of features) (layers[feature.properties.l] ??= []).push(feature);
  return (name) => layers[name] ?? [];
}

/** Helpers that put features into a group and remember how they are painted. */
function brush({ renderer, styled }, group) {
  const put = (shape, positions, style) => {
    const layer = shape(positions, { renderer, interactive: false });
    group.addLayer(layer);
    styled.push([layer, style]);
  };
  const each = (shape) => (features, style) => {
    for (const feature of features) put(shape, flipped(feature.geometry.coordinates), () => style(feature.properties));
  };
  const filled = (name, more) => () => ({ stroke: false, fill: true, fillColor: color(name), fillOpacity: 1, ...more });
  const lined = (name, weight, more) => () => ({
    color: color(name),
    weight: weight(),
    opacity: 1,
    fill: false,
    ...more,
  });
  return { put, areas: each(polygon), lines: each(polyline), filled, lined };
}

function city(sketch, layer) {
  const group = layerGroup();
  const { areas, lines, filled, lined } = brush(sketch, group);
  const scale = () => 2 ** ((sketch.map.getZoom() - 12) * 0.5);
  const width = (pixels) => () => pixels * scale();
  areas(layer("city"), () => ({
    stroke: true,
    color: color("map-building-line"),
    weight: 1.5,
    fillColor: color("map-yard"),
    fillOpacity: 0.75,
  }));
  areas(layer("built"), filled("map-building", { fillOpacity: 0.62 }));
  lines(layer("minor"), lined("map-street", width(0.9), { opacity: 0.8 }));
  areas(layer("park"), filled("map-park"));
  areas(layer("water"), filled("map-water"));
  lines(layer("rail"), lined("map-tram", width(1.3), { opacity: 0.9 }));
  lines(layer("main"), lined("map-casing", width(4.6)));
  lines(layer("main"), lined("map-street", width(3.2)));
  lines(layer("motor"), lined("map-casing", width(6.4)));
  lines(layer("motor"), lined("map-square", width(4.4)));
  for (const feature of layer("label")) group.addLayer(nameOf(feature));
  return group;
}

function quarter(sketch, layer, area) {
  const all = layerGroup();
  const small = layerGroup();
  const { put, areas, lines, filled, lined } = brush(sketch, all);
  const pixels = (metres) => Math.max(metres / metresPerPixel(sketch.map), 0.6);
  areas(layer("yard"), filled("map-yard"));
  areas(layer("park"), filled("map-park"));
  areas(layer("water"), filled("map-water"));
  areas(layer("square"), filled("map-square"));
  if (area) put(polygon, flipped(area.coordinates), filled("map-site"));
  areas(layer("parking"), filled("map-parking"));
  const street =
    (name, more, lineCap) =>
    ({ c }) => ({ ...lined(name, () => pixels(STREET_METRES[c] ?? 6) + more)(), lineCap });
  lines(layer("street"), street("map-casing", 2, "butt"));
  lines(layer("street"), street("map-street", 0, "round"));
  lines(
    layer("path"),
    lined("map-street", () => Math.max(pixels(2.6), 1.2), { opacity: 0.95 }),
  );
  lines(
    layer("tram"),
    lined("map-tram", () => Math.max(pixels(1), 1), { opacity: 0.9 }),
  );
  for (const feature of layer("building")) {
    put(polygon, flipped(shadowOf(feature)), filled("map-shadow", { fillOpacity: 0.75 }));
  }
  areas(layer("building"), () => ({
    stroke: true,
    color: color("map-building-line"),
    weight: 0.7,
    fillColor: color("map-building"),
    fillOpacity: 1,
  }));
  for (const feature of layer("tree")) {
    put(polygon, flipped(crownsOf(feature)), filled("map-tree", { fillOpacity: 0.82 }));
  }
  areas(layer("church"), () => ({ color: color("map-church"), weight: 1.6, dashArray: "5 4", fill: false }));
  for (const feature of layer("label")) (LARGE_NAMES.has(feature.properties.c) ? all : small).addLayer(nameOf(feature));
  for (const feature of layer("place")) all.addLayer(nameOf(feature, "place"));
  for (const feature of layer("poi")) small.addLayer(nameOf(feature, "poi"));
  for (const feature of layer("stop")) small.addLayer(stopAt(feature));
  return { all, small };
}

export function metresPerPixel(map) {
  return (156_543.03 * Math.cos((map.getCenter().lat * Math.PI) / 180)) / 2 ** map.getZoom();
}

/** Degrees that a step of so many metres east and north is at a place. */
function degrees([east, north], lat) {
  return [east / (METRES_PER_DEGREE * Math.cos((lat * Math.PI) / 180)), north / METRES_PER_DEGREE];
}

function shadowOf({ geometry }) {
  const shift = (part) => {
    if (typeof part[0] !== "number") return part.map(shift);
    const [east, north] = degrees(SHADOW_METRES, part[1]);
    return [part[0] + east, part[1] + north];
  };
  return shift(geometry.coordinates);
}

/** Crowns of trees as octagons, all in one path. */
function crownsOf({ geometry, properties }) {
  const turns = [...Array(9).keys()].map((i) => (i % 8) * (Math.PI / 4));
  return geometry.coordinates.map(([lon, lat]) => {
    const [east, north] = degrees([properties.r, properties.r], lat);
    return [turns.map((turn) => [lon + east * Math.cos(turn), lat + north * Math.sin(turn)])];
  });
}

function nameOf({ geometry, properties }, kind = properties.c) {
  const name = document.createElement("span");
  name.className = `map-label map-label--${kind}`;
  name.style.setProperty("--angle", `${properties.a ?? 0}deg`);
  name.textContent = properties.n;
  return still(geometry, name);
}

function stopAt({ geometry }) {
  const sign = document.createElement("span");
  sign.className = "stop";
  sign.textContent = "H";
  return still(geometry, sign, 18);
}

/** Something on the map that cannot be touched and is not read out. */
function still({ coordinates }, html, size = 0) {
  html.setAttribute("aria-hidden", "true");
  const icon = divIcon({ className: "", iconSize: [size, size], html });
  return marker(flipped(coordinates), { pane: "labels", interactive: false, keyboard: false, icon });
}

/** Names that would lie under a symbol step back. boxes: rectangles of the symbols on the screen */
export function hideCoveredNames(map, boxes) {
  const names = map.getContainer().querySelectorAll(".map-label:not(.map-label--ring, .map-label--main)");
  const places = [...names].map((name) => name.getBoundingClientRect());
  names.forEach((name, i) => {
    const at = places[i];
    const isCovered = ({ left, right, top, bottom }) =>
      at.left < right && at.right > left && at.top < bottom && at.bottom > top;
    name.classList.toggle("is-covered", boxes.some(isCovered));
  });
}
