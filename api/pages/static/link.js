// How old is what we see? By the service's own clock, for a wall screen's may be wrong.

import { clockSeconds, duration } from "./format.js";
import { n, t } from "./words.js";

const STALE_AFTER = 15_000;
const SILENT_AFTER = 180_000;

export class Link {
  constructor() {
    this.state = { stream: true, contactAt: 0, offset: 0, store: "ok", monitor: "ok",
      heardAt: null };
    this.newest = 0;
    this.streamLostAt = 0;
    this.begun = Date.now();
  }

  /** Take what the feed says of the link. */
  take(state) {
    if (!state.stream && this.state.stream) this.streamLostAt = Date.now();
    this.state = state;
  }

  /** Take the newest instant at which anything was heard of. */
  heard(points) {
    for (const { at } of points.flatMap((point) => point.latest)) {
      this.newest = Math.max(this.newest, Date.parse(at));
    }
  }

  now() {
    return Date.now() + this.state.offset;
  }

  /** Say how the link is: fine, or since when and why not. */
  trouble() {
    const here = Date.now();
    const silent = here - (this.state.contactAt || this.begun);
    if (silent > STALE_AFTER) return { cause: "away", since: silent };
    const broken = this.state.stream ? 0 : here - this.streamLostAt;
    if (broken > STALE_AFTER) return { cause: "away", since: broken };
    if (this.state.store === "away") return { cause: "store", since: silent };
    const age = this.newest ? this.now() - this.newest : 0;
    if (this.state.monitor === "silent") return { cause: "monitor", since: age };
    if (age > SILENT_AFTER) return { cause: "broker", since: age };
    return null;
  }

  /** Give the sentences of the banner: what is so, and what still works. */
  sentences(trouble) {
    const seconds = Math.floor(trouble.since / 1000);
    const age = seconds < 120 ? n("time.seconds", seconds) : duration(trouble.since);
    const head = this.newest
      ? t("stale.since", { age, at: clockSeconds(this.newest) }) : t("stale.never");
    return [head, t(`stale.${trouble.cause}`)];
  }

  /** Say in short how old the readings are. */
  short() {
    if (this.trouble()) return t("live.away");
    if (!this.newest) return t("live.waiting");
    const seconds = Math.max(0, Math.floor((this.now() - this.newest) / 1000));
    return seconds < 60 ? n("live.seconds", seconds)
      : t("live.minutes", { minutes: Math.floor(seconds / 60) });
  }
}
