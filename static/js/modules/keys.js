// Keys of the moderators' desk. They move and select; nothing is sent without its button.
// <… data-module="keys" data-items=".q a" data-help="<id of the dialog>"> and inputs with data-key="f".
// [data-keys-switch] is a checkbox that turns them off on this device (WCAG 2.1.4).
const STORED = "keys-off";

export function start(root) {
  const { items, help } = root.dataset;
  const toggle = document.querySelector("[data-keys-switch]");
  let areOff = localStorage.getItem(STORED) === "true";

  function step(by) {
    const links = [...root.querySelectorAll(items)];
    const at = links.findIndex((link) => link === document.activeElement);
    const current = at < 0 ? links.findIndex((link) => link.closest("[aria-current]")) : at;
    links[Math.max(0, Math.min(links.length - 1, current + by))]?.focus();
  }

  function press(key) {
    if (key === "j") return step(1);
    if (key === "k") return step(-1);
    if (key === "?") return document.getElementById(help)?.showModal();
    const input = /^[a-z]$/.test(key) && root.querySelector(`input[data-key="${key}"]`);
    if (!input) return undefined;
    input.checked = true;
    input.focus();
    return input.dispatchEvent(new Event("change", { bubbles: true }));
  }

  const current = root.querySelector(items)?.closest("ul").querySelector("[aria-current]");
  current?.scrollIntoView({ block: matchMedia("(max-width: 1100px)").matches ? "nearest" : "center" });

  document.addEventListener("keydown", (event) => {
    const isTyping = event.target.closest("input:not([type=radio], [type=checkbox]), textarea, select, dialog");
    if (areOff || isTyping || event.ctrlKey || event.metaKey || event.altKey) return;
    press(event.key.toLowerCase());
  });

  if (!toggle) return;
  toggle.checked = !areOff;
  toggle.addEventListener("change", () => {
    areOff = !toggle.checked;
    localStorage.setItem(STORED, areOff);
  });
}
