// Runs before the page is drawn: says that scripts run, and brings back the colours this reader chose.
{
  const root = document.documentElement;
  root.classList.replace("no-js", "js");
  try {
    const chosen = localStorage.getItem("theme");
    if (chosen === "light" || chosen === "dark") root.dataset.kernTheme = chosen;
  } catch {
    // Private windows may refuse storage; then the colours follow the system.
  }
}
