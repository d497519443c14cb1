// Keys of the moderators' desk. Letters move and choose; [data-next] is followed and [data-assign-me] pressed at once.
// <… data-module="keys" data-items=".q a" data-help="<id of the dialog>"> and inputs with data-key="f" or "a r".
// Ctrl + Enter (⌘ on a Mac) sends the form one is in. [data-keys-switch] is a checkbox that turns the letters off on
// this device (WCAG 2.1.4). Once keys are heard, the element has data-listening.
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

  function search() {
    const field = root.querySelector("input[type=search]");
    field.closest("details").open = true;
    field.focus();
  }

  function tick() {
    const links = [...root.querySelectorAll(items)];
    const link =
      links.find((one) => one === document.activeElement) ?? links.find((one) => one.closest("[aria-current]"));
    link?.parentElement.querySelector("input[type=checkbox]")?.click();
  }

  const ACTS = {
    j: () => step(1),
    k: () => step(-1),
    n: () => root.querySelector("[data-next]")?.click(),
    p: () => root.querySelector("[data-assign-me]")?.click(),
    x: tick,
    "/": search,
    "?": () => document.getElementById(help)?.showModal(),
  };

  function choose(key) {
    const input = /^[a-z]$/.test(key) && root.querySelector(`input[data-key~="${key}"]:enabled`);
    if (!input) return;
    input.checked = true;
    input.focus();
    input.dispatchEvent(new Event("change", { bubbles: true }));
  }

  function press(event) {
    const key = event.key.toLowerCase();
    if (key === "enter" && (event.ctrlKey || event.metaKey)) return send(event);
    const isTyping = event.target.closest("input:not([type=radio], [type=checkbox]), textarea, select, dialog");
    if (areOff || isTyping || event.ctrlKey || event.metaKey || event.altKey) return;
    if (!Object.hasOwn(ACTS, key)) return choose(key);
    event.preventDefault();
    ACTS[key]();
  }

  document.addEventListener("keydown", press);
  root.dataset.listening = "";

  if (!toggle) return;
  toggle.checked = !areOff;
  toggle.addEventListener("change", () => {
    areOff = !toggle.checked;
    localStorage.setItem(STORED, areOff);
  });
}

function send(event) {
  const form = event.target.closest("form[method=post]");
  const own = (selector) => [...(form?.elements ?? [])].find((element) => element.matches(`${selector}:enabled`));
  const button = own("[data-submit]") ?? own("[name=take_over]") ?? own("[type=submit]");
  if (!button) return;
  event.preventDefault();
  form.requestSubmit(button);
}
