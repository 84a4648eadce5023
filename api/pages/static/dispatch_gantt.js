// Vehicles and docks over the day: hatched is loading, solid is driving with a tick at each stop,
// a thin line the way home.

import { h, s } from "./dom.js";
import { routeName } from "./dispatch_plan.js";
import { clock } from "./format.js";
import { icon } from "./marks.js";
import { t } from "./words.js";

const ROW = 25;
const BAR = 15;
const LABEL = 168;
const AXIS = 22;
const HOUR_S = 3600;
const LEAST_HOUR_PX = 56;
const MARGIN_S = 900;
const EARLIEST_EDGE = 8;
const HALF_LABEL_PX = 18;
const LEAST_WIDTH = 900;

/** Draw it into a box. view: routes, mode, chosen, docksOnly; choose(id) is called by a press. */
export function drawGantt(box, plan, view, now, choose) {
  const rows = [...(view.docksOnly ? [] : vehicleRows(plan, view)), ...dockRows(plan, view)];
  // On a phone it is scrolled: a whole day in its width would be a smear.
  const width = Math.max(box.clientWidth - LABEL - 4, LEAST_WIDTH);
  const scale = scaled(plan, width);
  const height = rows.length * ROW + 6;
  const lines = ticks(plan, scale);
  const drawn = (tall, ...parts) => s("svg", { width, height: tall, viewBox: `0 0 ${width} ${tall}`,
    "aria-hidden": "true" }, ...parts);
  const axis = drawn(AXIS, ...lines.map((at) => s("text", { x: scale.x(at).toFixed(1), y: 15, "font-size": 12,
    // The first hour would hang over the edge.
    "text-anchor": scale.x(at) < HALF_LABEL_PX ? "start" : "middle", fill: "var(--ink-2)" },
  clock(plan.at(at)))),
  ...nowBadge(plan, scale, now));
  const drawing = drawn(height, hatch(), s("path", { stroke: "var(--hairline)",
    d: lines.map((at) => `M${scale.x(at).toFixed(1)} 0V${height}`).join("") }),
  ...rows.flatMap((row, place) => rowOf(row, place, scale, width, choose)),
  ...nowLine(plan, scale, height, now));
  const labels = h("ol", { class: "gantt-labels" }, rows.map((row) => label(row, choose)));
  const top = box.scrollTop;
  const held = box.contains(document.activeElement) ? document.activeElement.dataset.row : null;
  box.replaceChildren(h("div", { class: "gantt-axis" }, axis), h("div", { class: "gantt-rows" }, labels, drawing));
  box.scrollTop = top;
  if (held) box.querySelector(`[data-row="${CSS.escape(held)}"]`)?.focus({ preventScroll: true });
  else show(box, rows.findIndex((row) => row.isChosen));
}

/** Bring the chosen row into view. */
function show(box, place) {
  if (place < 0) return;
  const top = place * ROW;
  const room = box.clientHeight - AXIS - ROW;
  if (top < box.scrollTop) box.scrollTop = top;
  else if (top > box.scrollTop + room) box.scrollTop = top - room / 2;
}

function vehicleRows(plan, view) {
  const byVehicle = new Map();
  for (const route of view.routes) {
    if (!byVehicle.has(route.vehicle)) byVehicle.set(route.vehicle, []);
    byVehicle.get(route.vehicle).push(route);
  }
  const loading = new Map(plan.overview.yards.flatMap((yard) => yard.berths)
    .filter((berth) => berth.loads).map((berth) => [berth.route, berth]));
  return [...byVehicle.values()].map((trips) => ({
    name: trips[0].vehicle,
    kind: "vehicle",
    isLinehaul: trips[0].isLinehaul,
    isChosen: trips.some((route) => route.id === view.chosen),
    trips: trips.map((route) => ({ route, look: plan.look(route, view.mode),
      berth: loading.get(route.id) })),
  })).toSorted((a, b) => Number(b.isLinehaul) - Number(a.isLinehaul));
}

function dockRows(plan, view) {
  const wanted = new Set(view.routes.map((route) => route.id));
  return plan.overview.yards.flatMap((yard) => {
    const berths = yard.berths.filter((berth) => wanted.has(berth.route));
    const docks = [...new Set(berths.map((berth) => berth.dock))].toSorted((a, b) => (a ?? 1e9) - (b ?? 1e9));
    return docks.map((dock) => ({
      kind: "dock",
      isShort: dock === null,
      name: dock === null ? t("dispatch.no_dock", { name: plan.name(yard.site) })
        : t("dispatch.dock", { name: plan.name(yard.site), dock }),
      berths: berths.filter((berth) => berth.dock === dock),
    }));
  });
}

function scaled(plan, width) {
  const starts = [...plan.routes.map((route) => route.departs_s),
    ...plan.overview.yards.flatMap((yard) => yard.berths.map((berth) => berth.starts_s))];
  const from = Math.min(...starts) - MARGIN_S;
  const to = Math.max(...plan.routes.map((route) => route.returns_s)) + MARGIN_S;
  const x = (seconds) => EARLIEST_EDGE + ((seconds - from) / (to - from)) * (width - 2 * EARLIEST_EDGE);
  return { from, to, x, hour: ((width - 16) * HOUR_S) / (to - from) };
}

/** Give whole hours of the clock, wherever the horizon begins. */
function ticks(plan, { from, to, hour }) {
  const step = HOUR_S * ([1, 2, 3, 6, 12].find((one) => one * hour >= LEAST_HOUR_PX) ?? 24);
  const shift = (plan.begin / 1000) % HOUR_S;
  const found = [];
  for (let at = Math.ceil((from + shift) / step) * step - shift; at < to; at += step) found.push(at);
  return found;
}

const hatch = () => s("defs", {}, s("pattern", { id: "hatch", width: 6, height: 6,
  patternUnits: "userSpaceOnUse", patternTransform: "rotate(45)" },
s("rect", { width: 6, height: 6, fill: "var(--surface)" }),
s("path", { d: "M0 0V6", stroke: "var(--ink-2)", "stroke-width": 2 })));

function rowOf(row, place, scale, width, choose) {
  const y = place * ROW;
  const parts = row.isChosen
    ? [s("rect", { x: 0, y, width, height: ROW, fill: "var(--selected)" })] : [];
  if (row.kind === "dock") return [...parts, ...row.berths.flatMap((one) => atDock(one, row, y, scale, choose))];
  return [...parts, ...row.trips.flatMap((trip) => onRoad(trip, y, scale, choose))];
}

function onRoad({ route, look, berth }, y, { x }, choose) {
  const top = y + (ROW - BAR) / 2;
  const last = route.stops.at(-1)?.departs_s ?? route.departs_s;
  const begin = x(route.departs_s);
  const marks = route.stops.map((stop) => `M${x(stop.starts_s).toFixed(1)} ${top + 3}v${BAR - 6}`).join("");
  const open = { class: "pressed", onclick: () => choose(route.id) };
  const bar = s("rect", { ...open, x: begin, y: top, width: Math.max(1, x(last) - begin), height: BAR,
    fill: `var(${look.colour})` });
  bar.append(s("title", {}, routeName(route)));
  return [
    ...(berth ? [s("rect", { x: x(berth.starts_s), y: top, width: Math.max(1, x(berth.ends_s) - x(berth.starts_s)),
      height: BAR, fill: "url(#hatch)", stroke: "var(--control-edge)" })] : []),
    bar,
    s("path", { stroke: "var(--surface)", "stroke-width": 1.4, "pointer-events": "none", d: marks }),
    s("path", { stroke: `var(${look.colour})`, "stroke-width": 2,
      d: `M${x(last).toFixed(1)} ${y + ROW / 2}H${x(route.returns_s).toFixed(1)}` }),
  ];
}

function atDock(berth, row, y, { x }, choose) {
  const top = y + (ROW - BAR) / 2;
  const begin = x(berth.starts_s);
  const words = t(berth.loads ? "dispatch.loads" : "dispatch.unloads", { vehicle: berth.vehicle });
  const bar = s("rect", { x: begin, y: top, width: Math.max(2, x(berth.ends_s) - begin), height: BAR,
    class: "pressed", onclick: () => choose(berth.route), stroke: "var(--ink)",
    fill: row.isShort ? "var(--warning)" : "url(#hatch)" });
  bar.append(s("title", {}, words));
  const spoken = row.isShort ? [s("text", { x: x(berth.ends_s) + 4, y: y + 17, "font-size": 12,
    fill: "var(--warning-text)", "font-weight": 700 },
  `▲ ${t("dispatch.waits_for_dock", { vehicle: berth.vehicle })}`)] : [];
  return [bar, ...spoken];
}

function nowAt(plan, { from, to, x }, now) {
  const at = (now - plan.begin) / 1000;
  return at < from || at > to ? null : x(at);
}

function nowLine(plan, scale, height, now) {
  const at = nowAt(plan, scale, now);
  return at === null ? [] : [s("path", { stroke: "var(--ink)", "stroke-width": 2, d: `M${at} 0V${height}` })];
}

function nowBadge(plan, scale, now) {
  const at = nowAt(plan, scale, now);
  return at === null ? [] : [
    s("rect", { x: at - 21, y: 1, width: 42, height: 20, rx: 3, fill: "var(--ink)" }),
    s("text", { x: at, y: 15, "font-size": 12, "font-weight": 700, "text-anchor": "middle",
      fill: "var(--surface)" }, clock(now))];
}

function label(row, choose) {
  if (row.kind === "dock") return h("li", { class: row.isShort ? "short" : "" },
    row.isShort ? icon("warning", 14) : null, row.name);
  const [first] = row.trips;
  return h("li", { class: row.isChosen ? "chosen" : "" },
    h("button", { type: "button", "data-row": row.name, onclick: () => choose(first.route.id),
      "aria-pressed": row.isChosen ? "true" : "false" },
    row.isLinehaul ? t("dispatch.truck", { vehicle: row.name }) : row.name));
}
