// Filters apply at once: the same address is asked, and the parts marked data-swap (with an id) are exchanged.
// <form data-module="filters" method="get"> – the list region: id="contributions" data-swap data-announce="86 contributions"
import { followAddress, pushAddress, replaceAddress } from "../address-bar.js";
import { filterUrl } from "../addresses.js";
import { say } from "../announce.js";
import { offlineNote } from "../offline.js";

const TYPING_MS = 300;
const WAIT_MS = 300;

export function start(form) {
  let timer;
  let request;

  /** Returns whether the page now shows the address. */
  async function load(url) {
    request?.abort();
    const current = (request = new AbortController());
    const region = document.getElementById("contributions");
    const waiting = setTimeout(() => region.classList.add("is-waiting"), WAIT_MS);
    try {
      const response = await fetch(url, { signal: current.signal, headers: { Accept: "text/html" } });
      if (response.ok) exchange(new DOMParser().parseFromString(await response.text(), "text/html"));
      else location.assign(url);
      return response.ok;
    } catch (error) {
      if (error.name !== "AbortError") tellOffline(region);
      return false;
    } finally {
      clearTimeout(waiting);
      if (request === current) region.classList.remove("is-waiting");
    }
  }

  /** Without a connection list and choices stay as they were; a typed word stays, too. */
  function tellOffline(region) {
    region.querySelector("[data-offline]")?.remove();
    region.prepend(offlineNote("list"));
    region.scrollTop = 0;
    fillIn(form, "select, [type=checkbox], [type=radio]");
  }

  /** isFollowing: the filter only follows the map; that is no step to come back to. */
  async function apply({ isFollowing = false } = {}) {
    clearTimeout(timer);
    const url = filterUrl(form.action, new FormData(form), location.href);
    if (url === location.href || !(await load(url))) return;
    if (isFollowing) replaceAddress(url);
    else pushAddress(url);
    document.dispatchEvent(new Event("filters:changed"));
  }

  form.addEventListener("change", ({ detail }) => apply(detail ?? {}));
  form.addEventListener("input", ({ target }) => {
    if (target.type !== "search") return;
    clearTimeout(timer);
    timer = setTimeout(apply, TYPING_MS);
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    apply();
  });
  window.addEventListener("popstate", async () => {
    followAddress();
    if (await load(location.href)) fillIn(form);
    document.dispatchEvent(new Event("filters:changed"));
  });
}

/** Exchanges the marked parts and says what is there now. */
function exchange(page) {
  document.title = page.title;
  for (const part of document.querySelectorAll("[data-swap]")) {
    const fresh = page.getElementById(part.id);
    if (!fresh) continue;
    part.replaceChildren(...fresh.childNodes);
    part.dispatchEvent(new Event("page:changed", { bubbles: true }));
    if (fresh.dataset.announce) say(fresh.dataset.announce);
  }
}

/** Then the form says what the address says. */
function fillIn(form, fields = "input, select") {
  const query = new URLSearchParams(location.search);
  for (const field of form.querySelectorAll(fields)) {
    const values = query.getAll(field.name);
    if ("viewBbox" in field.dataset && values.length) [field.value] = values;
    if (field.type === "checkbox" || field.type === "radio") field.checked = values.includes(field.value);
    else field.value = values[0] ?? "";
  }
}
