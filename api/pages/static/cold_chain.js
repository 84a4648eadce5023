// The cold-chain board: keeps the rows in the order in which people have to look at them, without
// taking away the place of somebody who reads or types.

import { BoardEdges } from "./board_edges.js";
import { onDeeds } from "./deeds.js";
import { frame, showFailure } from "./frame.js";
import { KEYS, listenToKeys } from "./keys.js";
import { Link } from "./link.js";
import { follow } from "./live.js";
import { PlaceRow } from "./place_rows.js";
import { Samples } from "./samples.js";
import { signIn } from "./service.js";
import * as sound from "./sound.js";
import { category, isWaiting, noticesOf, placesOf } from "./standing.js";
import { given, t } from "./words.js";

const SCROLLED = 60;
const WALL_ROWS = 6;
const ALL_EVERY = 5_000;
const FILTERS = {
  all: () => true,
  open: (place) => place.waiting,
  rooms: (place) => place.point?.kind !== "compartment",
  vehicles: (place) => place.point?.kind === "compartment",
};

class Board {
  constructor(role) {
    this.role = role;
    this.isWall = given.wall;
    this.cards = matchMedia("(max-width: 1179px)");
    this.link = new Link();
    this.samples = new Samples(() => this.wake(), () => this.now());
    this.points = new Map();
    this.profiles = new Map();
    this.alarms = new Map();
    this.reroutes = new Map();
    this.rows = new Map();
    this.order = [];
    this.filter = "all";
    this.stale = false;
    this.isReady = { points: false, alarms: false };
    this.known = null;
    this.list = document.getElementById("rows");
    // Hundreds of places may alarm at once: pictures are drawn of those that can be seen.
    this.sight = new IntersectionObserver((changes) => this.see(changes), { rootMargin: "200px" });
    this.nothing = document.getElementById("nothing");
    this.news = document.getElementById("news");
    this.edges = new BoardEdges(this);
    this.pending = false;
    this.isOver = false;
    this.allDrawnAt = 0;
  }

  get isCards() {
    return this.cards.matches && !this.isWall;
  }

  now() {
    return this.link.now();
  }

  begin() {
    follow((message) => this.take(message));
    onDeeds(() => this.wake());
    setInterval(() => this.draw(), 1000);
    this.news.addEventListener("click", () => this.showNews());
    addEventListener("scroll", () => this.wake(), { passive: true });
    this.cards.addEventListener("change", () => this.rebuild());
    listenToKeys(this);
    this.draw();
  }

  take(message) {
    switch (message.kind) {
      case "link": this.link.take(message.link); break;
      case "points":
        this.points = new Map(message.points.map((point) => [point.id, point]));
        this.link.heard(message.points);
        this.rows.forEach((_, id) => this.points.has(id) && this.samples.heard(this.points.get(id)));
        this.isReady.points = true;
        break;
      case "profiles":
        this.profiles = new Map(message.profiles.map((one) => [one.name, one]));
        break;
      case "alarms":
        this.alarms = new Map(message.alarms.map((alarm) => [alarm.id, alarm]));
        this.isReady.alarms = true;
        break;
      case "alarm": this.takeAlarm(message.moment); break;
      case "reroutes":
        this.reroutes = new Map(message.reroutes.map((one) => [one.id, one]));
        break;
      case "reroute": this.reroutes.set(message.event.reroute.id, message.event.reroute); break;
      case "over":
        if (message.status === 401) signIn();
        else this.end(t("error.not_for_you"));
        return;
      default: return;
    }
    this.wake();
  }

  /** Say why there is nothing to see, and draw no more. */
  end(sentence) {
    this.isOver = true;
    showFailure({ sentence });
  }

  takeAlarm({ alarm }) {
    if (alarm.state === "closed") this.alarms.delete(alarm.id);
    else this.alarms.set(alarm.id, alarm);
  }

  see(changes) {
    for (const { target, isIntersecting } of changes) {
      const row = this.rows.get(target.dataset.place);
      if (row) row.isSeen = isIntersecting;
    }
    this.wake();
  }

  /** Draw soon: many alarms of one moment are drawn once. */
  wake() {
    if (this.pending) return;
    this.pending = true;
    const draw = () => {
      this.pending = false;
      this.draw();
    };
    // A hidden tab gets no frames, and must be right when it is looked at.
    if (document.hidden) setTimeout(draw, 250);
    else requestAnimationFrame(draw);
  }

  draw() {
    if (this.isOver) return;
    const now = this.now();
    const trouble = this.link.trouble();
    this.stale = trouble !== null;
    document.documentElement.classList.toggle("is-stale", this.stale);
    const places = placesOf(this.points, this.alarms.values(), now);
    if (this.isReady.alarms && this.isReady.points) {
      this.tellNews(places, now);
      this.arrange(places.filter(FILTERS[this.filter]), now);
    }
    const notices = noticesOf(this.points, this.alarms.values(), places, now);
    this.edges.draw({ places, notices, now, trouble });
    sound.remind(places.some((place) => place.alarms.some((alarm) =>
      category(alarm) === "critical" && isWaiting(alarm, now))), now);
  }

  /** Say aloud, to readers and by sound, what is new. */
  tellNews(places, now) {
    const ids = new Set(this.alarms.keys());
    if (this.known !== null) {
      const fresh = [...ids].filter((id) => !this.known.has(id)).map((id) => this.alarms.get(id));
      for (const alarm of fresh) {
        const kind = category(alarm);
        if (!isWaiting(alarm, now) || kind === "cleared") continue;
        this.edges.announce(alarm, kind);
        if (kind === "warning") sound.warn();
      }
    }
    this.known = ids;
  }

  /** Somebody reads further down, or types in a row: nothing may move under their eyes. */
  isHeld() {
    if (this.isWall) return false;
    const main = this.list.getBoundingClientRect().top + scrollY;
    const isTyping = this.list.querySelector(":focus-visible") !== null;
    return scrollY > Math.min(SCROLLED, main) || isTyping || document.querySelector("dialog") !== null;
  }

  arrange(places, now) {
    const wanted = places.map((place) => place.id);
    const shown = this.isWall ? wanted.slice(0, WALL_ROWS) : wanted;
    const isFirst = this.order.length === 0;
    const held = !isFirst && this.isHeld();
    const fresh = held ? shown.filter((id) => !this.order.includes(id)) : [];
    this.edges.showNews(fresh.length);
    const order = held ? this.order.filter((id) => wanted.includes(id)) : shown;
    this.place(order);
    const byId = new Map(places.map((place) => [place.id, place]));
    const isTurn = now - this.allDrawnAt >= ALL_EVERY;
    if (isTurn) this.allDrawnAt = now;
    for (const id of order) {
      const row = this.rows.get(id);
      const place = byId.get(id);
      // What nobody sees is kept up to date less often, unless something has happened there.
      if (isTurn || this.isWall || row.isSeen || row.isOther(place)) row.update(place, now);
    }
    this.edges.showMore(wanted.length - shown.length);
    this.nothing.hidden = wanted.length > 0;
    if (!wanted.length) this.edges.showNothing();
  }

  place(order) {
    const gone = new Set(this.rows.keys());
    order.forEach((id, position) => {
      gone.delete(id);
      if (!this.rows.has(id)) this.rows.set(id, new PlaceRow(id, this));
      const { element } = this.rows.get(id);
      const there = this.list.children[position];
      if (there !== element) this.move(element, there);
    });
    gone.forEach((id) => {
      this.rows.get(id).remove();
      this.rows.delete(id);
    });
    this.order = order;
  }

  move(element, before) {
    const focused = element.contains(document.activeElement) ? document.activeElement : null;
    this.list.insertBefore(element, before ?? null);
    focused?.focus({ preventScroll: true });
  }

  /** Let go of the reader's place: they asked for the news. */
  showNews() {
    document.activeElement?.blur();
    scrollTo({ top: 0 });
    this.draw();
    this.list.firstElementChild?.focus({ preventScroll: true });
    requestAnimationFrame(() => document.activeElement?.blur());
  }

  rebuild() {
    this.rows.forEach((row) => row.remove());
    this.rows.clear();
    this.order = [];
    this.draw();
  }

  choose(filter) {
    this.filter = filter;
    this.order = [];
    this.draw();
  }

  /** Do something that may be refused, and say so in a sentence. */
  async tryTo(promise) {
    try {
      await promise;
    } catch (error) {
      if (!error.sentence) throw error;
      this.edges.complain(error.sentence);
    }
  }
}

try {
  const session = await frame(KEYS);
  const board = new Board(session.role);
  board.edges.furnish(session.role);
  board.begin();
} catch (error) {
  showFailure(error);
}

