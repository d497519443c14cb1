// A list of text blocks – <select data-module="text-block" data-target="id of the textarea"> with <option data-text="…" data-rule="key of the rule">.
// What is chosen takes the place of the block chosen before, as long as nobody changed that; else it is added below.
export function start(select) {
  const target = document.getElementById(select.dataset.target);
  let inserted = "";

  /** The rule that a text block is about, unless one is chosen already. */
  function chooseRule(rule) {
    const rules = [...select.form.querySelectorAll("input[name=ground]")];
    if (!rule || rules.some((one) => one.checked)) return;
    const found = rules.find((one) => one.value === rule);
    if (found) found.checked = true;
  }

  select.addEventListener("change", () => {
    const { text, rule } = select.selectedOptions[0].dataset;
    if (!text) return;
    chooseRule(rule);
    const kept = target.value === inserted ? "" : `${target.value.trimEnd()}\n\n`;
    inserted = kept.trim() ? kept + text : text;
    target.value = inserted;
    target.dispatchEvent(new Event("input", { bubbles: true }));
    target.focus();
  });
}
