// The fields of the form that hold the drawn place: radios "kind", hidden "geometry", "longitude" and "latitude".
import { emptyDrawing, fromGeometry, toGeometry, typedPlace, withPoint } from "./model.js";

export function drawingFields(form) {
  const { geometry, longitude, latitude } = form.elements;
  const tools = [...form.querySelectorAll('input[name="kind"]')];
  const typed = () => typedPlace(longitude.value, latitude.value);

  /** What the fields say: a drawing from before, typed coordinates, or nothing yet. */
  function read() {
    const tool = toolOf(tools.find(({ checked }) => checked)?.value ?? "point");
    const before = fromGeometry(parsed(geometry.value));
    if (before?.tool === tool) return before;
    const place = tool === "point" ? typed() : null;
    return place ? withPoint(emptyDrawing(tool), place) : emptyDrawing(tool);
  }

  function write(drawing) {
    const drawn = toGeometry(drawing);
    geometry.value = drawn ? JSON.stringify(drawn) : "";
    [longitude.value, latitude.value] = drawn?.type === "Point" ? drawn.coordinates : ["", ""];
    geometry.dispatchEvent(new Event("input", { bubbles: true })); // the draft on this device learns of it
  }

  /** Selects a tool as if it had been clicked; false if the proceeding does not allow it. */
  function choose(tool) {
    const radio = tools.find(({ value }) => value === tool);
    if (radio) radio.checked = true;
    return Boolean(radio);
  }

  function onTool(act) {
    for (const radio of tools) radio.addEventListener("change", () => act(toolOf(radio.value)));
  }

  function onTyped(act) {
    for (const field of [longitude, latitude]) field.addEventListener("change", () => typed() && act(typed()));
  }

  return { read, write, choose, onTool, onTyped };
}

/** A choice that draws nothing, such as keeping the place there was, is no tool. */
function toolOf(value) {
  return ["point", "line", "area"].includes(value) ? value : "none";
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
