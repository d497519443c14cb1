// A map in the section that macros/map.html writes: base map, project area, buttons, names for assistive technology.
import { say } from "../announce.js";
import { parseView } from "../addresses.js";
import { drawArea, paintArea } from "./area.js";
import { addDrawing } from "./drawing.js";
import { control, flipped, latLngBounds, map as leafletMap, tileLayer } from "./leaflet.js";
import { hereMarker } from "./symbols.js";

const NARROW = "(max-width: 900px)";
const LOCATE_ZOOM = 18;
const AREA_PADDING = 24; // px around the project area; half of it on phones
const PIN = 44; // px a pin stands above its place
const GERMANY = latLngBounds([47.2, 5.8], [55.1, 15.1]);

export const isNarrow = () => matchMedia(NARROW).matches;

/**
 * Builds the map of a section.
 * Returns {map, section, canvas, texts, area, base, goHome, onColors}: onColors(f) calls f now and whenever the colours
 * change; base promises the GeoJSON drawing under the pins, or null – the map can be used before it is there.
 */
export async function createMap(section, { isStill = false, hasAddress = false } = {}) {
  const canvas = section.querySelector("[data-canvas]");
  const data = section.dataset;
  const basemap = JSON.parse(data.basemap);
  const texts = JSON.parse(data.texts);
  const area = data.area ? JSON.parse(data.area) : null;
  await hasSize(canvas);
  const map = leafletMap(canvas, options(basemap, isStill));
  map.attributionControl.setPrefix(false);
  const goHome = () => showHome(map, data.view, area, coveredEdges(section));
  const fromAddress = hasAddress && parseView(new URL(location.href).searchParams.get("map"));
  if (fromAddress) map.setView(fromAddress.center, fromAddress.zoom, { animate: false });
  else goHome();
  nameForAssistiveTechnology(canvas, isStill);
  if (!isStill) connectButtons(section, map, texts, goHome);
  if (!isStill && !isNarrow()) control.scale({ imperial: false, position: "bottomright" }).addTo(map);
  new ResizeObserver(() => map.invalidateSize({ animate: false })).observe(canvas);

  const paints = [];
  const onColors = (paint) => paints.push(paint) && paint();
  watchColors(() => paints.forEach((paint) => paint()));
  const base = addBase(map, basemap, area, onColors).then((drawing) => {
    if (area) {
      const layers = drawArea(map, area, { isDimmed: !("plain" in data), isFilled: !drawing });
      onColors(() => paintArea(layers));
    }
    explainLayers(section, drawing);
    return drawing;
  });
  keepOnPaper(map, section);
  return { map, section, canvas, texts, area, base, goHome, onColors };
}

function options({ kind }, isStill) {
  const hasTiles = kind === "xyz" || kind === "wms";
  const moves = !isStill;
  return {
    zoomControl: false,
    zoomSnap: hasTiles ? 1 : 0.25,
    zoomDelta: hasTiles ? 1 : 0.5,
    minZoom: hasTiles ? 4 : 10,
    maxZoom: 20,
    keyboardPanDelta: 60,
    fadeAnimation: false,
    zoomAnimation: !matchMedia("(prefers-reduced-motion: reduce)").matches,
    dragging: moves,
    touchZoom: moves,
    scrollWheelZoom: moves,
    doubleClickZoom: moves,
    boxZoom: moves,
    keyboard: moves,
  };
}

/** A map that is not shown yet (list view, phones) waits: without a size it cannot know what it shows. */
function hasSize(canvas) {
  return new Promise((resolve) => {
    const observer = new ResizeObserver(() => {
      if (!canvas.clientWidth || !canvas.clientHeight) return;
      observer.disconnect();
      resolve();
    });
    observer.observe(canvas);
  });
}

/** Pixels of the map that lie under what floats above it: view switch and legend, on phones filter chips and sheet. */
function coveredEdges(section) {
  const { top, bottom } = section.getBoundingClientRect();
  const boxOf = (selector) => section.parentElement.querySelector(selector)?.getBoundingClientRect();
  const [upper, lower] = isNarrow()
    ? [boxOf(".chips"), boxOf("[data-module~=sheet]")]
    : [boxOf(".viewsw"), boxOf(".legend")];
  const isOver = (box) => box?.height && box.top >= top && box.top < bottom;
  if (isNarrow() && !isOver(lower)) return { above: 0, below: 0 }; // a short window: nothing floats
  return {
    above: isOver(upper) ? upper.bottom - top : 0,
    below: isOver(lower) ? bottom - lower.top : 0,
  };
}

function showHome(map, view, area, { above, below }) {
  const wanted = parseView(view);
  if (wanted) {
    map.setView(wanted.center, wanted.zoom, { animate: false });
    return map.panBy([0, (below - above) / 2], { animate: false });
  }
  const bounds = area ? latLngBounds(flipped(area.coordinates).flat(2)) : GERMANY;
  const padding = AREA_PADDING / (isNarrow() ? 2 : 1);
  return map.fitBounds(bounds, {
    paddingTopLeft: [padding, above ? above + PIN : padding],
    paddingBottomRight: [padding, padding + below],
    animate: false,
  });
}

/** The legend names a layer of the drawing only if the drawing has it. */
function explainLayers(section, drawing) {
  for (const entry of section.querySelectorAll("[data-layer]")) {
    entry.hidden = !drawing?.features.some(({ properties }) => properties.l === entry.dataset.layer);
  }
}

/** What was seen on the screen is on paper, too, where the map has another shape. */
function keepOnPaper(map, section) {
  let seen = null;
  const fit = () => map.invalidateSize({ animate: false });
  window.addEventListener("beforeprint", () => {
    if (!section.checkVisibility()) return;
    seen = { center: map.getCenter(), zoom: map.getZoom() };
    const bounds = map.getBounds();
    section.classList.add("is-printing");
    fit();
    map.fitBounds(bounds, { animate: false });
  });
  window.addEventListener("afterprint", () => {
    if (!seen) return;
    section.classList.remove("is-printing");
    fit();
    map.setView(seen.center, seen.zoom, { animate: false });
    seen = null;
  });
}

function nameForAssistiveTechnology(canvas, isStill) {
  if (isStill) {
    canvas.removeAttribute("tabindex");
    canvas.setAttribute("aria-hidden", "true");
    return;
  }
  canvas.setAttribute("role", "group");
  canvas.setAttribute("aria-label", canvas.dataset.label);
  if (canvas.dataset.help) canvas.setAttribute("aria-describedby", canvas.dataset.help);
}

async function addBase(map, { kind, url, layers, attribution }, area, onColors) {
  if (kind === "xyz") tileLayer(url, { attribution, maxNativeZoom: 19, maxZoom: 20 }).addTo(map);
  if (kind === "wms") tileLayer.wms(url, { attribution, layers, format: "image/png", maxZoom: 20 }).addTo(map);
  if (kind !== "drawing") return null;
  const drawing = await drawingAt(url).catch(() => null); // pins on an empty ground are better than none
  if (!drawing?.features.length) return null; // the operator has set up no drawing
  onColors(addDrawing(map, drawing, area));
  map.attributionControl.addAttribution(attribution || inThisLanguage(drawing.attribution));
  return drawing;
}

async function drawingAt(url) {
  const response = await fetch(url);
  return response.ok ? response.json() : null;
}

/** The drawing's own credit: a text, or {de, en}. It is the operator's and may hold a link. */
function inThisLanguage(attribution = "") {
  if (typeof attribution === "string") return attribution;
  return attribution[document.documentElement.lang] ?? Object.values(attribution)[0] ?? "";
}

function watchColors(repaint) {
  document.addEventListener("theme:changed", repaint);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", repaint);
  matchMedia("(prefers-contrast: more)").addEventListener("change", repaint);
}

function connectButtons(section, map, texts, goHome) {
  const zooms = section.querySelectorAll("[data-zoom]");
  for (const button of zooms) {
    button.addEventListener("click", () =>
      map.setZoom(map.getZoom() + Number(button.dataset.zoom) * map.options.zoomDelta),
    );
  }
  section.querySelector("[data-home]")?.addEventListener("click", goHome);
  section.querySelector("[data-locate]")?.addEventListener("click", async () => {
    const here = await locate(map, section, texts);
    if (!here) return;
    hereMarker(here).addTo(map);
    say(texts.located);
  });
}

/** Asks the device where it is, once, and moves the map there. Nothing is stored. Returns {lat, lng} or null. */
export function locate(map, section, texts) {
  const note = section.querySelector("[data-not-located]");
  note.hidden = true;
  map.once("moveend", () => (note.hidden = true));
  return new Promise((resolve) => {
    const refuse = () => {
      note.hidden = false;
      say(texts.notLocated);
      resolve(null);
    };
    if (!navigator.geolocation) return refuse();
    return navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        const here = { lat: coords.latitude, lng: coords.longitude };
        map.setView(here, Math.max(map.getZoom(), LOCATE_ZOOM), { animate: false });
        resolve(here);
      },
      refuse,
      { enableHighAccuracy: true, timeout: 10_000 },
    );
  });
}

/** Shows a box of the world; the whole of it, never nearer than needed. */
export function showBox(map, [west, south, east, north], maxZoom) {
  map.fitBounds(latLngBounds([south, west], [north, east]).pad(0.3), { maxZoom });
}
