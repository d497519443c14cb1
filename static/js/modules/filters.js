// Filters apply at once: the same address is asked, and the parts marked data-swap (with an id) are exchanged.
// <form data-module="filters" method="get"> – the list region: id="contributions" data-swap data-announce="86 contributions"
import { say } from "../announce.js";
import { filterUrl } from "../addresses.js";

const TYPING_MS = 300;
const WAIT_MS = 300;

export function start(form) {
  let timer;
  let request;

  async function load(url) {
    request?.abort();
    const current = (request = new AbortController());
    const region = document.getElementById("contributions");
    const waiting = setTimeout(() => region.classList.add("is-waiting"), WAIT_MS);
    try {
      const response = await fetch(url, { signal: current.signal, headers: { Accept: "text/html" } });
      if (!response.ok) return location.assign(url);
      return exchange(new DOMParser().parseFromString(await response.text(), "text/html"));
    } catch (error) {
      if (error.name === "AbortError") return undefined;
      return location.assign(url);
    } finally {
      clearTimeout(waiting);
      if (request === current) region.classList.remove("is-waiting");
    }
  }

  async function apply() {
    clearTimeout(timer);
    const url = filterUrl(form.action, new FormData(form), location.href);
    if (url === location.href) return;
    await load(url);
    if (location.href !== url) history.pushState(null, "", url);
    document.dispatchEvent(new Event("filters:changed"));
  }

  form.addEventListener("change", apply);
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
    const page = await load(location.href);
    if (page) fillIn(form, page);
    document.dispatchEvent(new Event("filters:changed"));
  });
}

/** Exchanges the marked parts and says what is there now; returns the page they came from. */
function exchange(page) {
  document.title = page.title;
  for (const part of document.querySelectorAll("[data-swap]")) {
    const fresh = page.getElementById(part.id);
    if (!fresh) continue;
    part.replaceChildren(...fresh.childNodes);
    part.dispatchEvent(new Event("page:changed", { bubbles: true }));
    if (fresh.dataset.announce) say(fresh.dataset.announce);
  }
  return page;
}

/** After "back" the form says what the address says. */
function fillIn(form, page) {
  const isChoice = ({ type }) => type === "checkbox" || type === "radio";
  const others = [...page.querySelectorAll("form[data-module~=filters] :is(input, select)")];
  for (const field of form.querySelectorAll("input, select")) {
    const fresh = others.find(({ name, value }) => name === field.name && (!isChoice(field) || value === field.value));
    if (fresh && isChoice(field)) field.checked = fresh.checked;
    else if (fresh) field.value = fresh.value;
    else if (isChoice(field)) field.checked = false;
  }
}
