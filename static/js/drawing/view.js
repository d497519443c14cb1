// Shows a drawing on the map: its shape, its corners (focusable, movable by pointer and arrow keys), the cross.
import { fill } from "../announce.js";
import { color } from "../map/colors.js";
import { DomEvent, flipped, layerGroup, polygon, polyline } from "../map/leaflet.js";
import { markerAt, pin, vertex } from "../map/symbols.js";

const STEP = 2; // px an arrow key moves a corner; with Shift:
const LARGE_STEP = 10;
const ARROWS = { ArrowUp: [0, -1], ArrowDown: [0, 1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] };

/** acts: move(index, place), remove(index); both are followed by show() from outside. */
export function drawingView(map, { texts, category, acts }) {
  const layers = layerGroup().addTo(map);
  let corners = [];

  function shapeOf({ tool, points }) {
    const places = flipped(points);
    const style = { color: color("action"), weight: 5, interactive: false };
    if (tool === "line" && points.length > 1) return polyline(places, style);
    return tool === "area" && points.length > 1 ? polygon(places, { ...style, weight: 4, fillOpacity: 0.2 }) : null;
  }

  function cornerAt(point, index, { tool }) {
    const isPoint = tool === "point";
    const html = isPoint ? pin(category, true) : vertex(index === 0);
    const marker = markerAt(flipped(point), html, { draggable: true, autoPan: true }).addTo(layers);
    const element = marker.getElement();
    element.setAttribute("role", "button");
    element.setAttribute("aria-label", fill(texts.corner, { n: index + 1 }));
    marker.on("dragend", () => acts.move(index, position(marker.getLatLng())));
    DomEvent.on(element, "keydown", (event) => onKey(event, marker, index));
    return marker;
  }

  function onKey(event, marker, index) {
    const arrow = ARROWS[event.key];
    if (event.key === "Escape") map.getContainer().focus();
    else if (event.key === "Delete" || event.key === "Backspace") acts.remove(index);
    else if (arrow) {
      const step = event.shiftKey ? LARGE_STEP : STEP;
      const moved = map.latLngToContainerPoint(marker.getLatLng()).add(arrow.map((way) => way * step));
      acts.move(index, position(map.containerPointToLatLng(moved)));
    } else return;
    DomEvent.stop(event);
  }

  /** hidesPoint: the point is the cross in the middle of the map, as on a phone. */
  function show(drawing, { hidesPoint }) {
    const focused = corners.findIndex((marker) => marker.getElement() === document.activeElement);
    layers.clearLayers();
    shapeOf(drawing)?.addTo(layers);
    const isHidden = hidesPoint && drawing.tool === "point";
    corners = isHidden ? [] : drawing.points.map((point, index) => cornerAt(point, index, drawing));
    if (focused < 0) return;
    (corners[Math.min(focused, corners.length - 1)]?.getElement() ?? map.getContainer()).focus();
  }

  return { show };
}

/** Leaflet's {lat, lng} as GeoJSON orders it. */
export function position({ lat, lng }) {
  return [lng, lat];
}
