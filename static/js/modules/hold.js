// Tells the server that a case is being looked at, as long as its page is seen, and who else is looking at it.
// <div data-module="hold" data-release data-version data-text="{name} …" data-changed="{state} …" data-states="{…}" hidden> with
// [data-holder], [data-held] (what to do while someone holds it: the form that takes over) and [data-outdated] (once it has changed).
// Forms in [data-held-part] can be used only by who holds the case as it stands on the page; [data-held-note] says so beside them.
import { fill } from "../announce.js";

const RENEW_MS = 60_000; // the server lets go after five minutes

export function start(banner) {
  const form = banner.querySelector("form");
  const note = document.querySelector("[data-held-note]");
  const parts = [...document.querySelectorAll("[data-held-part]")];
  if (!parts.some((part) => part.closest("form").checkVisibility())) return; // a phone shows the list
  const states = JSON.parse(banner.dataset.states);
  const page = Math.random().toString(36).slice(2); // what an earlier page says last can arrive after our first word
  let isMine = false;
  let timer;

  function said() {
    const body = new FormData(form);
    body.set("page", page);
    return body;
  }

  async function ask({ takesOver = false } = {}) {
    clearTimeout(timer);
    if (document.visibilityState !== "visible") return;
    const body = said();
    if (takesOver) body.set("take_over", "1");
    try {
      const response = await fetch(form.action, { method: "POST", body, headers: { Accept: "application/json" } });
      if (response.ok) show(await response.json());
    } catch {
      // Without a connection nothing can be decided either; the version of the case tells who was faster.
    }
    timer = setTimeout(ask, RENEW_MS);
  }

  function show({ is_mine, holder, version, state }) {
    const isOutdated = String(version) !== banner.dataset.version;
    const { text, changed } = banner.dataset;
    isMine = is_mine;
    banner.querySelector("[data-holder]").textContent = isOutdated
      ? fill(changed, { state: states[state] })
      : isMine
        ? ""
        : fill(text, { name: holder });
    banner.hidden = isMine && !isOutdated;
    banner.querySelector("[data-held]").hidden = isOutdated;
    banner.querySelector("[data-outdated]").hidden = !isOutdated;
    if (note) note.hidden = isMine || isOutdated;
    for (const part of parts) part.disabled = !isMine || isOutdated;
  }

  function release() {
    const isDeciding = parts.some((part) => part.closest("form").dataset.sending);
    if (isMine && !isDeciding) navigator.sendBeacon(banner.dataset.release, said());
    isMine = false;
  }

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    ask({ takesOver: true });
  });
  document.addEventListener("visibilitychange", () => ask());
  window.addEventListener("pagehide", release);
  window.addEventListener("pageshow", ({ persisted }) => persisted && ask());
  ask();
}
