// A place being drawn: which tool, which points ([lon, lat]). Pure: every act returns a new drawing.
import { isClosed } from "./geometry.js";

export const LEAST_POINTS = { point: 1, line: 2, area: 3, none: 0 };
export const MOST_POINTS = 500;
const DECIMALS = 6; // about 0.1 m

export const emptyDrawing = (tool) => ({ tool, points: [] });

export function withTool({ points }, tool) {
  return { tool, points: tool === "none" ? [] : tool === "point" ? points.slice(-1) : points };
}

export function withPoint({ tool, points }, place) {
  const point = rounded(place);
  if (tool === "none" || (tool !== "point" && points.length >= MOST_POINTS)) return { tool, points };
  return { tool, points: tool === "point" ? [point] : [...points, point] };
}

export function withMoved({ tool, points }, index, place) {
  return { tool, points: points.map((point, i) => (i === index ? rounded(place) : point)) };
}

export function without({ tool, points }, index) {
  return { tool, points: points.filter((_, i) => i !== index) };
}

export function isComplete({ tool, points }) {
  return points.length >= LEAST_POINTS[tool];
}

/** GeoJSON geometry of the drawing, or null while it is not one. */
export function toGeometry(drawing) {
  const { tool, points } = drawing;
  if (tool === "none" || !isComplete(drawing)) return null;
  if (tool === "point") return { type: "Point", coordinates: points[0] };
  if (tool === "line") return { type: "LineString", coordinates: points };
  return { type: "Polygon", coordinates: [[...points, points[0]]] };
}

/** The drawing of a geometry that was drawn before; anything else gives null. */
export function fromGeometry(geometry) {
  const { type, coordinates } = geometry ?? {};
  if (type === "Point") return { tool: "point", points: [coordinates] };
  if (type === "LineString") return { tool: "line", points: coordinates };
  if (type !== "Polygon") return null;
  const [ring] = coordinates;
  return { tool: "area", points: isClosed(ring) ? ring.slice(0, -1) : ring };
}

/** Coordinates as people type them: "12,3707" or "12.3707"; null if these are not two numbers on earth. */
export function typedPlace(longitude, latitude) {
  const [lon, lat] = [longitude, latitude].map((text) => (text.trim() ? Number(text.trim().replace(",", ".")) : NaN));
  return Math.abs(lon) <= 180 && Math.abs(lat) <= 90 ? rounded([lon, lat]) : null;
}

function rounded([lon, lat]) {
  return [Number(lon.toFixed(DECIMALS)), Number(lat.toFixed(DECIMALS))];
}
