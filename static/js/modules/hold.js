// Tells the server that a case is being looked at, as long as its page is seen, and who else is looking at it.
// <div data-module="hold" data-release data-version data-text="{name} …" hidden> with [data-holder] and the form that takes over.
// Forms in [data-held-part] can be used only by who holds the case.
import { fill } from "../announce.js";

const RENEW_MS = 60_000; // the server lets go after five minutes

export function start(banner) {
  const form = banner.querySelector("form");
  const parts = [...document.querySelectorAll("[data-held-part]")];
  if (!parts.some((part) => part.closest("form").checkVisibility())) return; // a phone shows the list
  let isMine = false;
  let timer;

  async function ask({ takesOver = false } = {}) {
    clearTimeout(timer);
    if (document.visibilityState !== "visible") return;
    const body = new FormData(form);
    if (takesOver) body.set("take_over", "1");
    try {
      const response = await fetch(form.action, { method: "POST", body, headers: { Accept: "application/json" } });
      if (response.ok) show(await response.json(), takesOver);
    } catch {
      // Without a connection nothing can be decided either; the version of the case tells who was faster.
    }
    timer = setTimeout(ask, RENEW_MS);
  }

  function show(held, takesOver) {
    const isFreeAgain = held.is_mine && !isMine && !banner.hidden && !takesOver;
    isMine = held.is_mine;
    // Nothing can have been typed meanwhile, and the other one may have decided.
    if (isFreeAgain && String(held.version) !== banner.dataset.version) return location.reload();
    banner.querySelector("[data-holder]").textContent = isMine ? "" : fill(banner.dataset.text, { name: held.holder });
    banner.hidden = isMine;
    for (const part of parts) part.disabled = !isMine;
  }

  function release() {
    const isDeciding = parts.some((part) => part.closest("form").dataset.sending);
    if (isMine && !isDeciding) navigator.sendBeacon(banner.dataset.release, new FormData(form));
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
