// Asks a driver what is reported about a stop; everything is on the phone before it is sent.

import { field, form, open } from "./dialog.js";
import { h } from "./dom.js";
import { zoneGlyph } from "./marks.js";
import { signatureField } from "./signature.js";
import { t } from "./words.js";

const GRAM = 0.001;
const leftOf = (stop) => stop.lines.filter((line) => line.rest_kg >= GRAM);
const rounded = (kg) => Math.round(kg * 1000) / 1000;
const oneLine = (text) => text.replace(/\s+/g, " ").trim();

const number = (name, more) => h("input", { type: "number", id: name, name, ...more });

function lineField(line, place, value) {
  const id = `kg-${place}`;
  return h("div", { class: "line" },
    h("label", { for: id, class: "row" }, zoneGlyph(line.zone, 18),
      `${line.order} / ${line.line}`),
    number(id, { step: "0.001", min: 0, max: rounded(line.rest_kg), value, inputmode: "decimal",
      required: true }),
    h("span", {}, t("driver.of_kg", { kg: rounded(line.rest_kg) })));
}

/** Give what was entered of each line; lines of which there is nothing are left out. */
const pieces = (lines, entered) => lines
  .map((line, place) => ({ order: line.order, line: line.line,
    mass_kg: rounded(Number(entered[`kg-${place}`])) }))
  .filter((piece) => piece.mass_kg >= GRAM);

/** Goods change hands: temperature, kilograms, a look at them, and a signature. */
export function askHandOver(stop, send) {
  const lines = leftOf(stop);
  const zones = [...new Set(lines.map((line) => line.zone))];
  const signature = signatureField(t("driver.signature"));
  const dialog = open(t("driver.hand_over_at", { place: stop.place.name }),
    form(() => dialog, [
      h("fieldset", { class: "field" }, h("legend", {}, t("driver.product_c")),
        zones.map((zone) => h("div", { class: "line" },
          h("label", { for: `c-${zone}`, class: "row" }, zoneGlyph(zone, 18), t(`zone.${zone}`)),
          number(`c-${zone}`, { step: "0.1", min: -60, max: 60 }), h("span", {}, "°C")))),
      h("fieldset", { class: "field" }, h("legend", {}, t("driver.quantity")),
        lines.map((line, place) => lineField(line, place, rounded(line.rest_kg)))),
      h("label", { class: "row tick" }, h("input", { type: "checkbox", name: "inspected",
        required: true }), t("driver.inspected")),
      field(t("driver.signed_by"), h("input", { id: "signed_by", name: "signed_by", required: true,
        maxlength: 200, autocomplete: "off" })),
      h("div", { class: "field" }, h("b", {}, t("driver.signature")), signature.canvas,
        h("button", { type: "button", class: "button plain", onclick: () => signature.clear() },
          t("driver.clear"))),
    ], t("report.handed_over"), async (entered) => {
      const moved = pieces(lines, entered);
      if (!moved.length) throw new Missing(t("driver.no_quantity"));
      const drawn = signature.path();
      if (!drawn) throw new Missing(t("driver.no_signature"));
      const product = Object.fromEntries(zones.filter((zone) => entered[`c-${zone}`] !== "")
        .map((zone) => [zone, Number(entered[`c-${zone}`])]));
      await send("handed_over", { lines: moved, product_c: product, inspected: true,
        signed_by: oneLine(entered.signed_by), signature: drawn });
    }));
}

/** Something is not taken, or broken: which kilograms, and why. */
export function askDamage(stop, send) {
  const lines = leftOf(stop);
  const dialog = open(t("driver.not_taken_at", { place: stop.place.name }),
    form(() => dialog, [
      field(t("driver.what_is_it"), h("select", { id: "kind", name: "kind" },
        ["refused", "damaged"].map((kind) => h("option", { value: kind }, t(`report.${kind}`))))),
      h("fieldset", { class: "field" }, h("legend", {}, t("driver.quantity")),
        lines.map((line, place) => lineField(line, place, 0))),
      field(t("dialog.reason"), h("textarea", { id: "reason", name: "reason", rows: 2,
        maxlength: 500, required: true })),
    ], t("driver.report"), async (entered) => {
      const moved = pieces(lines, entered);
      if (!moved.length) throw new Missing(t("driver.no_quantity"));
      const why = oneLine(entered.reason);
      await send(entered.kind, entered.kind === "refused" ? { lines: moved, reason: why }
        : { lines: moved, cause: why });
    }));
}

/** Empty crates and boxes come along. */
export function askEmpties(send) {
  const dialog = open(t("report.empties"),
    form(() => dialog, [
      field(t("driver.crates"), number("crates", { min: 0, max: 100000, value: 0, required: true })),
      field(t("driver.boxes"), number("boxes", { min: 0, max: 100000, value: 0, required: true })),
    ], t("driver.report"), async ({ crates, boxes }) =>
      send("empties", { crates: Number(crates), boxes: Number(boxes) })));
}

/** Something has to be filled in first. */
class Missing extends Error {
  get sentence() {
    return this.message;
  }
}
