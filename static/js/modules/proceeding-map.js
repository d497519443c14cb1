// The map of a proceeding: asks the server for the pins and groups of each view, in step with list, filter and address.
// Attributes: macros/map.html. data-categories: {key: name} · data-selected: id of the contribution whose page this is ·
// data-features: pins that are always drawn, e.g. the selected one; properties.geometry is its line or area
import { fill, number, say } from "../announce.js";
import { formatBounds, formatView, mapDataUrl, withBox, withView } from "../addresses.js";
import { createMap, isNarrow, showBox } from "../map/base-map.js";
import { contributionLayer } from "../map/contribution-layer.js";
import { boundsOf } from "../map/leaflet.js";
import { linkCards, markCurrent } from "../map/list.js";

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
    own: dataset.features ? JSON.parse(dataset.features).features : [],
    acts: { pick, open, heat: (id, isHot) => cards.heat(id, isHot) },
    isDeepest,
  });
  const cards = linkCards(layer.heat);

  /** First a pin shows its card; pressed again, by key or on a contribution's own page it opens. */
  function pick({ id, properties }, event) {
    if (isDetail || event.type === "keydown" || selected === id) return location.assign(properties.url);
    selected = id;
    layer.keepFocus(id);
    layer.draw(data, selected);
    const card = markCurrent(id);
    if (card && isNarrow()) document.dispatchEvent(new Event("sheet:open"));
    card?.scrollIntoView({ block: "nearest" });
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
  map.on("moveend", () => {
    clearTimeout(timer);
    timer = setTimeout(ask, ASK_AFTER_MS);
    history.replaceState(history.state, "", withView(location.href, formatView(map.getCenter(), map.getZoom())));
    offerView(map);
  });
  failure.querySelector("[data-retry]").addEventListener("click", ask);
  document.addEventListener("filters:changed", ask);
  offerView(map);
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

/** "Only what the map shows" is a checkbox of the filter; until it is checked its value follows the map. */
function offerView(map) {
  const box = document.querySelector("[data-view-bbox]");
  if (box && !box.checked) box.value = formatBounds(boundsOf(map));
}
