// The list as a sheet over the map of a phone: three stops. The handle is a button first; dragging it is an extra.
// <section class="side" data-module="sheet" data-stop="0"> with [data-handle data-open data-more data-close]: its names
const STOPS = 3;
const PEEK = 212; // px of the sheet that show at the lowest stop; css/sheet.css has the same
const CLICK = 6; // px a finger may slip without dragging

export function start(side) {
  const handle = side.querySelector("[data-handle]");
  if (!handle) return;
  const names = [handle.dataset.open, handle.dataset.more, handle.dataset.close];
  let drag = null;

  function stopAt(index) {
    side.dataset.at = index;
    handle.setAttribute("aria-expanded", index > 0);
    handle.setAttribute("aria-label", names[index]);
  }

  function tops() {
    const height = side.parentElement.clientHeight;
    return [height - PEEK, height * 0.42, 8];
  }

  function nearestStop(top) {
    const distances = tops().map((stop) => Math.abs(stop - top));
    return distances.indexOf(Math.min(...distances));
  }

  handle.addEventListener("click", ({ detail }) => {
    const isByKey = detail === 0;
    if (isByKey || !drag?.moved) stopAt((Number(side.dataset.at) + 1) % STOPS);
    drag = null;
  });
  handle.addEventListener("pointerdown", (event) => {
    drag = { y: event.clientY, top: side.offsetTop, moved: false };
    handle.setPointerCapture(event.pointerId);
  });
  handle.addEventListener("pointermove", (event) => {
    if (!drag || !handle.hasPointerCapture(event.pointerId)) return;
    const by = event.clientY - drag.y;
    if (Math.abs(by) > CLICK) drag.moved = true;
    if (!drag.moved) return;
    side.dataset.dragged = "";
    side.style.setProperty("--top", `${Math.max(8, drag.top + by)}px`);
  });
  handle.addEventListener("lostpointercapture", () => {
    if (!("dragged" in side.dataset)) return;
    const top = side.offsetTop;
    delete side.dataset.dragged;
    stopAt(nearestStop(top));
  });

  document.addEventListener("sheet:open", () => stopAt(Math.max(1, Number(side.dataset.at))));
  stopAt(Number(side.dataset.stop ?? 0));
}
