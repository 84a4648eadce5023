// Keys of the reroute panel: J and K go from one way out to the next, A asks to accept it. Off
// while somebody types, in dialogs, and by the setting of the cold-chain board.

import { areOn, isForPage } from "./key_help.js";

export const KEYS = [["j_k", "way"], ["a", "accept"]];

export function listenToKeys() {
  const cards = () => [...document.querySelectorAll("[data-proposal]")];
  const here = () => cards().findIndex((card) => card.contains(document.activeElement));
  const go = (step) => {
    const all = cards();
    all[Math.min(Math.max(here() + step, 0), all.length - 1)]?.focus();
  };
  const deeds = {
    j: () => go(1),
    k: () => go(-1),
    a: () => cards()[here()]?.querySelector("[data-accept]")?.click(),
  };
  addEventListener("keydown", (event) => {
    const deed = deeds[event.key.toLowerCase()];
    if (!deed || !isForPage(event) || !areOn()) return;
    event.preventDefault();
    deed();
  });
}
