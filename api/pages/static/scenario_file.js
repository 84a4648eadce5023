// The file in the making: taken from the catalogue, checked, its faults at line and column.

import { h } from "./dom.js";
import { ask } from "./service.js";
import { given, has, n, t } from "./words.js";

const byId = (id) => document.getElementById(id);
const NAME = /^[a-z0-9_]{1,60}$/;
const UNNAMED = "scenario";

/** Say what the form asks for, as the service takes it. */
export function asked(name) {
  const body = { name: NAME.test(name ?? "") ? name : UNNAMED, file: byId("file").value };
  if (byId("base").value) body.plan = byId("base").value;
  return body;
}

/** Say how it shall be run; a text that names no seeds is a refusal. */
export function terms() {
  const found = {};
  const seeds = byId("seeds").value.split(/[\s,，、]+/).filter(Boolean);
  if (seeds.length) {
    found.seeds = seeds.map(Number);
    if (!found.seeds.every(Number.isInteger)) return null;
  }
  const iterations = byId("iterations").valueAsNumber;
  if (!Number.isNaN(iterations)) found.iterations = iterations;
  return found;
}

/** Ask for the faults of the file and show them; says whether there are none. */
export async function check(name) {
  const { faults } = await ask("/v1/scenarios/check", { method: "POST", body: asked(name) });
  showFaults(faults);
  return !faults.length;
}

export function showFaults(faults) {
  byId("faults").replaceChildren(...(faults.length
    ? [h("b", {}, n("scenario.faults", faults.length)), h("ol", {}, faults.map(fault))]
    : [h("p", {}, t("scenario.no_fault"))]));
}

/** Show a refusal that is about the whole file. */
export const showRefusal = (sentence) =>
  byId("faults").replaceChildren(h("p", { role: "alert" }, sentence));

function fault(one) {
  const key = `refusal.${one.code.toLowerCase().replace("-", "_")}`;
  // Causes name keys and values of the file, in English; other readers get the kind of fault first.
  const kind = given.language !== "en" && has(key) ? `${t(key)} ` : "";
  const where = one.line === null ? null
    : h("button", { type: "button", onclick: () => go(one.line, one.column) },
      t("scenario.fault_at", { line: one.line, column: one.column }));
  return h("li", {}, where, where ? " " : null,
    `${kind}${one.cause}. ${one.action}. (${one.code})`);
}

/** Set the cursor to a place of the file. */
function go(line, column) {
  const area = byId("file");
  const before = area.value.split("\n").slice(0, line - 1).join("\n").length + (line > 1 ? 1 : 0);
  const at = before + column - 1;
  area.focus();
  area.setSelectionRange(at, at);
  area.scrollTop = Math.max(0, line - 4) * parseFloat(getComputedStyle(area).lineHeight);
}
