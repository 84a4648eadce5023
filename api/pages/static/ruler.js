// The band ruler: the same axis for the same zone everywhere, so equal places mean equal states.
// Solid is fact, dashed is forecast, hollow is unknown.

import { s } from "./dom.js";
import { celsius, decimal } from "./format.js";
import { t } from "./words.js";

const AXES = { frozen: [-26, -10], chilled: [-3, 10], controlled: [9, 21] };
const EDGE = 8;

/**
 * Draw a ruler.
 *
 * what: zone, profile (band and limits), value (°C or null), forecast ({to, low, high} or null),
 * colour of the marker, stale. size: width, height, and whether limits are written.
 */
export function bandRuler(what, { width = 176, height = 66, labels = true, font = 14 } = {}) {
  const [least, most] = AXES[what.zone];
  const scale = (width - 2 * EDGE) / (most - least);
  const x = (celsiusValue) => EDGE + (Math.min(Math.max(celsiusValue, least), most) - least) * scale;
  const y = labels ? height - font - 6 : height - 8;
  const low = what.profile?.lower_c ?? least;
  const high = what.profile?.upper_c ?? most;
  const parts = [
    s("path", { stroke: "var(--control-edge)", d: `M${EDGE} ${y}H${width - EDGE}` }),
    s("rect", { x: x(low), y: y - 3.5, width: Math.max(1, x(high) - x(low)), height: 7,
      fill: `var(--${what.zone})` }),
  ];
  const ticks = criticalLimits(what.profile);
  for (const limit of ticks) {
    parts.push(s("path", { stroke: "var(--ink)", "stroke-width": 1.6,
      d: `M${x(limit)} ${y - 6}v12` }));
  }
  if (labels) parts.push(...written([low, high, ...ticks], { least, most, x, y, font }));
  if (what.forecast && !what.stale) parts.push(...forecast(what, x, y));
  if (what.value !== null) parts.push(marker(what, x(what.value), y));
  return s("svg", { width, height, viewBox: `0 0 ${width} ${height}`, role: "img",
    "aria-label": spoken(what, low, high, least, most) }, parts);
}

/** Give the critical limits of a rule pack. */
export const criticalLimits = (profile) =>
  (profile?.limits ?? []).filter((one) => one.severity === "critical").map((one) => one.limit_c);

function written(values, { least, most, x, y, font }) {
  const shown = [];
  const room = font * 1.7;
  for (const value of [...new Set(values)].sort((a, b) => a - b)) {
    if (value <= least || value >= most) continue;
    if (shown.length && x(value) - x(shown.at(-1)) < room) continue;
    shown.push(value);
  }
  return shown.map((value) =>
    s("text", { x: x(value), y: y + 4 + font, "font-size": font, "text-anchor": "middle",
      fill: "var(--ink-2)" }, decimal(value, Number.isInteger(value) ? 0 : 1)));
}

function forecast(what, x, y) {
  const from = x(what.value);
  const to = x(what.forecast.to);
  if (Math.abs(to - from) < 3) return [];
  const [a, b] = [x(what.forecast.low), x(what.forecast.high)].sort((one, two) => one - two);
  const tip = to > from ? -5 : 5;
  return [
    s("rect", { x: a, y: y - 13, width: Math.max(1, b - a), height: 6, fill: what.colour,
      opacity: 0.3 }),
    s("path", { fill: "none", stroke: what.colour, "stroke-width": 2, "stroke-dasharray": "4 3",
      d: `M${from} ${y - 10}H${to}` }),
    s("path", { fill: "none", stroke: what.colour, "stroke-width": 2,
      d: `M${to + tip} ${y - 14.5}L${to} ${y - 10}L${to + tip} ${y - 5.5}` }),
  ];
}

function marker(what, at, y) {
  const d = `m${at} ${y} -6.5-12h13Z`;
  return what.stale
    ? s("path", { fill: "var(--surface)", stroke: "var(--ink)", "stroke-width": 1.6,
      "stroke-dasharray": "3 1.5", d })
    : s("path", { fill: what.colour, stroke: "var(--surface)", "stroke-width": 1.2, d });
}

function spoken(what, low, high, least, most) {
  const value = what.value === null ? t("ruler.no_value") : celsius(what.value);
  if (low <= least) return t("ruler.spoken_up_to", { value, high: celsius(high) });
  if (high >= most) return t("ruler.spoken_from", { value, low: celsius(low) });
  return t("ruler.spoken", { value, low: celsius(low), high: celsius(high) });
}
