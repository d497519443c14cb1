// Says how much is new in the queue, without moving anything – <p data-module="news" data-url aria-live="polite"></p>
// Asks only while the page is seen, and less often when there is no answer.
const EVERY_MS = 30_000;
const SELDOM_MS = 300_000;

export function start(place) {
  let wait = EVERY_MS;
  let timer;

  async function ask() {
    clearTimeout(timer);
    if (document.visibilityState !== "visible") return;
    try {
      const response = await fetch(place.dataset.url, { headers: { Accept: "application/json" } });
      if (!response.ok) throw new Error(response.statusText);
      show(await response.json());
      wait = EVERY_MS;
    } catch {
      wait = Math.min(2 * wait, SELDOM_MS);
    }
    timer = setTimeout(ask, wait);
  }

  function show({ count, text, url }) {
    if (!count || place.textContent === text) return;
    const link = document.createElement("a");
    link.className = "chip";
    link.href = url;
    link.textContent = text;
    place.replaceChildren(link);
  }

  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") ask();
  });
  timer = setTimeout(ask, EVERY_MS);
}
