// What a place says of itself in words: value, limit, how long already or still.

import { celsius, clock, decimal, duration, moment, timeToBreach, waited } from "./format.js";
import { isShelved, isWaiting, latestOf, sideOf } from "./standing.js";
import { waitingFor } from "./deeds.js";
import { t } from "./words.js";

const OF_TEMPERATURE = new Set(["high", "low", "predicted"]);

/** Give the value and the limit of a place. */
export function valueOf(place, now) {
  const side = sideOf(place.lead, place.point);
  const latest = latestOf(place.point, side);
  if (latest === null) return { value: null, head: "—", below: t("value.none") };
  const value = latest.corrected;
  if (place.category === "no_data") {
    return { value, head: decimal(value), below: t("value.last", { at: moment(latest.at, now) }) };
  }
  const { lead } = place;
  const limit = lead.kind === "predicted"
    ? place.point.estimate?.forecast?.limit_c ?? lead.limit : lead.limit;
  if (!OF_TEMPERATURE.has(lead.kind)) return { value, head: decimal(value), below: "" };
  const beyond = side === "low" ? value < limit : value > limit;
  const key = beyond ? `value.beyond_${side}` : "value.limit";
  return { value, head: decimal(value), below: t(key, { limit: decimal(limit) }) };
}

/** Give what the time has to say: a headline and what stands below it. */
export function timeOf(place, now, stale) {
  const { lead, point } = place;
  const since = duration(now - Date.parse(lead.began_at));
  if (lead.state === "cleared") {
    return { head: t("time.cleared"), below: t("time.at", { at: moment(lead.cleared_at, now) }) };
  }
  switch (lead.kind) {
    case "high": case "low": return outside(place, now, stale, since);
    case "predicted": return predicted(point, now, stale);
    case "stale": return { head: t("time.silent", { duration: silence(point, lead, now) }),
      below: t("time.not_normal") };
    case "cumulative": return { head: t("time.sum", { minutes: decimal(lead.peak, 0) }),
      below: t("time.sum_allowed", { minutes: decimal(lead.limit, 0) }) };
    case "sensor_fault": return { head: t("time.apart", { degrees: celsius(lead.peak) }),
      below: t("time.since", { duration: since }) };
    default: return { head: t("time.since", { duration: since }), below: "" };
  }
}

function outside(place, now, stale, since) {
  const { lead, point } = place;
  const forecast = point?.estimate?.forecast;
  const isAhead = forecast?.breach && Date.parse(forecast.breach) > now;
  if (lead.severity !== "critical" && isAhead && !stale) return predicted(point, now, stale);
  const key = lead.kind === "low" ? "time.lowest" : "time.highest";
  const worst = lead.kind === "low" ? Math.min : Math.max;
  const latest = latestOf(point, sideOf(lead, point));
  // The peak comes with the alarm's last event, and the newest reading may be worse.
  const peak = latest === null ? lead.peak : worst(lead.peak, latest.corrected);
  const below = t(key, { peak: celsius(peak) });
  if (stale) return { head: t("time.outside_at", { at: clock(latest?.at ?? now), duration: since }), below };
  return { head: t("time.outside", { duration: since }), below };
}

function predicted(point, now, stale) {
  if (stale) return { head: t("time.forecast_hidden"), below: "" };
  const forecast = point?.estimate?.forecast;
  const found = timeToBreach(forecast, now);
  if (found === null) return { head: t("breach.none"), below: "" };
  const below = t("breach.to", { limit: celsius(forecast.limit_c), range: found.range });
  return { head: found.head, below };
}

const silence = (point, lead, now) =>
  duration(now - Date.parse(latestOf(point)?.at ?? lead.began_at));

/** Say who sees to it, or for how long it has waited; on paper nothing counts seconds. */
export function careOf(place, now, isPaper = false) {
  const { lead } = place;
  const queued = place.alarms.filter((alarm) => isWaiting(alarm, now))
    .map((alarm) => waitingFor(alarm.id)).find((one) => one !== null);
  if (queued) return { look: "open", lines: [t(`care.${queued}`)] };
  if (isShelved(lead, now)) {
    return { look: "shelved", lines: [t("care.shelved", { who: person(lead.shelved_by) }),
      t("care.until", { at: moment(lead.shelved_until, now) })] };
  }
  if (lead.acknowledged_at !== null) {
    return { look: "acknowledged", lines: [person(lead.acknowledged_by),
      t("care.acknowledged", { at: moment(lead.acknowledged_at, now) })] };
  }
  const since = now - Date.parse(lead.raised_at);
  const lines = [t("care.open", { waited: isPaper ? duration(since) : waited(since) })];
  if (lead.escalated_at !== null) {
    lines.push(t("care.escalated", { at: moment(lead.escalated_at, now) }));
  }
  return { look: "open", lines };
}

/** Name a person, a machine or the rules themselves. */
export function person(name) {
  if (name === null || name === undefined) return t("person.rules");
  if (name === "local") return t("frame.this_machine");
  return name.replace(/^(user|key):/, "");
}

/** Name what is wrong; a unit without reserve is not one that does not cool. */
export const kindOf = ({ kind, rule }) =>
  t(kind === "no_cooling" && rule?.endsWith(":capacity_lost") ? "kind.capacity_lost" : `kind.${kind}`);

/** Say where it is and what is wrong there. */
export function causeOf(place) {
  const { lead, point } = place;
  const asset = point?.asset ?? lead.asset;
  const parts = [kindOf(lead)];
  if (asset && !place.name.includes(asset)) parts.unshift(asset);
  const others = place.alarms.length - 1;
  if (others > 0) parts.push(t("cause.more", { count: others }));
  return parts.join(t("cause.comma"));
}
