// A change that is tried: what the checker says and what it costs, before anybody keeps it.

import { h } from "./dom.js";
import { field, form, open } from "./dialog.js";
import { inWords, moreYuan, routeName } from "./dispatch_plan.js";
import { icon } from "./marks.js";
import { ask } from "./service.js";
import { n, t } from "./words.js";

const MOST_FINDINGS = 6;
const SECONDS = 30;
const IN_FORCE = new Set(["published", "loading", "running"]);

const path = (plan) => `/v1/plans/${encodeURIComponent(plan.id)}`;

const send = (plan, body) => ask(`${path(plan)}/revisions`, { method: "POST", body,
  headers: { "If-Match": plan.tag } });

/** Ask what edits would come to; nothing is kept. */
export const tryOut = (plan, edits) => send(plan, { edits, trial: true });

/** Keep edits as a new version. */
export const apply = (plan, edits, { note, reason }) => send(plan, { edits, note,
  ...(reason ? { accept_violations: true, reason } : {}) });

/** Plan everything anew that is neither pinned, locked nor moved; gives the job. */
export const optimise = (plan, edits, seconds = SECONDS) =>
  send(plan, { edits, limit: { seconds } });

export const undo = (plan) => ask(`${path(plan)}/undo`, { method: "POST", body: {},
  headers: { "If-Match": plan.tag } });

export const publish = (plan, body) => ask(`${path(plan)}/publish`, { method: "POST", body,
  headers: { "If-Match": plan.tag } });

/** Pin a stop to its vehicle, or let it go; all other pins stay. */
export function pin(plan, route, stop) {
  const pins = { ...plan.overview.pins };
  const isPinned = plan.isPinned(route, stop);
  for (const key of [...stop.lines, ...stop.collects]) {
    if (isPinned) delete pins[key];
    else pins[key] = route.vehicle;
  }
  return putPins(plan, pins, plan.overview.locks);
}

/** Lock a route as it is, or let it go. */
export function lock(plan, route) {
  const others = plan.overview.locks.filter((id) => id !== route.id);
  return putPins(plan, plan.overview.pins, plan.isLocked(route) ? others : [...others, route.id]);
}

const putPins = (plan, pins, locks) => ask(`${path(plan)}/pins`, { method: "PUT",
  body: { pins, locks }, headers: { "If-Match": plan.tag } });

/** Ask by keys or menu where a stop shall go: the same as dragging it. */
export function askWhere(plan, route, place, decided) {
  const targets = plan.routes.filter((one) => !one.isLinehaul && !one.stays);
  const position = h("select", { id: "position", name: "position" });
  const target = h("select", { id: "target", name: "target", onchange: () => fillPositions() },
    targets.toSorted((a, b) => Number(b.start_site === route.start_site)
      - Number(a.start_site === route.start_site)).map((one) => h("option", { value: one.id,
      selected: one.id === route.id }, `${routeName(one)} · ${plan.name(one.start_site)} · ${one.wave}`)));
  const fillPositions = () => {
    const to = plan.byId.get(target.value);
    const others = to.stops.filter((_, step) => to.id !== route.id || step !== place);
    position.replaceChildren(h("option", { value: "" }, t("dispatch.best_place")),
      ...others.map((stop, step) => h("option", { value: step },
        t("dispatch.before", { name: plan.name(stop.site) }))),
      h("option", { value: others.length }, t("dispatch.at_the_end")));
  };
  fillPositions();
  const dialog = open(t("dispatch.move_title", { number: place + 1, name: plan.name(route.stops[place].site) }),
    form(() => dialog, [field(t("dispatch.to_route"), target), field(t("dispatch.position"), position)],
      t("dispatch.try"), ({ target: to, position: at }) => {
        // Not awaited: a dialog that closes later would take the focus from the verdict.
        decided({ route: route.id, stop: place, toRoute: to, position: at === "" ? null : Number(at) });
      }));
}

/** Give the edit that moves a stop. */
export const moveOf = (plan, { route, stop, toRoute, position }) => ({ kind: "move_stop", route,
  site: plan.byId.get(route).stops[stop].site, to_route: toRoute, position });

/**
 * Show what is tried. change: move, verdict (or null while it is judged), refusal.
 * acts: keep(reason), keepAndOptimise(), drop().
 */
export function drawChange(box, plan, change, acts) {
  if (!box) return;
  if (!change) {
    box.replaceChildren();
    return;
  }
  const { move } = change;
  const from = plan.byId.get(move.route);
  const title = h("h3", {}, t("dispatch.moves_to", { number: move.stop + 1,
    name: plan.name(from.stops[move.stop].site), route: routeName(plan.byId.get(move.toRoute)) }));
  const drop = h("button", { type: "button", class: "button", onclick: acts.drop }, t("dispatch.discard"));
  const content = change.refusal ? [h("p", { class: "refusal", role: "alert" }, change.refusal),
    h("div", { class: "row" }, drop)]
    : change.verdict ? verdict(plan, change.verdict, drop, acts)
      : [h("p", { class: "quiet", role: "status" }, t("dispatch.judging"))];
  box.replaceChildren(h("div", { class: "part change" }, title, ...content));
}

/** Give the violations that a version has and the plan before had not. */
export function newFindings(plan, found) {
  const key = ({ code, where }) => `${code} ${where}`;
  const before = new Set(plan.overview.violations.map(key));
  return found.filter((one) => !before.has(key(one)));
}

function verdict(plan, made, drop, acts) {
  const findings = newFindings(plan, made.violations);
  const left = made.unserved - plan.overview.left_out.length;
  const words = Object.entries(made.difference.parts_cents).map(([part, cents]) =>
    `${inWords("cost", part)} ${moreYuan(cents)}`).join(t("cause.comma"));
  const needsReason = !made.feasible && IN_FORCE.has(plan.overview.state);
  const reason = h("textarea", { id: "reason", rows: 2, maxlength: 1000 });
  const keep = h("button", { type: "button", class: "button first", "data-key": "keep",
    onclick: () => {
      const said = reason.value.trim();
      if (needsReason && !said) reason.focus();
      else acts.keep(said);
    } }, t("dispatch.apply"));
  return [
    h("div", { class: `verdict ${findings.length ? "bad" : "good"}`, role: "status" },
      h("p", { class: "row" }, icon(findings.length ? "warning" : "normal", 16),
        h("b", { class: "grow" }, findings.length ? n("dispatch.breaks", findings.length)
          : t("dispatch.feasible")),
        h("b", { class: "nowrap" }, t("dispatch.cost", { cost: moreYuan(made.difference.cost_cents) }))),
      h("p", {}, words || t("dispatch.costs_the_same")),
      left ? h("p", {}, left > 0 ? n("dispatch.more_left_out", left)
        : n("dispatch.fewer_left_out", -left)) : null,
      h("ul", {}, findings.slice(0, MOST_FINDINGS).map((one) => h("li", {},
        `${inWords("violation", one.code)} (${one.where})`))),
      findings.length > MOST_FINDINGS
        ? h("p", {}, n("dispatch.more_findings", findings.length - MOST_FINDINGS)) : null),
    needsReason ? field(t("dispatch.why_accept"), reason) : null,
    h("div", { class: "row wrap" }, keep,
      h("button", { type: "button", class: "button", onclick: acts.keepAndOptimise },
        t("dispatch.apply_and_optimise")), drop),
  ].filter(Boolean);
}
