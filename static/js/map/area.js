// The project area: a dotted line on a light halo; what lies outside is shaded.
import { color } from "./colors.js";
import { flipped, polygon } from "./leaflet.js";

const WORLD = [
  [-85, -180],
  [-85, 180],
  [85, 180],
  [85, -180],
];

/** Draws the area of a MultiPolygon; returns its layers for paintArea(). */
export function drawArea(map, area, { isDimmed, isFilled }) {
  map.createPane("shade").style.zIndex = 260;
  const rings = flipped(area.coordinates);
  const layer = (positions) => polygon(positions, { pane: "shade", interactive: false }).addTo(map);
  return {
    shade: isDimmed ? layer([WORLD, ...rings.map(([outer]) => outer)]) : null,
    fill: isFilled ? layer(rings) : null,
    halo: layer(rings),
    line: layer(rings),
  };
}

export function paintArea({ shade, fill, halo, line }) {
  shade?.setStyle({ stroke: false, fillColor: color("map-land"), fillOpacity: 0.34 });
  fill?.setStyle({ stroke: false, fillColor: color("map-site"), fillOpacity: 0.35 });
  halo.setStyle({ fill: false, color: color("map-halo"), weight: 6, opacity: 0.8 });
  line.setStyle({ fill: false, color: color("ink"), weight: 2.5, dashArray: "1 6", lineCap: "round" });
}
