// Opens an explanation – <button data-module="dialog" data-dialog="<id>">; closed by Esc, [data-close], or beside it.
export function start(button) {
  const dialog = document.getElementById(button.dataset.dialog);
  button.addEventListener("click", () => dialog.showModal());
  dialog.addEventListener("click", ({ target }) => {
    if (target === dialog || target.closest("[data-close]")) dialog.close();
  });
}
