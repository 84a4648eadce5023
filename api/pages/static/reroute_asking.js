// Asks once before a case is decided: what is accepted is repeated, and who rejects says why.

import { field, form, open } from "./dialog.js";
import { h } from "./dom.js";
import { letter } from "./reroute_cards.js";
import { kilograms, spokenBy, yuan } from "./reroute_words.js";
import { ask, Refused } from "./service.js";
import { t } from "./words.js";

const CONFLICT = 409;
const DECIDED = "CG-7801";
const OUTRUN = "CG-7803";
const TOO_LATE = "CG-7808";

const words = (name, needed) =>
  h("textarea", { id: name, name, rows: 2, maxlength: 2000, required: needed });

const oneLine = (text) => text.replace(/\s+/g, " ").trim();

/** Send a decision; where somebody or something was faster, tell it and show what is now. */
async function send(path, options, { done, outrun }) {
  try {
    await ask(path, { method: "POST", ...options });
  } catch (error) {
    if (!(error instanceof Refused) || error.status !== CONFLICT) throw error;
    const key = { [OUTRUN]: "reroute.outrun", [DECIDED]: "reroute.decided_meanwhile",
      [TOO_LATE]: "reroute.too_late" }[error.code];
    await outrun(key ? t(key) : error.sentence);
    return;
  }
  await done();
}

/** Ask before a proposal becomes the plan. */
export function askAccept({ found, proposal, place, nameOf, address, done, outrun }) {
  const kg = kilograms(proposal.delivered_kg + proposal.sheltered_kg);
  const dialog = open(t("reroute.accept_title", { letter: letter(place) }),
    h("p", {}, h("b", {}, spokenBy(proposal.sentences)[0])),
    h("p", {}, t("reroute.accept_again", { kg, money: yuan(proposal.worth_cents),
      version: found.plan_version + 1 })),
    proposal.place ? h("p", {}, t("reroute.accept_place", { place: nameOf(proposal.place) })) : "",
    form(() => dialog, [field(t("reroute.note"), words("note", false))],
      t("reroute.accept", { letter: letter(place) }),
      // The ranking that was looked at: another one is refused.
      ({ note }) => send(`${address}/accept`, {
        headers: { "If-Match": `"${found.id}.${found.revision}"` },
        body: { proposal: proposal.number, note: oneLine(note) } }, { done, outrun })));
}

/** Ask why nothing is done. */
export function askReject({ address, done, outrun }) {
  const dialog = open(t("reroute.reject_title"),
    h("p", {}, t("reroute.reject_note")),
    form(() => dialog, [field(t("dialog.reason"), words("reason", true))], t("reroute.reject"),
      ({ reason }) => send(`${address}/reject`, { body: { reason: oneLine(reason) } },
        { done, outrun })));
}

/** Ask why what was accepted shall be undone. */
export function askTakeBack({ address, done, outrun }) {
  const dialog = open(t("reroute.take_back_title"),
    h("p", {}, t("reroute.take_back_note")),
    form(() => dialog, [field(t("dialog.reason"), words("reason", true))], t("reroute.take_back"),
      ({ reason }) => send(`${address}/take-back`, { body: { reason: oneLine(reason) } },
        { done, outrun })));
}
