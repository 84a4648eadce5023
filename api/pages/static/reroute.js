// One case: what broke, the ways out side by side, the decision, and who was told.

import { h, say } from "./dom.js";
import { clock, moment, timeToBreach } from "./format.js";
import { bottomLinks, frame, showFailure } from "./frame.js";
import { follow } from "./live.js";
import { icon } from "./marks.js";
import { person } from "./place_words.js";
import { askAccept, askReject, askTakeBack } from "./reroute_asking.js";
import { carryOnCard, inOrder, proposalCard } from "./reroute_cards.js";
import { KEYS, listenToKeys } from "./reroute_keys.js";
import { linkWord } from "./reroute_link.js";
import { sitesOf } from "./reroute_map.js";
import { brokenIn, breachOf, gradeOf, kilograms, whyNot, whyNotSent, yuan } from "./reroute_words.js";
import { ask, now as byTheService } from "./service.js";
import { given, n, t } from "./words.js";

const DRAWN_EVERY = 10_000;
const NEWS_EVERY = 10_000;
const TRIES = 3;
const DECIDERS = new Set(["dispatcher", "admin"]);
const byId = (id) => document.getElementById(id);
const showLink = linkWord(byId("live"));
const address = `/v1/reroutes/${encodeURIComponent(given.reroute)}`;

let shown = null;
let role = "";
const plans = new Map();

/** Read the case with its proposals; both of one computation. */
async function read() {
  for (let tries = TRIES; ; tries -= 1) {
    const found = await ask(address);
    const [changes, plan] = await Promise.all([
      Promise.all(found.proposals.map(({ number }) => ask(`${address}/proposals/${number}`))),
      planOf(found),
    ]);
    const isWhole = changes.every(({ revision }) => revision === found.revision);
    if (isWhole || tries === 1) return { found, changes, ...plan };
  }
}

function planOf({ plan, plan_version: version }) {
  const key = `${plan} ${version}`;
  if (!plans.has(key)) {
    const path = `/v1/plans/${encodeURIComponent(plan)}`;
    const wanted = Promise.all([ask(`${path}?version=${version}`),
      ask(`${path}/geojson?version=${version}`)])
      .then(([running, map]) => ({ running, sites: sitesOf(map) }));
    wanted.catch(() => plans.delete(key));
    plans.set(key, wanted);
  }
  return plans.get(key);
}

async function refresh() {
  shown = await read();
  draw();
  await showNews();
}

function draw() {
  const { found } = shown;
  const now = byTheService();
  drawIncident(found, now);
  const isDecider = DECIDERS.has(role);
  const mayDecide = found.state === "open" && isDecider;
  const ordered = inOrder(found.proposals);
  const cards = ordered.map((proposal, place) => proposalCard({
    ...shown, proposal, place, change: shown.changes.find((one) =>
      one.proposal.number === proposal.number),
    accept: mayDecide ? () => decide(proposal, place) : null,
  }));
  const comparison = carryOnCard(shown, ordered.length);
  // A redraw must not take the focus from what somebody reads.
  const held = document.activeElement?.closest("[data-proposal]")?.dataset.proposal;
  byId("proposals").replaceChildren(...cards, ...(comparison ? [comparison] : []));
  if (held) byId("proposals").querySelector(`[data-proposal="${held}"]`)?.focus();
  drawRefused(found.refused);
  byId("reject").hidden = !mayDecide;
  byId("take-back").hidden = !(found.state === "accepted" && isDecider);
  say(byId("may-not"), found.state === "open" && !mayDecide ? t("reroute.dispatchers_decide") : "");
}

function drawIncident(found, now) {
  const forecast = breachOf(found.situation);
  const due = found.state === "open" ? timeToBreach(forecast, now) : null;
  const [first] = found.proposals;
  const lines = first?.lines ?? [];
  const sum = (name) => lines.reduce((total, line) => total + line[name], 0);
  byId("state").classList.toggle("open", found.state === "open");
  byId("state").replaceChildren(icon(found.state === "open" ? "critical" : "acknowledged"),
    h("b", {}, t(`case.${found.state}`)), h("span", {}, gradeOf(found)));
  say(byId("what"), brokenIn(found));
  byId("breach").replaceChildren(...(due ? [t("reroute.breaks_in_at",
    { due: due.head + due.range, at: clock(forecast.breach), early: clock(forecast.early),
      late: clock(forecast.late) })] : forecast ? [t("reroute.breaks_at",
    { at: clock(forecast.breach), early: clock(forecast.early), late: clock(forecast.late) })] : []));
  say(byId("goods"), lines.length ? t("reroute.on_board", { kg: kilograms(sum("mass_kg")),
    lines: n("reroute.lines", lines.length), money: yuan(sum("value_cents")) }) : "");
  say(byId("since"), origin(found, now));
  say(byId("decision"), decision(found, now));
  byId("decision").hidden = found.state === "open";
}

function origin(found, now) {
  const who = found.alarm ? t("reroute.by_alarm") : person(found.opened_by);
  const key = found.revision > 1 ? "reroute.opened_and_computed" : "reroute.opened_by";
  return t(key, { who, at: moment(found.opened_at, now), computed: moment(found.computed_at, now) });
}

function decision(found, now) {
  if (found.state === "open") return "";
  const at = moment(found.decided_at ?? found.computed_at, now);
  const who = found.automatic || !found.decided_by ? t("person.rules") : person(found.decided_by);
  const why = found.reason ? t("reroute.why", { reason: found.reason }) : "";
  if (found.state !== "accepted") {
    return t("reroute.ended", { state: t(`case.${found.state}`), at, who }) + why;
  }
  return t(found.automatic ? "reroute.accepted_by_rules" : "reroute.accepted",
    { at, who, version: found.made_version }) + why;
}

function drawRefused(refused) {
  byId("refused-section").hidden = !refused.length;
  byId("refused").replaceChildren(...refused.map((one) => h("li", {},
    icon("no_data", 18), h("span", {},
      h("b", {}, `${t(`way.${one.kind}`)}${one.place ? ` · ${nameOf(one.place)}` : ""}`), ": ",
      whyNot(one), one.needs_override ? h("b", {}, ` ${t("reroute.needs_override")}`) : null))));
}

const nameOf = (id) => shown.sites.get(id)?.name ?? id;

async function showNews() {
  const { found } = shown;
  byId("news-section").hidden = found.state !== "accepted";
  if (found.state !== "accepted") return;
  const now = byTheService();
  const { items } = await ask(`${address}/news`);
  byId("news").replaceChildren(items.length ? h("table", {},
    h("thead", {}, h("tr", {}, ["told.who", "told.what", "told.state"].map((key) =>
      h("th", { scope: "col" }, t(key))))),
    h("tbody", {}, items.map((one) => newsRow(one, now))))
    : h("p", { class: "quiet" }, t("told.nobody")));
}

function newsRow(one, now) {
  const { body } = one;
  const time = (instant) => (instant ? moment(instant, now) : t("reroute.not_today"));
  const what = one.kind === "eta"
    ? t("told.eta", { was: time(body.was), now: time(body.now) }) : t("told.command");
  const state = one.delivered_at
    ? t("told.delivered_at", { at: moment(one.delivered_at, now) }) : t(`told.${one.state}`);
  const why = one.detail ? whyNotSent(one.detail) : "";
  return h("tr", {}, h("td", {}, one.kind === "eta" ? nameOf(one.receiver) : one.receiver),
    h("td", {}, what), h("td", {}, state,
      why ? h("span", { class: "quiet" }, `${t("told.colon")}${why}`) : null));
}

function tell(text) {
  byId("word").hidden = !text;
  say(byId("word"), text);
  if (text) byId("word").focus();
}

function decide(proposal, place) {
  tell("");
  const { found } = shown;
  askAccept({ found, proposal, place, nameOf, address, outrun, done: refresh });
}

/** Show what is now, and say it once the dialog has given the focus back. */
async function outrun(text) {
  await refresh();
  setTimeout(() => tell(text));
}

function hear(message) {
  if (message.kind === "over") location.reload();
  if (message.kind === "link") {
    showLink(message.link);
    return;
  }
  const fresh = message.kind === "reroute" ? message.event.reroute
    : message.kind === "reroutes" ? message.reroutes.find((one) => one.id === given.reroute) : null;
  if (!fresh || fresh.id !== given.reroute || fresh.revision === shown.found.revision) return;
  const before = shown.found;
  refresh().then(() => announce(before, shown.found)).catch(failed);
}

/** Say what has moved under the reader's eyes. */
function announce(before, after) {
  if (before.revision === after.revision || after.state !== "open") return;
  say(byId("status"), t("reroute.computed_anew", { at: clock(after.computed_at) }));
}

function failed(error) {
  if (!error.sentence) throw error;
  tell(error.sentence);
}

try {
  const session = await frame(KEYS);
  role = session.role;
  byId("bottom").replaceChildren(...bottomLinks(role));
  byId("reject").addEventListener("click", () =>
    askReject({ address, done: refresh, outrun }));
  byId("take-back").addEventListener("click", () =>
    askTakeBack({ address, done: refresh, outrun }));
  await refresh();
  follow(hear);
  listenToKeys();
  setInterval(() => drawIncident(shown.found, byTheService()), DRAWN_EVERY);
  setInterval(() => showNews().catch(failed), NEWS_EVERY);
} catch (error) {
  showFailure(error);
}
