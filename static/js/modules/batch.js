// Carries a batch out step by step – <form data-module="batch" action="…/go"> with <progress> and [data-done] for the number.
// Each step is one request; without script the form's button does one step. When all is done the page shows what came of it.
import { number as written, say } from "../announce.js";

export function start(form) {
  const bar = form.querySelector("progress");
  const number = form.querySelector("[data-done]");
  const button = form.querySelector("[type=submit]");
  const failed = form.querySelector("[data-failed]");

  async function step() {
    const response = await fetch(form.action, {
      method: "POST",
      body: new FormData(form),
      headers: { Accept: "application/json" },
    });
    if (!response.ok) throw new Error(`${response.status}`);
    const { done, total } = await response.json();
    bar.value = done;
    number.textContent = written(done);
    return done < total;
  }

  async function run() {
    button.hidden = true;
    failed.hidden = true;
    try {
      while (await step());
      location.reload();
    } catch {
      failed.hidden = false;
      button.hidden = false;
      say(failed.textContent);
    }
  }

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    run();
  });
  run();
}
