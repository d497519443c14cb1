// The moderators' decision – <form data-module="decision" data-choice="outcome">
// [data-when="reject hide"] is there only for these values, and before any choice if something is typed in it that data-suggested did not suggest; [data-submit] .kern-label takes the chosen option's words.
export function start(form) {
  const { choice } = form.dataset;
  const submitLabel = form.querySelector("[data-submit] .kern-label");
  const neutral = submitLabel?.textContent;

  function show() {
    const chosen = form.querySelector(`input[name="${choice}"]:checked`);
    for (const part of form.querySelectorAll("[data-when]")) {
      const isTyped = [...part.querySelectorAll("textarea")].some(
        (text) => text.value && text.value !== text.dataset.suggested,
      );
      part.hidden = chosen ? !part.dataset.when.split(" ").includes(chosen.value) : !isTyped;
    }
    if (submitLabel) submitLabel.textContent = chosen?.closest("label").querySelector("b")?.textContent ?? neutral;
  }

  /** Chosen was what the page offered when it was left. */
  function comeBack({ persisted }) {
    const chosen = persisted && form.querySelector(`input[name="${choice}"]:checked`);
    if (chosen) chosen.checked = false;
    show();
  }

  form.addEventListener("change", show);
  window.addEventListener("pageshow", comeBack);
  show();
}
