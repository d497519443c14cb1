// What someone types survives a reload, a crash and a lost connection; it stays on this device until it is sent.
// <form data-module="draft" data-draft-key="…"> keeps its named fields (never passwords, never hidden ones without data-draft);
// <… data-module="draft" data-clear-draft="…"> on the receipt forgets them.
import { isFresh, kept, restorable } from "../drafts.js";
import { release } from "../forms.js";

const SAVE_AFTER_MS = 400;

export function start(root) {
  const { clearDraft, draftKey } = root.dataset;
  if (clearDraft) return localStorage.removeItem(`draft:${clearDraft}`);
  return keepForm(root, `draft:${draftKey}`);
}

function keepForm(form, key) {
  let timer;

  function save() {
    clearTimeout(timer);
    const fields = { ...read(key), ...kept([...form.elements]) };
    try {
      localStorage.setItem(key, JSON.stringify({ at: Date.now(), fields }));
    } catch {
      // Storage is full or refused: the server still keeps every finished step.
    }
  }

  restore(form, read(key));
  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(save, SAVE_AFTER_MS);
  });
  form.addEventListener("change", save);
  window.addEventListener("pagehide", () => clearTimeout(timer));
  form.addEventListener("submit", (event) => {
    save();
    const note = form.querySelector("[data-unsent]");
    if (!note) return;
    note.hidden = navigator.onLine;
    if (navigator.onLine) return;
    event.preventDefault();
    note.scrollIntoView({ block: "center" });
  });
  window.addEventListener("online", () => {
    const note = form.querySelector("[data-unsent]");
    if (note) note.hidden = true;
    release(form);
  });
}

function read(key) {
  try {
    const stored = JSON.parse(localStorage.getItem(key));
    return isFresh(stored, Date.now()) ? stored.fields : {};
  } catch {
    return {};
  }
}

/** Puts kept values back; counters and maps learn of it by the usual events. */
function restore(form, fields) {
  for (const { element, value, checked } of restorable([...form.elements], fields)) {
    if (value !== undefined) element.value = value;
    if (checked !== undefined) element.checked = checked;
    element.dispatchEvent(new Event("input", { bubbles: true }));
  }
}
