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
  if (current && current.checkVisibility() && matchMedia("(min-width: 901px)").matches) {
    current.scrollIntoView({ block: "nearest", inline: "nearest" });
  }
  window.addEventListener("pagehide", () => {
    sessionStorage.setItem(STORED, [list.scrollLeft, list.scrollTop].join(","));
  });
}
