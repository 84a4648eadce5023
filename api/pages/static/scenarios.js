// What if: choose a file, change it, run it, read what came of it.

import { h, say } from "./dom.js";
import { duration, moment } from "./format.js";
import { bottomLinks, frame, showFailure } from "./frame.js";
import { asked, check, showFaults, showRefusal, terms } from "./scenario_file.js";
import { showAnswer, spoken } from "./scenario_answer.js";
import { ask, now as byTheService } from "./service.js";
import { given, n, t } from "./words.js";

const LOOKED_EVERY = 1_500;
const OPEN = new Set(["queued", "running"]);
const byId = (id) => document.getElementById(id);
let name = null;
let shown = null;
let mayRun = false;

const pressed = (where, key) => document.querySelectorAll(`#${where} button`).forEach((one) =>
  one.setAttribute("aria-pressed", String(one.dataset.key === key)));

async function choose(one) {
  name = one.name;
  pressed("catalogue", name);
  byId("file").value = await ask(`/v1/scenarios/${encodeURIComponent(name)}`);
  byId("seeds").value = one.seeds.join(", ");
  byId("iterations").value = one.iterations;
  byId("faults").replaceChildren();
}

function drawCatalogue(items) {
  byId("catalogue").replaceChildren(...items.map((one) =>
    h("button", { type: "button", "data-key": one.name, "aria-pressed": "false",
      onclick: () => guarded(() => choose(one)) },
    h("span", {}, spoken(one.title)),
    h("span", { class: "quiet" }, n("scenario.variants", one.variants.length)))));
}

async function drawRuns() {
  const { items } = await ask("/v1/scenarios/runs");
  if (!items.length) return items;
  const held = document.activeElement?.closest("#runs") ? document.activeElement.dataset.key : null;
  byId("runs").replaceChildren(...items.map((run) =>
    h("button", { type: "button", "data-key": run.id, "aria-pressed": String(run.id === shown?.id),
      onclick: () => guarded(() => follow(run)) },
    h("span", {}, spoken(run.title)),
    h("span", { class: "quiet" },
      `${moment(run.created_at, byTheService())} · ${t(`run_state.${run.state}`)}`))));
  byId("runs").querySelector(`[data-key="${CSS.escape(held ?? "")}"]`)?.focus();
  return items;
}

async function follow(run) {
  shown = run;
  pressed("runs", run.id);
  byId("answer").hidden = true;
  await look(run.id);
}

async function look(id) {
  const run = await ask(`/v1/scenarios/runs/${encodeURIComponent(id)}`);
  if (shown?.id !== id) return;
  shown = run;
  showState(run);
  if (OPEN.has(run.state)) {
    setTimeout(() => guarded(() => look(id)), LOOKED_EVERY);
    return;
  }
  await drawRuns();
  if (run.state === "succeeded") {
    const place = await showAnswer(byId("answer"), run);
    place.querySelector("h2").focus({ preventScroll: false });
  }
}

function showState(run) {
  const { progress } = run;
  byId("state").hidden = run.state === "succeeded";
  byId("stop").hidden = !mayRun || !OPEN.has(run.state);
  byId("bar").hidden = !progress?.of;
  if (progress?.of) {
    byId("bar").max = progress.of;
    byId("bar").value = progress.done;
  }
  say(byId("progress"), stateWords(run));
}

function stateWords({ state, progress, cause }) {
  if (state === "failed") return t("scenario.failed", { cause: cause?.detail ?? "", code: cause?.code ?? "" });
  if (state !== "running") return t(`run_state.${state}`);
  if (!progress?.of) return t("scenario.begins");
  const words = t("scenario.progress", { done: progress.done, of: progress.of });
  if (!progress.done) return words;
  const left = (progress.elapsed_s / progress.done) * (progress.of - progress.done);
  return `${words} · ${t("scenario.left", { left: duration(left * 1000 + 59_000) })}`;
}

/** Do something, and show as a sentence where the service says no. */
async function guarded(deed) {
  try {
    await deed();
  } catch (error) {
    if (!error.sentence) throw error;
    const faults = error.problem?.faults;
    if (faults) showFaults(faults.map(placed));
    else showRefusal(error.sentence);
  }
}

function placed(fault) {
  const [, line, column] = / line (\d+) column (\d+)$/.exec(fault.place) ?? [null, null, null];
  return { ...fault, line: line && Number(line), column: column && Number(column) };
}

async function start(event) {
  event.preventDefault();
  const wanted = terms();
  if (wanted === null) {
    showRefusal(t("scenario.bad_seeds"));
    return;
  }
  byId("run").disabled = true;
  try {
    const run = await ask("/v1/scenarios/runs", { method: "POST", body: { ...asked(name), ...wanted } });
    byId("faults").replaceChildren();
    shown = run;
    await drawRuns();
    await follow(run);
  } finally {
    byId("run").disabled = false;
  }
}

async function stop() {
  await ask(`/v1/jobs/${encodeURIComponent(shown.job)}`, { method: "DELETE" });
  say(byId("progress"), t("scenario.stopping"));
}

async function offerPlans() {
  const { items } = await ask("/v1/plans?limit=20");
  byId("base").append(...items.map((plan) =>
    h("option", { value: plan.id }, t("scenario.base_plan", { name: plan.name,
      at: moment(plan.horizon_start, byTheService()) }))));
}

try {
  const session = await frame();
  mayRun = given.runRights.includes(session.role);
  byId("bottom").replaceChildren(...bottomLinks(session.role));
  byId("run").disabled = byId("check").disabled = !mayRun;
  byId("may-not").hidden = mayRun;
  const { items } = await ask("/v1/scenarios");
  drawCatalogue(items);
  byId("form").addEventListener("submit", (event) => guarded(() => start(event)));
  byId("check").addEventListener("click", () => guarded(() => check(name)));
  byId("stop").addEventListener("click", () => guarded(stop));
  await choose(items[0]);
  await offerPlans();
  const [latest] = await drawRuns();
  if (latest) await follow(latest);
} catch (error) {
  showFailure(error);
}
