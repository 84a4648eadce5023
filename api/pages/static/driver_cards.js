// A stop as a card, and the notice that the route has changed.

import { h } from "./dom.js";
import { clock } from "./format.js";
import { handoversAt, restByZone } from "./driver_day.js";
import { icon, zoneGlyph } from "./marks.js";
import { kilograms, spokenBy } from "./reroute_words.js";
import { given, n, t } from "./words.js";

const STATE_ICONS = { planned: "points", arrived: "info", served: "acknowledged", departed: "normal" };

/** Where the navigation of the phone is asked to lead. */
export const wayTo = ({ lat, lon, name }) => given.navigation
  .replaceAll("{lat}", lat).replaceAll("{lon}", lon)
  .replaceAll("{name}", encodeURIComponent(name));

/** Build the card of a stop: in short, or opened with what can be reported there. */
export function stopCard({ stop, place, isNext, isOpen, diversions, act, toggle }) {
  const due = stop.expected_at ?? stop.planned_arrives_at;
  const meets = handoversAt(stop, diversions);
  return h("article", { class: `card stop ${stop.state}${isNext ? " next" : ""}`,
    "data-stop": stop.site },
  h("button", { type: "button", class: "head", id: `stop-${stop.id}`, "aria-expanded": String(isOpen),
    onclick: toggle },
  h("span", { class: "order" }, String(place + 1)),
  h("span", { class: "grow" }, h("b", {}, stop.place.name),
    h("span", { class: "quiet row" }, icon(STATE_ICONS[stop.state], 16),
      t(`stop.${stop.state}`), stop.waiting ? ` · ${t("driver.unsent")}` : "")),
  h("span", { class: "time" }, h("b", {}, clock(due)),
    h("span", { class: "quiet" }, t(stop.expected_at ? "driver.expected" : "driver.planned")))),
  isOpen ? h("div", { class: "inside" }, ...meets.map((one) => meeting(one, stop.vehicle)),
    zones(stop.lines), extras(stop), actions(stop, act)) : null);
}

function meeting(one, vehicle) {
  const blanks = { from: clock(one.starts_at), to: clock(one.ends_at),
    lines: n("reroute.lines", one.lines.length), other: one.to_vehicle ?? "" };
  const gives = one.from_vehicle === vehicle;
  const key = !gives ? "driver.take" : one.to_vehicle ? "driver.give" : "driver.leave";
  return h("p", { class: "row meets" }, icon("reroutes"),
    h("b", {}, t(key, gives ? blanks : { ...blanks, other: one.from_vehicle })));
}

function zones(lines) {
  const sums = [...restByZone(lines)];
  if (!sums.length) return null;
  return h("ul", { class: "zones" }, sums.map(([zone, kg]) =>
    h("li", { class: "row" }, zoneGlyph(zone), `${t(`zone.${zone}`)} ${kilograms(kg)} kg`)));
}

function extras({ collects, packed, crates, boxes, rests_before: rests }) {
  const lines = rests.map((one) =>
    t("driver.rest", { from: clock(one.starts_at), to: clock(one.ends_at) }));
  if (packed.length) {
    lines.push(t("driver.packed", { boxes: packed.map((one) =>
      (one.first_box === one.last_box ? one.first_box : `${one.first_box}–${one.last_box}`))
      .join(t("cause.comma")) }));
  }
  if (collects.length) lines.push(n("driver.collects", collects.length));
  if (crates || boxes) lines.push(t("driver.taken", { crates, boxes }));
  return h("div", {}, lines.map((text) => h("p", { class: "quiet" }, text)));
}

function actions(stop, act) {
  const button = (deed, key, isFirst = false) => h("button", { type: "button", id: `${deed}-${stop.id}`,
    class: `button${isFirst ? " first" : ""}`, onclick: () => act(deed) }, t(key));
  const left = restByZone(stop.lines).size > 0;
  const open = stop.state !== "departed";
  return h("div", { class: "acts" },
    h("a", { class: "button", href: wayTo(stop.place), rel: "noopener" }, t("driver.navigate")),
    stop.state === "planned" ? button("arrived", "report.arrived", true) : null,
    left && open ? button("hand_over", "report.handed_over", stop.state === "arrived") : null,
    left && open ? button("damage", "driver.not_taken") : null,
    open ? button("empties", "report.empties") : null,
    stop.state === "served" || stop.state === "arrived"
      ? button("departed", "report.departed", stop.state === "served") : null);
}

/** Tell what is different about the route, until the driver has seen it. */
export function changeCard(plan, change, { vehicle, done }) {
  return h("div", { class: "changed-route" },
    h("h2", { class: "row" }, icon("reroutes", 22),
      t("driver.route_changed", { version: plan.version })),
    ...change.diversions.map((one) => h("div", {},
      ...spokenBy(one.sentences).filter((_, place) => place < 2).map((text) => h("p", {}, text)),
      ...one.handovers.filter((each) => [each.from_vehicle, each.to_vehicle].includes(vehicle))
        .map((each) => meeting(each, vehicle)))),
    h("ul", {}, change.stops.map((stop) => h("li", {}, t(`driver.stop_${stop.kind}`, {
      name: stop.name, at: clock(stop.at), was: stop.was ? clock(stop.was) : "" })))),
    h("button", { type: "button", class: "button first", onclick: done }, t("driver.seen")));
}
