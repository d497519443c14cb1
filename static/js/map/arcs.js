// The ring around a group: one arc per category, largest first, clockwise from the top.
export const RADIUS = 20.5;
const GAP = 1.4;
const LEAST = 0.5;

/** {green: 5, orange: 7} → [{color, length, gap, offset}] for stroke-dasharray and -offset on a circle of RADIUS. */
export function arcs(colors) {
  const round = 2 * Math.PI * RADIUS;
  const parts = Object.entries(colors).sort(([, a], [, b]) => b - a);
  const total = parts.reduce((sum, [, count]) => sum + count, 0);
  let offset = 0;
  return parts.map(([color, count]) => {
    const share = (round * count) / total;
    const length = Math.max(share - (parts.length > 1 ? GAP : 0), LEAST);
    const arc = { color, length, gap: round - length, offset: -offset };
    offset += share;
    return arc;
  });
}

/** Larger groups are larger discs. */
export function sizeOf(count) {
  if (count < 5) return "";
  if (count < 10) return "m";
  return count < 25 ? "l" : "xl";
}

/** The largest part of a group: {color, share}, share: "all", "most" (more than any other) or "some" (as many as another). */
export function mainColor(colors) {
  const [[color, most], next] = Object.entries(colors).sort(([, a], [, b]) => b - a);
  if (!next) return { color, share: "all" };
  return { color, share: next[1] < most ? "most" : "some" };
}
