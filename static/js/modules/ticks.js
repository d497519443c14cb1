// What is ticked in a queue stays ticked while one looks at cases or at other pages of its list.
// <form data-module="ticks" data-decided="contribution-12" action="…"> of checkboxes named "item" (values "contribution-12-3"),
// which may stand anywhere in the page; [data-ticked] .kern-label says how many there are. Sending the form forgets them.
import { number } from "../announce.js";

export function start(form) {
  const key = `ticks:${new URL(form.action).pathname}${new URL(form.action).search}`;
  const label = form.querySelector("[data-ticked] .kern-label");
  const words = label.textContent;
  const boxes = [...form.elements].filter((element) => element.name === "item");
  const { decided } = form.dataset;

  const read = () => new Set(JSON.parse(sessionStorage.getItem(key)) ?? []);

  function write(ticked) {
    sessionStorage.setItem(key, JSON.stringify([...ticked]));
    label.textContent = ticked.size ? `${words} (${number(ticked.size)})` : words;
  }

  /** What was decided, or has changed since it was ticked, is ticked no longer. */
  function show(ticked) {
    const shown = new Map(boxes.map((box) => [itemOf(box.value), box]));
    for (const value of ticked) {
      const box = shown.get(itemOf(value));
      if (itemOf(value) === decided || (box && box.value !== value)) ticked.delete(value);
    }
    for (const box of boxes) box.checked = ticked.has(box.value);
    write(ticked);
  }

  for (const box of boxes) {
    box.addEventListener("change", () => {
      const ticked = read();
      if (box.checked) ticked.add(box.value);
      else ticked.delete(box.value);
      write(ticked);
    });
  }
  form.addEventListener("submit", () => {
    for (const old of form.querySelectorAll("[name=item]")) old.remove();
    const here = new Set(boxes.map((box) => box.value));
    for (const value of read()) if (!here.has(value)) form.append(hidden(value));
    sessionStorage.removeItem(key);
  });
  window.addEventListener("pageshow", ({ persisted }) => persisted && show(read()));
  // Some may have been ticked before this came.
  show(new Set([...read(), ...boxes.filter((box) => box.checked).map((box) => box.value)]));
}

const itemOf = (value) => value.slice(0, value.lastIndexOf("-"));

function hidden(value) {
  const input = document.createElement("input");
  Object.assign(input, { type: "hidden", name: "item", value });
  return input;
}
