// Light or dark, remembered on this device – <button data-module="theme" data-dark data-light>: words for the live region
import { say } from "../announce.js";

export function start(button) {
  const root = document.documentElement;
  button.addEventListener("click", () => {
    const isDark = getComputedStyle(root).colorScheme === "dark";
    const chosen = isDark ? "light" : "dark";
    root.dataset.kernTheme = chosen;
    try {
      localStorage.setItem("theme", chosen);
    } catch {
      // Then the choice holds for this page only.
    }
    document.dispatchEvent(new Event("theme:changed"));
    say(button.dataset[chosen]);
  });
}
