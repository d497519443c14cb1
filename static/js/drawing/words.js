// The drawn place in words, for the box beside the map and for the live region. Texts come from the page.
import { fill, number } from "../announce.js";
import { crossesItself, isInside, nearestStreet } from "./geometry.js";
import { LEAST_POINTS } from "./model.js";

const AT_STREET_METRES = 12;
const STEP_METRES = 5;
const NEAR_METRES = 500;
const DECIMALS = 5; // of degrees, about a metre

/** Streets of the base map that have a name, as lines. */
export function streetsOf(drawing) {
  const named = (drawing?.features ?? []).filter(({ properties }) => properties.l === "street" && properties.n);
  return named.map(({ properties, geometry }) => ({ name: properties.n, coordinates: geometry.coordinates }));
}

/** {title, note} for the place box. area: coordinates of the MultiPolygon or null */
export function placeInWords({ tool, points }, { texts, streets, area }) {
  if (tool === "none") return { title: texts.none, note: texts.noneNote };
  const last = points.at(-1);
  if (!last) return { title: texts.empty, note: texts.emptyNote };
  const missing = LEAST_POINTS[tool] - points.length;
  if (missing > 0) {
    return { title: nearWords(last, streets, texts), note: tool === "line" ? texts.lineNeeds : texts.areaNeeds };
  }
  if (tool === "area" && crossesItself(points)) return { title: nearWords(last, streets, texts), note: texts.crossing };
  const isIn = !area || points.every((point) => isInside(point, area));
  return { title: nearWords(last, streets, texts), note: area ? (isIn ? texts.inside : texts.outside) : "" };
}

/** "Nahe Töpferstraße, etwa 15 Meter entfernt", or the coordinates where no street is known. */
export function nearWords([lon, lat], streets, texts) {
  const nearest = nearestStreet([lon, lat], streets);
  if (!nearest || nearest.metres > NEAR_METRES) {
    return fill(texts.coordinates, { lat: number(lat, DECIMALS), lon: number(lon, DECIMALS) });
  }
  if (nearest.metres < AT_STREET_METRES) return nearest.name;
  const metres = number(Math.round(nearest.metres / STEP_METRES) * STEP_METRES);
  return fill(texts.near, { street: nearest.name, metres });
}

export function countInWords(count, texts) {
  return count === 1 ? texts.onePoint : fill(texts.points, { count: number(count) });
}
