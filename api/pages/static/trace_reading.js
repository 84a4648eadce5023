// Asks what one point did in a window of time, and puts it in the shape that is drawn.

import { ask } from "./service.js";
import { ahead, latestOf, profileOf } from "./standing.js";
import { given } from "./words.js";

const HOUR = 3_600_000;
const RAW_SPAN = 12 * HOUR;
const AHEAD_SPAN = 8 * HOUR;
const MOST_READINGS = 10_000;

const id = given.point.split("/").map(encodeURIComponent).join("/");

/** Read a window. view: from, to, now, and whether it ends now. */
export async function readCourse(view) {
  const { from, to, now } = view;
  const range = { from: new Date(from).toISOString(), to: new Date(to).toISOString() };
  const [point, profiles, course, doors, excursions, alarms] = await Promise.all([
    ask(`/v1/points/${id}`), ask("/v1/profiles"), temperatures(range, to - from),
    asked("door", "raw", range),
    ask(`/v1/points/${id}/excursions?${new URLSearchParams(range)}`),
    ask(`/v1/alarms?${new URLSearchParams({ point: given.point, state: "all", since: range.from })}`),
  ]);
  const series = course.form === "raw" ? bySensor(course.readings, whole)
    : bySensor(course.buckets, bucket);
  const leads = view.isNow && to - from <= AHEAD_SPAN;
  return { ...view, point, series, form: course.form, zone: point.zone,
    samples: series.flatMap((one) => one.samples).sort((a, b) => a.at - b.at),
    profile: profileOf(point, new Map(profiles.items.map((one) => [one.name, one]))),
    doors: openings(doors.readings, Math.min(now, to)), excursions: excursions.items,
    alarms: alarms.items.filter((one) => Date.parse(one.raised_at) <= to),
    ahead: leads ? ahead(point.estimate, latestOf(point)?.corrected ?? null, now) : null,
    product: leads ? product(point.estimate, now) : null };
}

const asked = (channel, as, range) => ask(`/v1/readings?${new URLSearchParams({
  point: given.point, channel, as, limit: MOST_READINGS, ...range })}`);

/** Give every reading where they are few enough, else five-minute figures. */
async function temperatures(range, span) {
  if (span <= RAW_SPAN) {
    const found = await asked("temperature", "raw", range);
    if (found.next === null) return { ...found, form: "raw" };
  }
  return { ...await asked("temperature", "buckets", range), form: "buckets" };
}

const whole = ({ at, corrected }) =>
  ({ at: Date.parse(at), value: corrected, low: corrected, high: corrected });
const bucket = ({ at, mean, low, high }) => ({ at: Date.parse(at), value: mean, low, high });

/** Two sensors of one point are two courses: a line between them would be of nothing. */
function bySensor(rows, shaped) {
  const found = new Map();
  for (const row of rows) {
    if (!found.has(row.sensor)) found.set(row.sensor, []);
    found.get(row.sensor).push(shaped(row));
  }
  return [...found].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([sensor, samples]) =>
    ({ sensor, samples: samples.sort((a, b) => a.at - b.at) }));
}

/** From readings of a door (1 is open) to the times it was open. */
export function openings(readings, end) {
  const found = [];
  let since = null;
  for (const { at, value } of readings.toSorted((a, b) => (a.at < b.at ? -1 : 1))) {
    if (value > 0.5 && since === null) since = Date.parse(at);
    if (value <= 0.5 && since !== null) {
      found.push([since, Date.parse(at)]);
      since = null;
    }
  }
  if (since !== null) found.push([since, end]);
  return found;
}

/** Give where the goods are, and when they leave their band as far as that can be said. */
function product(estimate, now) {
  if (!estimate) return null;
  const { forecast } = estimate;
  const instant = (text) => (text ? Date.parse(text) : null);
  const due = forecast && instant(forecast.breach) > now
    ? { at: instant(forecast.breach), early: instant(forecast.early), late: instant(forecast.late),
      limit: forecast.limit_c } : null;
  return { value: estimate.product_c, sd: estimate.product_sd_c, due };
}
