// A small course of the last two hours. No line is drawn across a gap.

import { s } from "./dom.js";
import { t } from "./words.js";

const LONGEST_GAP = 11 * 60_000;
export const SPARK_SPAN = 2 * 3_600_000;
const AHEAD_OF_ESTIMATE = 30 * 60_000;

/**
 * Draw a sparkline.
 *
 * what: samples ([time, °C], by time), limit (°C or null), side, zone, colour, now, stale,
 * ahead (where the air leads in half an hour: to, high, low) or null.
 */
export function sparkline(what, { width = 112, height = 56 } = {}) {
  const ahead = what.ahead && !what.stale ? AHEAD_OF_ESTIMATE : 0;
  const begin = what.now - SPARK_SPAN;
  const samples = what.samples.filter(([at]) => at >= begin);
  const frame = framed(what, samples, { begin, end: what.now + ahead, width, height });
  const parts = [];
  if (what.limit !== null) {
    parts.push(s("path", { stroke: `var(--${what.zone})`, "stroke-width": 1.5,
      d: `M0 ${frame.y(what.limit)}H${width}` }));
  }
  for (const piece of pieces(samples)) {
    parts.push(...excursions(what, piece, frame));
    parts.push(s("path", { fill: "none", stroke: "var(--ink)", "stroke-width": 1.8,
      "stroke-linejoin": "round", d: path(piece, frame) }));
  }
  if (samples.length) parts.push(...end(what, samples.at(-1), frame, width, ahead));
  return s("svg", { width, height, viewBox: `0 0 ${width} ${height}`, role: "img",
    "aria-label": t("spark.spoken") }, parts);
}

function framed(what, samples, { begin, end: finish, width, height }) {
  const values = samples.map(([, value]) => value);
  if (what.limit !== null) values.push(what.limit);
  if (what.ahead && !what.stale) values.push(what.ahead.to);
  const least = Math.min(...values);
  const most = Math.max(...values);
  const span = Math.max(most - least, 2);
  const middle = (least + most) / 2;
  return {
    x: (at) => 3 + ((at - begin) / (finish - begin)) * (width - 6),
    y: (value) => height / 2 - ((value - middle) / span) * (height - 12),
  };
}

/** Take a course apart at its gaps. */
export function pieces(samples, longest = LONGEST_GAP) {
  const found = [];
  for (const one of samples) {
    const last = found.at(-1)?.at(-1);
    if (last && one[0] - last[0] <= longest) found.at(-1).push(one);
    else found.push([one]);
  }
  return found;
}

const path = (piece, { x, y }) =>
  `M${piece.map(([at, value]) => `${x(at).toFixed(1)} ${y(value).toFixed(1)}`).join("L")}`;

function excursions(what, piece, frame) {
  if (what.limit === null || piece.length < 2) return [];
  const clipped = piece.map(([at, value]) =>
    [at, what.side === "low" ? Math.min(value, what.limit) : Math.max(value, what.limit)]);
  if (clipped.every(([, value]) => value === what.limit)) return [];
  const base = frame.y(what.limit);
  const d = `${path(clipped, frame)}L${frame.x(piece.at(-1)[0])} ${base}`
    + `L${frame.x(piece[0][0])} ${base}Z`;
  return [s("path", { fill: what.colour, opacity: 0.3, d })];
}

function end(what, [at, value], { x, y }, width, ahead) {
  const parts = [];
  if (what.stale) {
    parts.push(s("path", { stroke: "var(--ink-2)", "stroke-dasharray": "2 3",
      d: `M${x(at)} ${y(value)}H${width}` }));
  } else if (ahead) {
    parts.push(...cone(what, [at, value], { x, y }, ahead));
  }
  parts.push(s("circle", { cx: x(at), cy: y(value), r: 3, fill: "var(--ink)" }));
  return parts;
}

/** Draw where the air leads: dashed the middle, pale between the early and the late case. */
function cone(what, [at, value], { x, y }, span) {
  const until = at + span;
  const { to, high, low } = what.ahead;
  const reached = (half) => y(value + ((half - value) * span) / AHEAD_OF_ESTIMATE);
  return [
    s("path", { fill: what.colour, opacity: 0.3,
      d: `M${x(at)} ${y(value)}L${x(until)} ${reached(high)}V${reached(low)}Z` }),
    s("path", { fill: "none", stroke: what.colour, "stroke-width": 1.8, "stroke-dasharray": "4 3",
      d: `M${x(at)} ${y(value)}L${x(until)} ${reached(to)}` }),
  ];
}
