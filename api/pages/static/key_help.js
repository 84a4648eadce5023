// The keys of a page: ? shows them on every board, and there they can be switched off.

import { endButton, open } from "./dialog.js";
import { h } from "./dom.js";
import { t } from "./words.js";

const KEPT = "coldgrid_keys";
const EVERYWHERE = [["tab", "tab"], ["help", "help"]];
const BY_LETTERS = "j_k";

let known = null;

export const areOn = () => localStorage.getItem(KEPT) !== "off";

/** Say whether a press is meant for the page: nobody types, no dialog is open, no other key is held. */
export const isForPage = ({ target, ctrlKey, altKey, metaKey }) => !(ctrlKey || altKey || metaKey
  || target.closest?.("input, textarea, select, dialog, [contenteditable]"));

/** Listen to ?; keys are pairs of what is pressed and what it does; called again, they are others. */
export function listenToHelp(keys) {
  const isFirst = known === null;
  known = keys;
  if (!isFirst) return;
  addEventListener("keydown", (event) => {
    if (event.key !== "?" || !isForPage(event)) return;
    event.preventDefault();
    show();
  });
}

/** Show the keys; they can be switched off for those whose other tools need them. */
function show() {
  const box = h("input", { type: "checkbox", id: "keys-on", checked: areOn(),
    onchange: () => localStorage.setItem(KEPT, box.checked ? "on" : "off") });
  const dialog = open(t("keys.title"),
    h("dl", { class: "keys" }, [...known, ...EVERYWHERE].flatMap(([key, deed]) =>
      [h("dt", {}, t(`key.${key}`)), h("dd", {}, t(`key_does.${deed}`))])),
    known.some(([key]) => key === BY_LETTERS)
      ? h("p", {}, box, h("label", { for: "keys-on" }, ` ${t("keys.on")}`)) : "",
    h("div", { class: "ends" }, endButton(() => dialog)));
}
