// The answer of a run: variants beside the baseline, each difference with what holds it.

import { h } from "./dom.js";
import { decimal, grouped } from "./format.js";
import { ask } from "./service.js";
import { given, t } from "./words.js";

const SPEAKS = given.language === "en" ? "en" : "zh";
const PROMISE = "on_time_share_";
const SIGNS = { better: "▲", worse: "▼", "no difference": "=" };
const VERDICTS = { better: "better", worse: "worse", "no difference": "same" };

/** Give what a title or sentence of a result says in the language of the page. */
export const spoken = (said) => said[SPEAKS];

/** Show the answer of a run below everything else. */
export async function showAnswer(place, run) {
  const result = await ask(`/v1/scenarios/runs/${encodeURIComponent(run.id)}/result`);
  const shown = result.kpis.filter((kpi) => kpi.shown);
  place.hidden = false;
  place.replaceChildren(
    h("h2", { tabindex: "-1" }, spoken(result.title)),
    h("p", { class: "quiet" }, t("scenario.facts", { base: result.problem,
      seeds: result.seeds.join(", "), iterations: result.iterations })),
    h("div", { class: "wide", tabindex: "0", role: "group", "aria-label": t("scenario.table") },
      h("table", {},
        h("thead", {}, h("tr", {}, h("th", { scope: "col" }, t("scenario.variant")),
          shown.map((kpi) => h("th", { scope: "col" }, kpiWord(kpi.name))),
          h("th", { scope: "col" }, t("scenario.targets")))),
        h("tbody", {}, result.variants.map((variant) => row(variant, shown))))),
    h("p", { class: "quiet" }, t("scenario.legend")),
    h("dl", { class: "words" }, result.variants.slice(1).flatMap(sentences)),
    h("p", {}, h("a", { class: "button", target: "_blank", rel: "noopener",
      href: `/v1/scenarios/runs/${encodeURIComponent(run.id)}/report?language=${SPEAKS}` },
    t("scenario.report"))));
  return place;
}

function kpiWord(name) {
  if (name.startsWith(PROMISE)) {
    return given.kpis.promise.replace("{promise}", name.slice(PROMISE.length));
  }
  return given.kpis[name] ?? name;
}

const row = (variant, shown) => h("tr", {},
  h("th", { scope: "row" }, spoken(variant.title)),
  shown.map((kpi) => cell(variant, kpi)),
  h("td", { "data-kpi": t("scenario.targets") }, targets(variant)));

function cell(variant, kpi) {
  const against = variant.compared[kpi.name];
  return h("td", { "data-kpi": kpiWord(kpi.name) },
    h("b", {}, figure(variant.means[kpi.name], kpi.unit)),
    against ? h("span", {}, `${SIGNS[against.verdict]} ${difference(against.difference, kpi.unit)} ${
      t(`verdict.${VERDICTS[against.verdict]}`)}`) : null,
    against && against.low !== null ? h("span", { class: "quiet" }, t("scenario.interval", {
      low: difference(against.low, kpi.unit), high: difference(against.high, kpi.unit) })) : null);
}

function targets(variant) {
  if (!variant.targets.length) return "—";
  const missed = variant.targets.filter((one) => !one.met);
  return missed.length
    ? t("scenario.missed", { names: missed.map((one) => kpiWord(one.kpi)).join(", ") })
    : t("scenario.reached");
}

const sentences = (variant) => [
  h("dt", {}, spoken(variant.title)),
  h("dd", {}, spoken(variant.headline)),
  ...[...variant.changed, ...variant.binding.slice(1)].map((one) => h("dd", { class: "quiet" }, spoken(one))),
];

const whole = (value) => Number.isInteger(value) || Math.abs(value) >= 1000;

function figure(value, unit) {
  if (unit === "share") return `${decimal(value * 100)} %`;
  if (unit === "cents") return `${value < 0 ? "−" : ""}¥${grouped(Math.abs(value) / 100)}`;
  return grouped(value, whole(value) ? 0 : 1);
}

function difference(value, unit) {
  const text = unit === "share" ? decimal(value * 100) : figure(value, unit);
  return value > 0 && /[1-9]/.test(text) ? `+${text}` : text;
}
