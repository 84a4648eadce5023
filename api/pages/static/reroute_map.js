// The ways of one proposal on graph paper of one kilometre: dashed as it was, solid as proposed.

import { h, s } from "./dom.js";
import { t } from "./words.js";

const WIDTH = 420;
const HEIGHT = 200;
const EDGE = 30;
const KM_PER_DEGREE = 111.32;
const OTHERS = ["var(--route-4)", "var(--route-2)", "var(--route-9)"];
const MOST_LINES = 40;

/** Give sites by their id from the map of a plan. */
export const sitesOf = (map) => new Map(map.features
  .filter(({ properties }) => properties.feature === "site")
  .map(({ geometry, properties: { id, kind, name } }) =>
    [id, { id, kind, name, lon: geometry.coordinates[0], lat: geometry.coordinates[1] }]));

/** Split a route at a moment: what is driven, and what is ahead from where the vehicle is. */
function split(route, at, sites, position) {
  if (!route) return { driven: [], ahead: [] };
  const begun = Date.parse(route.departs_at) <= at;
  const passed = route.stops.filter((stop) => Date.parse(stop.departs_at) <= at);
  const rest = route.stops.slice(passed.length).map((stop) => stop.site);
  const here = begun && position ? [position] : [];
  const start = [route.start_site, ...passed.map((stop) => stop.site)];
  const known = (ids) => ids.map((id) => sites.get(id)).filter(Boolean);
  return {
    driven: begun ? [...known(start), ...here] : [],
    ahead: [...(here.length ? here : known(start.slice(-1))), ...known([...rest, route.end_site])],
  };
}

/**
 * Draw it. change: before and after (plans), routes (ids that change), sites, at, vehicle,
 * position (where the vehicle is, or null), places (ids where goods change hands).
 */
export function changeMap(change) {
  const { before, after, sites, at, vehicle, position } = change;
  const routeOf = (plan, id) => plan.routes.find((route) => route.id === id);
  const drawn = change.routes.map((id) => {
    const was = routeOf(before, id);
    const will = routeOf(after, id);
    const own = (will ?? was)?.vehicle === vehicle;
    return { own, vehicle: (will ?? was)?.vehicle,
      was: split(was, at, sites, own ? position : null),
      will: split(will, at, sites, own ? position : null) };
  });
  const all = drawn.flatMap(({ was, will }) =>
    [...was.driven, ...was.ahead, ...will.driven, ...will.ahead]);
  if (!all.length) return h("p", { class: "empty" }, t("reroute.no_map"));
  const place = fitted(all);
  return s("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img", class: "change-map",
    "aria-label": spoken(change, drawn) },
  ...paper(place),
  ...drawn.map(({ was }) => line(was.driven, place, { stroke: "var(--control-edge)",
    "stroke-width": 1.6 })),
  ...drawn.map(({ was }) => line(was.ahead, place, { stroke: "var(--ink-2)", "stroke-width": 1.6,
    "stroke-dasharray": "5 4" })),
  // Beside the other vehicle's way, where both drive along one road.
  ...others(drawn).map((one, order) => line(one.will.ahead, place, { transform: "translate(3 3)",
    stroke: OTHERS[order % OTHERS.length], "stroke-width": 3 })),
  ...drawn.filter((one) => one.own).map(({ will }) => line(will.ahead, place, {
    stroke: "var(--ink)", "stroke-width": 3.5 })),
  ...points(drawn, place),
  ...change.places.map((id) => sites.get(id)).filter(Boolean).flatMap((site) =>
    meeting(site, place, position)),
  ...others(drawn).map((one, order) => label(one.vehicle, middleOf(one.will.ahead), place,
    OTHERS[order % OTHERS.length])),
  ...(position ? [broken(place(position))] : []));
}

const others = (drawn) => drawn.filter((one) => !one.own && one.will.ahead.length > 1);
const middleOf = (way) => way[Math.floor(way.length / 2)];

function fitted(all) {
  const middle = Math.cos((all[0].lat * Math.PI) / 180);
  const x = ({ lon }) => lon * KM_PER_DEGREE * middle;
  const y = ({ lat }) => -lat * KM_PER_DEGREE;
  const [west, east] = [Math.min(...all.map(x)), Math.max(...all.map(x))];
  const [north, south] = [Math.min(...all.map(y)), Math.max(...all.map(y))];
  const scale = Math.min((WIDTH - 2 * EDGE) / Math.max(east - west, 0.5),
    (HEIGHT - 2 * EDGE) / Math.max(south - north, 0.5));
  const place = (site) => [WIDTH / 2 + (x(site) - (west + east) / 2) * scale,
    HEIGHT / 2 + (y(site) - (north + south) / 2) * scale];
  place.scale = scale;
  return place;
}

function paper({ scale }) {
  const step = scale * Math.ceil(WIDTH / scale / MOST_LINES);
  const found = [];
  for (let x = (WIDTH / 2) % step; x < WIDTH; x += step) found.push(`M${x.toFixed(1)} 0V${HEIGHT}`);
  for (let y = (HEIGHT / 2) % step; y < HEIGHT; y += step) found.push(`M0 ${y.toFixed(1)}H${WIDTH}`);
  return [s("rect", { width: WIDTH, height: HEIGHT, fill: "var(--ground)" }),
    s("path", { stroke: "var(--hairline)", d: found.join("") })];
}

function line(way, place, look) {
  const d = way.length > 1
    ? `M${way.map((site) => place(site).map((one) => one.toFixed(1)).join(" ")).join("L")}` : "";
  return s("path", { fill: "none", "stroke-linejoin": "round", ...look, d });
}

function points(drawn, place) {
  const seen = new Map(drawn.flatMap(({ was, will }) => [...will.ahead, ...was.ahead])
    .filter((site) => site.id).map((site) => [site.id, site]));
  return [...seen.values()].map((site) => {
    const [x, y] = place(site);
    const look = { fill: "var(--surface)", stroke: "var(--ink)", "stroke-width": 2 };
    const shape = site.kind === "pickup" ? s("circle", { cx: x, cy: y, r: 5, ...look })
      : s("rect", { x: x - 5, y: y - 5, width: 10, height: 10, ...look });
    shape.append(s("title", {}, site.name));
    return shape;
  });
}

function meeting(site, place, position) {
  const [x, y] = place(site);
  const parts = [s("path", { fill: "var(--surface)", stroke: "var(--ink)", "stroke-width": 2.4,
    d: `M${x} ${y - 12}l12 12-12 12-12-12Z` }),
  s("path", { fill: "none", stroke: "var(--ink)", "stroke-width": 1.8,
    d: `M${x - 5} ${y - 2}h9l-3-3M${x + 5} ${y + 3}h-9l3 3` })];
  // Above it, unless the mark of the break is there.
  const [, other] = position ? place(position) : [0, HEIGHT];
  return [...parts, label(site.name, site, place, "var(--ink)", { away: 18,
    isLow: other < y + 6 && y < HEIGHT - 40 })];
}

function label(text, site, place, colour, { away = 10, isLow = false } = {}) {
  const [x, y] = place(site);
  const isLeft = x > WIDTH * 0.55;
  return s("text", { x: x + (isLeft ? -away : away), y: y + (isLow || y < 26 ? 20 : -8), "font-size": 12,
    "font-weight": 700, "text-anchor": isLeft ? "end" : "start", fill: colour, class: "over-map" },
  text);
}

function broken([x, y]) {
  return s("g", { transform: `translate(${x - 10} ${y - 10})` },
    s("path", { fill: "var(--critical)", stroke: "var(--surface)", "stroke-width": 1.5,
      d: "M6 1h8l5 5v8l-5 5H6l-5-5V6Z" }),
    s("path", { stroke: "var(--on-critical)", "stroke-width": 2.4, d: "M10 5v6.2M10 13.3v2.4" }));
}

function spoken({ vehicle }, drawn) {
  const named = (way) => way.filter((site) => site.id).map((site) => site.name)
    .join(t("cause.comma")) || t("reroute.nowhere");
  return drawn.map((one) => t("reroute.map_spoken", { vehicle: one.vehicle ?? vehicle,
    before: named(one.was.ahead), after: named(one.will.ahead) })).join(" ");
}
