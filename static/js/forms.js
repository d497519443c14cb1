// No form is sent twice by an impatient finger, and no text into the void.
import { offlineNote } from "./offline.js";

/** Once a POST is on its way its buttons do nothing; coming back to the page makes them work again. */
export function guardForms() {
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || form.method !== "post") return;
    if (form.dataset.sending) return event.preventDefault();
    if (!navigator.onLine && form.querySelector("textarea:not([readonly])")) return keep(event);
    form.dataset.sending = "true";
    // Not "disabled": that would take the pressed button's value out of what is sent.
    for (const button of buttonsOf(form)) button.setAttribute("aria-disabled", "true");
  });
  window.addEventListener("pageshow", () => {
    for (const form of document.querySelectorAll("form[data-sending]")) release(form);
  });
}

/** The browser's own page for a lost connection would take the text away. */
function keep(event) {
  event.preventDefault();
  const form = event.target;
  form.querySelector("[data-offline]")?.remove();
  const note = offlineNote("form");
  form.append(note);
  note.scrollIntoView({ block: "center" });
  window.addEventListener("online", () => note.remove(), { once: true });
}

export function release(form) {
  delete form.dataset.sending;
  for (const button of buttonsOf(form)) button.removeAttribute("aria-disabled");
}

function buttonsOf(form) {
  return [...form.elements].filter((element) => element.type === "submit");
}
