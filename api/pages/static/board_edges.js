// What stands around the rows of the cold-chain board: counts, banner, filters, tiles, sound, news.

import { h, say } from "./dom.js";
import { bottomLinks } from "./frame.js";
import { clock, decimal } from "./format.js";
import { icon, zoneGlyph } from "./marks.js";
import { traceOf } from "./place_rows.js";
import { kindOf } from "./place_words.js";
import { drawNotices, noticesInShort } from "./notices.js";
import { waitingReroute } from "./reroute_waiting.js";
import { bandRuler } from "./ruler.js";
import * as sound from "./sound.js";
import { counts, isWell, latestOf, profileOf } from "./standing.js";
import { n, t } from "./words.js";

const COUNTED = ["critical", "warning", "predicted", "no_data", "normal"];
const FILTERED = ["all", "open", "rooms", "vehicles"];
const TILES = 22;
const TURN = 20_000;
const MARKS = { unknown: "no_data", foreseen: "predicted" };

/** A compartment is known by the end of its vehicle's plate. */
const shortName = (point) => (point.kind === "compartment"
  ? `${point.asset.slice(-4)} ${t(`zone.${point.zone}`)}` : point.name);

const byId = (id) => document.getElementById(id);

export class BoardEdges {
  constructor(board) {
    this.board = board;
    this.tiles = new Map();
  }

  /** Build what never goes away. */
  furnish(role) {
    byId("counts").replaceChildren(...COUNTED.map((name) =>
      h("span", { class: `count ${name}`, id: `count-${name}` }, icon(name, 22),
        h("span", {}, t(`severity.${name}`)), h("b"))));
    byId("filters").replaceChildren(...FILTERED.map((name) =>
      h("button", { type: "button", id: `filter-${name}`, "aria-pressed": String(name === "all"),
        onclick: () => this.choose(name) })));
    const links = bottomLinks(role);
    links.splice(1, 0, h("a", { href: "#points" }, icon("points", 22), t("bottom.points")));
    this.lowSound = h("button", { type: "button", onclick: () => this.toggleSound() });
    byId("bottom").replaceChildren(...links, this.lowSound);
    byId("sound").addEventListener("click", () => this.toggleSound());
    this.drawSound();
  }

  choose(name) {
    FILTERED.forEach((one) =>
      byId(`filter-${one}`).setAttribute("aria-pressed", String(one === name)));
    this.board.choose(name);
  }

  async toggleSound() {
    await sound.toggle();
    this.drawSound();
  }

  drawSound() {
    const state = sound.isOn() ? "sound_on" : "sound_off";
    const hint = !sound.isOn() && sound.wasOn() ? t("sound.again") : t(`sound.${state}`);
    for (const button of [byId("sound"), this.lowSound]) {
      button.replaceChildren(icon(state, 22), h("span", {}, hint));
      button.setAttribute("aria-pressed", String(sound.isOn()));
    }
  }

  draw({ places, notices, now, trouble }) {
    this.drawBanner(trouble);
    drawNotices(notices, now, trouble !== null);
    const counted = counts(this.board.points, places, this.board.profiles, now);
    for (const name of COUNTED) {
      const chip = byId(`count-${name}`);
      if (!chip) return;
      say(chip.querySelector("b"), String(counted[name]));
      chip.classList.toggle("none", counted[name] === 0);
    }
    say(byId("live"), this.board.link.short());
    say(byId("clock"), clock(now));
    this.drawFilters(places);
    this.drawTiles(places, notices, now);
    this.drawReroute();
    this.drawFoot();
  }

  drawBanner(trouble) {
    const banner = byId("stale");
    banner.hidden = trouble === null;
    if (trouble === null) return;
    const texts = this.board.link.sentences(trouble);
    if (!banner.children.length) {
      banner.append(icon("no_data", 24), h("p"), h("p"));
    }
    banner.querySelectorAll("p").forEach((line, place) => say(line, texts[place]));
  }

  drawFilters(places) {
    const found = { all: places.length, open: places.filter((one) => one.waiting).length };
    for (const name of FILTERED) {
      const count = name in found ? ` ${found[name]}` : "";
      say(byId(`filter-${name}`), `${t(`filter.${name}`)}${count}`);
    }
  }

  drawTiles(places, notices, now) {
    const foreseen = new Set(notices.map((place) => place.id));
    const open = new Set(places.map((one) => one.id));
    const well = [...this.board.points.values()].filter((point) =>
      isWell(point, open, this.board.profiles, now));
    const isFine = new Set(well);
    const others = [...this.board.points.values()].filter((point) =>
      point.kind !== "gateway" && !open.has(point.id) && !isFine.has(point));
    const unknown = new Set(others.map((point) => point.id));
    const heading = others.length
      ? t("points.well_unknown", { count: well.length, unknown: others.length })
      : t("points.well", { count: well.length });
    say(byId("points-title"), [heading, noticesInShort(notices)].filter(Boolean)
      .join(t("cause.comma")));
    const sites = [...new Set([...this.board.points.values()]
      .filter((point) => point.kind === "room" || point.kind === "cells")
      .map((point) => point.asset))];
    say(byId("sites"), sites.slice(0, 8).join(t("cause.comma")));
    // What is foreseen comes first, so that a wall shows it on its first page.
    well.sort((a, b) => foreseen.has(b.id) - foreseen.has(a.id));
    const all = [...others, ...well];
    const shown = this.board.isWall ? this.turned(all, now) : all;
    this.arrangeTiles(shown.map((point) => this.keptTile(point,
      unknown.has(point.id) ? "unknown" : foreseen.has(point.id) ? "foreseen" : "")));
  }

  /** Build a tile anew only where something on it has changed. */
  keptTile(point, state) {
    const { profiles, stale } = this.board;
    const key = [point.name, latestOf(point)?.corrected, point.watch, state, profiles.size,
      stale].join();
    const kept = this.tiles.get(point.id);
    if (kept?.key === key) return kept.element;
    const element = this.tile(point, state);
    kept?.element.replaceWith(element);
    this.tiles.set(point.id, { key, element });
    return element;
  }

  arrangeTiles(wanted) {
    const list = byId("tiles");
    const stays = new Set(wanted);
    for (const element of [...list.children]) if (!stays.has(element)) element.remove();
    wanted.forEach((element, place) => {
      const there = list.children[place];
      if (there !== element) list.insertBefore(element, there ?? null);
    });
  }

  turned(well, now) {
    const pages = Math.max(1, Math.ceil(well.length / TILES));
    const page = Math.floor(now / TURN) % pages;
    say(byId("turn"), pages > 1 ? t("points.turn", { page: page + 1, pages }) : "");
    return well.slice(page * TILES, (page + 1) * TILES);
  }

  tile(point, state) {
    const isUnknown = state === "unknown";
    const corrected = latestOf(point)?.corrected ?? null;
    const size = this.board.isWall ? { width: 136, height: 22 } : { width: 150, height: 22 };
    const inside = [
      h("span", { class: "row" }, zoneGlyph(point.zone, 16),
        h("span", { class: "name grow" }, shortName(point)),
        state ? icon(MARKS[state], 16) : null, h("b", {}, corrected === null ? "—"
          : decimal(corrected))),
      bandRuler({ zone: point.zone, profile: profileOf(point, this.board.profiles),
        value: corrected, colour: "var(--ink)", stale: this.board.stale || isUnknown, forecast: null },
      { ...size, labels: false }),
    ];
    const look = `card tile${point.watch === "off" ? " unwatched" : ""} ${state}`.trim();
    const spoken = [point.name, ...(state ? [t(`severity.${MARKS[state]}`)] : [])]
      .join(t("cause.comma"));
    return h("a", { class: look, href: traceOf(point.id), title: spoken }, inside);
  }

  /** Lead to the break that waits for a decision: on a wall it can only be read. */
  drawReroute() {
    const waiting = waitingReroute(this.board.reroutes.values());
    const strip = byId("waits");
    strip.hidden = waiting === null || this.board.isWall;
    say(byId("reroute"), waiting?.text ?? t("reroute.none_open"));
    byId("foot").classList.toggle("waiting", waiting !== null);
    if (waiting === null) return;
    say(strip.querySelector("a"), waiting.text);
    strip.querySelector("a").href = waiting.path;
  }

  drawFoot() {
    byId("foot").hidden = !this.board.isWall;
    const heard = [...this.board.points.values()].filter((one) => one.kind !== "gateway").length;
    say(byId("age"), t("foot.age", { age: this.board.link.short(), points: heard }));
  }

  showNews(count) {
    const button = this.board.news;
    button.hidden = count === 0;
    if (count) say(button, n("news.new", count));
  }

  showMore(count) {
    byId("more").hidden = count <= 0;
    if (count > 0) say(byId("more"), n("cold_chain.more", count));
  }

  showNothing() {
    const { filter, points } = this.board;
    const key = points.size === 0 ? "empty.points" : filter === "all" ? "empty.alarms"
      : "empty.filter";
    say(this.board.nothing, t(key));
  }

  /** Let readers hear of a new alarm; focus stays where it is. */
  announce(alarm, kind) {
    const text = t("news.spoken", { severity: t(`severity.${kind}`), place: alarm.name ?? alarm.point,
      kind: kindOf(alarm) });
    say(byId(kind === "critical" ? "alert" : "status"), text);
  }

  complain(sentence) {
    say(byId("alert"), sentence);
    const box = h("p", { class: "refusal", role: "alert" }, sentence);
    byId("alarms").prepend(box);
    setTimeout(() => box.remove(), 15_000);
  }
}
