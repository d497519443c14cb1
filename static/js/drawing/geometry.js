// Plane geometry on lon, lat – good enough for hints at the size of a quarter; the server decides.
const METRES_PER_DEGREE = 111_320;
const TOLERANCE_METRES = 1; // the same as participation/geodata/relations.py

export function isClosed(ring) {
  const [first, last] = [ring[0], ring.at(-1)];
  return ring.length > 1 && first[0] === last[0] && first[1] === last[1];
}

/** Is a position inside a MultiPolygon's coordinates? Holes are outside; borders and a metre beyond are inside. */
export function isInside(position, polygons) {
  return polygons.some(
    ([outer, ...holes]) =>
      (isInRing(position, outer) && !holes.some((hole) => isInRing(position, hole))) ||
      [outer, ...holes].some((ring) => metresToLine(position, ring) <= TOLERANCE_METRES),
  );
}

function isInRing([x, y], ring) {
  let isIn = false;
  for (let i = 0, j = ring.length - 1; i < ring.length; j = i++) {
    const [x1, y1] = ring[i];
    const [x2, y2] = ring[j];
    if (y1 > y !== y2 > y && x < ((x2 - x1) * (y - y1)) / (y2 - y1) + x1) isIn = !isIn;
  }
  return isIn;
}

/** Does an area's outline cross itself? Neighbouring sides touch, that is no crossing. */
export function crossesItself(points) {
  const sides = points.map((point, i) => [point, points[(i + 1) % points.length]]);
  for (let i = 0; i < sides.length; i += 1) {
    for (let j = i + 2; j < sides.length; j += 1) {
      const areNeighbours = i === 0 && j === sides.length - 1;
      if (!areNeighbours && doCross(sides[i], sides[j])) return true;
    }
  }
  return false;
}

function doCross([a, b], [c, d]) {
  return turn(a, b, c) * turn(a, b, d) < 0 && turn(c, d, a) * turn(c, d, b) < 0;
}

function turn([ax, ay], [bx, by], [cx, cy]) {
  return (bx - ax) * (cy - ay) - (by - ay) * (cx - ax);
}

/** The street next to a place: {name, metres}, or null without streets. lines: [{name, coordinates}] */
export function nearestStreet(place, lines) {
  let nearest = null;
  for (const { name, coordinates } of lines) {
    const metres = metresToLine(place, coordinates);
    if (!nearest || metres < nearest.metres) nearest = { name, metres };
  }
  return nearest;
}

function metresToLine(place, positions) {
  return positions.reduce(
    (least, to, i) => (i ? Math.min(least, metresToSide(place, positions[i - 1], to)) : least),
    Infinity,
  );
}

function metresToSide(place, from, to) {
  const [px, py] = inMetres(from, place);
  const [tx, ty] = inMetres(from, to);
  const square = tx * tx + ty * ty;
  const share = square ? Math.max(0, Math.min(1, (px * tx + py * ty) / square)) : 0;
  return Math.hypot(px - share * tx, py - share * ty);
}

/** Metres east and north from one position to another. */
function inMetres([lon, lat], [toLon, toLat]) {
  const east = METRES_PER_DEGREE * Math.cos((lat * Math.PI) / 180);
  return [(toLon - lon) * east, (toLat - lat) * METRES_PER_DEGREE];
}
