// All symbols of a map are one tab stop; the arrow keys walk from one to the next, north to south.
const STEPS = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 };
const ROOM = 60; // px between a symbol with the focus and the edge of the map

/** Where a key leads from place `at` in a row of `length`; the row ends at both ends. undefined for other keys. */
export function nextIndex(key, at, length) {
  if (key === "Home") return 0;
  if (key === "End") return length - 1;
  return key in STEPS ? Math.max(0, Math.min(length - 1, at + STEPS[key])) : undefined;
}

/**
 * Walks the markers of a map. renew(entries) is told after every drawing what is there now:
 * entries = [{marker, key, name, role, activate}]; the focus stays on the entry with the same key.
 * isStepping(): the map moves only to make room for the next symbol. Whoever draws then would take the row away.
 */
export function walking(map) {
  let entries = [];
  let current = null; // key of the entry that holds the tab stop
  let isStepping = false;

  const elementOf = (entry) => entry.marker.getElement();
  const focused = () => entries.findIndex((entry) => elementOf(entry) === document.activeElement);

  function hold(entry) {
    for (const other of entries) elementOf(other).tabIndex = other === entry ? 0 : -1;
    current = entry.key;
  }

  function go(entry) {
    hold(entry);
    isStepping = true;
    map.panInside(entry.marker.getLatLng(), { padding: [ROOM, ROOM], animate: false });
    isStepping = false;
    elementOf(entry).focus({ preventScroll: true });
  }

  map.getPane("markerPane").addEventListener("keydown", (event) => {
    const at = focused();
    if (at < 0) return;
    const next = nextIndex(event.key, at, entries.length);
    if (event.key === "Escape") map.getContainer().focus();
    else if (event.key === "Enter" || event.key === " ") entries[at].activate(event);
    else if (next !== undefined) go(entries[next]);
    else return;
    event.preventDefault();
    event.stopPropagation();
  });

  /** Call before symbols are taken away: removing the focused one would send the focus to the page. */
  function remember() {
    const at = focused();
    if (at >= 0) current = entries[at].key;
    return at >= 0;
  }

  function renew(fresh, hadFocus) {
    entries = [...fresh].sort((a, b) => b.marker.getLatLng().lat - a.marker.getLatLng().lat);
    for (const entry of entries) {
      const element = elementOf(entry);
      element.setAttribute("role", entry.role);
      element.setAttribute("aria-label", entry.name);
      element.tabIndex = -1;
    }
    const kept = entries.find(({ key }) => key === current) ?? entries[0];
    if (kept) elementOf(kept).tabIndex = 0;
    if (!hadFocus) return;
    if (kept) elementOf(kept).focus({ preventScroll: true });
    else map.getContainer().focus({ preventScroll: true });
  }

  return { remember, renew, isStepping: () => isStepping, keep: (key) => (current = key) };
}
