// The dispatch board: the day's plan, read in this order: alarm on the map, what is left out, cost,
// route. Everything it knows and does goes through /v1.

import { h, say } from "./dom.js";
import { field, form, open } from "./dialog.js";
import * as changes from "./dispatch_change.js";
import { askForPlans, early, overviewPath } from "./dispatch_early.js";
import { drawFigures, drawLeftOut } from "./dispatch_figures.js";
import { drawGantt } from "./dispatch_gantt.js";
import { PlanMap } from "./dispatch_map.js";
import { Plan, whole } from "./dispatch_plan.js";
import { drawRoute } from "./dispatch_route.js";
import { failure, Solving } from "./dispatch_solving.js";
import { drawLegend, drawTabs, drawTools } from "./dispatch_tools.js";
import { celsius, day } from "./format.js";
import { bottomLinks, frame, showFailure } from "./frame.js";
import { icon } from "./marks.js";
import { linkWord } from "./reroute_link.js";
import { ask, now } from "./service.js";
import { given, n, t } from "./words.js";

const LOOK_EVERY = 15_000;
const LINE_EVERY = 30_000;
const byId = (id) => document.getElementById(id);
const address = new URLSearchParams(location.search);
const wide = matchMedia("(min-width: 720px)");

class Board {
  constructor(session) {
    this.role = session.role;
    this.plan = null;
    this.other = null;
    this.versions = [];
    this.change = null;
    this.alarms = new Map();
    this.view = { mode: "route", filter: "", routes: [], chosen: address.get("route"), stop: null,
      docksOnly: false, mayHold: false, mayRevise: false, other: null };
    this.map = new PlanMap(byId("map"), {
      route: (id) => this.choose(id),
      stop: (id, place) => this.chooseStop(place),
      drop: (move) => this.tryOut(move),
      missed: () => say(byId("status"), t("dispatch.drop_on_route")),
      vehicle: (vehicle) => this.choose(this.plan.routes.find((one) => one.vehicle === vehicle)?.id),
    });
    this.solving = new Solving(byId("solving"), this.may("plan"), (job) => this.solved(job));
  }

  may(what) {
    return given.planRights[what].includes(this.role);
  }

  /** Read a plan anew, or another one, and show it. */
  async read(id, version = null) {
    await this.show(await ask(overviewPath(id, version)));
  }

  async show(overview) {
    const id = overview.plan;
    this.other = null;
    this.view.other = null;
    this.plan = new Plan(overview);
    this.change = null;
    // On a phone stops are read and held; nobody drags them about with a thumb.
    this.view.mayHold = this.may("revise") && this.plan.isNewest && overview.state !== "closed";
    this.view.mayRevise = this.view.mayHold && wide.matches;
    if (!this.plan.byId.has(this.view.chosen)) [this.view.chosen, this.view.stop] = [null, null];
    this.keepAddress();
    this.draw();
    this.afterwards(id);
  }

  /** What may come after the map is there. */
  async afterwards(id) {
    const [{ items: versions }, { items: jobs }] = await Promise.all([
      ask(`/v1/plans/${encodeURIComponent(id)}/versions`),
      ask(`/v1/jobs?plan=${encodeURIComponent(id)}&limit=5`)]);
    this.versions = versions;
    this.drawFigures();
    const working = jobs.find((job) => job.state === "queued" || job.state === "running");
    if (working) this.solving.follow(working);
  }

  keepAddress() {
    const query = new URLSearchParams({ plan: this.plan.id });
    if (!this.plan.isNewest) query.set("version", this.plan.overview.version);
    if (this.view.chosen) query.set("route", this.view.chosen);
    history.replaceState(null, "", `?${query}`);
  }

  draw() {
    const { plan, view } = this;
    view.routes = plan.filtered(view.filter);
    this.drawHead();
    this.map.show(plan, view);
    drawTools(byId("tools"), plan, view, {
      mode: (mode) => this.look({ mode }), filter: (filter) => this.look({ filter }) });
    drawLegend(byId("legend"), plan, view);
    this.drawDeeds();
    this.drawFigures();
    drawLeftOut(byId("left-out"), plan);
    this.drawRoute();
    this.showAlarms();
    // The schedule stands below; the map comes first.
    setTimeout(() => this.drawSchedule(), 0);
  }

  look(change) {
    Object.assign(this.view, change);
    this.draw();
  }

  drawHead() {
    const { overview } = this.plan;
    say(byId("when"), day(this.plan.dayOf));
    const isFine = overview.feasible;
    byId("standing").replaceChildren(icon(isFine ? "normal" : "warning", 16),
      t(`state.${overview.state}`), " · ", t("dispatch.version", { version: overview.version }), " · ",
      isFine ? t("dispatch.check_passed") : n("dispatch.breaks", overview.violations.length));
  }

  drawDeeds() {
    const { overview } = this.plan ?? {};
    const button = (key, act, more = {}) => h("button", { type: "button", class: "button", "data-key": key,
      onclick: act, ...more }, t(`dispatch.do_${key}`));
    const found = [];
    if (this.may("plan")) found.push(button("upload", () => this.upload(), { class: "button first" }));
    if (this.plan && !this.plan.isNewest) {
      found.push(button("newest", () => this.guard(() => this.read(this.plan.id))));
    }
    if (this.view.mayRevise) {
      found.push(button("optimise", () => this.guard(() => this.optimise([]))));
      if (overview.version > 1) found.push(button("undo", () => this.guard(() => this.undo())));
      if (overview.state === "draft" && this.may("publish")) found.push(button("publish", () => this.publish()));
    }
    byId("deeds").replaceChildren(...found);
    byId("deeds").hidden = !found.length;
  }

  drawFigures() {
    drawFigures(byId("figures"), this.plan, this.other, this.versions, {
      route: (id) => this.choose(id),
      compare: (version) => this.guard(() => this.compare(version)),
    });
  }

  drawRoute() {
    const route = this.plan.byId.get(this.view.chosen);
    drawRoute(byId("route"), this.plan, this.view, {
      route: (id) => this.choose(id),
      stop: (place) => this.chooseStop(place),
      pin: (place) => this.guard(() => this.hold(() => changes.pin(this.plan, route, route.stops[place]))),
      lock: () => this.guard(() => this.hold(() => changes.lock(this.plan, route))),
      ask: (place) => changes.askWhere(this.plan, route, place, (move) => this.tryOut(move)),
    });
    this.drawChange();
  }

  drawChange() {
    changes.drawChange(byId("change"), this.plan, this.change, {
      keep: (reason) => this.guard(() => this.keep(reason)),
      keepAndOptimise: () => this.guard(() => this.optimise([this.change.edit])),
      drop: () => this.drop(),
    });
  }

  drawSchedule() {
    const isOnly = this.view.docksOnly;
    const button = (only) => h("button", { type: "button", "aria-pressed": only === isOnly ? "true" : "false",
      onclick: () => {
        this.view.docksOnly = only;
        this.drawSchedule();
      } }, t(only ? "dispatch.docks_only" : "dispatch.vehicles_and_docks"));
    byId("schedule-head").replaceChildren(
      h("span", { class: "segments", role: "group", "aria-label": t("dispatch.tab_schedule") },
        button(false), button(true)),
      ...["loading", "driving", "home"].map((name) => h("span", { class: `key ${name}` }, h("i"),
        t(`schedule.${name}`))),
      h("span", { class: "grow" }),
      h("span", { class: "quiet" }, t("dispatch.size", { routes: this.plan.routes.length,
        grids: this.plan.grids.length, stops: whole(this.plan.stops) })));
    drawGantt(byId("gantt"), this.plan, this.view, now(), (id) => this.choose(id));
  }

  choose(id) {
    if (id === undefined) return;
    [this.view.chosen, this.view.stop, this.change] = [id, null, null];
    this.keepAddress();
    this.map.show(this.plan, this.view);
    this.drawRoute();
    this.drawSchedule();
    if (id && byId("main").dataset.tab !== "map") this.tab("route");
  }

  chooseStop(place) {
    this.view.stop = place;
    this.map.choose(this.plan, this.view);
    this.drawRoute();
  }

  tab(name) {
    byId("main").dataset.tab = name;
    drawTabs(byId("tabs"), name, (wanted) => this.tab(wanted));
    if (name === "schedule" && this.plan) this.drawSchedule();
  }

  /** Try a move at once; what comes of it stands in the panel of the route. */
  async tryOut(move) {
    const edit = changes.moveOf(this.plan, move);
    const change = { move, edit, verdict: null, refusal: "" };
    [this.change, this.view.chosen, this.view.stop] = [change, move.route, move.stop];
    this.drawRoute();
    if (!wide.matches || byId("main").dataset.tab !== "map") this.tab("route");
    try {
      change.verdict = await changes.tryOut(this.plan, [edit]);
    } catch (error) {
      if (!error.sentence) throw error;
      change.refusal = error.sentence;
    }
    if (this.change !== change) return;
    this.drawChange();
    byId("change").querySelector("button")?.focus();
  }

  drop() {
    this.change = null;
    this.map.show(this.plan, this.view);
    this.drawRoute();
    byId("pick-route").focus();
  }

  async keep(reason) {
    const { version } = this.plan.overview;
    await changes.apply(this.plan, [this.change.edit], { note: t("dispatch.note_moved"), reason });
    await this.read(this.plan.id);
    await this.compare(version);
    say(byId("status"), t("dispatch.kept", { version: this.plan.overview.version }));
  }

  async optimise(edits) {
    const job = await changes.optimise(this.plan, edits);
    this.change = null;
    this.drawRoute();
    this.solving.follow(job);
  }

  async undo() {
    await changes.undo(this.plan);
    await this.read(this.plan.id);
  }

  /** Change pins or locks: the version stays, the revision does not. */
  async hold(act) {
    const standing = await act();
    Object.assign(this.plan.overview, { pins: standing.pins, locks: standing.locks,
      revision: standing.revision });
    const { other } = this;
    await this.read(this.plan.id);
    if (other) await this.compare(other.overview.version);
  }

  publish() {
    const { feasible } = this.plan.overview;
    const reason = h("textarea", { id: "reason", name: "reason", rows: 2, required: true });
    const dialog = open(t("dispatch.publish_title", { version: this.plan.overview.version }),
      form(() => dialog, [h("p", {}, t(feasible ? "dispatch.publish_note" : "dispatch.publish_breaks")),
        ...(feasible ? [] : [field(t("dispatch.why_accept"), reason)])], t("dispatch.do_publish"),
      async ({ reason: said }) => {
        await changes.publish(this.plan, feasible ? {} : { accept_violations: true, reason: said });
        await this.read(this.plan.id);
      }));
  }

  async compare(version) {
    this.other = version === null ? null
      : new Plan(await ask(overviewPath(this.plan.id, version)));
    this.view.other = this.other;
    this.map.show(this.plan, this.view);
    drawLegend(byId("legend"), this.plan, this.view);
    this.drawFigures();
  }

  upload() {
    this.guard(async () => {
      const { askForOrders } = await import("./dispatch_upload.js");
      await askForOrders((job) => this.solving.follow(job));
    });
  }

  /** A job is over: show what it made, beside what was before. */
  async solved(job) {
    if (job.state === "failed") {
      this.tell(failure(job));
      return;
    }
    const before = this.plan?.id === job.plan ? this.plan.overview.version : null;
    await this.guard(async () => {
      await this.read(job.plan);
      if (before !== null && before !== this.plan.overview.version) await this.compare(before);
      await listPlans(this);
    });
    say(byId("status"), t("dispatch.solved", { version: this.plan.overview.version }));
  }

  /** Do something that the service may refuse; say so in a sentence. */
  async guard(act) {
    this.tell("");
    try {
      await act();
    } catch (error) {
      if (!error.sentence) throw error;
      this.tell(error.sentence, error.status === 412);
    }
  }

  tell(sentence, isStale = false) {
    const word = byId("word");
    word.hidden = !sentence;
    word.replaceChildren(icon("warning"), h("p", {}, sentence), isStale
      ? h("p", {}, h("button", { type: "button", class: "button", onclick: () =>
        this.guard(() => this.read(this.plan.id)) }, t("dispatch.do_newest"))) : "");
  }

  /** Somebody else may change the plan: say so, and let the reader decide when to see it. */
  async lookAround() {
    if (!this.plan || document.hidden || this.solving.job) return;
    const standing = await ask(`/v1/plans/${encodeURIComponent(this.plan.id)}/pins`);
    if (standing.revision !== this.plan.overview.revision && this.plan.isNewest) {
      this.tell(t("dispatch.moved_on", { version: standing.version }), true);
    }
  }

  hear(message) {
    if (message.kind === "over") location.reload();
    if (message.kind === "link") this.showLink?.(message.link);
    if (message.kind === "alarms") {
      this.alarms = new Map(message.alarms.map((alarm) => [alarm.id, alarm]));
    } else if (message.kind === "alarm") {
      const { alarm } = message.moment;
      if (alarm.state === "active") this.alarms.set(alarm.id, alarm);
      else this.alarms.delete(alarm.id);
    } else return;
    this.showAlarms();
  }

  showAlarms() {
    if (!this.plan) return;
    const grave = [...this.alarms.values()].filter((alarm) => alarm.state === "active" && alarm.asset
      && (alarm.severity === "critical" || alarm.severity === "warning"));
    const worst = new Map();
    for (const alarm of grave) {
      if (worst.get(alarm.asset)?.severity !== "critical") worst.set(alarm.asset, alarm);
    }
    this.map.alarm([...worst.values()].map((alarm) => ({ vehicle: alarm.asset,
      at: this.plan.whereabouts(alarm.asset, now()),
      words: alarm.zone ? celsius(alarm.value) : t(`severity.${alarm.severity}`),
      mark: { severity: alarm.severity, draw: () => icon(alarm.severity, 24) } }))
      .filter((one) => one.at));
  }
}

/** List the plans there are. */
async function listPlans(board, answer = askForPlans()) {
  const { items } = await answer;
  const pick = byId("plans");
  pick.hidden = items.length < 2;
  pick.replaceChildren(...items.map((one) => h("option", { value: one.id,
    selected: one.id === (board.plan?.id ?? address.get("plan")) },
  `${day(one.horizon_start)} · ${one.name || one.id} · ${t(`state.${one.state}`)}`)));
  pick.onchange = () => board.guard(() => board.read(pick.value));
}

function showNoPlan(board) {
  board.drawDeeds();
  byId("figures").replaceChildren(h("p", {}, t("dispatch.no_plan")));
  byId("route").replaceChildren(h("p", { class: "part quiet" }, t("dispatch.choose_route")));
}

try {
  await early.session.catch(() => null);
  const session = await frame();
  const board = new Board(session);
  board.showLink = linkWord(byId("live"));
  byId("bottom").replaceChildren(...bottomLinks(session.role));
  board.tab("map");
  const first = await early.overview;
  if (first) await board.show(first);
  else showNoPlan(board);
  await listPlans(board, early.plans);
  addEventListener("resize", () => board.plan && board.drawSchedule());
  // What is not needed to see the plan comes after it.
  const [{ follow }, { listenToKeys }] = await Promise.all([
    import("./live.js"), import("./dispatch_keys.js")]);
  listenToKeys(board);
  follow((message) => board.hear(message));
  setInterval(() => board.lookAround().catch((error) => {
    if (!error.sentence) throw error;
  }), LOOK_EVERY);
  setInterval(() => board.plan && board.drawSchedule(), LINE_EVERY);
} catch (error) {
  showFailure(error);
}
