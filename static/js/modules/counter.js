// "26 of 80 characters" – <input data-module="counter" data-counter="<id of the line>" maxlength>, line: data-text
import { fill } from "../announce.js";

export function start(input) {
  const line = document.getElementById(input.dataset.counter);
  if (!line) return;
  const count = () =>
    (line.textContent = fill(line.dataset.text, { length: input.value.length, most: input.maxLength }));
  input.addEventListener("input", count);
  count();
}
