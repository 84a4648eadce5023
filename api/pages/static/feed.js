// What is live, for all tabs of a browser: the streams of alarms and of reroutes, and points asked
// for in turn.
// Runs in the shared worker, or in the one tab that leads where there is none.

const POINTS_EVERY = 10_000;
/** What another board was told so many seconds ago is new enough: the service writes it once. */
const AN_OLDER_ONE = { "Cache-Control": "max-age=4" };
const HEALTH_EVERY = 30_000;
const PATIENCE = 10_000;
const AGAIN_AFTER = 3_000;
const PAGE = 1000;
const OVER = new Set([401, 403]);

export class Feed {
  /** tell: called with each message for the tabs. */
  constructor(tell) {
    this.tell = tell;
    this.alarms = new Map();
    this.reroutes = null;
    this.points = null;
    this.profiles = null;
    this.link = { stream: false, reroutes: false, contactAt: 0, offset: 0, store: "ok", monitor: "ok", heardAt: null };
    this.timers = [];
    this.sources = new Map();
    this.running = false;
  }

  start() {
    if (this.running) return;
    this.running = true;
    this.followAlarms();
    this.followReroutes();
    this.repeat(() => this.askPoints(), POINTS_EVERY);
    this.repeat(() => this.askHealth(), HEALTH_EVERY);
  }

  stop() {
    this.running = false;
    this.timers.forEach(clearTimeout);
    this.timers = [];
    this.sources.forEach((source) => source.close());
    this.sources.clear();
  }

  /** Give all that a tab has to know that comes later. */
  everything() {
    const known = [{ kind: "link", link: this.link }];
    if (this.profiles) known.push({ kind: "profiles", profiles: this.profiles });
    if (this.points) known.push({ kind: "points", points: this.points });
    if (this.told) known.push({ kind: "alarms", alarms: [...this.alarms.values()] });
    if (this.reroutes) known.push({ kind: "reroutes", reroutes: [...this.reroutes.values()] });
    return known;
  }

  repeat(ask, milliseconds) {
    const turn = async () => {
      if (!this.running) return;
      await ask();
      if (this.running) this.timers.push(setTimeout(turn, milliseconds));
      this.timers = this.timers.slice(-8);
    };
    turn();
  }

  followAlarms() {
    this.follow("/v1/alarms/stream", "stream", {
      snapshot: ({ alarms }) => {
        this.alarms = new Map(alarms.map((alarm) => [alarm.id, alarm]));
        this.told = true;
        this.tell({ kind: "alarms", alarms });
      },
      alarm: (moment) => this.heard(moment),
    });
  }

  followReroutes() {
    this.follow("/v1/reroutes/stream", "reroutes", {
      snapshot: ({ reroutes }) => {
        this.reroutes = new Map(reroutes.map((one) => [one.id, one]));
        this.tell({ kind: "reroutes", reroutes });
      },
      reroute: (event) => {
        const { reroute } = event;
        if (reroute.state === "open") this.reroutes?.set(reroute.id, reroute);
        else this.reroutes?.delete(reroute.id);
        this.tell({ kind: "reroute", event });
      },
    });
  }

  follow(path, name, listeners) {
    if (!this.running) return;
    const source = new EventSource(path);
    this.sources.set(name, source);
    source.onopen = () => this.changed({ [name]: true });
    for (const [event, heard] of Object.entries(listeners)) {
      source.addEventListener(event, ({ data }) => heard(JSON.parse(data)));
    }
    source.onerror = () => {
      this.changed({ [name]: false });
      // The browser comes back by itself after a break, not after a refusal.
      if (source.readyState === EventSource.CLOSED && this.sources.get(name) === source) {
        this.timers.push(setTimeout(() => this.follow(path, name, listeners), AGAIN_AFTER));
      }
    };
  }

  heard(moment) {
    const { alarm } = moment;
    const over = alarm.state === "closed";
    if (over) this.alarms.delete(alarm.id);
    else this.alarms.set(alarm.id, alarm);
    this.tell({ kind: "alarm", moment });
  }

  async askPoints() {
    const items = [];
    let after = null;
    do {
      const query = new URLSearchParams({ limit: PAGE });
      if (after !== null) query.set("after", after);
      const page = await this.ask(`/v1/points?${query}`, AN_OLDER_ONE);
      if (page === null) return;
      items.push(...page.items);
      after = page.next;
    } while (after !== null);
    this.points = items;
    this.tell({ kind: "points", points: items });
    if (this.profiles === null) {
      const found = await this.ask("/v1/profiles");
      if (found === null) return;
      this.profiles = found.items;
      this.tell({ kind: "profiles", profiles: found.items });
    }
  }

  async askHealth() {
    const health = await this.ask("/healthz");
    if (health !== null) {
      const { telemetry, monitor, monitor_heard_at: heardAt } = health;
      this.changed({ store: telemetry, monitor, heardAt });
    }
  }

  async ask(path, headers = {}) {
    try {
      const answer = await fetch(path, { headers, signal: AbortSignal.timeout(PATIENCE) });
      if (OVER.has(answer.status)) this.tell({ kind: "over", status: answer.status });
      if (!answer.ok) return null;
      const found = await answer.json();
      const now = Date.now();
      const said = Date.parse(answer.headers.get("date") ?? "");
      this.changed({ contactAt: now, offset: Number.isNaN(said) ? 0 : said - now });
      return found;
    } catch (error) {
      // Away, or too slow: the age of the last contact tells it.
      if (error instanceof SyntaxError) throw error;
      return null;
    }
  }

  changed(parts) {
    Object.assign(this.link, parts);
    this.tell({ kind: "link", link: this.link });
  }
}
