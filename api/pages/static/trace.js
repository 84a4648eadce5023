// What one point did, and where it leads: the last hours, or a night that somebody looks into.

import { chart, LINES } from "./chart.js";
import { ChartCursor, KEYS } from "./chart_cursor.js";
import { h, s, say } from "./dom.js";
import { celsius, clockSeconds, duration, moment, timeToBreach } from "./format.js";
import { bottomLinks, frame, showFailure } from "./frame.js";
import { kindOf, person } from "./place_words.js";
import { ask, now as byTheService } from "./service.js";
import { latestOf } from "./standing.js";
import { readCourse } from "./trace_reading.js";
import { between, lastHours, renewed, stepped } from "./trace_window.js";
import { given, t } from "./words.js";

const SPANS = { 2: "h2", 8: "h8", 24: "h24", 168: "d7" };
const USUAL_HOURS = 8;
const AGAIN_AFTER = 30_000;
const ZOOMS = ["earlier", "later", "in", "out"];

const byId = (name) => document.getElementById(name);
const hidden = new Set();
let view = null;
let shown = null;
let asked = 0;

const cursor = new ChartCursor(byId("chart"), {
  read: (text) => say(byId("readout"), text),
  window: (from, to) => look(between(from, to, byTheService())),
  step,
});

function step(name) {
  const now = byTheService();
  look(name === "whole" ? lastHours(USUAL_HOURS, now) : stepped(view, name, cursor.at, now));
}

function look(wanted) {
  view = wanted;
  spans();
  return refresh();
}

function draw() {
  if (shown === null) return;
  const place = byId("chart");
  const isEmpty = !shown.samples.length;
  if (isEmpty) place.replaceChildren(h("p", { class: "empty" }, t("trace.no_readings")));
  byId("readout").hidden = isEmpty;
  if (isEmpty) return;
  const width = Math.max(300, place.clientWidth - 18);
  const drawn = chart(shown, { width, height: width < 600 ? 300 : 380, hidden });
  place.replaceChildren(drawn.drawing);
  cursor.take(shown, drawn, hidden);
}

function tell() {
  const { point, now, from, to } = shown;
  say(byId("name"), point.name);
  document.title = `${point.name} · coldgrid`;
  say(byId("window"), t("trace.window", { from: moment(from, now), to: moment(to, now) }));
  const latest = latestOf(point);
  const parts = [t(`zone.${point.zone ?? "frozen"}`)];
  if (latest) parts.push(t("trace.latest", { value: celsius(latest.corrected),
    at: clockSeconds(latest.at) }));
  const { estimate } = point;
  if (estimate) {
    parts.push(t("trace.product", { value: celsius(estimate.product_c),
      sd: celsius(estimate.product_sd_c) }));
    const due = timeToBreach(estimate.forecast, now);
    if (due) {
      parts.push(`${due.head}${t("cause.comma")}${t("breach.to", {
        limit: celsius(estimate.forecast.limit_c), range: due.range })}`);
    }
  }
  say(byId("now"), parts.join(t("trace.stop")));
  byId("excursions").replaceChildren(excursionTable(shown));
  byId("alarms").replaceChildren(alarmTable(shown));
  legend();
}

function table(heads, rows, empty) {
  if (!rows.length) return h("p", { class: "quiet" }, empty);
  return h("div", { class: "wide", tabindex: 0 }, h("table", {},
    h("thead", {}, h("tr", {}, heads.map((key) => h("th", { scope: "col" }, t(key))))),
    h("tbody", {}, rows.map((cells) => h("tr", {}, cells.map((cell) => h("td", {}, cell)))))));
}

const excursionTable = ({ excursions, now }) => table(
  ["trace.from", "trace.lasted", "trace.peak", "trace.mean", "trace.what"],
  excursions.map((one) => [moment(one.from, now), duration(one.minutes * 60_000),
    celsius(one.peak_c), celsius(one.mean_c),
    one.defrost ? t("trace.defrost") : t(one.to ? "trace.over" : "trace.lasts")]),
  t("trace.no_excursions"));

const alarmTable = ({ alarms, now }) => table(
  ["trace.raised", "trace.severity", "trace.kind", "trace.care"],
  alarms.map((one) => [moment(one.raised_at, now), t(`severity.${one.severity}`),
    kindOf(one), one.acknowledged_at
      ? `${person(one.acknowledged_by)} ${moment(one.acknowledged_at, now)}`
      : t(one.state === "active" ? "trace.unseen" : `trace.state_${one.state}`)]),
  t("trace.no_alarms"));

/** Name what is drawn; each part can be taken away, and comes back by the same button. */
function legend() {
  const { zone, series } = shown;
  const line = (attributes) => s("path", { d: "M1 7H27", "stroke-width": 2, ...attributes });
  const parts = [
    ...series.map(({ sensor }, order) => [line(LINES[order % LINES.length]), `sensor ${sensor}`,
      series.length > 1 ? sensor : t("legend.readings")]),
    [line({ stroke: `var(--${zone})` }), "band", t("legend.band")],
    [line({ stroke: "var(--critical-text)", "stroke-width": 1.2 }), "critical",
      t("legend.critical")],
    [s("rect", { width: 28, height: 14, fill: "var(--critical-text)", opacity: 0.3 }),
      "excursion", t("legend.excursion")],
    [s("rect", { x: 1, y: 1, width: 26, height: 12, fill: "none", stroke: "var(--ink-2)",
      "stroke-dasharray": "2 2" }), "defrost", t("legend.defrost")],
    [s("rect", { y: 3, width: 28, height: 8, fill: "var(--ink)" }), "door", t("legend.door")],
    [line({ stroke: "var(--warning-text)", "stroke-dasharray": "5 4" }), "forecast",
      t("legend.forecast")],
    [s("path", { fill: "var(--warning-text)", d: "M14 12 8 2h12Z" }), "alarm", t("legend.alarm")],
  ];
  const held = document.activeElement?.dataset?.part;
  byId("legend").replaceChildren(...parts.map(([mark, name, text]) => h("li", {},
    h("button", { type: "button", class: "button part", "data-part": name,
      "aria-pressed": String(!hidden.has(name)), onclick: () => toggle(name) },
    s("svg", { width: 28, height: 14, viewBox: "0 0 28 14", "aria-hidden": "true" }, mark), text))));
  if (held) byId("legend").querySelector(`[data-part="${CSS.escape(held)}"]`)?.focus();
}

function toggle(name) {
  if (!hidden.delete(name)) hidden.add(name);
  draw();
  legend();
}

async function refresh() {
  asked += 1;
  const mine = asked;
  try {
    const found = await readCourse(renewed(view, byTheService()));
    // Who has looked elsewhere meanwhile waits for that.
    if (mine !== asked) return;
    shown = found;
    draw();
    tell();
  } catch (error) {
    if (!error.sentence) throw error;
    if (shown === null) showFailure(error);
  }
}

async function downloadCsv() {
  const range = { from: new Date(shown.from).toISOString(), to: new Date(shown.to).toISOString() };
  const text = await ask(`/v1/readings?${new URLSearchParams({ point: given.point, as: shown.form,
    ...range })}`, { headers: { Accept: "text/csv" } });
  const address = URL.createObjectURL(new Blob([text], { type: "text/csv" }));
  h("a", { href: address, download: `${given.point.replaceAll("/", "-")}.csv` }).click();
  URL.revokeObjectURL(address);
}

function spans() {
  const held = document.activeElement?.dataset?.span;
  const button = (name, isOn, text, act) => h("button", { type: "button", class: "button",
    "data-span": name, "aria-pressed": isOn, onclick: act }, text);
  byId("spans").replaceChildren(
    ...Object.entries(SPANS).map(([count, key]) => button(key,
      String(view.hours === Number(count)), t(`span.${key}`),
      () => look(lastHours(Number(count), byTheService())))),
    ...ZOOMS.map((name) => button(name, null, t(`zoom.${name}`), () => step(name))));
  if (held) byId("spans").querySelector(`[data-span="${held}"]`)?.focus();
}

try {
  const session = await frame(KEYS);
  byId("bottom").replaceChildren(...bottomLinks(session.role));
  await look(lastHours(USUAL_HOURS, byTheService()));
  setInterval(refresh, AGAIN_AFTER);
  new ResizeObserver(draw).observe(byId("chart"));
  byId("csv").addEventListener("click", downloadCsv);
} catch (error) {
  showFailure(error);
}
