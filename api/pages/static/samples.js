// The last two hours of the points that are shown, five minutes a step, with the newest reading.

import { ask } from "./service.js";
import { SPARK_SPAN } from "./spark.js";
import { latestOf } from "./standing.js";

const AGAIN_AFTER = 5 * 60_000;
const RETRY_AFTER = 30_000;
const AT_A_TIME = 2;

export class Samples {
  /** changed: called when something new was read; now: gives the instant by the service's clock. */
  constructor(changed, now) {
    this.changed = changed;
    this.now = now;
    this.known = new Map();
    this.waiting = new Set();
    this.asking = 0;
  }

  /** Give the course of a point, as far as it is known, and see to it that it will be. */
  of(point, side) {
    const known = this.known.get(point);
    const isOld = !known || Date.now() >= known.again;
    if (isOld && !this.waiting.has(point)) {
      this.waiting.add(point);
      this.next();
    }
    return known ? known[side].concat(known.live[side]) : [];
  }

  /** Take the newest reading of a point that is shown. */
  heard(point) {
    const known = this.known.get(point.id);
    if (!known) return;
    for (const side of ["high", "low"]) {
      const latest = latestOf(point, side);
      const at = latest && Date.parse(latest.at);
      const last = known.live[side].at(-1)?.[0] ?? known[side].at(-1)?.[0] ?? 0;
      if (at > last) known.live[side].push([at, latest.corrected]);
    }
  }

  async next() {
    if (this.asking >= AT_A_TIME) return;
    const [point] = this.waiting;
    if (point === undefined) return;
    this.asking += 1;
    this.waiting.delete(point);
    try {
      await this.read(point);
      this.changed();
    } catch (error) {
      if (!error.sentence) throw error;
      this.keep(point, { high: [], low: [] }, RETRY_AFTER);
    } finally {
      this.asking -= 1;
      this.next();
    }
  }

  async read(point) {
    const from = new Date(this.now() - SPARK_SPAN).toISOString();
    const query = new URLSearchParams({ point, as: "buckets", from });
    const { buckets } = await ask(`/v1/readings?${query}`);
    const steps = new Map();
    for (const { at, mean } of buckets) {
      const step = steps.get(at) ?? { high: -Infinity, low: Infinity };
      steps.set(at, { high: Math.max(step.high, mean), low: Math.min(step.low, mean) });
    }
    const sorted = [...steps].map(([at, step]) => [Date.parse(at), step]).sort((a, b) => a[0] - b[0]);
    const course = (side) => sorted.map(([at, step]) => [at, step[side]]);
    this.keep(point, { high: course("high"), low: course("low") }, AGAIN_AFTER);
  }

  keep(point, courses, milliseconds) {
    // What is shown is asked for again in time; a wall screen runs for weeks.
    for (const [other, { again }] of this.known) {
      if (Date.now() > again + AGAIN_AFTER) this.known.delete(other);
    }
    this.known.set(point, { ...courses, live: { high: [], low: [] },
      again: Date.now() + milliseconds });
  }
}
