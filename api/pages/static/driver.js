// The driver's phone: today's stops in order, reports at each, with and without a network.

import { h, say } from "./dom.js";
import { clock, moment } from "./format.js";
import { languageSwitch, showFailure } from "./frame.js";
import { askDamage, askEmpties, askHandOver } from "./driver_asking.js";
import { changeOf, nextOf, overlaid, seenOf } from "./driver_day.js";
import { changeCard, stopCard } from "./driver_cards.js";
import { drop, forgetSent, isSignedOut, openOutbox, refused, report, reports, waiting }
  from "./outbox.js";
import { get, put, remove } from "./phone_store.js";
import { ask, Away, now as byTheService, Refused, signIn, whoAmI } from "./service.js";
import { given, n, t } from "./words.js";

const DAY_EVERY = 30_000;
const byId = (id) => document.getElementById(id);
const asked = new URLSearchParams(location.search).get("vehicle");

let person = null;
let vehicle = null;
let day = null;
let offset = 0;
let isAway = false;
let opened = null;
const seen = new Map();

const now = () => Date.now() + offset;

/** Say who drives: as the service knows it, or as the phone last heard. */
async function whoDrives() {
  try {
    const { name, role, vehicle: own } = await whoAmI({ stay: true });
    person = { name, role, vehicle: own };
    await put("kept", "person", person);
  } catch (error) {
    const kept = await get("kept", "person");
    if (error instanceof Refused && error.status === 401 && !navigator.onLine) person = kept;
    else if (error instanceof Refused && error.status === 401) return signIn();
    else if (!(error instanceof Away)) throw error;
    else person = kept;
    if (!person) throw error;
    isAway = true;
  }
  vehicle = person.vehicle ?? asked ?? await get("kept", "vehicle") ?? null;
  if (vehicle) await put("kept", "vehicle", vehicle);
  return person;
}

async function readDay() {
  const begun = Date.now();
  try {
    const found = await ask(`/v1/vehicles/${encodeURIComponent(vehicle)}/stops`);
    offset = byTheService() - Date.now();
    day = { ...found, at: now(), offset };
    await put("kept", `day ${vehicle}`, day);
    await forgetSent(begun);
    isAway = false;
  } catch (error) {
    if (!error.sentence) throw error;
    isAway = true;
    // A refusal is no network's fault, and has to be read.
    if (error instanceof Refused && error.status !== 401) tell(error.sentence);
  }
  await compare();
  draw();
}

/** Notice what is new to the driver; the first look at a plan is not. */
async function compare() {
  for (const plan of day?.plans ?? []) {
    if (!seen.has(plan.plan)) seen.set(plan.plan, await get("kept", `seen ${plan.plan}`) ?? null);
    if (!changeOf(seen.get(plan.plan), plan)) await keepSeen(plan);
  }
}

async function keepSeen(plan) {
  const what = seenOf(plan);
  if (JSON.stringify(seen.get(plan.plan)) === JSON.stringify(what)) return;
  seen.set(plan.plan, what);
  await put("kept", `seen ${plan.plan}`, what);
}

function draw() {
  drawBanner();
  drawRefused();
  byId("person").replaceChildren(h("span", { class: "grow" },
    t("driver.person", { who: person.name.replace(/^user:/, ""), vehicle: vehicle ?? "—" })),
  h("button", { type: "button", class: "button plain", onclick: signOut }, t("frame.sign_out")));
  if (!vehicle) return say(byId("summary"), t("driver.which_vehicle"));
  if (!day) return say(byId("summary"), t("driver.nothing_kept"));
  const plans = day.plans.map((plan) => ({ ...plan, items: overlaid(plan.items, reports()) }));
  const stops = plans.flatMap(({ items }) => items);
  const next = nextOf(stops);
  const left = stops.filter(({ state }) => state === "planned" || state === "arrived").length;
  say(byId("summary"), !stops.length ? t("driver.no_stops")
    : left ? n("driver.left", left, { vehicle }) : t("driver.done"));
  drawChanges();
  drawStops(plans, next);
}

function drawStops(plans, next) {
  const shown = opened ?? next?.id;
  const typed = document.activeElement?.id;
  byId("stops").replaceChildren(...plans.flatMap((plan) => plan.items.map((stop, place) =>
    h("li", {}, stopCard({ stop, place, isNext: stop.id === next?.id,
      isOpen: stop.id === shown, diversions: plan.diversions, act: (deed) => act(stop, deed),
      toggle: () => {
        opened = stop.id === shown ? "none" : stop.id;
        draw();
      } })))));
  if (typed) byId(typed)?.focus();
}

const underway = new Set();

/** A thumb that presses twice means one report: the second press waits for nothing. */
async function once(name, deed) {
  if (underway.has(name)) return;
  underway.add(name);
  try {
    await deed();
  } finally {
    underway.delete(name);
  }
}

function act(stop, deed) {
  // What comes next is opened again by itself.
  opened = null;
  const send = (kind, said = {}) => once(`${stop.id} ${kind}`, () =>
    report(stop.id, kind, said, now()));
  switch (deed) {
    case "hand_over": return askHandOver(stop, send);
    case "damage": return askDamage(stop, send);
    case "empties": return askEmpties(send);
    default: return send(deed).catch(failed);
  }
}

function drawBanner() {
  const queued = waiting().length;
  const lines = [];
  if (isSignedOut()) lines.push(t("driver.signed_out"));
  else if (isAway || !navigator.onLine) {
    lines.push(day ? t("driver.away", { at: moment(day.at, now()) }) : t("driver.away_first"));
  }
  if (queued) lines.push(n("driver.queued", queued));
  byId("away").hidden = !lines.length;
  byId("away").replaceChildren(...lines.map((text) => h("p", {}, text)),
    ...(isSignedOut() ? [h("p", {}, h("button", { type: "button", class: "button",
      onclick: signIn }, t("sign_in.submit")))] : []));
}

function drawRefused() {
  byId("refused").hidden = !refused().length;
  byId("refused").replaceChildren(h("h2", {}, t("driver.refused")), ...refused().map((entry) =>
    h("p", { class: "refusal" }, `${clock(entry.made)} ${t(`report.${entry.body.kind}`)}: `,
      entry.why, " ", h("button", { type: "button", class: "button",
        onclick: () => drop(entry).catch(failed) }, t("driver.throw_away")))));
}

function drawChanges() {
  const found = day.plans.map((plan) => ({ plan, change: changeOf(seen.get(plan.plan), plan) }))
    .filter(({ change }) => change);
  byId("change").hidden = !found.length;
  byId("change").replaceChildren(...found.map(({ plan, change }) => changeCard(plan, change,
    { vehicle, done: async () => {
      await keepSeen(plan);
      draw();
    } })));
}

function tell(text) {
  byId("word").hidden = !text;
  say(byId("word"), text);
}

function failed(error) {
  if (!error.sentence) throw error;
  tell(error.sentence);
}

/** Leave the phone to somebody else: what it kept of the day goes, reports never do. */
async function signOut() {
  if (waiting().length) return tell(t("driver.send_first"));
  try {
    await ask("/v1/session", { method: "DELETE" });
  } catch (error) {
    return failed(error);
  }
  for (const key of ["person", "vehicle", `day ${vehicle}`]) await remove("kept", key);
  return signIn();
}

/** Let the page itself be there without a network. */
async function keepPage() {
  // Only over https, or on the machine itself.
  if (!("serviceWorker" in navigator)) return;
  await navigator.serviceWorker.register(given.keeper, { scope: "/driver" });
  const { active } = await navigator.serviceWorker.ready;
  const files = performance.getEntriesByType("resource").map(({ name }) => new URL(name))
    .filter(({ origin, pathname }) => origin === location.origin && pathname.startsWith("/static/"))
    .map(({ pathname }) => pathname);
  active.postMessage({ kind: "keep", files: [...new Set(files)] });
}

try {
  languageSwitch();
  if (await whoDrives()) {
    const kept = vehicle ? await get("kept", `day ${vehicle}`) : null;
    if (kept) [day, offset] = [kept, kept.offset];
    await openOutbox(person.name, draw);
    if (vehicle) await readDay();
    else draw();
    setInterval(() => vehicle && readDay().catch(failed), DAY_EVERY);
    addEventListener("online", () => vehicle && readDay().catch(failed));
    addEventListener("offline", () => draw());
    await keepPage();
  }
} catch (error) {
  showFailure(error);
}
