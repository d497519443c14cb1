// What stands there when the connection is gone. The words are in base.html: <template id="offline-note" data-…>

/** A note for `kind`, "list" or "form"; put it where people look. */
export function offlineNote(kind) {
  const { content, dataset } = document.getElementById("offline-note");
  const note = content.firstElementChild.cloneNode(true);
  note.querySelector("[data-text]").textContent = dataset[kind];
  note.dataset.offline = "";
  return note;
}
