// Which fields of a form are kept on the device, and which differ from what the server sent. No DOM beyond the fields.
const DAYS_KEPT = 7;
const NEVER = new Set(["password", "file", "submit", "button", "reset", "fieldset", "output"]);
const CHOICES = new Set(["radio", "checkbox"]);

export function isKept(element) {
  if (!element.name || NEVER.has(element.type)) return false;
  return element.type !== "hidden" || "draft" in element.dataset;
}

/** {name: [values]} of all kept fields; an unchecked choice gives an empty list. */
export function kept(elements) {
  const fields = {};
  for (const element of elements.filter(isKept)) {
    const values = (fields[element.name] ??= []);
    if (!CHOICES.has(element.type) || element.checked) values.push(element.value);
  }
  return fields;
}

export function isFresh(stored, now) {
  return Boolean(stored?.fields) && now - stored.at < DAYS_KEPT * 24 * 60 * 60 * 1000;
}

/**
 * Changes that bring kept values back: [{element, value} or {element, checked}]; equal fields are left out.
 * If the form is not about the same as it was (isSame), only texts come back for which the page has nothing of its own.
 */
export function restorable(elements, fields, { isSame = true } = {}) {
  const changes = [];
  for (const element of elements.filter(isKept)) {
    if (!isSame && (element.type !== "textarea" || element.defaultValue)) continue;
    const values = fields[element.name];
    if (!Array.isArray(values)) continue;
    if (CHOICES.has(element.type)) {
      const checked = values.includes(element.value);
      if (checked !== element.checked) changes.push({ element, checked });
    } else if (values.length && values[0] !== element.value) {
      changes.push({ element, value: values[0] });
    }
  }
  return changes;
}
