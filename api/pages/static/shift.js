// What the next shift has to know: what is open, what was silenced, what was diverted, how the
// rooms are, and what happened in the last twelve hours. It prints on A4.

import { h, say } from "./dom.js";
import { celsius, clock, day, moment } from "./format.js";
import { bottomLinks, frame, showFailure } from "./frame.js";
import { icon, zoneGlyph } from "./marks.js";
import { careOf, causeOf, kindOf, person, timeOf } from "./place_words.js";
import { traceOf } from "./place_rows.js";
import { roomMap } from "./room_map.js";
import { ask, now as byTheService, Refused } from "./service.js";
import { category, isShelved, isWell, latestOf, noticesOf, placesOf } from "./standing.js";
import { n, t } from "./words.js";

const SHIFT = 12 * 3_600_000;
const AGAIN_AFTER = 30_000;
const MOST = 1000;
const ROOMS = new Set(["room", "cells"]);
const FEWEST_ON_MAP = 2;

const byId = (id) => document.getElementById(id);

/** Sites of the newest plan by their id and by their name: where rooms lie. */
let located = null;

async function read() {
  const now = byTheService();
  const since = new Date(now - SHIFT).toISOString();
  const [open, past, points, profiles, diversions] = await Promise.all([
    ask(`/v1/alarms?limit=${MOST}`),
    ask(`/v1/alarms?${new URLSearchParams({ state: "all", since, limit: MOST })}`),
    ask(`/v1/points?limit=${MOST}`),
    ask("/v1/profiles"),
    reroutes(),
  ]);
  return { now, open: open.items, past: past.items, diversions,
    sites: await sitesOnce(), points: new Map(points.items.map((point) => [point.id, point])),
    profiles: new Map(profiles.items.map((one) => [one.name, one])) };
}

/** Give what is there and the reader may see, else something instead. */
async function allowed(asking, instead) {
  try {
    return await asking();
  } catch (error) {
    if (error instanceof Refused && error.status < 500) return instead;
    throw error;
  }
}

const reroutes = () => allowed(async () => (await ask("/v1/reroutes")).items, null);

async function sitesOnce() {
  located ??= await allowed(async () => {
    const { items: [newest] } = await ask("/v1/plans?limit=1");
    if (!newest) return new Map();
    const { sites } = await ask(`/v1/plans/${encodeURIComponent(newest.id)}/overview`);
    return new Map(sites.flatMap((site) => [[site.name, site], [site.id, site]]));
  }, new Map());
  return located;
}

function table(heads, rows, empty) {
  if (!rows.length) return h("p", { class: "quiet" }, empty);
  return h("div", { class: "wide", tabindex: 0 }, h("table", {},
    h("thead", {}, h("tr", {}, heads.map((key) => h("th", { scope: "col" }, t(key))))),
    h("tbody", {}, rows.map((cells) => h("tr", {}, cells.map((cell) => h("td", {}, cell)))))));
}

function tell({ now, open, past, points, profiles, diversions, sites }) {
  const held = whatHasFocus();
  const places = placesOf(points, open, now);
  say(byId("when"), t("shift.when", { day: day(now), time: clock(now) }));
  const waiting = places.filter((place) => place.waiting).length;
  say(byId("summary"), places.length ? t("shift.summary", { places: n("shift.places", places.length),
    waiting: n("shift.waiting", waiting) }) : t("empty.alarms"));
  byId("open").replaceChildren(openTable(places.filter((place) => !place.shelved), now));
  byId("shelved").replaceChildren(shelvedTable(open.filter((one) => isShelved(one, now)), now));
  showDiversions(diversions, now);
  byId("rooms").replaceChildren(...rooms(points, places, { profiles, now, sites }));
  const foreseen = noticesOf(points, open, places, now);
  byId("foreseen-section").hidden = !foreseen.length;
  byId("foreseen").replaceChildren(foreseenTable(foreseen, now));
  byId("over").replaceChildren(overTable(past.filter((one) => one.state === "closed"), now));
  held()?.focus({ preventScroll: true });
}

/** Remember the link that has the focus: what is drawn anew must not take it away. */
function whatHasFocus() {
  const link = document.activeElement?.closest?.("main a");
  const box = link?.closest("[id]");
  const place = box ? [...box.querySelectorAll("a")].indexOf(link) : -1;
  return () => (place < 0 ? null : box.querySelectorAll("a")[place]);
}

const openTable = (places, now) => table(
  ["shift.severity", "shift.place", "shift.value", "shift.since", "shift.care"],
  places.map((place) => {
    const latest = latestOf(place.point);
    return [
      h("span", { class: "row" }, icon(place.category, 18), t(`severity.${place.category}`)),
      h("span", {}, h("a", { href: traceOf(place.id) }, place.name),
        h("span", { class: "quiet" }, ` ${causeOf(place)}`)),
      latest ? celsius(latest.corrected) : "—",
      moment(place.lead.began_at, now),
      careOf(place, now, true).lines.join(t("cause.comma")),
    ];
  }), t("shift.nothing_open"));

const foreseenTable = (places, now) => table(["shift.place", "shift.value", "shift.foreseen"],
  places.map((place) => {
    const due = timeOf(place, now, false);
    return [h("span", {}, h("a", { href: traceOf(place.id) }, place.name),
      h("span", { class: "quiet" }, ` ${causeOf(place)}`)),
    latestOf(place.point) ? celsius(latestOf(place.point).corrected) : "—",
    [due.head, due.below].filter(Boolean).join(" · ")];
  }), "");

const shelvedTable = (alarms, now) => table(
  ["shift.place", "shift.kind", "shift.until", "shift.by"],
  alarms.map((one) => [one.name ?? one.point, kindOf(one),
    moment(one.shelved_until, now), person(one.shelved_by)]), t("shift.nothing_shelved"));

const overTable = (alarms, now) => table(
  ["shift.place", "shift.severity", "shift.kind", "shift.from", "shift.closed", "shift.by"],
  alarms.map((one) => [one.name ?? one.point, t(`severity.${one.severity}`), kindOf(one),
    moment(one.began_at, now), moment(one.closed_at, now),
    person(one.closed_by ?? one.acknowledged_by)]), t("shift.nothing_over"));

function showDiversions(diversions, now) {
  byId("diversions-section").hidden = diversions === null;
  if (diversions === null) return;
  byId("diversions").replaceChildren(table(
    ["shift.vehicle", "shift.state", "shift.when_asked", "shift.by"],
    diversions.map((one) => [one.vehicle ?? one.id, t(`case.${one.state}`),
      moment(one.opened_at, now), one.decided_by ? person(one.decided_by) : "—"]),
    t("shift.no_diversions")));
}

/** Rooms by site, on a map where two sites or more are known, else and on small paper in tiles. */
function rooms(points, places, found) {
  const alarming = new Map(places.map((place) => [place.id, place]));
  const all = [...points.values()].filter((one) => ROOMS.has(one.kind)).map((room) =>
    ({ room, state: stateOf(room, alarming.get(room.id), found) }));
  const bySite = Map.groupBy(all, ({ room }) => room.asset);
  if (!bySite.size) return [h("p", { class: "quiet" }, t("shift.no_rooms"))];
  const known = [...bySite.keys()].filter((name) => found.sites.has(name));
  const isMap = known.length >= FEWEST_ON_MAP;
  const map = isMap ? [roomMap(known.map((name) => ({ ...found.sites.get(name),
    rooms: bySite.get(name).map(mapped) })))] : [];
  return [...map, ...[...bySite].map(([name, its]) =>
    h("div", { class: `card site${isMap && known.includes(name) ? " on-map" : ""}` },
      h("h3", {}, found.sites.get(name)?.name ?? name),
      h("div", { class: "rooms" }, its.map(({ room, state }) => roomTile(room, state)))))];
}

function stateOf(room, place, { profiles, now }) {
  if (place) return category(place.lead);
  // Silence is never taken for normal, whatever was heard last.
  return isWell(room, new Set(), profiles, now) ? "normal" : "no_data";
}

function valueIn(room) {
  const latest = latestOf(room);
  return latest ? celsius(latest.corrected) : "—";
}

const mapped = ({ room, state }) => ({ id: room.id, name: room.name, zone: room.zone, state,
  value: valueIn(room), href: traceOf(room.id) });

/** A room that alarms has a thick edge, an icon and its word. */
const roomTile = (room, state) => h("a", { class: `room ${state}`, href: traceOf(room.id) },
  h("span", { class: "row" }, room.zone ? zoneGlyph(room.zone, 16) : null, room.name),
  h("b", {}, valueIn(room)),
  h("span", { class: "row" }, icon(state, 16), t(`severity.${state}`)));

async function refresh() {
  try {
    tell(await read());
  } catch (error) {
    if (!error.sentence) throw error;
    say(byId("summary"), error.sentence);
  }
}

try {
  const session = await frame();
  byId("bottom").replaceChildren(...bottomLinks(session.role));
  byId("print").addEventListener("click", () => print());
  await refresh();
  setInterval(refresh, AGAIN_AFTER);
} catch (error) {
  showFailure(error);
}
