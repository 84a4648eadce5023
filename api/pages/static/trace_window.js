// The window of time that a trace shows: the last hours, or a part that somebody looks into. Pure.

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const SHORTEST = 10 * MINUTE;
const LONGEST = 31 * 24 * HOUR;

/** Show the last hours up to now. */
export const lastHours = (hours, now) =>
  ({ from: now - hours * HOUR, to: now, now, isNow: true, hours });

/** Show from an instant to another; what is to come is not read. */
export function between(from, to, now) {
  const end = Math.min(to, now);
  const span = Math.min(Math.max(end - from, SHORTEST), LONGEST);
  return { from: end - span, to: end, now, isNow: end >= now - MINUTE, hours: null };
}

/** Move on in time; where it follows the clock it goes on to. */
export function renewed(view, now) {
  return view.isNow ? { ...view, from: now - (view.to - view.from), to: now, now }
    : { ...view, now };
}

/** Take a step: in or out around an instant, earlier, later. */
export function stepped(view, name, at, now) {
  const span = view.to - view.from;
  switch (name) {
    case "in": case "out": {
      const factor = name === "in" ? 0.5 : 2;
      const anchor = Math.min(Math.max(at ?? view.to, view.from), view.to);
      const from = anchor - (anchor - view.from) * factor;
      return between(from, from + span * factor, now);
    }
    case "earlier": return between(view.from - span / 2, view.to - span / 2, now);
    default: return between(view.from + span / 2, view.to + span / 2, now);
  }
}
