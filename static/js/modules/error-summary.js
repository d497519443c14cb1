// The list of errors takes the focus; its links lead into the control, also where the target is a group.
export function start(root) {
  root.focus();
  root.addEventListener("click", (event) => {
    const target = document.getElementById(event.target.closest("a")?.hash.slice(1) ?? "");
    if (!target) return;
    event.preventDefault();
    const control = target.matches("fieldset") ? target.querySelector("input") : target;
    control?.focus();
    target.scrollIntoView({ block: "center" });
  });
}
