// Reads a chart at an instant, and cuts a window out of it: by pointer, by finger and by keys.

import { s } from "./dom.js";
import { GAP } from "./chart.js";
import { celsius, clock, clockSeconds, day, decimal } from "./format.js";
import { t } from "./words.js";

const DRAGGED = 8;
const MANY = 10;

export const KEYS = [["arrows", "reading"], ["ends", "ends"], ["plus_minus", "zoom"],
  ["pages", "window"], ["zero", "zero"]];

export class ChartCursor {
  /** box: what holds the chart and gets the focus; heard: read(text), window(from, to), step(name). */
  constructor(box, heard) {
    this.box = box;
    this.heard = heard;
    this.at = null;
    this.begun = null;
    box.addEventListener("pointerdown", (event) => this.press(event));
    box.addEventListener("pointermove", (event) => this.point(event));
    box.addEventListener("pointerup", (event) => this.release(event));
    box.addEventListener("pointercancel", () => this.forget());
    box.addEventListener("keydown", (event) => this.key(event));
  }

  /** Take a drawing that was made anew. */
  take(course, { drawing, frame }, hidden) {
    this.course = course;
    this.frame = frame;
    this.series = course.series.filter(({ sensor }) => !hidden.has(`sensor ${sensor}`));
    this.instants = [...new Set(this.series.flatMap(({ samples }) => samples.map(({ at }) => at)))]
      .sort((a, b) => a - b);
    this.cut = s("rect", { y: frame.top, height: frame.bottom - frame.top, fill: "var(--ink)",
      opacity: 0.15, visibility: "hidden" });
    this.hair = s("path", { stroke: "var(--ink)", "stroke-width": 1.2, visibility: "hidden" });
    this.dots = s("g", { fill: "var(--ink)" });
    drawing.append(this.cut, this.hair, this.dots);
    const isInside = this.at !== null && this.at >= course.from && this.at <= frame.end;
    this.show(isInside ? this.at : this.instants.at(-1) ?? course.to);
  }

  /** Show what was at an instant, in the drawing and in words. */
  show(at) {
    this.at = Math.min(Math.max(at, this.course.from), this.frame.end);
    const { x, y, top, bottom } = this.frame;
    this.hair.setAttribute("d", `M${x(this.at).toFixed(1)} ${top}V${bottom}`);
    this.hair.setAttribute("visibility", "visible");
    const read = this.series.map((one) => ({ ...one, sample: this.near(one.samples) }));
    this.dots.replaceChildren(...read.filter(({ sample }) => sample).map(({ sample }) =>
      s("circle", { cx: x(sample.at), cy: y(sample.value), r: 3.5 })));
    const text = this.words(read);
    this.box.setAttribute("aria-valuemin", Math.round(this.course.from / 1000));
    this.box.setAttribute("aria-valuemax", Math.round(this.frame.end / 1000));
    this.box.setAttribute("aria-valuenow", Math.round(this.at / 1000));
    this.box.setAttribute("aria-valuetext", text);
    this.heard.read(text);
  }

  /** Give the sample nearest to the instant; in a gap there is none. */
  near(samples) {
    const best = samples.reduce((found, one) =>
      (found && Math.abs(found.at - this.at) <= Math.abs(one.at - this.at) ? found : one), null);
    return best && Math.abs(best.at - this.at) <= GAP[this.course.form] / 2 ? best : null;
  }

  words(read) {
    const { course, at } = this;
    const parts = [`${day(at)} ${course.form === "raw" ? clockSeconds(at) : clock(at)}`];
    if (at > course.now && course.ahead) parts.push(this.aheadWords());
    else {
      const found = read.filter(({ sample }) => sample).map(({ sensor, sample }) =>
        valueWords(sample, read.length > 1 ? sensor : null));
      parts.push(...(found.length ? found : [t("trace.gap")]));
    }
    const isIn = (from, to) => at >= from && at <= (to ?? course.now);
    const spell = course.excursions.find((one) =>
      isIn(Date.parse(one.from), one.to ? Date.parse(one.to) : null));
    if (spell) parts.push(spell.defrost ? t("trace.defrost") : t("trace.in_excursion",
      { from: clock(spell.from), peak: celsius(spell.peak_c) }));
    if (course.doors.some(([from, to]) => isIn(from, to))) parts.push(t("legend.door"));
    return parts.join(t("trace.stop"));
  }

  aheadWords() {
    const { course, at } = this;
    const last = course.samples.at(-1);
    const share = last ? Math.min(1, (at - last.at) / 1_800_000) : 0;
    const { to, low, high } = course.ahead;
    const then = (value) => celsius(last.value + (value - last.value) * share);
    const [least, most] = [low, high].sort((a, b) => a - b);
    return last ? t("trace.ahead", { value: then(to), low: then(least), high: then(most) })
      : t("breach.none");
  }

  /** Go to the next reading, or the one before. */
  walk(steps) {
    const after = this.instants.findIndex((one) => one > this.at);
    const here = steps > 0 ? (after < 0 ? this.instants.length : after) - 1
      : this.instants.findLastIndex((one) => one < this.at) + 1;
    const to = Math.min(Math.max(here + steps, 0), this.instants.length - 1);
    if (to >= 0) this.show(this.instants[to]);
  }

  key(event) {
    if (event.ctrlKey || event.altKey || event.metaKey || !this.course) return;
    const far = event.shiftKey ? MANY : 1;
    const deeds = {
      ArrowLeft: () => this.walk(-far), ArrowRight: () => this.walk(far),
      ArrowDown: () => this.walk(-far), ArrowUp: () => this.walk(far),
      Home: () => this.show(this.instants[0] ?? this.course.from),
      End: () => this.show(this.instants.at(-1) ?? this.course.to),
      PageUp: () => this.heard.step("earlier"), PageDown: () => this.heard.step("later"),
      "+": () => this.heard.step("in"), "=": () => this.heard.step("in"),
      "-": () => this.heard.step("out"), 0: () => this.heard.step("whole"),
      Escape: () => this.heard.step("whole"),
    };
    const deed = deeds[event.key];
    if (!deed) return;
    event.preventDefault();
    deed();
  }

  timeAt(event) {
    const { left } = this.box.querySelector("svg").getBoundingClientRect();
    return this.frame.time(event.clientX - left);
  }

  press(event) {
    if (!this.course || event.button !== 0) return;
    this.begun = { x: event.clientX, at: this.timeAt(event) };
    this.box.setPointerCapture(event.pointerId);
    this.show(this.begun.at);
  }

  point(event) {
    if (!this.course) return;
    const at = this.timeAt(event);
    this.show(at);
    if (this.begun === null) return;
    const [from, to] = [this.begun.at, this.at].sort((a, b) => a - b).map((one) => this.frame.x(one));
    this.cut.setAttribute("x", from);
    this.cut.setAttribute("width", to - from);
    this.cut.setAttribute("visibility", "visible");
  }

  release(event) {
    if (this.begun === null) return;
    const { x, at } = this.begun;
    this.forget();
    if (Math.abs(event.clientX - x) < DRAGGED) return;
    this.heard.window(...[at, this.timeAt(event)].sort((a, b) => a - b));
  }

  forget() {
    this.begun = null;
    this.cut?.setAttribute("visibility", "hidden");
  }
}

function valueWords({ value, low, high }, sensor) {
  const text = high - low > 0.05
    ? t("trace.value_between", { value: celsius(value), low: decimal(low), high: decimal(high) })
    : celsius(value);
  return sensor === null ? text : t("trace.by_sensor", { sensor, value: text });
}
