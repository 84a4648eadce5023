// All cases: the open ones with their best way out, then those that are decided.

import { h, say } from "./dom.js";
import { moment, timeToBreach } from "./format.js";
import { bottomLinks, frame, showFailure } from "./frame.js";
import { follow } from "./live.js";
import { icon } from "./marks.js";
import { person } from "./place_words.js";
import { linkWord } from "./reroute_link.js";
import { brokenIn, gradeOf, kilograms, spokenBy, yuan } from "./reroute_words.js";
import { ask, now as byTheService } from "./service.js";
import { n, t } from "./words.js";

const MOST = 50;
const DRAWN_EVERY = 10_000;
const byId = (id) => document.getElementById(id);
const showLink = linkWord(byId("live"));
const cases = new Map();

function draw() {
  const now = byTheService();
  const all = [...cases.values()].toSorted((a, b) => Date.parse(b.opened_at) - Date.parse(a.opened_at));
  const open = all.filter((one) => one.state === "open");
  say(byId("summary"), open.length ? n("reroute.waiting", open.length) : t("reroute.none_open"));
  // A redraw must not take the focus from what somebody is about to press.
  const held = document.activeElement?.dataset?.case;
  byId("open").replaceChildren(...open.map((one) => card(one, now)));
  document.querySelector(`[data-case="${CSS.escape(held ?? "")}"]`)?.focus();
  const past = all.filter((one) => one.state !== "open");
  byId("past-section").hidden = !past.length;
  byId("past").replaceChildren(...past.map((one) => row(one, now)));
}

function card(one, now) {
  const [best] = one.ranking;
  const due = timeToBreach(breach(one), now);
  return h("article", { class: "card case" },
    h("p", { class: "row" }, icon("critical"), h("b", {}, gradeOf(one)),
      h("span", { class: "quiet" }, t("reroute.opened", { at: moment(one.opened_at, now) }))),
    h("h2", {}, h("a", { href: `/reroutes/${encodeURIComponent(one.id)}`, "data-case": one.id },
      brokenIn(one))),
    due ? h("p", {}, t("reroute.breaks_in", { due: due.head + due.range })) : null,
    best ? h("p", {}, h("b", {}, spokenBy(best.headline)), " ",
      t("reroute.saves", { kg: kilograms(best.delivered_kg + best.sheltered_kg),
        money: yuan(best.worth_cents) })) : h("p", {}, t("reroute.no_way_out")));
}

const breach = ({ disruption }) => (disruption.breach
  ? { breach: disruption.breach.p50, early: disruption.breach.p10, late: disruption.breach.p90 }
  : null);

const row = (one, now) => h("tr", {},
  h("td", {}, h("a", { href: `/reroutes/${encodeURIComponent(one.id)}` }, brokenIn(one))),
  h("td", {}, t(`case.${one.state}`)),
  h("td", {}, moment(one.decided_at ?? one.opened_at, now)),
  h("td", {}, one.automatic ? t("person.rules") : one.decided_by ? person(one.decided_by) : "—"),
  h("td", {}, chosen(one)));

function chosen(one) {
  const found = one.ranking.find(({ number }) => number === one.accepted);
  return found ? spokenBy(found.headline) : one.reason;
}

function hear(message) {
  if (message.kind === "over") location.reload();
  if (message.kind === "link") {
    showLink(message.link);
    return;
  }
  if (message.kind === "reroutes") message.reroutes.forEach((one) => cases.set(one.id, one));
  else if (message.kind === "reroute") cases.set(message.event.reroute.id, message.event.reroute);
  else return;
  draw();
}

try {
  const session = await frame();
  byId("bottom").replaceChildren(...bottomLinks(session.role));
  (await ask(`/v1/reroutes?limit=${MOST}`)).items.forEach((one) => cases.set(one.id, one));
  draw();
  follow(hear);
  setInterval(draw, DRAWN_EVERY);
} catch (error) {
  showFailure(error);
}
