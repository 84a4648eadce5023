// The chosen route: what it carries per compartment, its stops, and what can be changed of it.

import { h } from "./dom.js";
import { clock, decimal } from "./format.js";
import { kilometres, routeName, whole } from "./dispatch_plan.js";
import { icon, zoneGlyph } from "./marks.js";
import { given, n, t } from "./words.js";

/**
 * Fill the panel. view: chosen, stop, mode, mayHold, mayRevise.
 * acts: route(id), stop(place), pin(place), lock(), ask(place).
 */
export function drawRoute(box, plan, view, acts) {
  const route = plan.byId.get(view.chosen);
  const parts = [picker(plan, view, acts)];
  if (route) {
    parts.push(heading(plan, route, view), loads(route), doings(plan, route, view, acts),
      stops(plan, route, view, acts));
  } else parts.push(h("p", { class: "part quiet" }, t("dispatch.choose_route")));
  const held = heldFocus(box);
  box.replaceChildren(...parts, h("div", { id: "change" }));
  if (held) box.querySelector(`[data-key="${CSS.escape(held)}"]`)?.focus();
}

/** A redraw must not take the focus from what somebody is about to press. */
const heldFocus = (box) => (box.contains(document.activeElement)
  ? document.activeElement.dataset.key : null);

function picker(plan, view, acts) {
  const groups = [...plan.sites.values()].filter((site) => site.kind !== "pickup").map((site) =>
    [site, plan.routes.filter((route) => route.start_site === site.id)]).filter(([, own]) => own.length);
  const select = h("select", { id: "pick-route", "data-key": "pick", class: "pick",
    onchange: () => acts.route(select.value || null) },
  h("option", { value: "" }, t("dispatch.no_route")),
  groups.map(([site, own]) => h("optgroup", { label: site.name || site.id },
    own.map((route) => h("option", { value: route.id, selected: route.id === view.chosen },
      `${routeName(route)} · ${route.wave} · ${n("dispatch.stops", route.stops.length)}`)))));
  return h("div", { class: "part picker" },
    h("label", { for: "pick-route", class: "quiet" }, t("dispatch.route")), select);
}

function heading(plan, route, view) {
  const look = plan.look(route, view.mode);
  const line = h("i", { class: "swatch" });
  line.style.color = `var(${look.colour})`;
  if (look.dash) line.classList.add("dashed");
  return h("div", { class: "part head" },
    h("h2", { class: "row" }, line, routeName(route)),
    h("p", { class: "quiet" }, [plan.name(route.start_site), t("dispatch.wave", { wave: route.wave }),
      n("dispatch.stops", route.stops.length), kilometres(route.distance_m),
      `${clock(plan.at(route.departs_s))}–${clock(plan.at(route.returns_s))}`].join(" · ")));
}

function loads(route) {
  return h("ul", { class: "part loads" }, route.loads.map((load) => {
    const share = load.room_l ? load.litres / load.room_l : 0;
    const fill = h("i", { class: "fill" });
    fill.style.width = `${Math.min(100, share * 100)}%`;
    fill.style.background = `var(--${load.zone})`;
    return h("li", {}, zoneGlyph(load.zone, 18), h("span", {}, t(`zone.${load.zone}`)),
      h("span", { class: "bar", "aria-hidden": "true" }, fill),
      h("span", { class: "number" }, load.room_l === null
        ? t("dispatch.in_boxes", { kg: whole(load.kg), litres: whole(load.litres) })
        : t("dispatch.load", { kg: whole(load.kg), litres: whole(load.litres), room: whole(load.room_l) })));
  }));
}

function doings(plan, route, view, acts) {
  const isLocked = plan.isLocked(route);
  const paper = (format) => `/v1/plans/${encodeURIComponent(plan.id)}/manifests/`
    + `${route.vehicle.split("/").map(encodeURIComponent).join("/")}?format=${format}`
    + `&lang=${given.language}&version=${plan.overview.version}`;
  const loading = `/v1/plans/${encodeURIComponent(plan.id)}/loading-lists/`
    + `${encodeURIComponent(route.start_site)}?format=html&lang=${given.language}`
    + `&version=${plan.overview.version}`;
  const held = route.stays && !isLocked;
  return h("div", { class: "part doings" },
    held ? h("p", { class: "row" }, icon("locked", 16), t("dispatch.stays")) : null,
    h("div", { class: "row wrap" },
      view.mayHold && !held ? h("button", { type: "button", class: "button", "data-key": "lock",
        "aria-pressed": isLocked ? "true" : "false", onclick: acts.lock },
      icon("locked", 16), t(isLocked ? "dispatch.unlock" : "dispatch.lock")) : null,
      h("a", { class: "button", href: paper("html"), target: "_blank", rel: "noopener" },
        t("dispatch.manifest")),
      h("a", { class: "button", href: paper("pdf"), target: "_blank", rel: "noopener" },
        t("dispatch.manifest_pdf")),
      h("a", { class: "button", href: loading, target: "_blank", rel: "noopener" },
        t("dispatch.loading_list"))));
}

function stops(plan, route, view, acts) {
  const head = ["stop", "point", "eta", "kg", "celsius", "margin"];
  return h("div", { class: "part stops" }, h("table", {},
    h("thead", {}, h("tr", {}, head.map((name) => h("th", { scope: "col",
      class: name === "point" ? "" : "number" }, t(`column.${name}`))),
    h("th", { scope: "col" }, h("span", { class: "seen-by-readers" }, t("column.deeds"))))),
    h("tbody", {}, route.stops.map((stop, place) => stopRow(plan, route, stop, place, view, acts)))));
}

function stopRow(plan, route, stop, place, view, acts) {
  const kg = stop.zones.reduce((sum, zone) => sum + zone.kg, 0);
  const worst = worstZone(stop);
  const isPinned = plan.isPinned(route, stop);
  const isOver = worst !== null && worst.margin_c < 0;
  const isFree = !route.isLinehaul && !route.stays;
  return h("tr", { class: place === view.stop ? "chosen" : "", "data-stop": stop.site },
    h("td", { class: "number" }, String(place + 1)),
    h("td", {}, h("button", { type: "button", class: "plain-text", "data-key": `stop-${place}`,
      onclick: () => acts.stop(place) }, plan.name(stop.site))),
    h("td", { class: "number" }, clock(plan.at(stop.starts_s))),
    h("td", { class: "number" }, whole(kg)),
    h("td", { class: "number zone" }, worst ? zoneGlyph(worst.zone, 14) : null,
      worst ? decimal(worst.product_c) : "–"),
    h("td", { class: `number ${isOver ? "over" : ""}` }, isOver ? "▲ " : "",
      worst ? decimal(worst.margin_c) : "–"),
    h("td", { class: "deeds" }, isFree && view.mayHold ? [
      h("button", { type: "button", class: "tool", "data-key": `pin-${place}`,
        "aria-pressed": isPinned ? "true" : "false", title: t(isPinned ? "dispatch.unpin" : "dispatch.pin"),
        "aria-label": t(isPinned ? "dispatch.unpin_stop" : "dispatch.pin_stop", { number: place + 1 }),
        onclick: () => acts.pin(place) }, icon("pinned", 16)),
      view.mayRevise ? h("button", { type: "button", class: "tool", "data-key": `move-${place}`, title: t("dispatch.move"),
        "aria-label": t("dispatch.move_stop", { number: place + 1 }),
        onclick: () => acts.ask(place) }, icon("move", 16)) : null,
    ] : route.stays ? h("span", { class: "tool", title: t("dispatch.stays") }, icon("locked", 16)) : null));
}

/** Give the zone of a stop that is nearest to the edge of its band. */
function worstZone(stop) {
  const known = stop.zones.filter((zone) => zone.margin_c !== null);
  return known.length ? known.reduce((a, b) => (b.margin_c < a.margin_c ? b : a)) : null;
}
