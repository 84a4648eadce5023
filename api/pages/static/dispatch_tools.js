// What stands at the edges of the map: how routes are told apart, which are shown, what marks mean.

import { houseMark } from "./dispatch_map.js";
import { h } from "./dom.js";
import { zoneGlyph } from "./marks.js";
import { t } from "./words.js";

const MODES = ["route", "vehicle", "wave", "zone"];
const TABS = ["plan", "map", "route", "schedule"];
const HUES = 10;
const ZONES = ["frozen", "chilled", "controlled"];
const HOUSES = ["central", "grid", "station"];

export function drawTools(box, plan, view, acts) {
  const held = document.activeElement?.dataset?.key;
  const select = h("select", { id: "filter", class: "pick", "data-key": "filter",
    "aria-label": t("dispatch.filter"), onchange: () => acts.filter(select.value) },
  option("", t("dispatch.filter_all"), view),
  group("echelon", ["linehaul", "last_mile"].map((one) => [one, t(`echelon.${one}`)]), view),
  group("grid", plan.grids.map((site) => [site.id, site.name || site.id]), view),
  group("wave", plan.waves.map((one) => [one, one]), view),
  group("zone", ZONES.map((zone) => [zone, t(`zone.${zone}`)]), view),
  group("vehicle", [...new Set(plan.routes.map((route) => route.vehicle))].map((one) => [one, one]), view));
  box.replaceChildren(
    h("span", { class: "segments", role: "group", "aria-label": t("dispatch.told_apart") },
      MODES.map((mode) => h("button", { type: "button", "data-key": `mode-${mode}`,
        "aria-pressed": mode === view.mode ? "true" : "false", onclick: () => acts.mode(mode) },
      t(`mode.${mode}`)))), select);
  if (held) box.querySelector(`[data-key="${CSS.escape(held)}"]`)?.focus();
}

const option = (value, text, view) => h("option", { value, selected: value === view.filter }, text);
const group = (kind, values, view) => h("optgroup", { label: t(`filter_by.${kind}`) },
  values.map(([value, text]) => option(`${kind}:${value}`, text, view)));

export function drawLegend(box, plan, view) {
  const swatch = (colour) => {
    const mark = h("i", { class: "swatch" });
    mark.style.color = `var(${colour})`;
    return mark;
  };
  const lines = view.mode === "zone"
    ? ZONES.map((zone) => h("li", {}, swatch(`--${zone}`), zoneGlyph(zone, 16), t(`zone.${zone}`)))
    : view.mode === "wave"
      ? plan.waves.map((wave, place) => h("li", {}, swatch(`--route-${place % HUES}`),
        t("dispatch.wave", { wave })))
      : [h("li", {}, swatch("--route-0"), t("echelon.last_mile"))];
  box.replaceChildren(
    ...HOUSES.filter((kind) => plan.overview.sites.some((site) => site.kind === kind)).map((kind) =>
      h("li", {}, houseMark(kind), t(`house.${kind}`))),
    h("li", {}, h("i", { class: "swatch double" }), t("echelon.linehaul")), ...lines,
    ...(view.other ? [h("li", {}, h("i", { class: "swatch was" }),
      t("dispatch.as_it_was", { version: view.other.overview.version }))] : []));
}

/** On a narrow screen one part is seen at a time. */
export function drawTabs(box, chosen, choose) {
  box.replaceChildren(...TABS.map((name) => h("button", { type: "button",
    "aria-pressed": name === chosen ? "true" : "false", onclick: () => choose(name) },
  t(`dispatch.tab_${name}`))));
}
