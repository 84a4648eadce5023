// A job at work: its cost curve, how long it has run, and a way to stop it with the best so far.

import { h, s } from "./dom.js";
import { yuan } from "./reroute_words.js";
import { ask, now } from "./service.js";
import { given, n, t } from "./words.js";

const EVERY = 700;
const OPEN = new Set(["queued", "running"]);
const WIDTH = 248;
const HEIGHT = 64;
const KEPT = "coldgrid_curve_";

export class Solving {
  /** ended(job) is called once when a job is over. */
  constructor(box, mayStop, ended) {
    this.box = box;
    this.mayStop = mayStop;
    this.ended = ended;
    this.job = null;
    this.curve = [];
  }

  /** Follow a job; the curve so far outlives a reload. */
  follow(job) {
    if (this.job?.id === job.id) return;
    this.job = job;
    this.curve = JSON.parse(sessionStorage.getItem(KEPT + job.id) ?? "[]");
    this.draw();
    this.turn();
  }

  async turn() {
    const { id } = this.job;
    try {
      this.job = await ask(`/v1/jobs/${encodeURIComponent(id)}`);
      this.lost = null;
    } catch (error) {
      if (!error.sentence) throw error;
      this.lost = error.sentence;
    }
    if (this.job.progress) this.note(this.job.progress);
    if (OPEN.has(this.job.state)) {
      this.draw();
      setTimeout(() => this.turn(), EVERY);
      return;
    }
    sessionStorage.removeItem(KEPT + id);
    const job = this.job;
    this.job = null;
    this.box.hidden = true;
    this.box.replaceChildren();
    this.ended(job);
  }

  note({ elapsed_s: elapsed, objective_cents: cents }) {
    const last = this.curve.at(-1);
    if (last && last[0] === elapsed && last[1] === cents) return;
    this.curve.push([elapsed, cents]);
    sessionStorage.setItem(KEPT + this.job.id, JSON.stringify(this.curve));
  }

  draw() {
    const { state, progress, stop_asked: isAsked, started_at: begun } = this.job;
    // Reading and checking take their seconds too, before the search tells of itself.
    const elapsed = begun ? Math.max(0, (now() - Date.parse(begun)) / 1000) : progress?.elapsed_s ?? null;
    this.box.hidden = false;
    const stop = h("button", { type: "button", class: "button first wide-button", disabled: isAsked,
      "data-key": "stop", onclick: () => this.stop() },
    t(isAsked ? "solving.stopping" : progress ? "solving.stop" : "solving.cancel"));
    const held = this.box.contains(document.activeElement);
    this.box.replaceChildren(
      h("h2", { class: "row" }, h("span", { class: "grow" }, t("solving.title")),
        h("span", { class: "quiet" }, elapsed === null ? t(`solving.${state}`)
          : n("time.seconds", Math.round(elapsed)))),
      ...(this.curve.length ? [costCurve(this.curve)] : []),
      ...(progress ? [h("p", {}, h("b", {}, t("solving.best", { cost: yuan(progress.objective_cents) })),
        progress.unserved ? ` · ${n("dispatch.left_out", progress.unserved)}` : "")] : []),
      ...(this.lost ? [h("p", { class: "refusal" }, this.lost)] : []),
      ...(this.mayStop ? [stop] : []));
    if (held) this.box.querySelector("[data-key]")?.focus();
  }

  async stop() {
    try {
      this.job = await ask(`/v1/jobs/${encodeURIComponent(this.job.id)}`, { method: "DELETE" });
    } catch (error) {
      if (!error.sentence) throw error;
      this.lost = error.sentence;
    }
    if (this.job) this.draw();
  }
}

/** Draw cost over time as steps: it holds until something better is found. */
export function costCurve(curve) {
  const costs = curve.map(([, cents]) => cents);
  const [least, most] = [Math.min(...costs), Math.max(...costs)];
  const [begin, end] = [curve[0][0], Math.max(curve.at(-1)[0], curve[0][0] + 1)];
  const x = (at) => 4 + ((at - begin) / (end - begin)) * (WIDTH - 12);
  const y = (cents) => 8 + ((most - cents) / Math.max(most - least, 1)) * (HEIGHT - 20);
  const steps = curve.map(([at, cents], place) => (place ? `H${x(at).toFixed(1)}V${y(cents).toFixed(1)}`
    : `M${x(at).toFixed(1)} ${y(cents).toFixed(1)}`)).join("");
  return s("svg", { width: WIDTH, height: HEIGHT, viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img",
    class: "curve", "aria-label": t("solving.curve", { from: yuan(costs[0]), to: yuan(costs.at(-1)) }) },
  s("path", { stroke: "var(--control-edge)", d: `M0 ${HEIGHT - 4}H${WIDTH}` }),
  s("path", { fill: "none", stroke: "var(--ink)", "stroke-width": 1.8, d: steps }),
  s("circle", { cx: x(curve.at(-1)[0]), cy: y(costs.at(-1)), r: 3.4, fill: "var(--ink)" }));
}

/** Say why a job failed. */
export function failure(job) {
  if (!job.cause) return t("solving.failed");
  const { detail = "", action = "", code = "" } = job.cause;
  return given.language === "en" || detail ? t("error.refused", { detail, action, code }) : t("solving.failed");
}
