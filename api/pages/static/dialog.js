// A dialog, and a form in it that sends one deed. One dialog at a time.

import { h } from "./dom.js";
import { t } from "./words.js";

export function open(title, ...content) {
  document.querySelector("dialog")?.remove();
  const dialog = h("dialog", { "aria-labelledby": "dialog-title" },
    h("div", { class: "inside" }, h("h2", { id: "dialog-title" }, title), ...content));
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
  return dialog;
}

export const endButton = (dialog) =>
  h("button", { type: "button", class: "button", onclick: () => dialog().close() },
    t("dialog.cancel"));

/** Build a form that sends one deed and closes, or says why not. */
export function form(dialog, fields, label, send) {
  const refusal = h("p", { class: "refusal", role: "alert", hidden: true });
  const button = h("button", { type: "submit", class: "button first" }, label);
  return h("form", {
    class: "deed",
    onsubmit: async (event) => {
      event.preventDefault();
      button.disabled = true;
      refusal.hidden = true;
      try {
        await send(Object.fromEntries(new FormData(event.target)));
        dialog().close();
      } catch (error) {
        if (!error.sentence) throw error;
        refusal.textContent = error.sentence;
        refusal.hidden = false;
      } finally {
        button.disabled = false;
      }
    },
  }, ...fields, refusal, h("div", { class: "ends" }, endButton(dialog), button));
}

export const field = (label, input) =>
  h("div", { class: "field" }, h("label", { for: input.id }, label), input);
