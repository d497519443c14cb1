// What scripts tell people who do not see the page: one polite live region, and texts with {places} to fill.
const WAIT_MS = 30; // an emptied region must be seen empty before it speaks again

export function say(text) {
  const region = document.getElementById("live");
  if (!region) return;
  region.textContent = "";
  setTimeout(() => (region.textContent = text), WAIT_MS);
}

/** "{count} points" and {count: 3} → "3 points" */
export function fill(text, values) {
  return text.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
}

/** Numbers as the page's language writes them, with so many decimals or as many as there are. */
export function number(value, decimals) {
  const options = { minimumFractionDigits: decimals, maximumFractionDigits: decimals };
  return new Intl.NumberFormat(document.documentElement.lang, options).format(value);
}
