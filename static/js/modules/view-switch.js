// Map and list, map, list – links with ?view=…; with script the page stays and the address follows.
// <div class="split" data-module="view-switch" data-view>; links: [data-set-view], phones: [data-toggle-list data-list data-map]
import { replaceAddress } from "../address-bar.js";

export function start(split) {
  const links = [...document.querySelectorAll("[data-set-view]")];
  const toggle = document.querySelector("[data-toggle-list]");

  function show(view) {
    split.dataset.view = view;
    for (const link of links) {
      if (link.dataset.setView === view) link.setAttribute("aria-current", "true");
      else link.removeAttribute("aria-current");
    }
    if (toggle) toggle.querySelector(".kern-label").textContent = toggle.dataset[view === "list" ? "map" : "list"];
  }

  function choose(event, view) {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    show(view);
    replaceAddress(inView(location.href, view));
    for (const link of document.querySelectorAll(".pages a")) link.href = inView(link.href, view);
  }

  for (const link of links) link.addEventListener("click", (event) => choose(event, link.dataset.setView));
  toggle?.addEventListener("click", (event) => choose(event, split.dataset.view === "list" ? "split" : "list"));
  show(split.dataset.view);
}

/** An address in another view; the usual one is not mentioned. */
function inView(address, view) {
  const url = new URL(address);
  if (view === "split") url.searchParams.delete("view");
  else url.searchParams.set("view", view);
  return url.href.replaceAll("%2C", ",");
}
