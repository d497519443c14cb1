// What stands around a drawing: the place in words, the bar with "set point", the cross in the middle of the map.
import { countInWords, placeInWords } from "./words.js";

/** context: {texts, streets, area} as words.js reads it */
export function drawingPanel(section, context) {
  const cross = section.querySelector("[data-cross]");
  const bar = section.querySelector("[data-drawbar]");
  const [title, note] = ["[data-place]", "[data-place-note]"].map((part) => document.querySelector(part));

  /** hasPin: the point is the cross itself, as on a phone. */
  function showCross(isShown, hasPin) {
    cross.hidden = !isShown;
    cross.toggleAttribute("data-pin", hasPin);
  }

  function show(drawing, followsCentre) {
    const { tool, points } = drawing;
    const hasSeveral = tool === "line" || tool === "area";
    bar.hidden = !hasSeveral && !(followsCentre && !points.length);
    bar.querySelector("[data-undo]").hidden = !hasSeveral;
    bar.querySelector("[data-points]").textContent = hasSeveral ? countInWords(points.length, context.texts) : "";
    for (const button of document.querySelectorAll("[data-undo], [data-clear]")) button.disabled = !points.length;
    for (const hint of section.querySelectorAll("[data-hint]")) {
      hint.textContent = hint.dataset[tool] ?? "";
      hint.closest(".panelet").hidden = !hint.textContent;
    }
    const words = placeInWords(drawing, context);
    title.textContent = words.title;
    note.textContent = words.note;
  }

  /** acts: {set, undo, clear, here} */
  function connect(acts) {
    for (const [name, act] of Object.entries(acts)) {
      for (const button of document.querySelectorAll(`[data-${name}]`)) button.addEventListener("click", act);
    }
  }

  return { showCross, show, connect };
}
