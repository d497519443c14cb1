// The queue stays where it was from one case to the next; only if the current case is out of sight it moves.
// <section data-module="list-place"> that scrolls, with one [aria-current] item
const STORED = "queue-place";

export function start(list) {
  const kept = sessionStorage.getItem(STORED);
  if (kept) {
    const [left, top] = kept.split(",").map(Number);
    list.scrollTo(left, top);
  }
  const current = list.querySelector(".q[aria-current]");
  if (current && current.checkVisibility() && matchMedia("(min-width: 901px)").matches) show(current);
  window.addEventListener("pagehide", () => {
    sessionStorage.setItem(STORED, [list.scrollLeft, list.scrollTop].join(","));
  });

  /** What sticks to the top of the list covers it. */
  function show(item) {
    const head = list.querySelector(".queue__h");
    const covered = getComputedStyle(head).position === "sticky" ? head.offsetHeight : 0;
    const top = item.offsetTop - covered;
    const bottom = item.offsetTop + item.offsetHeight - list.clientHeight;
    if (list.scrollTop > top || list.scrollTop < bottom) list.scrollTop = Math.max(top - item.offsetHeight, 0);
  }
}
