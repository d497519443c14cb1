// Shares or copies a link – <button data-module="share" data-url [data-title] [data-copy-only] data-copied data-failed>
import { say } from "../announce.js";

export function start(button) {
  const { title, copied, failed } = button.dataset;
  const url = new URL(button.dataset.url, location.href).href;
  const label = button.lastChild;
  const before = label.textContent;

  function tell(text) {
    label.textContent = text;
    say(text);
    setTimeout(() => (label.textContent = before), 4000);
  }

  button.addEventListener("click", async () => {
    if (navigator.share && !("copyOnly" in button.dataset)) {
      // Closing the device's sheet rejects, too; that is not a failure.
      return navigator.share({ title, url }).catch(() => undefined);
    }
    try {
      await navigator.clipboard.writeText(url);
      tell(copied);
    } catch {
      tell(failed);
    }
  });
}
