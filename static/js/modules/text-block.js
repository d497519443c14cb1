// A list of text blocks – <select data-module="text-block" data-target="id of the textarea"> with <option data-text="…">.
// What is chosen takes the place of the block chosen before, as long as nobody changed that; else it is added below.
export function start(select) {
  const target = document.getElementById(select.dataset.target);
  let inserted = "";

  select.addEventListener("change", () => {
    const { text } = select.selectedOptions[0].dataset;
    if (!text) return;
    const kept = target.value === inserted ? "" : `${target.value.trimEnd()}\n\n`;
    inserted = kept.trim() ? kept + text : text;
    target.value = inserted;
    target.dispatchEvent(new Event("input", { bubbles: true }));
    target.focus();
  });
}
