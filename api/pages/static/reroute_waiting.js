// The breaks that wait for a decision, in one sentence for boards about something else.

import { brokenIn, kilograms, spokenBy, yuan } from "./reroute_words.js";
import { n, t } from "./words.js";

/** Give the sentence and where it leads; null where nothing waits. The dearest case speaks. */
export function waitingReroute(cases) {
  const worth = ({ ranking }) => ranking[0]?.worth_cents ?? 0;
  const open = [...cases].filter(({ state }) => state === "open")
    .toSorted((a, b) => worth(b) - worth(a) || (a.id < b.id ? -1 : 1));
  if (!open.length) return null;
  const [first] = open;
  const [best] = first.ranking;
  const parts = [t("foot.reroute", { what: brokenIn(first) })];
  parts.push(best ? `${spokenBy(best.headline)} ${t("reroute.saves", {
    kg: kilograms(best.delivered_kg + best.sheltered_kg), money: yuan(best.worth_cents) })}`
    : t("reroute.no_way_out"));
  if (open.length > 1) parts.push(n("foot.reroutes_more", open.length - 1));
  return { text: parts.join(" "), path: `/reroutes/${encodeURIComponent(first.id)}` };
}
