// The course of one point: band, readings, excursions, defrosts, doors, alarms, and where it leads.

import { s } from "./dom.js";
import { celsius, clock, day, decimal } from "./format.js";
import { kindOf } from "./place_words.js";
import { criticalLimits } from "./ruler.js";
import { pieces } from "./spark.js";
import { t } from "./words.js";

const LEFT = 44;
const RIGHT = 12;
const TOP = 14;
const FOOT = 40;
const HOUR = 3_600_000;
const AIR_AHEAD = HOUR / 2;
const LONGEST_AHEAD = 4 * HOUR;
const STEPS = [1 / 60, 1 / 12, 0.25, 0.5, 1, 2, 4, 6, 12, 24, 48];
const DEGREES = [0.5, 1, 2, 5, 10, 20];
export const GAP = { raw: 6 * 60_000, buckets: 16 * 60_000 };
/** The first sensor is ink; others are told apart by hue and width, named in the legend. */
export const LINES = [{ stroke: "var(--ink)", "stroke-width": 1.6 },
  { stroke: "var(--route-3)", "stroke-width": 2.6 }, { stroke: "var(--route-8)", "stroke-width": 1 }];

/** Draw it. hidden: names of parts that are left out. Gives the drawing and its scales. */
export function chart(course, { width, height, hidden }) {
  const frame = framed(course, width, height);
  const part = (name, draw) => (hidden.has(name) ? [] : draw());
  const drawing = s("svg", { width, height, viewBox: `0 0 ${width} ${height}`, role: "img",
    "aria-label": spoken(course) },
  ...part("band", () => band(course, frame, width)),
  ...hours(course, frame, width, height),
  ...degrees(frame, width),
  ...part("critical", () => criticals(course, frame, width)),
  ...part("excursion", () => excursions(course, frame, false)),
  ...part("defrost", () => excursions(course, frame, true)),
  ...part("door", () => course.doors.map((one) => door(one, course, frame, height))),
  ...course.series.flatMap((one, order) =>
    part(`sensor ${one.sensor}`, () => line(one, order, course, frame))),
  ...part("forecast", () => [...air(course, frame), ...goods(course, frame)]),
  ...part("alarm", () => course.alarms.map((alarm) => alarmMark(alarm, course, frame))),
  ...(course.ahead || course.product ? [s("path", { stroke: "var(--ink)", "stroke-dasharray": "1 3",
    d: `M${frame.x(course.now)} ${TOP}V${height - FOOT}` })] : []));
  return { drawing, frame };
}

function framed(course, width, height) {
  const values = course.samples.flatMap(({ low, high }) => [low, high]);
  const { lower_c: low, upper_c: high } = course.profile ?? {};
  values.push(...[low, high].filter((one) => one !== null && one !== undefined));
  values.push(...criticalLimits(course.profile));
  if (course.ahead) values.push(course.ahead.to);
  if (course.product) values.push(course.product.value);
  const least = Math.min(...values) - 1;
  const most = Math.max(...values) + 1;
  const end = course.to + lookAhead(course);
  const wide = width - LEFT - RIGHT;
  return {
    least, most, end, top: TOP, bottom: height - FOOT, left: LEFT, right: width - RIGHT,
    x: (at) => LEFT + ((at - course.from) / (end - course.from)) * wide,
    y: (value) => TOP + ((most - value) / (most - least)) * (height - TOP - FOOT),
    time: (x) => course.from + ((x - LEFT) / wide) * (end - course.from),
  };
}

/** Leave room for what is ahead, but never more than for what was. */
function lookAhead({ ahead, product, from, to, now }) {
  if (!ahead && !product?.due) return 0;
  const due = product?.due ? (product.due.late ?? product.due.at) - now : 0;
  return Math.min(Math.max(due, (to - from) / 8), LONGEST_AHEAD, to - from);
}

function band(course, { x, y, least, most, end }, width) {
  if (!course.profile) return [];
  const low = course.profile.lower_c ?? least;
  const high = course.profile.upper_c ?? most;
  const colour = `var(--${course.zone})`;
  return [
    s("rect", { x: LEFT, y: y(high), width: x(end) - LEFT, height: y(low) - y(high), fill: colour,
      opacity: 0.1 }),
    ...edges(course).map((edge) => s("path", { stroke: colour, "stroke-width": 2,
      d: `M${LEFT} ${y(edge)}H${width - RIGHT}` })),
  ];
}

const edges = ({ profile }) =>
  [profile?.lower_c, profile?.upper_c].filter((one) => one !== null && one !== undefined);

const criticals = (course, { y }, width) => criticalLimits(course.profile)
  .filter((limit) => !edges(course).includes(limit))
  .map((limit) => s("path", { stroke: "var(--critical-text)", "stroke-width": 1.2,
    d: `M${LEFT} ${y(limit)}H${width - RIGHT}` }));

function hours({ from }, { x, end }, width, height) {
  const least = 70;
  const span = (end - from) / HOUR;
  const step = STEPS.find((one) => (width * one) / span >= least) ?? STEPS.at(-1);
  const found = [];
  for (let at = Math.ceil(from / (step * HOUR)) * step * HOUR; at < end; at += step * HOUR) {
    found.push(s("path", { stroke: "var(--hairline)", d: `M${x(at)} ${TOP}V${height - FOOT}` }));
    const text = step >= 24 ? day(at) : clock(at);
    if (x(at) > LEFT + 8 && x(at) < width - 24) {
      found.push(s("text", { x: x(at), y: height - 6, "font-size": 12, "text-anchor": "middle",
        fill: "var(--ink-2)" }, text));
    }
  }
  return found;
}

function degrees({ y, least, most }, width) {
  const step = DEGREES.find((one) => (most - least) / one <= 8) ?? DEGREES.at(-1);
  const found = [];
  for (let at = Math.ceil(least / step) * step; at <= most; at += step) {
    found.push(s("text", { x: LEFT - 6, y: y(at) + 4, "font-size": 12, "text-anchor": "end",
      fill: "var(--ink-2)" }, decimal(at, step < 1 ? 1 : 0)),
    s("path", { stroke: "var(--hairline)", d: `M${LEFT} ${y(at)}H${width - RIGHT}` }));
  }
  return found;
}

function line({ samples }, order, { form }, { x, y }) {
  const look = LINES[order % LINES.length];
  const way = (points) => points.map(([at, value]) =>
    `${x(at).toFixed(1)} ${y(value).toFixed(1)}`).join("L");
  return pieces(samples.map((one) => [one.at, one]), GAP[form]).flatMap((piece) => {
    const ones = piece.map(([, one]) => one);
    const drawn = [s("path", { fill: "none", "stroke-linejoin": "round", ...look,
      d: `M${way(ones.map(({ at, value }) => [at, value]))}` })];
    if (form === "buckets") {
      // Within five minutes it was between these: a mean would hide a peak.
      drawn.unshift(s("path", { fill: look.stroke, opacity: 0.2,
        d: `M${way([...ones.map(({ at, high }) => [at, high]),
          ...ones.toReversed().map(({ at, low }) => [at, low])])}Z` }));
    }
    return drawn;
  });
}

const excursions = (course, frame, defrosts) => course.excursions
  .filter((one) => Boolean(one.defrost) === defrosts)
  .flatMap((one) => excursion(one, course, frame));

function excursion(one, course, { x, y }) {
  const from = Math.max(Date.parse(one.from), course.from);
  const to = Math.min(one.to ? Date.parse(one.to) : course.now, course.to);
  if (to <= from) return [];
  const isLow = one.kind === "low";
  const limit = isLow ? course.profile?.lower_c : course.profile?.upper_c;
  if (limit === null || limit === undefined) return [];
  const far = (sample) => (isLow ? sample.low : sample.high);
  return course.series.flatMap(({ samples }) => {
    const beyond = samples.filter((each) => each.at >= from && each.at <= to
      && (isLow ? far(each) < limit : far(each) > limit));
    if (beyond.length < 2) return [];
    const path = beyond.map((each) => `${x(each.at).toFixed(1)} ${y(far(each)).toFixed(1)}`).join("L");
    const d = `M${x(beyond[0].at)} ${y(limit)}L${path}L${x(beyond.at(-1).at)} ${y(limit)}Z`;
    // A defrost is no danger: an outline, no colour.
    return [one.defrost
      ? s("path", { fill: "none", stroke: "var(--ink-2)", "stroke-dasharray": "2 2", d })
      : s("path", { fill: "var(--critical-text)", opacity: 0.3, d })];
  });
}

function door([from, to], course, { x }, height) {
  const begin = x(Math.max(from, course.from));
  return s("rect", { x: begin, y: height - FOOT + 6, width: Math.max(2, x(to) - begin), height: 8,
    fill: "var(--ink)" });
}

function air(course, { x, y }) {
  const last = course.samples.at(-1);
  if (!course.ahead || !last) return [];
  const until = last.at + AIR_AHEAD;
  const { to, high, low } = course.ahead;
  return [
    s("path", { fill: "var(--warning-text)", opacity: 0.3,
      d: `M${x(last.at)} ${y(last.value)}L${x(until)} ${y(high)}V${y(low)}Z` }),
    s("path", { fill: "none", stroke: "var(--warning-text)", "stroke-width": 2,
      "stroke-dasharray": "5 4", d: `M${x(last.at)} ${y(last.value)}L${x(until)} ${y(to)}` }),
  ];
}

/** Draw the goods as they are estimated, and when they reach their limit, early and late. */
function goods({ product, now }, { x, y, end }) {
  if (!product) return [];
  const { value, sd, due } = product;
  const mark = [
    s("path", { stroke: "var(--ink)", "stroke-width": 1.4,
      d: `M${x(now)} ${y(value - sd)}V${y(value + sd)}` }),
    s("circle", { cx: x(now), cy: y(value), r: 4, fill: "var(--surface)", stroke: "var(--ink)",
      "stroke-width": 2 })];
  if (!due) return mark;
  const [early, at, late] = [due.early ?? now, due.at, due.late ?? end].map((one) =>
    x(Math.min(one, end)));
  return [
    s("rect", { x: early, y: y(due.limit) - 5, width: Math.max(2, late - early), height: 10,
      fill: "var(--warning-text)", opacity: 0.3 }),
    s("path", { fill: "none", stroke: "var(--ink)", "stroke-width": 1.6, "stroke-dasharray": "2 3",
      d: `M${x(now)} ${y(value)}L${at} ${y(due.limit)}` }),
    ...(due.at <= end ? [s("path", { fill: "var(--surface)", stroke: "var(--ink)",
      "stroke-width": 2, d: `M${at} ${y(due.limit) - 6}l6 6-6 6-6-6Z` })] : []),
    ...mark];
}

function alarmMark(alarm, course, { x }) {
  const at = x(Math.max(Date.parse(alarm.raised_at), course.from));
  const colour = { critical: "var(--critical-text)", info: "var(--ink-2)" }[alarm.severity]
    ?? "var(--warning-text)";
  const mark = s("path", { fill: colour, stroke: "var(--surface)", "stroke-width": 1.2,
    d: `m${at} ${TOP + 8} -6.5-12h13Z` });
  mark.append(s("title", {}, `${t(`severity.${alarm.severity}`)} ${kindOf(alarm)} `
    + clock(alarm.raised_at)));
  return mark;
}

function spoken({ samples }) {
  if (!samples.length) return t("trace.no_readings");
  return t("trace.spoken", { low: celsius(Math.min(...samples.map(({ low }) => low))),
    high: celsius(Math.max(...samples.map(({ high }) => high))),
    last: celsius(samples.at(-1).value) });
}
