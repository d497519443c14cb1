// What lies on the map, as DOM: texts of citizens only ever by textContent.
import icons from "../../icons.json";
import { number } from "../announce.js";
import { arcs, RADIUS, sizeOf } from "./arcs.js";
import { divIcon, marker } from "./leaflet.js";

const BODY = "M18 43S34 28 34 17.5A16 16 0 0 0 2 17.5C2 28 18 43 18 43Z";

function svg(viewBox, inside, className) {
  const source = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="${viewBox}" aria-hidden="true">${inside}</svg>`;
  const drawing = document.importNode(new DOMParser().parseFromString(source, "image/svg+xml").documentElement, true);
  drawing.setAttribute("class", className);
  return drawing;
}

export function icon(name) {
  return svg("0 0 24 24", icons[name] ?? icons.dots, "i");
}

function element(tag, className, ...children) {
  const made = document.createElement(tag);
  made.className = className;
  made.append(...children);
  return made;
}

/** A pin. properties: color, icon, title (may be empty), pending */
export function pin({ color, icon: iconName, title, pending }, isSelected = false) {
  const body = svg("0 0 36 44", `<path d="${BODY}"/>`, "pin__body");
  const states = `${pending ? " pin--pending" : ""}${isSelected ? " is-selected" : ""}`;
  const made = element("span", `pin${states}`, body, icon(iconName));
  made.dataset.color = color;
  if (title) made.append(element("span", "tip", title));
  return made;
}

/** A group of pins: number and share of categories. */
export function cluster({ count, colors }) {
  const arc = ({ length, gap, offset }) =>
    `<circle class="cluster__arc" cx="24" cy="24" r="${RADIUS}" stroke-dasharray="${length.toFixed(2)} ${gap.toFixed(2)}" ` +
    `stroke-dashoffset="${offset.toFixed(2)}" transform="rotate(-90 24 24)"/>`;
  const parts = arcs(colors);
  const ring = svg(
    "0 0 48 48",
    `<circle class="cluster__disc" cx="24" cy="24" r="23.8"/>${parts.map(arc).join("")}`,
    "",
  );
  ring.querySelectorAll(".cluster__arc").forEach((circle, i) => (circle.dataset.color = parts[i].color));
  const size = sizeOf(count);
  return element("span", `cluster${size ? ` cluster--${size}` : ""}`, ring, element("b", "", number(count)));
}

/** A proceeding on the city's map. side: where its name stands – "", "left" or "below" */
export function proceedingSign({ state, count, title, side }) {
  const stateIcons = { soon: "clock", done: "check" };
  const sign = state in stateIcons ? icon(stateIcons[state]) : number(count);
  const name = element("span", `procpin__name${side ? ` procpin__name--${side}` : ""}`, title);
  return element("span", `procpin procpin--${state}`, name, " ", sign);
}

export function vertex(isFirst) {
  return element("span", `vertex${isFirst ? " vertex--first" : ""}`);
}

/** A marker whose drawing is a DOM element; Leaflet's own box has no size. */
export function markerAt(place, html, options = {}) {
  return marker(place, { ...options, icon: divIcon({ className: "", iconSize: [0, 0], html }) });
}

export function hereMarker(place) {
  return markerAt(place, element("span", "here"), { interactive: false, keyboard: false });
}
