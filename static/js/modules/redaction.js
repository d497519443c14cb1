// Passages to be removed – <div data-module="redaction" data-title="#…" data-text="#…" data-mark="[removed]">
// A textarea with one passage a line, a button that adds what is selected in the text, and a preview that follows.
export function start(root) {
  const field = root.querySelector("textarea");
  const { mark } = root.dataset;
  const sources = {
    title: document.querySelector(root.dataset.title),
    text: document.querySelector(root.dataset.text),
  };
  let selected = "";

  function show() {
    const words = [...new Set(field.value.split("\n").map(oneLine))].filter(Boolean);
    for (const preview of root.querySelectorAll("[data-preview]")) {
      preview.textContent = without(sources[preview.dataset.preview].textContent, words, mark);
    }
  }

  /** Pressing the button ends the selection in some browsers: it is remembered before. */
  document.addEventListener("selectionchange", () => {
    const selection = getSelection();
    const isInside = Object.values(sources).some((source) => source?.contains(selection.anchorNode));
    if (isInside && !selection.isCollapsed) selected = oneLine(selection.toString());
  });
  root.querySelector("[data-take-selection]").addEventListener("click", () => {
    if (!selected) return;
    field.value = [field.value.trim(), selected].filter(Boolean).join("\n");
    selected = "";
    show();
  });
  field.addEventListener("input", show);
  show();
}

/** A text with a mark in place of the words, as moderation/redaction.py does it. */
export function without(text, words, mark) {
  const found = [];
  for (const word of words) {
    const pattern = new RegExp(word.split(" ").map(escaped).join("\\s+"), "gu");
    for (const match of text.matchAll(pattern)) found.push([match.index, match.index + match[0].length]);
  }
  found.sort((a, b) => a[0] - b[0]);
  let result = "";
  let at = 0;
  let isOpen = false;
  for (const [first, end] of found) {
    if (!isOpen || first > at) result += text.slice(at, first) + mark;
    at = Math.max(at, end);
    isOpen = true;
  }
  return result + text.slice(at);
}

const oneLine = (text) => text.trim().replaceAll(/\s+/g, " ");
const escaped = (text) => text.replaceAll(/[$()*+.?[\\\]^{|}]/g, String.raw`\$&`);
