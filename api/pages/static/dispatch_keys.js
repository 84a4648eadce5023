// Keys of the dispatch board: J and K go from route to route, M asks where the chosen stop shall go,
// P pins it, / leads to the list of routes. Off while somebody types, in dialogs, and by the setting
// of the cold-chain board.

import { areOn, isForPage, listenToHelp } from "./key_help.js";

const KEYS = [["j_k", "route"], ["m", "move"], ["p", "pin"], ["slash", "list"], ["esc", "let_go"]];

export function listenToKeys(board) {
  listenToHelp(KEYS);
  const step = (by) => {
    const all = board.view.routes;
    const here = all.findIndex((route) => route.id === board.view.chosen);
    const next = all[here < 0 ? (by > 0 ? 0 : all.length - 1)
      : Math.min(Math.max(here + by, 0), all.length - 1)];
    if (next) board.choose(next.id);
  };
  const press = (key) =>
    document.querySelector(`[data-key="${key}-${board.view.stop ?? 0}"]`)?.click();
  const deeds = {
    j: () => step(1),
    k: () => step(-1),
    m: () => press("move"),
    p: () => press("pin"),
    "/": () => document.getElementById("pick-route")?.focus(),
  };
  addEventListener("keydown", (event) => {
    const { key } = event;
    if (key === "Escape" && board.change && !document.querySelector("dialog")) {
      board.drop();
      return;
    }
    const deed = deeds[key.toLowerCase()];
    if (!deed || !isForPage(event) || !areOn()) return;
    if (!board.plan) return;
    event.preventDefault();
    deed();
  });
}
