// All proceedings on the city's map. data-features: points with {kind, id, title, state, phase, count, url, side}
import { fill, number } from "../announce.js";
import { createMap, isNarrow } from "../map/base-map.js";
import { hideCoveredNames } from "../map/drawing.js";
import { flipped, latLngBounds } from "../map/leaflet.js";
import { linkCards } from "../map/list.js";
import { markerAt, proceedingSign } from "../map/symbols.js";
import { walking } from "../map/walk.js";

const DEEPEST = 13;

export async function start(section) {
  const { map, texts, base } = await createMap(section);
  const signs = new Map();
  const cards = linkCards((id, isHot) => signs.get(id)?.classList.toggle("is-hot", isHot));

  const entries = JSON.parse(section.dataset.features).features.map(({ id, geometry, properties }) => {
    const sign = proceedingSign(properties);
    signs.set(id, sign);
    const activate = () => location.assign(properties.url);
    const marker = markerAt(flipped(geometry.coordinates), sign)
      .on("click", activate)
      .on("mouseover", () => cards.heat(id, true))
      .on("mouseout", () => cards.heat(id, false))
      .addTo(map);
    return { marker, key: id, role: "link", name: nameOf(properties, texts), activate };
  });
  walking(map).renew(entries, false);
  if (!section.dataset.view && entries.length) showAll(map, entries, isNarrow());

  const makeRoom = () =>
    hideCoveredNames(map, [...signs.values()].flatMap((sign) => [sign, sign.firstChild]).map(boxOf));
  map.on("zoomend", () => requestAnimationFrame(makeRoom));
  await base;
  makeRoom();
}

/** All signs in sight, with room for the names beside them. */
function showAll(map, entries, isPhone) {
  const bounds = latLngBounds(entries.map(({ marker }) => marker.getLatLng()));
  map.fitBounds(bounds, { padding: isPhone ? [36, 48] : [150, 70], maxZoom: DEEPEST, animate: false });
}

/** Begins with what can be read on the sign, so that people who speak to their device can name it. */
function nameOf(properties, texts) {
  const hasNumber = ["open", "eval"].includes(properties.state);
  return fill(hasNumber ? texts.counted : texts.proceeding, { ...properties, count: number(properties.count) });
}

function boxOf(element) {
  return element.getBoundingClientRect();
}
