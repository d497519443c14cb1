// Canvas and Leaflet's shapes cannot read custom properties: they get the colours of the theme from here.

/** Colour of one of our tokens, e.g. "map-park", "green", "ink". */
export function color(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(`--dp-${name}`).trim();
}
