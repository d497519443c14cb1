// The place of a contribution: point, line, area or none – by mouse, finger, keyboard, coordinates or the device's location.
// data-form: id of the form with the fields of drawing/fields.js · data-draw-texts: the words · data-category: {color, icon}
import { fill, say } from "../announce.js";
import { drawingFields } from "../drawing/fields.js";
import * as model from "../drawing/model.js";
import { drawingPanel } from "../drawing/panel.js";
import { drawingView, position } from "../drawing/view.js";
import { nearWords, streetsOf } from "../drawing/words.js";
import { createMap, isNarrow, locate } from "../map/base-map.js";

const NEAR_ZOOM = 18;
const UNKNOWN_CATEGORY = { color: "neutral", icon: "plus" };

export async function start(section) {
  const { map, canvas, area, base, texts: mapTexts, onColors } = await createMap(section);
  const texts = { ...mapTexts, ...JSON.parse(section.dataset.drawTexts) };
  const streets = [];
  const category = section.dataset.category ? JSON.parse(section.dataset.category) : UNKNOWN_CATEGORY;
  const fields = drawingFields(document.getElementById(section.dataset.form));
  const panel = drawingPanel(section, { texts, streets, area: area?.coordinates });
  const view = drawingView(map, { texts, category, acts: { move, remove } });
  let drawing = fields.read();

  const centre = () => position(map.getCenter());
  const isTouched = () => matchMedia("(pointer: coarse)").matches;
  /** On a phone the map moves under the point, so that no finger hides the place. */
  const followsCentre = () => isTouched() && drawing.tool === "point";
  const near = () => (drawing.points.length ? nearWords(drawing.points.at(-1), streets, texts) : "");

  function showCross() {
    const isShown = drawing.tool !== "none" && (isTouched() || document.activeElement === canvas);
    panel.showCross(isShown, followsCentre());
  }

  function show() {
    view.show(drawing, { hidesPoint: followsCentre() });
    panel.show(drawing, followsCentre());
    showCross();
  }

  function change(next) {
    drawing = next;
    fields.write(drawing);
    show();
  }

  function add(place) {
    if (drawing.tool === "none") return;
    change(model.withPoint(drawing, place));
    say(fill(texts.set, { n: drawing.points.length, near: near() }));
  }

  function move(index, place) {
    change(model.withMoved(drawing, index, place));
    say(fill(texts.moved, { n: index + 1, near: near() }));
  }

  function remove(index) {
    change(model.without(drawing, index));
    const left = drawing.points.length;
    say(left ? fill(texts.removed, { left }) : texts.removedAll);
  }

  const undo = () => remove(drawing.points.length - 1);

  function clear() {
    change(model.emptyDrawing(drawing.tool));
    say(texts.removedAll);
  }

  /** A place that did not come from the map becomes the point, and the map goes there. */
  function choosePoint(place) {
    if (!fields.choose("point")) return add(place);
    drawing = model.emptyDrawing("point");
    map.setView([place[1], place[0]], Math.max(map.getZoom(), NEAR_ZOOM), { animate: false });
    return add(place);
  }

  async function here() {
    const found = await locate(map, section, texts);
    if (found) choosePoint(position(found));
  }

  connectKeys(canvas, texts, { add: () => add(centre()), undo, clear, showCross });
  connectPointer(map, {
    isFollowed: followsCentre,
    hasPoint: () => drawing.points.length > 0,
    add,
    follow: () => change(model.withPoint(drawing, centre())),
  });
  panel.connect({ set: () => add(centre()), undo, clear, here });
  fields.onTool((tool) => change(model.withTool(drawing, tool)));
  fields.onTyped(choosePoint);
  showWhole(map, drawing.points);
  onColors(show);
  streets.push(...streetsOf(await base)); // now the place in words can name them
  show();
}

function connectKeys(canvas, texts, { add, undo, clear, showCross }) {
  const acts = { Enter: add, " ": add, Backspace: undo, Delete: undo, Escape: clear };
  canvas.setAttribute("role", "application");
  canvas.setAttribute("aria-roledescription", texts.role);
  canvas.addEventListener("focus", showCross);
  canvas.addEventListener("blur", showCross);
  canvas.addEventListener("keydown", (event) => {
    if (event.target !== canvas || event.ctrlKey || event.metaKey || event.altKey || !(event.key in acts)) return;
    event.preventDefault();
    acts[event.key]();
  });
}

function connectPointer(map, { isFollowed, hasPoint, add, follow }) {
  let isMeant = false;
  map.on("click", ({ latlng }) => {
    if (!isFollowed()) return add(position(latlng));
    isMeant = true;
    return map.panTo(latlng);
  });
  map.on("dragstart", () => (isMeant = true));
  map.on("moveend", () => {
    if (isFollowed() && (isMeant || hasPoint())) follow();
    isMeant = false;
  });
}

/** What was drawn before is in sight when the page opens again. */
function showWhole(map, points) {
  const places = points.map(([lon, lat]) => [lat, lon]);
  if (places.length === 1) map.setView(places[0], Math.max(map.getZoom(), NEAR_ZOOM), { animate: false });
  if (places.length > 1) {
    map.fitBounds(places, { padding: isNarrow() ? [40, 80] : [120, 120], maxZoom: NEAR_ZOOM, animate: false });
  }
}
