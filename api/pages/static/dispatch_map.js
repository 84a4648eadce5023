// The map: graph paper of one kilometre, routes on a canvas, the chosen one with stops to drag.

import { h, s } from "./dom.js";
import { clock } from "./format.js";
import { layTiles } from "./map_tiles.js";
import { t } from "./words.js";

const EQUATOR_M = 40_075_016.686;
const STEPS_KM = [1, 2, 5, 10, 20, 50, 100, 200, 500];
const LEAST_STEP_PX = 12;
const CATCH_PX = 60;

let probe = null;
const colours = new Map();

/** Resolve a colour of tokens.css for the canvas, which knows no variables. */
function colour(name) {
  if (!colours.has(name)) {
    probe ??= document.body.appendChild(h("i", { hidden: true }));
    probe.style.color = `var(${name})`;
    colours.set(name, getComputedStyle(probe).color);
  }
  return colours.get(name);
}

const NUMBERED_PX = 22;
const DOT_PX = 12;

const stopMark = (look, size) =>
  L.divIcon({ className: `stop-mark ${look}`, html: "", iconSize: [size, size] });

export class PlanMap {
  /** heard: route(id), stop(route, place), drop({route, stop, toRoute, position}), missed(). */
  constructor(box, heard) {
    this.heard = heard;
    this.box = box;
    this.map = L.map(box, { attributionControl: false, zoomControl: false, zoomAnimation: false,
      fadeAnimation: false, markerZoomAnimation: false, inertia: false, zoomSnap: 0.25, minZoom: 4,
      maxZoom: 18 });
    this.map.setView([28.2, 112.9], 11);
    layTiles(this.map);
    this.canvas = L.canvas({ tolerance: 6, padding: 0.4 }).addTo(this.map);
    const zoom = L.control.zoom({ position: "topright", zoomInTitle: t("dispatch.zoom_in"),
      zoomOutTitle: t("dispatch.zoom_out") }).addTo(this.map);
    zoom.getContainer().classList.replace("leaflet-bar", "zoom");
    L.control.scale({ imperial: false, position: "bottomright" }).addTo(this.map);
    this.routes = L.layerGroup().addTo(this.map);
    this.places = L.layerGroup().addTo(this.map);
    this.chosen = L.layerGroup().addTo(this.map);
    this.dangers = L.layerGroup().addTo(this.map);
    this.map.on("move zoom resize viewreset", () => this.paper());
    this.map.on("zoomend", () => this.shown && this.choose(this.shown.plan, this.shown.view));
    new ResizeObserver(() => this.map.invalidateSize({ animate: false })).observe(box);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
      colours.clear();
      this.redraw();
    });
    this.shown = null;
  }

  /** Draw a plan. view: mode, routes (those that the filter lets through), chosen (id or null). */
  show(plan, view) {
    const isNew = this.shown?.plan.id !== plan.id;
    this.shown = { plan, view };
    if (isNew) this.fit(plan);
    this.redraw();
  }

  fit(plan) {
    const all = [...plan.sites.values()].map((site) => [site.lat, site.lon]);
    if (all.length) this.map.fitBounds(all, { padding: [36, 44] });
  }

  redraw() {
    if (!this.shown) return;
    const { plan, view } = this.shown;
    this.routes.clearLayers();
    this.places.clearLayers();
    const isWanted = new Set(view.routes.map((route) => route.id));
    const paint = { surface: colour("--surface"), ink: colour("--ink"), grey: colour("--control-edge") };
    const grid = plan.byId.get(view.chosen)?.start_site;
    const moved = view.other ? this.before(plan, view, paint) : new Set();
    for (const route of plan.routes) {
      if (!isWanted.has(route.id)) continue;
      const look = plan.look(route, view.mode);
      this.line(route, { ...look, hue: colour(look.colour), 
        isNear: view.other ? moved.has(route.id) : route.start_site === grid, ...paint });
    }
    for (const site of plan.sites.values()) if (site.kind !== "pickup") this.house(site);
    this.missing(plan);
    this.choose(plan, view);
    this.paper();
  }

  positions(route, plan = this.shown.plan) {
    return route.path.map((id) => plan.sites.get(id)).filter(Boolean)
      .map((site) => [site.lat, site.lon]);
  }

  /** Draw, dashed, what drove otherwise in the version compared with; gives what is new or moved. */
  before(plan, { other, routes }, paint) {
    const { moved, gone } = plan.changesSince(other);
    const isWanted = new Set(routes.map((route) => route.id));
    const were = [...moved.filter((route) => isWanted.has(route.id))
      .map((route) => other.byId.get(route.id)).filter(Boolean), ...gone];
    for (const route of were) {
      const way = this.positions(route, other);
      const drawn = { renderer: this.canvas, smoothFactor: 0, interactive: false };
      L.polyline(way, { ...drawn, color: paint.surface, weight: 5 }).addTo(this.routes);
      L.polyline(way, { ...drawn, color: paint.ink, weight: 2, dashArray: "3 5" }).addTo(this.routes);
    }
    return new Set(moved.map((route) => route.id));
  }

  line(route, look) {
    const way = this.positions(route);
    const click = () => this.heard.route(route.id);
    const drawn = (options) => L.polyline(way, { renderer: this.canvas, smoothFactor: 0, ...options })
      .on("click", click).addTo(this.routes);
    if (route.isLinehaul) {
      // A double line tells trucks from vans without colour.
      drawn({ color: look.ink, weight: 5 });
      drawn({ color: look.surface, weight: 2.5 });
      return;
    }
    drawn({ color: look.hue, weight: look.isNear ? 2 : 1.2, dashArray: look.dash });
    for (const at of way.slice(1, -1)) {
      L.circleMarker(at, { renderer: this.canvas, radius: 2, weight: 1, color: look.hue,
        fillColor: look.hue, fillOpacity: 1 }).on("click", click).addTo(this.routes);
    }
  }

  house(site) {
    const icon = L.divIcon({ className: `house ${site.kind}`, html: "", iconSize: [20, 20] });
    const marker = L.marker([site.lat, site.lon], { icon, interactive: false, keyboard: false })
      .addTo(this.places);
    // Put in as text, never as markup.
    marker.getElement()?.append(houseMark(site.kind), h("span", {}, site.name || site.id));
  }

  missing(plan) {
    const fill = colour("--surface");
    const ink = colour("--critical-text");
    const sites = new Set(plan.overview.left_out.map((one) => one.site));
    for (const id of sites) {
      const site = plan.sites.get(id);
      if (!site) continue;
      L.circleMarker([site.lat, site.lon], { renderer: this.canvas, radius: 5, weight: 2, color: ink,
        fillColor: fill, fillOpacity: 1, dashArray: "2 2" }).addTo(this.routes);
    }
  }

  choose(plan, view) {
    this.chosen.clearLayers();
    const route = plan.byId.get(view.chosen);
    if (!route) return;
    const way = this.positions(route);
    const look = plan.look(route, view.mode);
    const above = { smoothFactor: 0, interactive: false, renderer: this.canvas };
    L.polyline(way, { ...above, color: colour("--surface"), weight: 8 }).addTo(this.chosen);
    L.polyline(way, { ...above, color: colour(look.colour), weight: 4, dashArray: look.dash })
      .addTo(this.chosen);
    const numbered = this.numbered(plan, route, view);
    route.stops.forEach((stop, place) =>
      this.stop(plan, route, stop, { place, isNumbered: numbered.has(place) }, view));
  }

  /** Choose which stops have room for their number: the chosen one, the ends, then others. */
  numbered(plan, route, view) {
    const points = route.stops.map((stop) => plan.sites.get(stop.site)).map((site) =>
      (site ? this.map.latLngToLayerPoint([site.lat, site.lon]) : null));
    const found = new Set();
    for (const place of [view.stop, 0, points.length - 1, ...points.keys()]) {
      const point = points[place];
      if (!point || found.has(place)) continue;
      const isFree = [...found].every((other) => points[other].distanceTo(point) >= NUMBERED_PX);
      if (isFree || place === view.stop) found.add(place);
    }
    return found;
  }

  stop(plan, route, stop, { place, isNumbered }, view) {
    const site = plan.sites.get(stop.site);
    if (!site) return;
    const look = place === view.stop ? "chosen" : isNumbered ? "" : "dot";
    const mayDrag = view.mayRevise && !route.isLinehaul && !route.stays;
    const title = t("dispatch.stop_spoken", { number: place + 1, name: plan.name(stop.site),
      at: clock(plan.at(stop.arrives_s)) });
    const marker = L.marker([site.lat, site.lon], { title,
      icon: stopMark(look, isNumbered ? NUMBERED_PX : DOT_PX), alt: title,
      draggable: mayDrag, keyboard: false, zIndexOffset: isNumbered ? 600 : 500 }).addTo(this.chosen);
    if (isNumbered) marker.getElement()?.append(String(place + 1));
    marker.on("click", () => this.heard.stop(route.id, place));
    if (!mayDrag) return;
    const home = marker.getLatLng();
    const trail = L.polyline([home, home], { color: colour("--ink"), weight: 2, dashArray: "3 4",
      interactive: false });
    marker.on("dragstart", () => trail.addTo(this.chosen));
    marker.on("drag", () => trail.setLatLngs([home, marker.getLatLng()]));
    marker.on("dragend", () => {
      const target = this.nearest(marker.getLatLng(), route, place);
      if (target) {
        this.heard.drop({ route: route.id, stop: place, ...target });
        return;
      }
      trail.remove();
      marker.setLatLng(home);
      this.heard.missed();
    });
  }

  /** Find the leg of a van's route that lies nearest to where a stop was let go. */
  nearest(position, own, place) {
    const { plan, view } = this.shown;
    const here = this.map.latLngToLayerPoint(position);
    let best = null;
    for (const route of view.routes) {
      if (route.isLinehaul || route.stays) continue;
      const path = this.positions(route).filter((_, step) => route.id !== own.id || step !== place + 1);
      const points = path.map((one) => this.map.latLngToLayerPoint(one));
      for (let leg = 0; leg + 1 < points.length; leg += 1) {
        const far = L.LineUtil.pointToSegmentDistance(here, points[leg], points[leg + 1]);
        if (far <= CATCH_PX && (!best || far < best.far)) best = { far, toRoute: route.id, position: leg };
      }
    }
    return best && plan.byId.has(best.toRoute)
      ? { toRoute: best.toRoute, position: best.position } : null;
  }

  /** Show vehicles with open alarms where the plan has them now. */
  alarm(found) {
    this.dangers.clearLayers();
    for (const { at, vehicle, words, mark } of found) {
      const icon = L.divIcon({ className: `danger ${mark.severity}`, html: "", iconSize: [24, 24] });
      const marker = L.marker(at, { icon, title: `${vehicle} ${words}`, keyboard: false,
        zIndexOffset: 900 }).addTo(this.dangers);
      marker.getElement()?.append(mark.draw(), h("span", {}, `${vehicle} ${words}`));
      marker.on("click", () => this.heard.vehicle(vehicle));
    }
  }

  /** Lay graph paper under the map; its squares stay at their place on the ground. */
  paper() {
    const { lat } = this.map.getCenter();
    const metres = (EQUATOR_M * Math.cos((lat * Math.PI) / 180)) / 2 ** (this.map.getZoom() + 8);
    const km = STEPS_KM.find((one) => (one * 1000) / metres >= LEAST_STEP_PX) ?? STEPS_KM.at(-1);
    const step = (km * 1000) / metres;
    const zero = this.map.latLngToContainerPoint(this.origin ??= this.map.getCenter());
    this.box.style.backgroundSize = `${step}px ${step}px`;
    this.box.style.backgroundPosition = `${zero.x % step}px ${zero.y % step}px`;
  }
}

export function houseMark(kind) {
  const svg = (...parts) => s("svg", { width: 20, height: 20, viewBox: "0 0 20 20",
    "aria-hidden": "true" }, ...parts);
  const ink = { fill: "var(--ink)", stroke: "var(--surface)", "stroke-width": 1.4 };
  if (kind === "central") return svg(s("path", { ...ink, d: "M10 1 19 8v11H1V8Z" }));
  if (kind === "grid") {
    return svg(s("path", { ...ink, d: "M2 2h16v16H2Z" }),
      s("path", { stroke: "var(--surface)", "stroke-width": 2, d: "M10 6v8M6 10h8" }));
  }
  return svg(s("path", { fill: "var(--surface)", stroke: "var(--ink)", "stroke-width": 1.8,
    d: "M10 1l9 9-9 9-9-9Z" }),
  s("path", { fill: "none", stroke: "var(--ink)", "stroke-width": 1.5,
    d: "M6 8.4h7.4l-2-2M14 11.6H6.6l2 2" }));
}
