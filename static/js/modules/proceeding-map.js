// The map of a proceeding: asks the server for the pins and groups of each view, in step with list, filter and address.
// Attributes: macros/map.html. data-categories: {key: name} · data-colors: {color: name of the category} · data-selected: id of the contribution whose page this is ·
// data-outside: pages open in a window of their own · data-features: pins that are always drawn, e.g. the selected one; properties.geometry is its line or area
import { fill, number, say } from "../announce.js";
import { replaceAddress } from "../address-bar.js";
import { formatBounds, formatView, mapDataUrl, withBox, withView } from "../addresses.js";
import { createMap, isNarrow, showBox } from "../map/base-map.js";
import { contributionLayer } from "../map/contribution-layer.js";
import { boundsOf } from "../map/leaflet.js";
import { cardOf, linkCards, markCurrent } from "../map/list.js";

const ASK_AFTER_MS = 150;
const WAIT_MS = 300;
const DEEPEST_CLUSTER_ZOOM = 19.25; // from here on the server groups only what stands at one spot
const SPOT = 1e-5; // degrees; what lies nearer together is one spot

export async function start(section) {
  const { map, texts, onColors } = await createMap(section, { hasAddress: true });
  const { dataset } = section;
  const failure = section.querySelector("[data-map-failed]");
  const isDeepest = () => map.getZoom() >= DEEPEST_CLUSTER_ZOOM;
  const isDetail = "selected" in dataset;
  let selected = Number(dataset.selected) || null;
  let data = null;

  const layer = contributionLayer(map, {
    texts,
    names: dataset.categories ? JSON.parse(dataset.categories) : {},
    colorNames: dataset.colors ? JSON.parse(dataset.colors) : {},
    own: dataset.features ? JSON.parse(dataset.features).features : [],
    acts: { pick, open, heat: (id, isHot) => cards.heat(id, isHot) },
    isDeepest,
  });
  const cards = linkCards(layer.heat);

  /** In a frame on another website the site's own pages open outside of it. */
  function go(url) {
    if ("outside" in dataset) window.open(url, "_blank", "noopener");
    else location.assign(url);
  }

  /** First a pin shows its card, if the list has it; pressed again, by key or on a contribution's own page it opens. */
  function pick({ id, properties }, event) {
    if (isDetail || event.type === "keydown" || selected === id) return go(properties.url);
    const card = cardOf(id);
    if (!card?.checkVisibility()) return go(properties.url);
    selected = id;
    layer.keepFocus(id);
    layer.draw(data, selected);
    markCurrent(card);
    if (isNarrow()) document.dispatchEvent(new Event("sheet:open"));
    card.scrollIntoView({ block: "nearest" });
    return say(fill(texts.selected, { title: properties.title }));
  }

  function open({ properties: { bbox, count } }) {
    const [west, south, east, north] = bbox;
    const isSpot = east - west < SPOT && north - south < SPOT;
    if (isSpot || isDeepest()) return location.assign(withBox(location.href, bbox));
    showBox(map, bbox, map.getMaxZoom());
    return say(fill(texts.zoomed, { count: number(count) }));
  }

  const ask = asking(section, async (signal) => {
    const response = await fetch(mapDataUrl(dataset.url, location.href, boundsOf(map), map.getZoom()), { signal });
    if (!response.ok) throw new Error(`${response.status} for ${response.url}`);
    data = await response.json();
    layer.draw(data, selected);
    for (const place of document.querySelectorAll("[data-in-view]")) place.textContent = number(data.in_view);
  });

  let timer;
  let isOld = false; // the map moved on while someone walked from symbol to symbol
  const renew = () => {
    isOld = false;
    clearTimeout(timer);
    timer = setTimeout(() => offerView(map) || ask(), ASK_AFTER_MS);
  };
  map.on("moveend", () => {
    replaceAddress(withView(location.href, formatView(map.getCenter(), map.getZoom())));
    if (layer.isStepping()) isOld = true;
    else renew();
  });
  map.getPane("markerPane").addEventListener("focusout", ({ currentTarget, relatedTarget }) => {
    if (isOld && relatedTarget && !currentTarget.contains(relatedTarget)) renew();
  });
  failure.querySelector("[data-retry]").addEventListener("click", ask);
  document.addEventListener("filters:changed", ask);
  const box = viewBox();
  if (box && !box.checked) box.value = formatBounds(boundsOf(map));
  await ask();
  onColors(() => data && layer.draw(data, selected));
}

/** Runs a request: the newest one wins, a slow one shows that something is coming, a failed one says so. */
function asking(section, request) {
  const wait = section.appendChild(Object.assign(document.createElement("div"), { className: "map-wait" }));
  const failure = section.querySelector("[data-map-failed]");
  let running;
  return async () => {
    running?.abort();
    const current = (running = new AbortController());
    const slow = setTimeout(() => wait.classList.add("is-waiting"), WAIT_MS);
    try {
      await request(current.signal);
      failure.hidden = true;
    } catch (error) {
      if (error.name !== "AbortError") failure.hidden = false;
    } finally {
      clearTimeout(slow);
      if (running === current) wait.classList.remove("is-waiting");
    }
  };
}

/** "Only what the map shows" is a checkbox of the filter. */
function viewBox() {
  return document.querySelector("[data-view-bbox]");
}

/** Its value follows the map; while it is checked the filter does, too. Returns whether that asks for new data. */
function offerView(map) {
  const box = viewBox();
  const value = formatBounds(boundsOf(map));
  if (!box || box.value === value) return false;
  box.value = value;
  if (box.checked) box.dispatchEvent(new CustomEvent("change", { bubbles: true, detail: { isFollowing: true } }));
  return box.checked;
}
