// From points and alarms to places in the order in which people have to look at them; pure.

const RANK = { critical: 0, warning: 1, predicted: 2, no_data: 3, info: 4, cleared: 5 };
const SILENT = "stale";
const LONGEST_SILENCE_S = 900;
const FORESEEN = new Set(["predicted", "no_cooling"]);

/** Name what an alarm is to people: a severity, or one of the states that have a look of their own. */
export function category(alarm) {
  if (alarm.state === "cleared") return "cleared";
  if (alarm.kind === "predicted") return "predicted";
  if (alarm.kind === SILENT) return "no_data";
  return alarm.severity;
}

/** A foreseen kind that calls nobody yet: it may come to nothing, and nobody has to acknowledge it. */
export const isNotice = ({ severity, kind }) => severity === "info" && FORESEEN.has(kind);

export const isShelved = (alarm, now) =>
  alarm.shelved_until !== null && Date.parse(alarm.shelved_until) > now;

/** Say whether somebody still has to see to an alarm. */
export const isWaiting = (alarm, now) =>
  alarm.acknowledged_at === null && !isShelved(alarm, now) && !isNotice(alarm);

/** Put alarms together by their point, each with the gravest one leading, and sort them. */
export function placesOf(points, alarms, now) {
  const wanted = [...alarms].filter((alarm) => alarm.state !== "closed" && !isNotice(alarm));
  return placed(points, wanted, now);
}

/** Put notices together by their point; a place that alarms needs no notice. */
export function noticesOf(points, alarms, places, now) {
  const alarming = new Set(places.map((place) => place.id));
  return placed(points, [...alarms].filter((alarm) =>
    alarm.state === "active" && isNotice(alarm) && !alarming.has(alarm.point)), now);
}

function placed(points, alarms, now) {
  const byPoint = new Map();
  for (const alarm of alarms) {
    if (!byPoint.has(alarm.point)) byPoint.set(alarm.point, []);
    byPoint.get(alarm.point).push(alarm);
  }
  const found = [];
  for (const [id, open] of byPoint) found.push(place(id, points.get(id) ?? null, open, now));
  return found.sort(compare);
}

function place(id, point, open, now) {
  const sorted = open.toSorted((a, b) => order(a, now) - order(b, now)
    || Date.parse(a.raised_at) - Date.parse(b.raised_at));
  const [lead] = sorted;
  const forecast = point?.estimate?.forecast ?? null;
  return {
    id,
    point,
    alarms: sorted,
    lead,
    category: category(lead),
    shelved: isShelved(lead, now),
    waiting: sorted.some((alarm) => isWaiting(alarm, now)),
    breachAt: forecast?.breach ? Date.parse(forecast.breach) : Infinity,
    zone: point?.zone ?? lead.zone,
    name: point?.name ?? lead.name ?? id,
  };
}

/** A shelved alarm leads only where nothing else is open. */
const order = (alarm, now) =>
  (isShelved(alarm, now) ? 20 : 0) + RANK[category(alarm)] * 2 + (isWaiting(alarm, now) ? 0 : 1);

function compare(a, b) {
  return (a.shelved - b.shelved)
    || (RANK[a.category] - RANK[b.category])
    || (b.waiting - a.waiting)
    || (a.breachAt === b.breachAt ? 0 : a.breachAt - b.breachAt)
    || (Date.parse(a.lead.raised_at) - Date.parse(b.lead.raised_at))
    || (a.id < b.id ? -1 : 1);
}

/** Give the newest temperature of a point, the one furthest to the side that matters. */
export function latestOf(point, side = "high") {
  const found = (point?.latest ?? []).filter((one) => one.channel === "temperature");
  if (!found.length) return null;
  return found.reduce((worst, one) =>
    ((side === "low" ? one.corrected < worst.corrected : one.corrected > worst.corrected)
      ? one : worst));
}

/** Say to which side an alarm is out of its band. */
export const sideOf = (alarm, point) =>
  (alarm?.kind === "low" || point?.estimate?.forecast?.side === "low" ? "low" : "high");

/** Give the rule pack of a point. */
export const profileOf = (point, profiles) =>
  profiles.get(point.profile || point.zone) ?? null;

/** Count places by what they are, and points that are well. */
export function counts(points, places, profiles, now) {
  const found = { critical: 0, warning: 0, predicted: 0, no_data: 0 };
  for (const one of places) if (one.category in found) found[one.category] += 1;
  const open = new Set(places.map((one) => one.id));
  found.normal = [...points.values()].filter((one) =>
    isWell(one, open, profiles, now)).length;
  return found;
}

/** A point without alarm that was heard of late: silence is never taken for normal. */
export function isWell(point, open, profiles, now) {
  if (point.kind === "gateway" || open.has(point.id)) return false;
  const latest = latestOf(point);
  const longest = (profileOf(point, profiles)?.stale_after_s ?? LONGEST_SILENCE_S) * 1000;
  return latest !== null && now - Date.parse(latest.at) <= longest;
}

/** Say where the air leads in half an hour, as far as the forecast allows to. */
export function ahead(estimate, value, now) {
  if (!estimate || value === null) return null;
  const change = estimate.rate_c_h * 0.5;
  if (Math.abs(change) < 0.1) return null;
  const { forecast } = estimate;
  const until = (instant) => (instant ? Math.max(Date.parse(instant) - now, 60_000) : null);
  const middle = until(forecast?.breach);
  const early = until(forecast?.early);
  const late = until(forecast?.late);
  return {
    to: value + change,
    high: value + change * (middle && early ? Math.min(middle / early, 3) : 1),
    low: value + change * (middle && late ? middle / late : middle ? 0 : 1),
  };
}
