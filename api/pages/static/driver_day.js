// The day of a driver: as the service told it, with what the phone has not sent yet laid upon it,
// and how it differs from what the driver has seen. Pure.

const MINUTE = 60_000;
const MOVES = new Set(["handed_over", "refused", "damaged"]);
const GRAM = 0.0005;

/** Lay reports upon stops, so that the phone shows what its driver has done. */
export function overlaid(stops, reports) {
  return stops.map((stop) => reports.filter((one) => one.stop === stop.id
    && one.state !== "refused").reduce(laid, { ...stop, waiting: 0 }));
}

function laid(stop, { body, state }) {
  const after = { ...stop, waiting: stop.waiting + (state === "waiting" ? 1 : 0) };
  // The service may know it already: its answer was lost, or the day was read meanwhile.
  if (stop.last_event?.client_event_id === body.client_event_id) return after;
  if (body.kind === "departed") return { ...after, state: "departed" };
  if (body.kind === "empties") {
    return { ...after, crates: stop.crates + body.crates, boxes: stop.boxes + body.boxes };
  }
  if (stop.state === "planned") after.state = "arrived";
  if (!MOVES.has(body.kind)) return after;
  after.lines = stop.lines.map((line) => {
    const piece = body.lines.find((one) => one.order === line.order && one.line === line.line);
    return piece ? { ...line, rest_kg: Math.max(0, line.rest_kg - piece.mass_kg) } : line;
  });
  if (after.state === "arrived" && after.lines.every((line) => line.rest_kg < GRAM)) {
    after.state = "served";
  }
  return after;
}

/** Give the stop that comes next: where the driver is until leaving, else the first ahead. */
export const nextOf = (stops) =>
  stops.findLast(({ state }) => state === "arrived" || state === "served")
    ?? stops.find(({ state }) => state === "planned") ?? null;

/** What a driver has to have seen of a plan. */
export const seenOf = ({ version, diversions, items }) => ({
  version,
  diversions: diversions.map((one) => one.reroute),
  stops: items.map(({ id, place, planned_arrives_at: at }) => ({ id, name: place.name, at })),
});

/** Say how a plan differs from what was seen; null where it does not. */
export function changeOf(seen, plan) {
  const fresh = plan.diversions.filter((one) => !(seen?.diversions ?? []).includes(one.reroute));
  if (!seen) return fresh.length ? { diversions: fresh, stops: [] } : null;
  if (seen.version === plan.version) return null;
  const was = new Map(seen.stops.map((one, place) => [one.id, { ...one, place }]));
  const is = new Set(plan.items.map((one) => one.id));
  const stops = plan.items.flatMap((stop) => {
    const before = was.get(stop.id);
    const now = { name: stop.place.name, at: stop.planned_arrives_at };
    if (!before) return [{ kind: "new", ...now }];
    const moved = Math.abs(Date.parse(now.at) - Date.parse(before.at)) >= MINUTE;
    return moved ? [{ kind: "moved", ...now, was: before.at }] : [];
  });
  stops.push(...seen.stops.filter((one) => !is.has(one.id))
    .map(({ name, at }) => ({ kind: "gone", name, at })));
  return fresh.length || stops.length ? { diversions: fresh, stops } : null;
}

/** Give the hand-overs between vehicles at a stop. */
export const handoversAt = (stop, diversions) =>
  diversions.flatMap((one) => one.handovers).filter((one) => one.site === stop.site
    && [one.from_vehicle, one.to_vehicle].includes(stop.vehicle));

/** Add up what is left of each zone. */
export function restByZone(lines) {
  const sums = new Map();
  for (const line of lines) {
    if (line.rest_kg >= GRAM) sums.set(line.zone, (sums.get(line.zone) ?? 0) + line.rest_kg);
  }
  return sums;
}
