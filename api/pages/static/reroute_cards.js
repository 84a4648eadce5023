// One card for each way out: what changes on the map, what it saves and costs, whom it touches.

import { h } from "./dom.js";
import { clock } from "./format.js";
import { icon } from "./marks.js";
import { changeMap } from "./reroute_map.js";
import { kilograms, minutesMore, spokenBy, yuan } from "./reroute_words.js";
import { n, t } from "./words.js";

const MINUTE = 60_000;
const STAYING = "carry_on";

/** Give proposals as they stand: by rank, but carrying on last, for it is what others beat. */
export const inOrder = (proposals) =>
  proposals.toSorted((a, b) => (a.kind === STAYING) - (b.kind === STAYING) || a.number - b.number);

export const letter = (place) => String.fromCharCode(65 + place);

/** Build the card of a proposal. */
export function proposalCard(shown) {
  const { found, proposal, place, change, accept, sites } = shown;
  const isBest = proposal.number === 1;
  const isTaken = found.accepted === proposal.number;
  const [head, ...rest] = spokenBy(proposal.sentences);
  return h("article", { class: `card way row-focus${isBest || isTaken ? " best" : ""}`, tabindex: -1,
    "data-proposal": proposal.number, "aria-labelledby": `way-${place}` },
  h("header", {}, h("span", { class: "letter", "aria-hidden": "true" }, letter(place)),
    h("div", {}, h("h2", { id: `way-${place}` }, t("reroute.way_head", { letter: letter(place),
      way: t(`way.${proposal.kind}`), place: placeOf(proposal, sites) })),
    h("p", {}, head),
    isTaken ? h("p", { class: "row" }, icon("acknowledged", 18), h("b", {}, t("case.accepted")))
      : isBest ? h("p", { class: "quiet" }, t("reroute.ranked_first")) : null)),
  changeMap({ before: shown.running, after: change.plan, routes: proposal.changed_routes, sites,
    at: Date.parse(found.situation.at), vehicle: found.vehicle,
    position: found.situation.position ?? null,
    places: proposal.handovers.map(({ site }) => site) }),
  figures(proposal),
  outBy(proposal, found.situation.breach),
  h("ul", { class: "sentences" }, rest.map((text) => h("li", {}, text))),
  pointsTable(change.points, sites),
  verdict(proposal),
  accept ? h("p", { class: "ends" }, h("button", { type: "button",
    class: `button${isBest ? " first" : ""}`, "data-accept": proposal.number, onclick: accept },
  t("reroute.accept", { letter: letter(place) }))) : null);
}

const placeOf = ({ place }, sites) => (place ? ` · ${sites.get(place)?.name ?? place}` : "");

const figure = (label, value, unit = "") => h("div", {}, h("dt", {}, label),
  h("dd", {}, h("b", {}, value), unit));

function figures(proposal) {
  return h("dl", { class: "figures" },
    figure(t("reroute.goods_saved"), kilograms(proposal.delivered_kg + proposal.sheltered_kg), " kg"),
    figure(t("reroute.saved_after_cost"), yuan(proposal.worth_cents)),
    figure(t("reroute.cost"), yuan(proposal.cost_cents)),
    proposal.lost_cents > 0 ? figure(t("reroute.lost"), yuan(proposal.lost_cents),
      ` · ${kilograms(proposal.quarantined_kg)} kg`) : null);
}

/** Say when the last goods leave the broken compartment, against when they break. */
function outBy(proposal, breach) {
  const last = proposal.lines.map((line) => line.out_at).filter(Boolean).sort().at(-1);
  if (!breach || !last) return null;
  const spare = Math.floor((Date.parse(breach.p10) - Date.parse(last)) / MINUTE);
  return h("p", { class: `row out ${spare < 0 ? "late" : ""}` },
    icon(spare < 0 ? "warning" : "cleared", 18),
    h("span", {}, spare < 0
      ? t("reroute.out_late", { at: clock(last), due: clock(breach.p10) })
      : t("reroute.out_by", { at: clock(last), spare: n("time.minutes", spare) })));
}

/** What a point sees: one row for each arrival that moves. */
function pointsTable(points, sites) {
  if (!points.length) return h("p", { class: "quiet" }, t("reroute.no_point_changes"));
  const rows = new Map();
  for (const one of points) {
    const key = `${one.site} ${one.now} ${one.then}`;
    const row = rows.get(key) ?? { ...one, lines: 0, reasons: new Set() };
    row.lines += one.lines.length;
    row.reasons.add(spokenBy(one.reason));
    rows.set(key, row);
  }
  return h("div", { class: "wide", tabindex: 0, role: "group",
    "aria-label": t("reroute.what_changes") }, h("table", {},
    h("thead", {}, h("tr", {}, [["point", ""], ["now", "number"], ["then", "number"],
      ["change", "number"]].map(([key, look]) =>
      h("th", { scope: "col", class: look }, t(`change.${key}`))))),
    [...rows.values()].map((row) => pointRows(row, sites))));
}

const pointRows = (row, sites) => h("tbody", {},
  h("tr", {},
    h("th", { scope: "row" }, sites.get(row.site)?.name ?? row.site),
    h("td", { class: "number" }, row.now ? clock(row.now) : "—"),
    h("td", { class: "number" }, h("b", {}, row.then ? clock(row.then) : t("reroute.not_today"))),
    h("td", { class: "number" }, row.change_min === null ? "—" : minutesMore(row.change_min))),
  h("tr", { class: "reason" }, h("td", { colspan: 4, class: "quiet" },
    [n("reroute.lines", row.lines), ...row.reasons].join(" · "))));

function verdict({ check, excused }) {
  const { violations } = check;
  if (check.feasible) {
    return h("p", { class: "row check" }, icon("cleared", 18), h("span", {}, t("reroute.check_passed")));
  }
  const others = violations.length - excused.length;
  return h("details", { class: "check" },
    h("summary", {}, others > 0 ? n("reroute.check_others", others)
      : n("reroute.check_excused", excused.length)),
    h("ul", {}, violations.map(({ code, where }) => h("li", {},
      `${t(`violation.${code}`)} · `, h("code", {}, where)))));
}

/** For comparison: what happens where nobody does anything; it cannot be accepted. */
export function carryOnCard({ found, running, sites, changes }, place) {
  const { breach } = found.situation;
  const isOffered = found.proposals.some(({ kind }) => kind === STAYING);
  if (found.kind !== "compartment" || isOffered || !breach || !changes.length) return null;
  const threatened = new Map(changes[0].proposal.lines.map((line) =>
    [`${line.order} ${line.line}`, line]));
  const at = Date.parse(found.situation.at);
  const stops = running.routes.filter((route) => route.vehicle === found.vehicle)
    .flatMap((route) => route.stops.map((stop) => ({ ...stop, route: route.id })))
    .map((stop) => ({ ...stop, lines: stop.delivers.map(({ order, line }) =>
      threatened.get(`${order} ${line}`)).filter(Boolean) }))
    .filter((stop) => stop.lines.length && Date.parse(stop.departs_at) > at);
  if (!stops.length) return null;
  const isLate = (stop) => Date.parse(stop.service_starts_at) > Date.parse(breach.p50);
  const late = stops.filter(isLate).flatMap((stop) => stop.lines);
  const sum = (name) => late.reduce((total, line) => total + line[name], 0);
  const routes = [...new Set(stops.map(({ route }) => route))];
  return h("article", { class: "card way", "aria-labelledby": "way-carry-on" },
    h("header", {}, h("span", { class: "letter", "aria-hidden": "true" }, letter(place)),
      h("div", {}, h("h2", { id: "way-carry-on" }, t("reroute.carry_on_head",
        { letter: letter(place) })), h("p", { class: "quiet" }, t("reroute.for_comparison")))),
    changeMap({ before: running, after: running, routes, sites, at, vehicle: found.vehicle,
      position: found.situation.position ?? null, places: [] }),
    h("dl", { class: "figures" },
      figure(t("reroute.too_warm"), kilograms(sum("mass_kg")), " kg"),
      figure(t("reroute.lost"), yuan(sum("value_cents"))), figure(t("reroute.cost"), yuan(0))),
    h("div", {}, h("table", {}, h("thead", {}, h("tr", {}, h("th", { scope: "col" }, t("change.point")),
      h("th", { scope: "col", class: "number" }, t("change.now")),
      h("th", { scope: "col" }, t("change.goods")))),
    h("tbody", {}, stops.map((stop) => h("tr", {},
      h("th", { scope: "row" }, sites.get(stop.site)?.name ?? stop.site),
      h("td", { class: "number" }, clock(stop.service_starts_at)),
      h("td", {}, isLate(stop) ? h("b", { class: "row warm" }, icon("warning", 16),
        t("change.too_late")) : t("change.in_time"))))))),
    h("p", { class: "row cannot" }, icon("no_data", 18), h("b", {}, t("reroute.cannot"))));
}
