// What someone types survives a reload, a crash and a lost connection; it stays on this device until it is sent.
// <form data-module="draft" data-draft-key="…"> keeps its named fields (never passwords, never hidden ones without data-draft);
// data-draft-about says which version of something the form is about: of another version only free text comes back.
// <… data-module="draft" data-clear-draft="…"> on the receipt forgets them, unless something was typed since they were sent.
import { isFresh, kept, restorable } from "../drafts.js";
import { release } from "../forms.js";

const SAVE_AFTER_MS = 400;

export function start(root) {
  const { clearDraft, draftKey } = root.dataset;
  if (clearDraft) return clear(`draft:${clearDraft}`);
  return keepForm(root, `draft:${draftKey}`);
}

function clear(key) {
  if (read(key).isSent) localStorage.removeItem(key);
}

function keepForm(form, key) {
  const { draftAbout: about } = form.dataset;
  let timer;

  function save({ isSent = false } = {}) {
    clearTimeout(timer);
    timer = undefined;
    const fields = { ...read(key).fields, ...kept([...form.elements]) };
    try {
      localStorage.setItem(key, JSON.stringify({ at: Date.now(), about, isSent, fields }));
    } catch {
      // Storage is full or refused: the server still keeps every finished step.
    }
  }

  const stored = read(key);
  restore(restorable([...form.elements], stored.fields, { isSame: stored.about === about }));
  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(save, SAVE_AFTER_MS);
  });
  form.addEventListener("change", () => save());
  window.addEventListener("pagehide", () => timer && save());
  form.addEventListener("submit", (event) => {
    save({ isSent: true });
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
    if (isFresh(stored, Date.now())) return stored;
  } catch {
    // Not a draft of ours.
  }
  return { fields: {} };
}

/** Puts kept values back; counters and maps learn of it by the usual events. */
function restore(changes) {
  for (const { element, value, checked } of changes) {
    if (value !== undefined) element.value = value;
    if (checked !== undefined) element.checked = checked;
    const fold = element.closest("details");
    if (fold) fold.open = true;
    element.dispatchEvent(new Event("input", { bubbles: true }));
  }
}
