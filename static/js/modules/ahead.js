// The page behind a link is loaded while this one is read – <a data-module="ahead" href>
const WAIT_MS = 300;

export function start(link) {
  const load = () => {
    const hint = document.createElement("link");
    hint.rel = "prefetch";
    hint.href = link.href;
    document.head.append(hint);
  };
  if ("requestIdleCallback" in window) requestIdleCallback(load, { timeout: 10 * WAIT_MS });
  else setTimeout(load, WAIT_MS);
}
