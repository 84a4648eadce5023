// Draws places: a row on a desk or wall, a card on a phone; each is built once and kept up to date.

import { acknowledgeSoon, refusalOf, undo, waitingFor } from "./deeds.js";
import { askAcknowledge, askShelve, may, showStory, unshelve } from "./dialogs.js";
import { h, say } from "./dom.js";
import { icon, zoneGlyph } from "./marks.js";
import { careOf, causeOf, timeOf, valueOf } from "./place_words.js";
import { bandRuler } from "./ruler.js";
import { sparkline } from "./spark.js";
import { ahead, isWaiting, profileOf, sideOf } from "./standing.js";
import { t } from "./words.js";

const GRADES = ["", "Ⅰ", "Ⅱ", "Ⅲ"];

/** Give the address of a point's trace page. */
export const traceOf = (id) => `/cold-chain/points/${id.split("/").map(encodeURIComponent).join("/")}`;

export class PlaceRow {
  constructor(id, board) {
    this.id = id;
    this.board = board;
    this.drawn = {};
    this.slots = Object.fromEntries(["severity", "what", "value", "ruler", "time", "spark", "care",
      "deeds"].map((name) => [name, h("div", { class: name })]));
    const { what, value, time } = this.slots;
    this.name = h("span");
    this.grade = h("span", { class: "grade" });
    this.glyph = h("span");
    this.cause = h("span");
    what.append(h("h3", {}, this.name),
      h("p", { class: "row" }, this.glyph, this.grade, this.cause));
    this.number = h("b");
    this.limit = h("span");
    value.append(this.number, this.limit);
    this.head = h("b");
    this.below = h("span");
    time.append(this.head, this.below);
    this.refusal = h("p", { class: "refusal", role: "alert", hidden: true });
    this.element = h("article", { tabindex: -1, "data-place": id }, Object.values(this.slots),
      this.refusal);
    this.isSeen = false;
    board.sight.observe(this.element);
  }

  /** Take the row away. */
  remove() {
    this.board.sight.unobserve(this.element);
    this.element.remove();
  }

  /** Say whether the alarms of a place are others than those that were drawn. */
  isOther(place) {
    return this.place === undefined || place.alarms.length !== this.place.alarms.length
      || place.alarms.some((alarm, which) => alarm !== this.place.alarms[which]);
  }

  /** Show the place as it is now. */
  update(place, now) {
    this.place = place;
    const { stale } = this.board;
    const look = ["place", place.category, place.waiting ? "waiting" : "seen",
      place.shelved ? "shelved" : "", stale ? "is-stale" : ""].join(" ").trim();
    if (this.element.className !== look) this.element.className = look;
    this.once("severity", `${place.category}`, () => this.drawSeverity(place));
    say(this.name, place.name);
    say(this.grade, GRADES[place.lead.grade ?? 0] ?? "");
    this.grade.title = place.lead.grade ? t(`grade.${place.lead.grade}`) : "";
    this.once("glyph", place.zone, () =>
      this.glyph.replaceChildren(place.zone ? zoneGlyph(place.zone) : ""));
    say(this.cause, causeOf(place));
    const value = valueOf(place, now);
    this.once("number", value.head, () =>
      this.number.replaceChildren(value.head, h("i", {}, "°C")));
    say(this.limit, value.below);
    const time = timeOf(place, now, stale);
    say(this.head, time.head);
    say(this.below, time.below);
    if (this.isSeen || this.board.isWall) this.drawPictures(place, value.value, now);
    this.drawCare(place, now);
    this.drawDeeds(place, now);
  }

  once(name, key, draw) {
    if (this.drawn[name] === key) return;
    this.drawn[name] = key;
    draw();
  }

  drawSeverity(place) {
    const size = this.board.isWall ? 34 : 24;
    this.slots.severity.replaceChildren(icon(place.category, size),
      h("span", {}, t(`severity.${place.category}`)));
  }

  drawPictures(place, value, now) {
    const { stale, profiles, samples } = this.board;
    const side = sideOf(place.lead, place.point);
    const course = samples.of(place.id, side);
    const leads = ahead(place.point?.estimate, value, now);
    const profile = place.point ? profileOf(place.point, profiles) : null;
    const colour = { critical: "var(--critical-text)", warning: "var(--warning-text)",
      predicted: "var(--warning-text)" }[place.category] ?? "var(--ink)";
    const isUnknown = stale || place.category === "no_data";
    const key = [place.category, value, isUnknown, place.point?.estimate?.as_of, profile?.name,
      course.length, course.at(-1)?.[0], Math.floor(now / 60_000)].join();
    this.once("pictures", key, () => {
      if (!place.zone) return;
      this.slots.ruler.replaceChildren(bandRuler({ zone: place.zone, profile, value, colour,
        stale: isUnknown, forecast: leads },
      this.board.isCards ? { width: 340, height: 48, font: 12 }
        : { width: this.board.isWall ? 160 : 176 }));
      this.slots.spark.replaceChildren(sparkline({ samples: course, zone: place.zone, side, colour,
        now, limit: bandEdge(profile, side), stale: isUnknown, ahead: leads },
      this.board.isCards ? { width: 150, height: 50 } : {}));
    });
  }

  drawCare(place, now) {
    const care = careOf(place, now);
    const { care: slot } = this.slots;
    if (this.drawn.care !== `${care.look}${care.lines.length}`) {
      this.drawn.care = `${care.look}${care.lines.length}`;
      slot.replaceChildren(...(care.look === "open" ? [] : [icon(care.look, 20)]),
        ...care.lines.map(() => h("span")));
    }
    const lines = slot.querySelectorAll("span");
    care.lines.forEach((text, line) => say(lines[line], text));
  }

  drawDeeds(place, now) {
    if (this.board.isWall) return;
    const { role } = this.board;
    const open = place.alarms.filter((alarm) => isWaiting(alarm, now)
      && may(role, "acknowledge", alarm));
    const states = open.map((alarm) => waitingFor(alarm.id));
    const undoable = states.includes("undo");
    const key = [role, open.map((one) => one.id), undoable, states.includes("queued"),
      place.shelved, place.lead.id].join();
    this.once("deeds", key, () => {
      const focused = this.slots.deeds.contains(document.activeElement)
        ? document.activeElement.dataset.deed : null;
      this.slots.deeds.replaceChildren(...this.buttons(place, open, undoable, states));
      if (focused) this.refocus(focused);
    });
    const refusal = place.alarms.map((alarm) => refusalOf(alarm.id)).find(Boolean) ?? "";
    this.refusal.hidden = !refusal;
    say(this.refusal, refusal);
  }

  /** Who pressed a button by the keyboard stays where they were, on what took its place. */
  refocus(deed) {
    const heir = { acknowledge: "undo", undo: "acknowledge" }[deed];
    (this.slots.deeds.querySelector(`[data-deed="${deed}"], [data-deed="${heir}"]`)
      ?? this.element).focus({ preventScroll: true });
  }

  buttons(place, open, undoable, states) {
    const { role } = this.board;
    const found = [];
    const button = (deed, act, more = "") => h("button", { type: "button", "data-deed": deed,
      class: `button ${more}`, onclick: act }, t(`deed.${deed}`));
    const ids = open.map((alarm) => alarm.id);
    if (undoable) {
      found.push(button("undo", () => undo(ids), "first"),
        button("add_comment", () => askAcknowledge(place, open)));
    } else if (open.length && !states.includes("queued")) {
      found.push(button("acknowledge", () => acknowledgeSoon(ids), "first"));
    }
    if (!undoable && place.lead.state === "active" && may(role, "shelve", place.lead)) {
      found.push(place.shelved
        ? button("unshelve", () => this.board.tryTo(unshelve(place, this.board.now())))
        : button("shelve", () => askShelve(place, role, this.board.now())));
    }
    if (!undoable) {
      found.push(h("a", { class: "button", href: traceOf(place.id), "data-deed": "trace" },
        t("deed.trace")));
    }
    found.push(button("story", () => this.tell()));
    return found;
  }

  tell() {
    return this.board.tryTo(showStory(this.place, this.board.role, this.board.now()));
  }
}

const bandEdge = (profile, side) => (side === "low" ? profile?.lower_c : profile?.upper_c) ?? null;
