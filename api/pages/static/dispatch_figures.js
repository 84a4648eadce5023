// Key figures of the plan beside those of another version, and what is left out and why.

import { h } from "./dom.js";
import { open } from "./dialog.js";
import { inWords, routeName, whole } from "./dispatch_plan.js";
import { decimal } from "./format.js";
import { zoneGlyph } from "./marks.js";
import { yuan } from "./reroute_words.js";
import { given, n, t } from "./words.js";

const MOST_REASONS = 4;
const percent = (share) => `${decimal(share * 100)} %`;
const signed = (value, write) => (value === 0 ? "±0" : value > 0 ? `+${write(value)}` : write(value));

/** The figures: how to read one off a plan, how to write it, and its change. */
const FIGURES = [
  ["on_time", (plan) => plan.overview.kpis.on_time_share ?? null, percent],
  ["cost", (plan) => plan.overview.objective_cents, yuan],
  ["km", (plan) => (plan.overview.kpis.linehaul_km ?? 0) + (plan.overview.kpis.last_mile_km ?? 0), whole],
  ["fill", (plan) => plan.fill, percent],
  ["margin", (plan) => plan.leastMargin, (value) => `${decimal(value)} °C`],
  ["left_out", (plan) => plan.overview.left_out.length, whole],
];

/** Show them. other: a plan to compare with, or null; versions: those there are. */
export function drawFigures(box, plan, other, versions, acts) {
  const before = versions.filter((one) => one.version !== plan.overview.version);
  const select = h("select", { id: "compare", "data-key": "compare", class: "pick",
    onchange: () => acts.compare(select.value ? Number(select.value) : null) },
  h("option", { value: "" }, t("dispatch.compare_none")),
  before.toReversed().map(({ version }) => h("option", { value: version,
    selected: other?.overview.version === version }, t("dispatch.version", { version }))));
  const held = document.activeElement?.id === "compare";
  box.replaceChildren(
    h("h2", {}, other ? t("dispatch.against", { version: other.overview.version }) : t("dispatch.figures")),
    h("table", { class: "figures" }, h("tbody", {}, FIGURES.map(([name, read, write]) =>
      figure(name, read(plan), other ? read(other) : null, write)))),
    ...(before.length ? [h("div", { class: "row compare" },
      h("label", { for: "compare", class: "quiet nowrap" }, t("dispatch.compare")), select)] : []),
    ...(other ? changed(plan, other, acts) : []));
  if (held) document.getElementById("compare")?.focus();
}

function figure(name, value, before, write) {
  const change = value !== null && before !== null
    ? h("td", { class: "number quiet" }, signed(Number((value - before).toFixed(6)), write)) : h("td", {});
  return h("tr", {}, h("th", { scope: "row" }, t(`figure.${name}`)),
    h("td", { class: "number" }, h("b", {}, value === null ? "–" : write(value))), change);
}

/** Name the routes that drive otherwise in the two versions; a press shows one. */
function changed(plan, other, acts) {
  const { moved, gone } = plan.changesSince(other);
  const most = 12;
  return [h("p", { class: "quiet" }, n("dispatch.routes_changed", moved.length + gone.length)),
    h("ul", { class: "changed-routes" }, moved.slice(0, most).map((route) => h("li", {},
      h("button", { type: "button", class: "plain-text", onclick: () => acts.route(route.id) },
        routeName(route)))))];
}

/** Show what is left out, most first, grouped by why. */
export function drawLeftOut(box, plan) {
  const left = plan.overview.left_out;
  const groups = [...Map.groupBy(left, (one) => one.reason).entries()]
    .toSorted(([, a], [, b]) => b.length - a.length);
  box.replaceChildren(
    h("h2", { class: "row" }, h("span", { class: "grow" }, n("dispatch.left_out", left.length)),
      left.length ? h("button", { type: "button", class: "plain-text under", onclick: () => showAll(plan) },
        t("dispatch.show_all")) : null),
    left.length ? h("ul", { class: "reasons" }, groups.slice(0, MOST_REASONS).map(([reason, lines]) =>
      h("li", {}, lines[0].zone ? zoneGlyph(lines[0].zone, 18) : h("span"),
        h("b", {}, inWords("unserved", reason)), h("b", { class: "number" }, n("dispatch.lines", lines.length)),
        h("span", { class: "quiet" }, [...new Set(lines.map((one) => plan.name(one.site ?? "")))]
          .slice(0, 3).join(t("cause.comma"))))))
      : h("p", { class: "quiet" }, t("dispatch.nothing_left_out")));
}

function showAll(plan) {
  const dialog = open(t("dispatch.left_out_title"),
    h("div", { class: "wide", tabindex: "0", role: "group", "aria-label": t("dispatch.left_out_title") },
      h("table", {}, h("thead", {}, h("tr", {},
        ["order", "point", "zone", "kg", "reason", "detail"].map((name) =>
          h("th", { scope: "col" }, t(`column.${name}`))))),
      h("tbody", {}, plan.overview.left_out.map((one) => h("tr", {},
        h("td", {}, `${one.order}/${one.line}`), h("td", {}, one.site ? plan.name(one.site) : "–"),
        h("td", {}, one.zone ? t(`zone.${one.zone}`) : "–"), h("td", { class: "number" }, decimal(one.kg)),
        h("td", {}, inWords("unserved", one.reason)),
        h("td", {}, whyLeftOut(one))))))),
    h("div", { class: "ends" }, h("button", { type: "button", class: "button",
      onclick: () => dialog.close() }, t("dialog.close_window"))));
  dialog.classList.add("broad");
}

/** Say more of a reason; the service writes its details in English. */
const whyLeftOut = ({ reason, detail }) =>
  (given.language === "en" && detail ? detail : inWords("unserved_means", reason));
