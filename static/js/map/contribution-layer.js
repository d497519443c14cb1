// Pins, groups, lines and areas of a view, as the server answers them.
import { fill, number } from "../announce.js";
import { mainColor } from "./arcs.js";
import { color } from "./colors.js";
import { hideCoveredNames } from "./drawing.js";
import { flipped, geoJSON, layerGroup } from "./leaflet.js";
import { cluster, markerAt, pin } from "./symbols.js";
import { walking } from "./walk.js";

/**
 * own: features that are drawn in any case, e.g. the author's waiting ones; properties.geometry is their line or area.
 * acts: pick(feature, event) and open(cluster) on activation, heat(id, isHot) when the pointer is on a pin.
 * colorNames: {color: category} names what most of a group is about.
 * isDeepest(): groups hold only what stands at one spot.
 */
export function contributionLayer(map, { texts, names, colorNames, own, acts, isDeepest }) {
  const symbols = layerGroup().addTo(map);
  const shapes = layerGroup().addTo(map);
  const walk = walking(map);
  const pins = new Map();

  function groupEntry(feature) {
    const { count } = feature.properties;
    const activate = () => acts.open(feature);
    const marker = markerAt(flipped(feature.geometry.coordinates), cluster(feature.properties)).on("click", activate);
    const kind = kindWords(mainColor(feature.properties.colors), colorNames, texts);
    const name = fill(isDeepest() ? texts.clusterHere : texts.cluster, { count: number(count), kind });
    return { marker, key: keyOf(feature), role: "button", name, activate };
  }

  function pinEntry(feature, isSelected) {
    const { id, properties } = feature;
    const html = pin(properties, isSelected);
    pins.set(id, html);
    const activate = (event) => acts.pick(feature, event);
    const marker = markerAt(flipped(feature.geometry.coordinates), html, {
      riseOnHover: true,
      zIndexOffset: isSelected ? 1000 : 0,
    })
      .on("click", activate)
      .on("mouseover", () => acts.heat(id, true))
      .on("mouseout", () => acts.heat(id, false));
    const { title, votes_for: votes } = properties;
    const values = { category: names[properties.category] ?? properties.category, title, votes: number(votes) };
    return {
      marker,
      key: id,
      role: "link",
      name: fill(properties.pending ? texts.pending : texts.pin, values),
      activate,
    };
  }

  function draw(data, selected) {
    const hadFocus = walk.remember();
    symbols.clearLayers();
    shapes.clearLayers();
    pins.clear();
    const others = data.features.filter(({ id }) => !id || !own.some((mine) => mine.id === id));
    const entries = [...others, ...own].map((feature) =>
      feature.properties.kind === "cluster" ? groupEntry(feature) : pinEntry(feature, feature.id === selected),
    );
    for (const { marker } of entries) symbols.addLayer(marker);
    for (const shape of shapesOf(data, own)) {
      shapes.addLayer(geoJSON(shape, { interactive: false, style: styleOf(shape, shape.id === selected) }));
    }
    walk.renew(entries, hadFocus);
    requestAnimationFrame(() => hideCoveredNames(map, entries.map(boxOf).filter(Boolean)));
  }

  return {
    draw,
    heat: (id, isHot) => pins.get(id)?.classList.toggle("is-hot", isHot),
    keepFocus: (id) => walk.keep(id),
    isStepping: () => walk.isStepping(),
  };
}

/** ", mostly Paths": what most of a group is about, as far as its colours tell. */
function kindWords({ color: most, share }, colorNames, texts) {
  if (!(most in colorNames)) return "";
  return fill(texts[share], { category: colorNames[most] });
}

function keyOf({ id, geometry }) {
  return id ?? geometry.coordinates.join();
}

function shapesOf(data, own) {
  const found = data.shapes?.features ?? [];
  const missing = own.filter(({ id, properties }) => properties.geometry && !found.some((shape) => shape.id === id));
  const shapeOf = ({ id, properties }) => ({
    type: "Feature",
    id,
    geometry: properties.geometry,
    properties: { color: properties.color },
  });
  return [...found, ...missing.map(shapeOf)];
}

function styleOf({ properties }, isSelected) {
  const look = isSelected
    ? { weight: 5, opacity: 1, fillOpacity: 0.28, dashArray: null }
    : { weight: 3, opacity: 0.75, fillOpacity: 0.14, dashArray: "2 6" };
  return { color: color(properties.color), lineCap: "round", ...look };
}

function boxOf({ marker }) {
  return marker.getElement()?.firstElementChild?.getBoundingClientRect();
}
